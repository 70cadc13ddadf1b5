//! The laws of the one loop, on virtual time: what is paced, recorded, stopped and cleaned up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod answers;
mod created;
mod ends;
mod pacing;
mod preflight;
mod rig;
mod told;
mod world;
