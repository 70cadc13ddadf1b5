//! A chart as data: what is drawn, and the words and figures that stand for it where it is not seen.
//!
//! A renderer draws a [`Chart`] without knowing what it is about: everything that takes a decision
//! (which samples, which axis, which words) was decided when the summary was made.

use super::breakdown::Breakdown;
use super::closing::Closing;
use super::distribution::Distribution;
use super::strip::Strip;
use super::timeline::Timeline;

/// One chart with its text alternative and its figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Lower-case letters, digits and hyphens; also the name of its file, and unique in a run.
    pub id: String,
    /// What it shows, in a few words.
    pub title: String,
    /// What it is about: the scenario, the run, and whether Notion is simulated. For files that stand
    /// for themselves; where a chart is shown among others, this stands around it.
    pub subject: String,
    /// What is to be seen in it, in a sentence or two, for whoever does not see it.
    pub alt: String,
    /// The figures behind it.
    pub table: Table,
    /// What is drawn.
    pub drawing: Drawing,
}

/// The figures behind a chart, as texts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The columns' names.
    pub header: Vec<String>,
    /// Its rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
}

/// The kinds of drawing.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// A promise and what was measured of it, in one line.
    Strip(Strip),
    /// How the latencies of both sides are distributed.
    Distribution(Distribution),
    /// How the bounds of a speedup closed in, look after look.
    Closing(Closing),
    /// Every latency at its time.
    Timeline(Timeline),
    /// Where an iteration's time goes.
    Breakdown(Breakdown),
}

/// The ends of a logarithmic axis, both above 0 and the first below the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogAxis {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl LogAxis {
    /// An axis with room for all these values; those that have no logarithm are left out. `None`
    /// when none is left.
    ///
    /// There is a margin of a twentieth at both ends, and at least a factor of two between them.
    #[must_use]
    pub fn around(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let drawable = |value: &f64| value.is_normal() && *value > 0.0;
        let ends = values
            .into_iter()
            .filter(drawable)
            .fold(None, |ends, value| {
                let (low, high) = ends.unwrap_or((value, value));
                Some((value.min(low), value.max(high)))
            });
        let (low, high): (f64, f64) = ends?;
        let decades = (high / low).log10();
        let margin = 10_f64.powf((decades * 0.05).max((2_f64.log10() - decades) / 2.0));
        let axis = Self {
            low: low / margin,
            high: high * margin,
        };
        (axis.low > 0.0 && axis.high.is_finite()).then_some(axis)
    }

    /// Whether a value lies on it. Times of 0 s do not: they have no place on a logarithmic axis.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        value >= self.low
    }

    /// Where a value lies on it: 0 at the lower end, 1 at the upper end, and never beyond them.
    #[must_use]
    pub fn position(self, value: f64) -> f64 {
        let whole = (self.high / self.low).ln();
        let part = (value.max(f64::MIN_POSITIVE) / self.low).ln();
        (part / whole).clamp(0.0, 1.0)
    }
}

/// The number of marks that a chart may take: the page stays small whatever was measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detail {
    /// Points of a timeline, for each side.
    pub(super) moments: usize,
    /// Looks of a chart of the bounds.
    pub(super) looks: usize,
    /// Points of a distribution, for each side.
    pub(super) points: usize,
}

impl Detail {
    /// What each of so many scenarios may take.
    pub(super) fn for_scenarios(scenarios: usize) -> Self {
        let share = |most: usize, least: usize| (most * 4 / scenarios.max(4)).max(least);
        Self {
            moments: share(120, 30),
            looks: share(120, 20),
            points: share(100, 20),
        }
    }
}

/// At most `most` of so many places, evenly spread, the first and the last among them.
pub(super) fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let taken = count.min(most.max(2));
    (0..taken).map(move |i| {
        if taken < 2 {
            0
        } else {
            i * (count - 1) / (taken - 1)
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_axis_has_room_for_every_value(values in prop::collection::vec(1e-9f64..1e9, 1..20)) {
            let axis = LogAxis::around(values.iter().copied()).unwrap();
            prop_assert!(axis.high / axis.low >= 2.0 - 1e-9);
            for value in values {
                prop_assert!(axis.low < value && value < axis.high);
                prop_assert!((0.0..=1.0).contains(&axis.position(value)));
            }
        }

        #[test]
        fn a_spread_keeps_both_ends_and_its_order(count in 1usize..5_000, most in 2usize..300) {
            let taken: Vec<usize> = spread(count, most).collect();
            prop_assert_eq!(taken.len(), count.min(most));
            prop_assert_eq!(taken[0], 0);
            prop_assert_eq!(*taken.last().unwrap(), count - 1);
            prop_assert!(taken.windows(2).all(|two| two[0] < two[1]));
        }
    }

    #[test]
    fn what_has_no_logarithm_takes_no_place() {
        assert_eq!(LogAxis::around([0.0, -1.0, f64::NAN, f64::INFINITY]), None);
        assert!(LogAxis::around([0.0, 2.0]).unwrap().low > 1.0);
        assert_eq!(spread(0, 10).count(), 0);
    }
}
