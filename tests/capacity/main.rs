//! The fourth promise: the candidate bears a constant rate of reads.
//!
//! What is about time runs on tokio's paused clock against a server in memory, so that twenty seconds pass in
//! a moment and every figure is exact; what is about requests runs over real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod laws;
mod server;
mod sockets;
mod verb;
mod world;

#[path = "../cli/world.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod place;
#[path = "../reports/records.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod records;
