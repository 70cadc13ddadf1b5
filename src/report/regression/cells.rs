//! One row of a comparison in words and figures, the same in every format.

use crate::figure::{self, Rounding, seconds};
use crate::verdict::RegressionRow;

/// What stands above the figures of a row: how the names of [`Cells`]' fields read.
pub(in crate::report) const HEADER: [&str; 8] = [
    "measure",
    "old",
    "new",
    "change",
    "99 % bounds",
    "could see",
    "blocks",
    "verdict",
];

/// How to read the figures.
pub(in crate::report) const LEGEND: &str = "Old and new are of all samples; the change is the mean of the blocks' changes, and each bound \
     is 99 % certain, over all looks together; - where there is none. Could see: the smallest slowdown that this run \
     would have called REGRESSION in 4 of 5 cases, approximately.";

/// The measure that has counts in the place of times.
const FAILURES: &str = "failures";

/// The figures of a row as text. Only [`Cells::measure`] can be somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Cells {
    /// What is compared, as the row says it.
    pub(in crate::report) measure: String,
    /// The old build's time, or its failures of all samples.
    pub(in crate::report) old: String,
    /// The new build's.
    pub(in crate::report) new: String,
    /// The change.
    pub(in crate::report) change: String,
    /// The bounds of the change, in per cent.
    pub(in crate::report) bounds: String,
    /// The smallest slowdown that would have been seen.
    pub(in crate::report) could_see: String,
    /// How many blocks it rests on.
    pub(in crate::report) blocks: String,
    /// The verdict's word.
    pub(in crate::report) verdict: &'static str,
}

impl Cells {
    /// The row's figures.
    pub(in crate::report) fn new(row: &RegressionRow) -> Self {
        let time = |time: Option<f64>, at: usize| match time {
            Some(time) => seconds(time, Rounding::Nearest),
            None if row.measure == FAILURES => {
                format!("{}/{}", row.failed[at], row.samples[at])
            }
            None => "-".to_owned(),
        };
        Self {
            measure: row.measure.clone(),
            old: time(row.old_s, 0),
            new: time(row.new_s, 1),
            change: shown(row.change, |change| {
                figure::change(change, Rounding::Nearest)
            }),
            bounds: bounds(row),
            could_see: shown(row.smallest_seen, |seen| figure::share(seen, Rounding::Up)),
            blocks: row.blocks.to_string(),
            verdict: row.verdict.word(),
        }
    }

    /// The cells in the order of [`HEADER`].
    pub(in crate::report) fn in_order(&self) -> [&str; HEADER.len()] {
        [
            &self.measure,
            &self.old,
            &self.new,
            &self.change,
            &self.bounds,
            &self.could_see,
            &self.blocks,
            self.verdict,
        ]
    }
}

/// `[+11.9, +18.6]`, in per cent; nothing can be more than all faster, so that is no bound.
fn bounds(row: &RegressionRow) -> String {
    let low = row.low.filter(|low| *low > -1.0);
    if low.is_none() && row.high.is_none() {
        return "-".to_owned();
    }
    let bare = |change, rounding| figure::change(change, rounding).replace(" %", "");
    let low = shown(low, |low| bare(low, Rounding::Down));
    let high = shown(row.high, |high| bare(high, Rounding::Up));
    format!("[{low}, {high}]")
}

fn shown(figure: Option<f64>, show: impl Fn(f64) -> String) -> String {
    let figure = figure.filter(|figure| figure.is_finite());
    figure.map_or_else(|| "-".to_owned(), show)
}
