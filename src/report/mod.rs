//! What a person or a machine reads of a run.
//!
//! A [`Summary`] is made once from a record and its verdict; every renderer is a pure function from
//! the summary to text and computes nothing, so that two formats can never disagree.
//!
//! ```text
//! record + verdict -> Summary -> terminal | markdown                            for people
//!                             -> junit | samples | latency_log                  for machines
//!                             -> bencher | benchmark_action | prometheus
//!          verdict -> verdict.json
//! ```

mod bencher;
mod benchmark_action;
mod figure;
mod foreign;
mod hlog;
mod junit;
mod markdown;
mod markup;
mod prometheus;
mod samples;
mod summary;
mod table;
mod terminal;
mod why;

pub use bencher::bencher;
pub use benchmark_action::benchmark_action;
pub use figure::{show_ratio, show_seconds};
pub use hlog::latency_log;
pub use junit::junit;
pub use markdown::markdown;
pub use prometheus::prometheus;
pub use samples::samples;
pub use summary::{Bounded, Row, Side, Summary};
pub use terminal::{Width, terminal};
pub use why::Reason;
