//! What a reader gets of a run, held by golden files and by laws: whoever reads it may be about to do
//! something that cannot be undone.
//!
//! The records are made here, from seeds, and judged by the product itself, so that a golden file
//! shows what the product would say of such a run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod browser;
mod charts;
mod charts_truth;
mod comparison;
mod drawings;
mod golden;
mod hostile;
mod kinds;
mod later_gate;
mod laws;
mod looked;
mod machine;
mod machine_laws;
mod page;
mod records;
mod regression;
mod round_trip;
mod verdict_file;
