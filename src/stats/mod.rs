//! The statistics: pure functions, no clock, no I/O; randomness takes a seed.
