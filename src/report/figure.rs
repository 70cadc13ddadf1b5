//! Figures with their bounds, as tables and charts show them.

use super::summary::Bounded;
use crate::figure::{self, Rounding, Scale};
use crate::verdict::Unit;

/// A measured time: `68.2ms`.
pub(super) fn show_seconds(seconds: f64) -> String {
    figure::seconds(seconds, Rounding::Nearest)
}

/// A measured ratio: `36.9x`.
pub(super) fn show_ratio(ratio: f64) -> String {
    figure::ratio(ratio, Rounding::Nearest)
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
    let or_none = |bound: Option<f64>, rounding| {
        bound.map_or_else(|| "-".to_owned(), |bound| scale.number(bound, rounding))
    };
    let nearest = |point| scale.with_unit(point, Rounding::Nearest);
    let point = figure.point.map_or_else(|| "-".to_owned(), nearest);
    match (figure.low, figure.high) {
        (None, None) => point,
        (low, high) => format!(
            "{point} [{}, {}]",
            or_none(low, Rounding::Down),
            or_none(high, Rounding::Up)
        ),
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
        assert_eq!(bounded_ratio(&figure), "15.3x [9.99, 101]");
    }
}
