//! The budget, judged by somebody else: the real loop of a run on virtual time, against limits that are
//! written here and count by themselves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod alone;
mod judge;
mod shared;
mod world;
