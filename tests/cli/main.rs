//! The product as its user has it: the binary, on a real sandbox, with its exit codes and with what
//! it leaves behind.
//!
//! The sandbox runs on a profile with small delays, so that these tests measure in seconds; what the
//! profiles `guide` and `brisk` come to is for the product's own runs to show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod attribution;
mod check;
mod clean;
mod files;
mod notion;
mod readme;
mod report;
mod world;
