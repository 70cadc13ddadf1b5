//! The `notion` driver from the scenario file to the record: against a Notion in memory that fails as a
//! script says (`laws`), and against the simulator over real sockets (`sockets`,
//! `faults`).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod faults;
mod laws;
mod memory;
mod proxy;
mod removal;
mod run;
mod sockets;
