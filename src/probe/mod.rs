//! Measuring Notion itself, a little, so that the sandbox can be run with one's own figures.
//!
//! Nobody publishes trustworthy latencies of Notion's API, and the built-in profiles are assumptions. A few
//! dozen requests to one's own workspace are worth more; this room sends them within the budget and turns
//! what it saw into a latency profile file.
//!
//! ```text
//! Notion <- asking (pace, 429, time-outs) <- probing (what is asked, what is cleaned up)
//!                                               -> Measured -> estimate -> file (TOML)
//! ```
//!
//! A handshake, a refusal and a failed request are never measured as latency. The endpoints take turns, so that
//! a slow minute falls on all of them alike. [`Probe::most_requests`] says how many requests that takes.

mod asking;
mod estimate;
mod extra;
mod file;
mod probing;

pub use asking::{Asking, ProbeError};
pub use estimate::{Estimate, Sample, median_and_sigma, with_rows, with_slope};
pub use extra::Extra;
pub use file::{Origin, profile_text};
pub use probing::{Left, Measured, Probe, Probed};

/// The version of Notion's API that is asked: the one that TomOS's client sends.
pub const NOTION_VERSION: &str = "2022-06-28";
