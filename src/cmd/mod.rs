//! One file per verb: alone in joining layers and in printing.

pub mod init;
pub mod scenario;
