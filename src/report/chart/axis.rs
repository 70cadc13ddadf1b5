//! Ticks: round values, as many as there is room for, and labels that never touch.

use super::font;
use crate::report::summary::LogAxis;
use crate::verdict::Unit;

/// A labelled place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// 0 at the axis's beginning, 1 at its end.
    pub(super) at: f64,
    pub(super) label: String,
}

/// A label may stand so far over the ends of its axis.
const OVERHANG: f64 = 9.0;

/// The line that labels stand along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Its length, in pixels.
    pub(super) length: f64,
    /// How much of it labels take: their width, or their height.
    pub(super) is_level: bool,
    /// The em, in pixels.
    pub(super) size: f64,
}

impl Room {
    /// The pixels from the beginning that a label takes. At the ends it is moved inwards.
    pub(super) fn taken(self, tick: &Tick) -> (f64, f64) {
        let long = if self.is_level {
            font::width(&tick.label, self.size)
        } else {
            self.size
        };
        let middle = (tick.at * self.length).clamp(0.0, self.length);
        if self.is_level && long < self.length {
            let over = (long / 3.0).min(OVERHANG);
            let begin = (middle - long / 2.0).clamp(-over, self.length + over - long);
            return (begin, begin + long);
        }
        (middle - long / 2.0, middle + long / 2.0)
    }

    fn gap(self) -> f64 {
        self.size * if self.is_level { 1.2 } else { 0.8 }
    }

    fn fits(self, ticks: &[Tick]) -> bool {
        ticks.windows(2).all(|two| {
            let (one, other) = (self.taken(&two[0]), self.taken(&two[1]));
            one.1 + self.gap() <= other.0 && two[0].label != two[1].label
        })
    }

    /// The first of these rows of ticks that fits; the last one's first ticks if none does.
    fn choose(self, rows: impl IntoIterator<Item = Vec<Tick>>) -> Vec<Tick> {
        let mut last = Vec::new();
        for row in rows {
            if !row.is_empty() && self.fits(&row) {
                return row;
            }
            last = row;
        }
        last.truncate(1);
        last
    }
}

/// Digits of the ticks of a decade, from many to few.
const MANY: [&[f64]; 3] = [
    &[1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
    &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
    &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
];
const USUAL: [&[f64]; 2] = [&[1.0, 2.0, 5.0], &[1.0]];
/// Every so many decades.
const DECADES: [i32; 8] = [2, 3, 4, 6, 9, 12, 30, 90];

/// The places of small marks between the ticks of a logarithmic axis; none where they would be a grey.
pub(super) fn small_ticks(axis: LogAxis, room: Room) -> Vec<f64> {
    let all: Vec<f64> = ticks(axis, Unit::Ratio, USUAL[0], 1)
        .iter()
        .map(|tick| tick.at)
        .collect();
    if all.len() as f64 * 8.0 > room.length {
        return Vec::new();
    }
    all
}

/// The ticks of a logarithmic axis.
pub(super) fn log_ticks(axis: LogAxis, unit: Unit, room: Room) -> Vec<Tick> {
    let of = |digits: &[f64], every: i32| ticks(axis, unit, digits, every);
    let usual = USUAL.iter().map(|digits| of(digits, 1));
    let sparse = DECADES.iter().map(|every| of(&[1.0], *every));
    let rows = usual.chain(sparse);
    if of(USUAL[0], 1).len() > 2 {
        return room.choose(rows);
    }
    let many = MANY.iter().map(|digits| of(digits, 1));
    room.choose(many.filter(|ticks| ticks.len() <= 9).chain(rows))
}

fn is_drawable(axis: LogAxis) -> bool {
    axis.low.is_normal() && axis.high.is_normal() && axis.low > 0.0 && axis.low < axis.high
}

fn ticks(axis: LogAxis, unit: Unit, digits: &[f64], every: i32) -> Vec<Tick> {
    if !is_drawable(axis) {
        return Vec::new();
    }
    let decade = |value: f64| {
        // Between -308 and 308.
        #[expect(clippy::cast_possible_truncation, reason = "the logarithm is small")]
        let decade = value.log10().floor() as i32;
        decade
    };
    let mut ticks = Vec::new();
    for exponent in decade(axis.low)..=decade(axis.high) {
        if exponent.rem_euclid(every) != 0 {
            continue;
        }
        for digit in digits {
            let value = digit * 10_f64.powi(exponent);
            if value >= axis.low && value <= axis.high {
                ticks.push(Tick {
                    at: axis.position(value),
                    label: label(*digit, exponent, unit),
                });
            }
        }
    }
    ticks
}

/// `20ms`, `1.5s`, `0.2x`, `1e7s`: exact, for a tick's value has one or two digits.
fn label(digit: f64, exponent: i32, unit: Unit) -> String {
    let (shift, name) = match (unit, exponent) {
        (Unit::Seconds, 0..) => (0, "s"),
        (Unit::Seconds, -3..) => (3, "ms"),
        (Unit::Seconds, -6..) => (6, "us"),
        (Unit::Seconds, _) => (9, "ns"),
        (Unit::Ratio, _) => (0, "x"),
        _ => (0, ""),
    };
    let exponent = exponent + shift;
    match exponent {
        -3..=4 => format!("{}{name}", plain(digit, exponent)),
        _ => format!("{digit}e{exponent}{name}"),
    }
}

fn plain(digit: f64, exponent: i32) -> String {
    let decimals = match exponent {
        0.. => 0,
        below => below.unsigned_abs() as usize,
    };
    let is_whole = (digit * 10_f64.powi(exponent.clamp(0, 1))).fract().abs() < 1e-9;
    let more = usize::from(!is_whole || (exponent < 0 && digit.fract().abs() > 1e-9));
    format!("{:.*}", decimals + more, digit * 10_f64.powi(exponent))
}

/// The ticks of seconds since a beginning, in the unit that suits their span.
pub(super) fn elapsed_ticks(span_s: f64, room: Room) -> Vec<Tick> {
    let (each_s, unit) = match span_s {
        600.0..36_000.0 => (60.0, "min"),
        36_000.0.. => (3600.0, "h"),
        _ => (1.0, "s"),
    };
    if !(span_s.is_normal() && span_s > 0.0) {
        return vec![Tick {
            at: 0.0,
            label: format!("0{unit}"),
        }];
    }
    linear(0.0, span_s / each_s, 0.0, unit, room)
}

/// The ticks of counts between two of them.
pub(super) fn count_ticks(low: f64, high: f64, room: Room) -> Vec<Tick> {
    linear(low, high, 1.0, "", room)
}

/// Multiples of a round step, which is at least so large.
fn linear(low: f64, high: f64, least: f64, unit: &str, room: Room) -> Vec<Tick> {
    let span = high - low;
    let first = (span / 12.0).log10().floor();
    let steps = (0..8).flat_map(|power| {
        let decade = 10_f64.powf(first + f64::from(power));
        [1.0, 2.0, 5.0].map(|digit| digit * decade)
    });
    let rows = steps
        .filter(|step| *step >= least && *step >= span / 10.0)
        .map(|step| multiples(low, high, step, unit));
    room.choose(rows)
}

fn multiples(low: f64, high: f64, step: f64, unit: &str) -> Vec<Tick> {
    let span = high - low;
    // At most ten, for a step is at least a tenth of the span.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 324"
    )]
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let mut ticks = Vec::new();
    let mut value = (low / step).ceil() * step;
    while value <= high * (1.0 + 1e-12) && ticks.len() < 12 {
        let number = if value.abs() < step / 2.0 {
            "0".to_owned()
        } else if decimals > 4 || value >= 1e6 {
            format!("{value:.0e}")
        } else {
            format!("{value:.decimals$}")
        };
        ticks.push(Tick {
            at: (value - low) / span,
            label: number + unit,
        });
        value += step;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn room(length: f64, is_level: bool) -> Room {
        Room {
            length,
            is_level,
            size: 11.0,
        }
    }

    fn labels(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_read_as_people_write_them() {
        let axis = |low, high| LogAxis { low, high };
        let wide = room(640.0, true);
        let ticks = log_ticks(axis(0.04, 3.1), Unit::Seconds, wide);
        assert_eq!(
            labels(&ticks),
            ["50ms", "100ms", "200ms", "500ms", "1s", "2s"]
        );
        let ticks = log_ticks(axis(4.8, 110.0), Unit::Ratio, wide);
        assert_eq!(labels(&ticks), ["5x", "10x", "20x", "50x", "100x"]);
        let ticks = log_ticks(axis(0.95, 1.9), Unit::Ratio, wide);
        assert_eq!(labels(&ticks), ["1x", "1.2x", "1.5x"]);
        let ticks = log_ticks(axis(0.095, 0.19), Unit::Ratio, wide);
        assert_eq!(labels(&ticks), ["0.1x", "0.12x", "0.15x"]);
        let ticks = log_ticks(axis(0.9e-6, 1.2e3), Unit::Seconds, room(250.0, true));
        assert_eq!(labels(&ticks), ["1us", "100us", "10ms", "1s", "100s"]);
        let ticks = elapsed_ticks(121.0, wide);
        assert_eq!(
            labels(&ticks),
            ["0s", "20s", "40s", "60s", "80s", "100s", "120s"]
        );
        assert_eq!(labels(&count_ticks(1.0, 3.0, wide)), ["1", "2", "3"]);
    }

    proptest! {
        #[test]
        fn labels_differ_do_not_touch_and_are_at_least_one(
            low in -6.0f64..6.0,
            decades in 0.31f64..12.0,
            length in 120.0f64..700.0,
            is_level: bool,
            of_time: bool,
        ) {
            let axis = LogAxis { low: 10f64.powf(low), high: 10f64.powf(low + decades) };
            let room = room(length, is_level);
            let unit = if of_time { Unit::Seconds } else { Unit::Ratio };
            let ticks = log_ticks(axis, unit, room);
            prop_assert!(!ticks.is_empty());
            prop_assert!(room.fits(&ticks));
            let mut labels = labels(&ticks);
            labels.sort_unstable();
            labels.dedup();
            prop_assert_eq!(labels.len(), ticks.len());
        }

        #[test]
        fn linear_ticks_too(span in 1e-3f64..1e6, count in 2u32..1_000_000, length in 150.0f64..700.0) {
            let room = room(length, true);
            for ticks in [elapsed_ticks(span, room), count_ticks(1.0, f64::from(count), room)] {
                prop_assert!(!ticks.is_empty());
                prop_assert!(room.fits(&ticks));
                prop_assert!(ticks.iter().all(|tick| (-1e-9..=1.0 + 1e-9).contains(&tick.at)));
            }
        }
    }
}
