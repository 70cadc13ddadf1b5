//! What a request passes before it is worked on, and its answer after: it is counted, held against
//! the limits, meets a fault, and its answer is delayed. What is decided is pure over the times and
//! random streams that it is handed; `broken` and `admin` put it into HTTP.

pub(crate) mod admin;
pub(crate) mod broken;
pub(crate) mod counters;
pub(crate) mod fault_plan;
pub(crate) mod faults;
pub(crate) mod latency;
pub(crate) mod limit;
