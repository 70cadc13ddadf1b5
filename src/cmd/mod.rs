//! One file per verb: alone in joining layers and in printing.

pub mod sandbox;
