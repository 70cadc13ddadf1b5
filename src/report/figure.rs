//! Figures as people read them: three significant digits and a unit.

use super::summary::Bounded;

/// A time in the unit that suits it: `68.2ms`, `2.51s`.
///
/// ```
/// assert_eq!(cutover::report::show_seconds(0.0682), "68.2ms");
/// assert_eq!(cutover::report::show_seconds(2.5), "2.50s");
/// ```
#[must_use]
pub fn show_seconds(seconds: f64) -> String {
    if seconds >= 1.0 {
        format!("{}s", three_digits(seconds))
    } else if seconds >= 1e-3 {
        format!("{}ms", three_digits(seconds * 1e3))
    } else {
        format!("{}us", three_digits(seconds * 1e6))
    }
}

/// How many times faster: `36.9x`.
///
/// ```
/// assert_eq!(cutover::report::show_ratio(36.87), "36.9x");
/// ```
#[must_use]
pub fn show_ratio(ratio: f64) -> String {
    format!("{}x", three_digits(ratio))
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

/// A figure with its bounds: `2.51s [2.21s, 2.83s]`; `-` stands where there is none.
pub(super) fn bounded(figure: &Bounded, show: fn(f64) -> String) -> String {
    let or_none = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), show);
    match (figure.point, figure.low, figure.high) {
        (None, None, None) => "-".to_owned(),
        _ => format!(
            "{} [{}, {}]",
            or_none(figure.point),
            or_none(figure.low),
            or_none(figure.high)
        ),
    }
}
