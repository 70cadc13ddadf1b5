//! One row of a comparison in words and figures, the same in every format.

use crate::figure::{Rounding, seconds};
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
pub(in crate::report) const LEGEND: &str = "Each bound is 99 % certain, over all looks together; - where there is none. \
     Could see: the smallest slowdown that this run would have called REGRESSION in 4 of 5 cases, approximately.";

/// Beyond this many per cent nobody reads the digits.
const MOST_PERCENT: f64 = 1e6;
/// What a product of two floats may be off by, relatively.
const NOISE: f64 = 1e-12;

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
            None if row.failed.iter().any(|failed| *failed > 0) => {
                format!("{}/{}", row.failed[at], row.samples[at])
            }
            None => "-".to_owned(),
        };
        Self {
            measure: row.measure.clone(),
            old: time(row.old_s, 0),
            new: time(row.new_s, 1),
            change: shown(row.change, |change| signed(change, Rounding::Nearest) + "%"),
            bounds: bounds(row),
            could_see: shown(row.smallest_seen, |seen| per_cent(seen, Rounding::Up) + "%"),
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

/// `[+11.9, +18.6]`; nothing can be more than all faster, so that is no bound.
fn bounds(row: &RegressionRow) -> String {
    let low = row.low.filter(|low| *low > -1.0);
    if low.is_none() && row.high.is_none() {
        return "-".to_owned();
    }
    let low = shown(low, |low| signed(low, Rounding::Down));
    let high = shown(row.high, |high| signed(high, Rounding::Up));
    format!("[{low}, {high}]")
}

fn shown(figure: Option<f64>, show: impl Fn(f64) -> String) -> String {
    let figure = figure.filter(|figure| figure.is_finite());
    figure.map_or_else(|| "-".to_owned(), show)
}

/// A relative change in per cent with its sign, without the unit: `+15.2`.
pub(in crate::report) fn signed(change: f64, rounding: Rounding) -> String {
    let text = per_cent(change, rounding);
    let is_above_zero = !text.starts_with('-') && text.contains(|c: char| ('1'..='9').contains(&c));
    if is_above_zero {
        format!("+{text}")
    } else {
        text
    }
}

/// A relative change in per cent: a bound never claims more than the evidence does.
fn per_cent(change: f64, rounding: Rounding) -> String {
    let percent = change * 100.0;
    if percent.abs() >= MOST_PERCENT {
        return format!("{percent:.1e}");
    }
    let (scale, decimals) = if percent.abs() < 100.0 {
        (10.0, 1)
    } else {
        (1.0, 0)
    };
    let slack = percent.abs() * scale * NOISE;
    let steps = match rounding {
        Rounding::Nearest => (percent * scale).round(),
        Rounding::Down => (percent * scale + slack).floor(),
        Rounding::Up => (percent * scale - slack).ceil(),
    };
    // Adding zero takes the sign from a zero.
    format!("{:.decimals$}", steps / scale + 0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_bound_is_never_shown_as_a_better_one(change in -0.999f64..50.0) {
            let shown = |rounding| -> f64 { signed(change, rounding).parse().unwrap() };
            let percent = change * 100.0;
            prop_assert!(shown(Rounding::Down) <= percent + 1e-9);
            prop_assert!(shown(Rounding::Up) >= percent - 1e-9);
            prop_assert!((shown(Rounding::Nearest) - percent).abs() <= 0.5);
        }
    }

    #[test]
    fn a_change_reads_as_per_cent_with_its_sign() {
        let nearest = |change| signed(change, Rounding::Nearest);
        assert_eq!(nearest(0.1523), "+15.2");
        assert_eq!(nearest(-0.0312), "-3.1");
        assert_eq!(nearest(1.5), "+150");
        assert_eq!(nearest(-0.0001), "0.0");
        assert_eq!(nearest(0.0), "0.0");
        assert_eq!(nearest(0.0001), "0.0");
        assert_eq!(nearest(1e9), "+1.0e11");
        assert_eq!(signed(0.1191, Rounding::Down), "+11.9");
        assert_eq!(signed(0.1191, Rounding::Up), "+12.0");
        // 15 % in per cent is a product that may be off by a hair.
        assert_eq!(signed(0.15, Rounding::Up), "+15.0");
        assert_eq!(signed(-0.05, Rounding::Down), "-5.0");
    }
}
