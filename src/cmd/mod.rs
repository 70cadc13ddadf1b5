//! One file per verb: alone in joining layers and in printing.

mod judge;

pub use judge::{JudgeError, judge};
