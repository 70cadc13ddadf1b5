//! Figures as people read them: three significant digits and a unit, the same in every sentence, table
//! and chart.
//!
//! A lower bound is rounded down and an upper bound up: a figure that is shown never claims more than
//! the evidence does.

use std::time::Duration;

use crate::units::show_duration;

/// In which direction a figure may be off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// A measured value.
    Nearest,
    /// A lower bound.
    Down,
    /// An upper bound.
    Up,
}

/// A unit, and how many of it make one second or one ratio.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    factor: f64,
    unit: &'static str,
}

impl Scale {
    /// How many times faster.
    pub const RATIO: Self = Self {
        factor: 1.0,
        unit: "x",
    };

    /// The unit that suits a time: `s`, `ms` or `us`.
    #[must_use]
    pub fn of_seconds(seconds: f64) -> Self {
        let (factor, unit) = match seconds.abs() {
            long if long >= 1.0 => (1.0, "s"),
            short if short >= 1e-3 => (1e3, "ms"),
            _ => (1e6, "us"),
        };
        Self { factor, unit }
    }

    /// The number alone, so that several can share a unit.
    #[must_use]
    pub fn number(self, value: f64, rounding: Rounding) -> String {
        three_digits(value * self.factor, rounding)
    }

    /// The number with its unit; `no bound` when it is infinite.
    #[must_use]
    pub fn with_unit(self, value: f64, rounding: Rounding) -> String {
        if value.is_finite() {
            self.number(value, rounding) + self.unit
        } else {
            "no bound".to_owned()
        }
    }
}

/// A time in the unit that suits it.
///
/// ```
/// use cutover::figure::{Rounding, seconds};
/// assert_eq!(seconds(0.0682, Rounding::Nearest), "68.2ms");
/// assert_eq!(seconds(0.040_047, Rounding::Up), "40.1ms");
/// assert_eq!(seconds(2.5, Rounding::Nearest), "2.50s");
/// assert_eq!(seconds(0.0, Rounding::Nearest), "0s");
/// ```
#[must_use]
pub fn seconds(seconds: f64, rounding: Rounding) -> String {
    let scale = match seconds {
        nothing if nothing.abs() < f64::MIN_POSITIVE => Scale::of_seconds(1.0),
        seconds => Scale::of_seconds(seconds),
    };
    scale.with_unit(seconds, rounding)
}

/// How many times faster.
///
/// ```
/// use cutover::figure::{Rounding, ratio};
/// assert_eq!(ratio(35.954, Rounding::Down), "35.9x");
/// assert_eq!(ratio(35.954, Rounding::Nearest), "36.0x");
/// ```
#[must_use]
pub fn ratio(ratio: f64, rounding: Rounding) -> String {
    Scale::RATIO.with_unit(ratio, rounding)
}

/// A share: `5 %`.
///
/// ```
/// use cutover::figure::{Rounding, share};
/// assert_eq!(share(0.0512, Rounding::Down), "5.12 %");
/// assert_eq!(share(0.05, Rounding::Nearest), "5 %");
/// ```
#[must_use]
pub fn share(share: f64, rounding: Rounding) -> String {
    if !share.is_finite() {
        return "no bound".to_owned();
    }
    let digits = three_digits(share * 100.0, rounding);
    let shown = match digits.split_once('.') {
        Some(_) if !digits.contains('e') => digits.trim_end_matches('0').trim_end_matches('.'),
        _ => digits.as_str(),
    };
    format!("{shown} %")
}

/// A relative change with its sign: `+12.3 %` is slower, `-4 %` is faster.
///
/// ```
/// use cutover::figure::{Rounding, change};
/// assert_eq!(change(0.1234, Rounding::Up), "+12.4 %");
/// assert_eq!(change(-0.04, Rounding::Nearest), "-4 %");
/// assert_eq!(change(0.0, Rounding::Nearest), "0 %");
/// ```
#[must_use]
pub fn change(change: f64, rounding: Rounding) -> String {
    let sign = if change.is_finite() && change > 0.0 {
        "+"
    } else {
        ""
    };
    sign.to_owned() + &share(change, rounding)
}

/// A time as somebody stated it: `100ms`, without the digits that nobody gave.
#[must_use]
pub fn stated_seconds(seconds: f64) -> String {
    Duration::try_from_secs_f64(shortest(seconds))
        .map_or_else(|_| "no bound".to_owned(), show_duration)
}

/// A ratio as somebody stated it: `20x`.
#[must_use]
pub fn stated_ratio(ratio: f64) -> String {
    format!("{}x", shortest(ratio))
}

/// A quantile's name, with every digit that was asked for.
///
/// ```
/// use cutover::figure::quantile;
/// assert_eq!(quantile(0.95), "p95");
/// assert_eq!(quantile(0.07), "p7"); // 0.07 * 100.0 is 7.000000000000001
/// assert_eq!(quantile(0.9999), "p99.99");
/// ```
#[must_use]
pub fn quantile(q: f64) -> String {
    /// Beyond it a product of floats has digits that nobody wrote.
    const DIGITS: f64 = 1e10;
    format!("p{}", (q * 100.0 * DIGITS).round() / DIGITS)
}

/// `1 iteration`, `2 iterations`.
#[must_use]
pub fn count(count: usize, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Three significant digits without trailing zeros.
fn shortest(number: f64) -> f64 {
    format!("{number:.2e}").parse().unwrap_or(number)
}

/// What a product of two floats may be off by, relatively.
const NOISE: f64 = 1e-12;

/// Three significant digits, and all of them before the point; powers of ten where nobody could read
/// the zeros.
fn three_digits(number: f64, rounding: Rounding) -> String {
    let scientific = format!("{number:.2e}");
    let exponent = scientific
        .split_once('e')
        .map_or("0", |(_, exponent)| exponent);
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let nothing = number.abs() < f64::MIN_POSITIVE;
    let (last_digit, show): (i32, fn(f64, usize) -> String) = match exponent {
        _ if nothing => return "0".to_owned(),
        -3..=5 => (2 - exponent.min(2), |number, decimals| {
            format!("{number:.decimals$}")
        }),
        _ => (2 - exponent, |number, _| format!("{number:.2e}")),
    };
    let decimals = usize::try_from(last_digit).unwrap_or(0);
    let shown: f64 = show(number, decimals).parse().unwrap_or(number);
    let step = 10_f64.powi(-last_digit);
    let slack = number.abs() * NOISE;
    match rounding {
        Rounding::Down if shown > number + slack => show(shown - step, decimals),
        Rounding::Up if shown < number - slack => show(shown + step, decimals),
        _ => show(number, decimals),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A bound that is shown claims no more than the bound that is known.
        #[test]
        fn a_bound_is_never_shown_as_a_better_one(mantissa in 1.0f64..10.0, exponent in -14i32..20) {
            let number = mantissa * 10_f64.powi(exponent);
            let shown = |rounding| -> f64 { three_digits(number, rounding).parse().unwrap() };
            prop_assert!(shown(Rounding::Down) <= number * (1.0 + 1e-9));
            prop_assert!(shown(Rounding::Up) >= number * (1.0 - 1e-9));
            for rounding in [Rounding::Nearest, Rounding::Down, Rounding::Up] {
                prop_assert!((shown(rounding) / number - 1.0).abs() < 0.011, "{}", shown(rounding));
                prop_assert!(three_digits(number, rounding).len() <= 9);
            }
        }
    }

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        let nearest = |value| ratio(value, Rounding::Nearest);
        assert_eq!(nearest(9.996), "10.0x");
        assert_eq!(nearest(99.96), "100x");
        assert_eq!(nearest(1204.4), "1204x");
        assert_eq!(nearest(0.6681), "0.668x");
        assert_eq!(nearest(1e300), "1.00e300x");
        assert_eq!(nearest(f64::INFINITY), "no bound");
        assert_eq!(seconds(1e-9, Rounding::Nearest), "0.00100us");
        assert_eq!(seconds(2e-12, Rounding::Down), "2.00e-6us");
        assert_eq!(ratio(19.97, Rounding::Down), "19.9x");
        assert_eq!(ratio(20.0, Rounding::Down), "20.0x");
        // 34.5 in milliseconds is a product that may be off by a hair.
        assert_eq!(seconds(0.0345, Rounding::Up), "34.5ms");
    }

    #[test]
    fn what_was_stated_has_no_digits_that_nobody_gave() {
        assert_eq!(stated_seconds(0.1), "100ms");
        assert_eq!(stated_seconds(2.5), "2.5s");
        assert_eq!(stated_ratio(20.0), "20x");
        assert_eq!(stated_ratio(1234.5), "1230x");
        assert_eq!(quantile(0.95), "p95");
        assert_eq!(quantile(0.999), "p99.9");
    }

    #[test]
    fn lists_read_like_sentences() {
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(&items), "a, b and c");
        assert_eq!(list(&items[..1]), "a");
        assert_eq!(count(1, "iteration"), "1 iteration");
        assert_eq!(count(0, "iteration"), "0 iterations");
    }
}
