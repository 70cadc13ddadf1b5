//! What the migration guide claims of a scenario, and where it claims it.
//!
//! A room of its own below `scenario` and `record`: the scenario file states the promise, the record
//! keeps it beside the evidence, and the verdict judges the one against the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Ratio, Span};

/// A claim about one scenario, as its source makes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Where the claim stands, so that a reader can look it up.
    pub source: String,
    /// The time it is said to take on the baseline.
    pub before: Span,
    /// The time it is said to take on the candidate; the upper end is the target for its p95.
    pub after: Span,
    /// How many times faster it is said to be; the lower end is what the verdict asks for.
    pub speedup: Ratio,
}
