//! What a request passes before it is worked on: it is counted, held against the limits, and its
//! answer is delayed. All of it is pure over the times that it is handed.

pub(crate) mod counters;
pub(crate) mod latency;
pub(crate) mod limit;
