//! What a person or a machine reads of a run.
//!
//! A [`Summary`] is made once from a record and its verdict; every renderer is a pure function from
//! the summary to text and computes nothing, so that two formats can never disagree.
//!
//! ```text
//! record + verdict -> Summary -> terminal | html (charts) | markdown                for people
//!                             -> junit | samples | latency_log                    for machines
//!                             -> bencher | benchmark_action | prometheus
//!        Summary -> Excerpt, Excerpt, ... -> Comparison -> terminal | markdown | html
//!          verdict -> verdict.json
//!
//! block record + regression -> terminal | html | markdown | junit | annotations        of two builds
//! ```

mod bencher;
mod benchmark_action;
pub mod chart;
mod comparison;
mod figure;
mod foreign;
mod history;
mod hlog;
mod html;
mod junit;
mod markdown;
mod markup;
mod names;
mod prometheus;
mod regression;
mod samples;
mod sentence;
mod spark;
mod summary;
mod table;
mod terminal;

pub use bencher::bencher;
pub use benchmark_action::benchmark_action;
pub use comparison::{
    ComparedLine, ComparedRun, ComparedScenario, Comparison, Excerpt, Unlike, comparison_markdown,
    comparison_terminal,
};
pub use history::{
    check_json, check_terminal, history_json, history_markdown, history_svg, history_terminal,
};
pub use hlog::latency_log;
pub use html::{comparison_html, html, regression_html};
pub use junit::junit;
pub use markdown::markdown;
pub use prometheus::prometheus;
pub use regression::{
    regression_annotations, regression_junit, regression_markdown, regression_terminal,
};
pub use samples::samples;
pub use summary::{
    Bar, Bounded, Breakdown, Chart, Closed, Closing, Curve, Decided, Distribution, Drawing, Found,
    LogAxis, Look, Moment, MomentKind, Part, PartKind, PromiseStrips, Reason, Row, SPREAD_BINS,
    Side, Strip, Summary, Table, Timeline,
};
pub use terminal::{Width, terminal};
