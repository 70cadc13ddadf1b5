//! Whether a comparison of an export with the tables finds what is lost, and nothing else.
//!
//! The laws come first: an importer of the tests' own fills tables from random worlds, and damage of a
//! known size must be found with that size. Then an example of each kind, then the verb on a real PostgreSQL.
//! Which planted defects it finds, and in which words, stands in `tests/plants`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what the tests share is test code too, though clippy sees it outside of a test"
)]

mod importer;
mod kinds;
mod laws;
mod lists;
mod live;
mod schema;
mod sloppy;
mod stores;
mod streams;
mod world;
