//! A history as people and machines read it: since when is a scenario slower, and which commits are to be
//! looked at?
//!
//! ```text
//! History -> words, bars -> terminal | markdown | svg | json
//! Checked -> words       -> terminal | json
//! ```

mod bars;
mod json;
mod markdown;
mod svg;
mod terminal;
mod words;

pub use json::{check_json, history_json};
pub use markdown::history_markdown;
pub use svg::history_svg;
pub use terminal::{check_terminal, history_terminal};
