//! A promise and what was measured of it, on one line.

use super::chart::{Chart, Drawing, LogAxis, Table};
use super::row::Bounded;
use crate::figure::{stated_ratio, stated_seconds};
use crate::report::figure::{bounded_ratio, bounded_seconds};
use crate::verdict::Unit;

/// A band for the promise, and a mark with its bounds for each quantile.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// Seconds, or a ratio.
    pub unit: Unit,
    /// The axis, which all strips of one unit share.
    pub axis: LogAxis,
    /// What was promised, from and to; both are alike where one value was promised.
    pub promised: (f64, f64),
    /// `p50` and `p95` with what was measured of them.
    pub marks: Vec<(&'static str, Bounded)>,
}

/// What a strip is about, before its axis is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strips {
    pub(super) unit: Unit,
    pub(super) promised: (f64, f64),
    pub(super) p50: Bounded,
    pub(super) p95: Bounded,
}

impl Strips {
    /// Every value that the axis must have room for.
    pub(super) fn values(self) -> impl Iterator<Item = f64> {
        let bounds = [self.p50, self.p95];
        let measured = bounds
            .into_iter()
            .flat_map(|one| [one.low, one.point, one.high]);
        measured.flatten().chain([self.promised.0, self.promised.1])
    }

    /// The chart; `of` says what the promise is about.
    pub(super) fn chart(self, id: String, of: &str, axis: LogAxis) -> Chart {
        let show = |value: f64| match self.unit {
            Unit::Ratio => stated_ratio(value),
            _ => stated_seconds(value),
        };
        let bounded = |figure: &Bounded| match self.unit {
            Unit::Ratio => bounded_ratio(figure),
            _ => bounded_seconds(figure),
        };
        let (low, high) = self.promised;
        let promised = if low < high {
            format!("{} to {}", show(low), show(high))
        } else {
            show(low)
        };
        let marks = vec![("p50", self.p50), ("p95", self.p95)];
        let measured = marks
            .iter()
            .map(|(name, figure)| format!("{name} {}", bounded(figure)));
        let measured: Vec<String> = measured.collect();
        Chart {
            id,
            title: format!("{of}, promised and measured"),
            subject: String::new(),
            alt: format!("Promised {promised}; measured {}.", measured.join(", ")),
            table: Table::default(),
            drawing: Drawing::Strip(Strip {
                unit: self.unit,
                axis,
                promised: self.promised,
                marks,
            }),
        }
    }
}
