//! The verb `regress` as its user has it: the binary, two builds on the loopback, and what it leaves. The builds
//! differ by ten times or not at all, so that no verdict rests on how busy this machine is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod benchmarks;
mod build;
mod ran;
mod requests;
mod started;
mod usage;
