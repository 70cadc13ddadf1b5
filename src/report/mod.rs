//! What a person or a machine reads of a run.
//!
//! A [`Summary`] is made once from a record and its verdict; every renderer is a pure function from
//! the summary to text and computes nothing, so that two formats can never disagree.
//!
//! ```text
//! record + verdict -> Summary -> terminal | markdown | html        verdict -> verdict.json
//! ```

pub mod chart;
mod figure;
mod foreign;
mod html;
mod markdown;
mod markup;
mod sentence;
mod summary;
mod table;
mod terminal;

pub use figure::{show_ratio, show_seconds};
pub use html::html;
pub use markdown::markdown;
pub use summary::{
    Bar, Bounded, Breakdown, Chart, Closed, Closing, Curve, Distribution, Drawing, LogAxis, Moment,
    MomentKind, Part, PartKind, PromiseStrips, Reason, Row, SPREAD_BINS, Side, Strip, Summary,
    Table, Timeline,
};
pub use terminal::{Width, terminal};
