//! Gates, and the verdict that they come to.

mod gate;

pub use gate::{
    BeforeClaim, BeforeFinding, Fact, FactValue, Gate, Interval, Outcome, Unit, Verdict,
};
