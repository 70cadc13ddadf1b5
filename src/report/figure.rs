//! Figures as people read them: three significant digits and a unit.

use super::summary::Bounded;
use crate::verdict::Unit;

/// A time in the unit that suits it: `68.2ms`, `2.51s`.
///
/// ```
/// assert_eq!(cutover::report::show_seconds(0.0682), "68.2ms");
/// assert_eq!(cutover::report::show_seconds(2.5), "2.50s");
/// assert_eq!(cutover::report::show_seconds(0.0), "0s");
/// ```
#[must_use]
pub fn show_seconds(seconds: f64) -> String {
    if seconds.abs() < f64::MIN_POSITIVE {
        return "0s".to_owned();
    }
    Scale::of_seconds(seconds).with_unit(seconds)
}

/// How many times faster: `36.9x`.
///
/// ```
/// assert_eq!(cutover::report::show_ratio(36.87), "36.9x");
/// ```
#[must_use]
pub fn show_ratio(ratio: f64) -> String {
    Scale::RATIO.with_unit(ratio)
}

/// A fact's number in its unit; `none` where there is none.
pub(super) fn show_number(number: Option<f64>, unit: Unit) -> String {
    let Some(number) = number else {
        return "none".to_owned();
    };
    match unit {
        Unit::Seconds => show_seconds(number),
        Unit::Ratio => show_ratio(number),
        Unit::Count => format!("{number:.0}"),
        Unit::Plain => format!("{number:.3}"),
    }
}

/// A unit and how many of it make one.
#[derive(Clone, Copy)]
struct Scale {
    factor: f64,
    unit: &'static str,
}

impl Scale {
    const RATIO: Self = Self {
        factor: 1.0,
        unit: "x",
    };

    fn of_seconds(seconds: f64) -> Self {
        if seconds >= 1.0 {
            Self {
                factor: 1.0,
                unit: "s",
            }
        } else if seconds >= 1e-3 {
            Self {
                factor: 1e3,
                unit: "ms",
            }
        } else {
            Self {
                factor: 1e6,
                unit: "us",
            }
        }
    }

    fn number(self, value: f64) -> String {
        three_digits(value * self.factor)
    }

    fn with_unit(self, value: f64) -> String {
        self.number(value) + self.unit
    }
}

fn three_digits(number: f64) -> String {
    if number >= 99.95 {
        format!("{number:.0}")
    } else if number >= 9.995 {
        format!("{number:.1}")
    } else {
        format!("{number:.2}")
    }
}

/// A time with its bounds in one unit: `2.51s [2.21, 2.83]`; `-` stands where there is none.
pub(super) fn bounded_seconds(figure: &Bounded) -> String {
    let leading = figure.point.or(figure.low).or(figure.high);
    bounded(figure, Scale::of_seconds(leading.unwrap_or(0.0)))
}

/// A ratio with its bounds: `36.9x [31.2, 42.9]`; `-` stands where there is none.
pub(super) fn bounded_ratio(figure: &Bounded) -> String {
    bounded(figure, Scale::RATIO)
}

/// A figure with its bounds, whatever its unit is.
pub(super) fn bounded_number(figure: &Bounded, unit: Unit) -> String {
    let or_none = |value: Option<f64>| match value {
        Some(_) => show_number(value, unit),
        None => "-".to_owned(),
    };
    match unit {
        Unit::Seconds => bounded_seconds(figure),
        Unit::Ratio => bounded_ratio(figure),
        Unit::Count | Unit::Plain => format!(
            "{} [{}, {}]",
            or_none(figure.point),
            or_none(figure.low),
            or_none(figure.high)
        ),
    }
}

fn bounded(figure: &Bounded, scale: Scale) -> String {
    let or_none = |value: Option<f64>, show: fn(Scale, f64) -> String| {
        value.map_or_else(|| "-".to_owned(), |value| show(scale, value))
    };
    let point = or_none(figure.point, Scale::with_unit);
    match (figure.low, figure.high) {
        (None, None) => point,
        (low, high) => {
            format!(
                "{point} [{}, {}]",
                or_none(low, Scale::number),
                or_none(high, Scale::number)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_share_the_unit_of_the_figure() {
        let figure = Bounded {
            point: Some(0.914),
            low: Some(0.668),
            high: Some(1.204),
        };
        assert_eq!(bounded_seconds(&figure), "914ms [668, 1204]");
        let figure = Bounded {
            high: None,
            ..figure
        };
        assert_eq!(bounded_seconds(&figure), "914ms [668, -]");
        assert_eq!(bounded_seconds(&Bounded::default()), "-");
        let figure = Bounded {
            point: Some(15.26),
            low: Some(9.99),
            high: Some(100.4),
        };
        assert_eq!(bounded_ratio(&figure), "15.3x [9.99, 100]");
    }
}
