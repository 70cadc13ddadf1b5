//! The runs that a team keeps, and when they changed.
