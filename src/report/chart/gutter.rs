//! Room below the lower end of a logarithmic axis for what took no time at all: 0 has no logarithm, and
//! among positive times it would be a lie.

use super::axis::Tick;
use crate::report::summary::LogAxis;

/// The share of the axis that it takes.
const SHARE: f64 = 0.1;

/// An axis with room for 0 below it, where there is something to stand there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gutter {
    axis: LogAxis,
    share: f64,
}

impl Gutter {
    /// Takes room only when one of the values does not lie on the axis.
    pub(super) fn below(axis: LogAxis, mut values: impl Iterator<Item = f64>) -> Self {
        let share = if values.any(|value| !axis.holds(value)) {
            SHARE
        } else {
            0.0
        };
        Self { axis, share }
    }

    /// Where it ends, when there is one.
    pub(super) fn end(self) -> Option<f64> {
        (self.share > 0.0).then_some(self.share)
    }

    /// Where a value lies: 0 at the lower end of everything, 1 at the upper.
    pub(super) fn position(self, value: f64) -> f64 {
        if self.share > 0.0 && !self.axis.holds(value) {
            return self.share / 2.0;
        }
        self.share + self.axis.position(value) * (1.0 - self.share)
    }

    /// The ticks of the axis, made for the share of the room that it has, and that of the gutter.
    pub(super) fn ticks(self, of_axis: impl Fn(f64) -> Vec<Tick>) -> Vec<Tick> {
        let left = 1.0 - self.share;
        let mut ticks = of_axis(left);
        for tick in &mut ticks {
            tick.at = self.share + tick.at * left;
        }
        if self.share > 0.0 {
            // A label at the very end of the axis would touch it.
            ticks.retain(|tick| tick.at >= self.share * 1.15);
            ticks.insert(
                0,
                Tick {
                    at: self.share / 2.0,
                    label: "0".to_owned(),
                },
            );
        }
        ticks
    }
}
