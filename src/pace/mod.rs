//! When a request may be sent.
//!
//! The budget of a rationed side counts what the *API behind it* spends, not what the harness sends:
//! one request to a Notion-backed API can be four to Notion. So a step takes its cost, and pacing is
//! a pure function from the time and the cost to the time of sending; only [`Clock`] reads time.
//!
//! ```text
//! (now, cost) -> pause -> back-off -> budget -> Slot      refusals -> pause and back-off
//! ```
//!
//! A load is the opposite: its arrivals are constant, and no answer moves them.

mod arrivals;
mod backoff;
mod budget;
mod clock;

pub use arrivals::Constant;
pub use budget::{BudgetError, Pace, Slot};
pub use clock::Clock;
