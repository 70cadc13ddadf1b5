//! Is all the data there?
pub mod export;
pub mod mapping;
