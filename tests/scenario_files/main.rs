//! Scenario files as people write them: the shipped ones are right, and every mistake is shown with
//! its file, its line, a caret and the way to put it right.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking; the lint knows only functions that are marked as tests"
)]

mod accepted;
mod forms;
mod mistakes;
mod schema;
mod shipped;
mod world;
