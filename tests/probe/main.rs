//! `cutover probe`: its figures, its file, and what it leaves behind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod asked;
mod figures;
mod own_page;
mod refusals;
mod simulator;
