//! The units that people write in files and on the command line: `50ms..100ms`, `20x..60x`, `3/s`.
//!
//! Everything that is measured is written with its unit, so that `before = "2"` is an error and not
//! two of something. Each type parses what it displays.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not a quantity, with the way to write it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnitError {
    /// The number is missing or not a number.
    #[error("`{text}` is not a number with a unit; write it like `{example}`")]
    Number {
        /// What was written.
        text: String,
        /// A valid text of the same kind.
        example: &'static str,
    },
    /// The unit is missing or not one of those allowed.
    #[error("`{text}` has {found}; use one of {allowed}, for example `{example}`")]
    Unit {
        /// What was written.
        text: String,
        /// What stands where the unit should.
        found: String,
        /// The units that are allowed.
        allowed: &'static str,
        /// A valid text of the same kind.
        example: &'static str,
    },
    /// The low end of a range lies above its high end.
    #[error("`{text}` is upside down: {low} is more than {high}; write `{high}..{low}`")]
    UpsideDown {
        /// What was written.
        text: String,
        /// The end that was written first.
        low: String,
        /// The end that was written last.
        high: String,
    },
    /// The quantity must be more than nothing.
    #[error("`{text}` must be more than zero")]
    Zero {
        /// What was written.
        text: String,
    },
}

/// Splits `1.5ms` into 1.5 and `ms`; the number must be finite and not negative.
fn number_and_unit<'t>(
    text: &'t str,
    whole: &str,
    example: &'static str,
) -> Result<(f64, &'t str), UnitError> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let number = digits
        .parse::<f64>()
        .ok()
        .filter(|n| n.is_finite())
        .ok_or_else(|| UnitError::Number {
            text: whole.trim().to_owned(),
            example,
        })?;
    Ok((number, unit.trim()))
}

fn found(unit: &str) -> String {
    if unit.is_empty() {
        "no unit".to_owned()
    } else {
        format!("the unit `{unit}`")
    }
}

/// Parses one duration: a number and `us`, `ms`, `s`, `m`, `h` or `d`.
///
/// # Errors
/// When the number or the unit is missing, unknown, or too large for a [`Duration`].
///
/// ```
/// use std::time::Duration;
/// assert_eq!(cutover::units::parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
/// assert_eq!(cutover::units::parse_duration("30d"), cutover::units::parse_duration("720h"));
/// assert!(cutover::units::parse_duration("1.5").is_err());
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, UnitError> {
    match number_and_unit(text, text, "24h") {
        // How long a backup is kept is said in days; nothing that is measured takes one.
        Ok((days, "d")) => {
            Duration::try_from_secs_f64(days * 86_400.0).map_err(|_| UnitError::Number {
                text: text.trim().to_owned(),
                example: "30d",
            })
        }
        _ => duration_in(text, text),
    }
}

fn duration_in(text: &str, whole: &str) -> Result<Duration, UnitError> {
    const EXAMPLE: &str = "50ms";
    let (number, unit) = number_and_unit(text, whole, EXAMPLE)?;
    let seconds = match unit {
        "us" | "µs" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        "m" | "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => {
            return Err(UnitError::Unit {
                text: whole.trim().to_owned(),
                found: found(unit),
                allowed: "`us`, `ms`, `s`, `m`, `h`",
                example: EXAMPLE,
            });
        }
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| UnitError::Number {
        text: whole.trim().to_owned(),
        example: EXAMPLE,
    })
}

/// Writes a duration in the largest unit that keeps it readable: `68ms`, `2.5s`, `90s`.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds >= 1.0 || duration.is_zero() {
        format!("{}s", trim(seconds))
    } else if seconds >= 1e-3 {
        format!("{}ms", trim(seconds * 1e3))
    } else {
        format!("{}us", trim(seconds * 1e6))
    }
}

/// At most six decimals, without trailing zeros.
fn trim(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn split_range(text: &str) -> (&str, &str) {
    match text.split_once("..") {
        Some((low, high)) => (low, high),
        None => (text, text),
    }
}

/// A range of durations, both ends included: `50ms..100ms`, or `50ms` for a single value.
///
/// ```
/// use cutover::units::Span;
/// let span: Span = "50ms..100ms".parse()?;
/// assert_eq!(span.to_string(), "50ms..100ms");
/// assert!("3s..2s".parse::<Span>().is_err());
/// # Ok::<(), cutover::units::UnitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Span {
    low: Duration,
    high: Duration,
}

impl Span {
    /// The lower end.
    #[must_use]
    pub fn low(&self) -> Duration {
        self.low
    }

    /// The upper end; the lower one again when a single value was written.
    #[must_use]
    pub fn high(&self) -> Duration {
        self.high
    }
}

impl FromStr for Span {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (low_text, high_text) = split_range(text);
        let (low, high) = (duration_in(low_text, text)?, duration_in(high_text, text)?);
        if low > high {
            return Err(UnitError::UpsideDown {
                text: text.trim().to_owned(),
                low: low_text.trim().to_owned(),
                high: high_text.trim().to_owned(),
            });
        }
        if high.is_zero() {
            return Err(UnitError::Zero {
                text: text.trim().to_owned(),
            });
        }
        Ok(Self { low, high })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", show_duration(self.low))?;
        if self.low != self.high {
            write!(f, "..{}", show_duration(self.high))?;
        }
        Ok(())
    }
}

/// A range of speedups, both ends included: `20x..60x`, or `10x` for a single value.
///
/// ```
/// use cutover::units::Ratio;
/// let ratio: Ratio = "20x..60x".parse()?;
/// assert!((ratio.low() - 20.0).abs() < 1e-12);
/// assert_eq!(ratio.to_string(), "20x..60x");
/// # Ok::<(), cutover::units::UnitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Ratio {
    low: f64,
    high: f64,
}

impl Ratio {
    /// The lower end: what a verdict holds the candidate to.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper end; the lower one again when a single value was written.
    #[must_use]
    pub fn high(&self) -> f64 {
        self.high
    }
}

fn ratio_in(text: &str, whole: &str) -> Result<f64, UnitError> {
    const EXAMPLE: &str = "20x";
    let (number, unit) = number_and_unit(text, whole, EXAMPLE)?;
    if unit != "x" {
        return Err(UnitError::Unit {
            text: whole.trim().to_owned(),
            found: found(unit),
            allowed: "`x`",
            example: EXAMPLE,
        });
    }
    if number <= 0.0 {
        return Err(UnitError::Zero {
            text: whole.trim().to_owned(),
        });
    }
    Ok(number)
}

impl FromStr for Ratio {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (low_text, high_text) = split_range(text);
        let (low, high) = (ratio_in(low_text, text)?, ratio_in(high_text, text)?);
        if low > high {
            return Err(UnitError::UpsideDown {
                text: text.trim().to_owned(),
                low: low_text.trim().to_owned(),
                high: high_text.trim().to_owned(),
            });
        }
        Ok(Self { low, high })
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x", trim(self.low))?;
        if self.low < self.high {
            write!(f, "..{}x", trim(self.high))?;
        }
        Ok(())
    }
}

/// How many requests in how long: `3/s`, `180/min`, `180/60s`.
///
/// ```
/// use cutover::units::Rate;
/// let rate: Rate = "180/60s".parse()?;
/// assert!((rate.per_second() - 3.0).abs() < 1e-12);
/// # Ok::<(), cutover::units::UnitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Rate {
    count: u32,
    window: Duration,
}

impl Rate {
    /// The average that Notion publishes as its limit: three requests a second.
    pub const NOTION: Self = Self {
        count: 3,
        window: Duration::from_secs(1),
    };

    /// The budget of a window that Notion publishes since 2026 for ordinary plans.
    pub const NOTION_WINDOW: Self = Self {
        count: 180,
        window: Duration::from_secs(60),
    };

    /// The number of requests in one window.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> Duration {
        self.window
    }

    /// Requests a second, on average.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        f64::from(self.count) / self.window.as_secs_f64()
    }
}

impl FromStr for Rate {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        const EXAMPLE: &str = "3/s";
        let not_a_rate = || UnitError::Number {
            text: text.trim().to_owned(),
            example: EXAMPLE,
        };
        let (count, window) = text.split_once('/').ok_or_else(not_a_rate)?;
        let count: u32 = count.trim().parse().map_err(|_| not_a_rate())?;
        let window = window.trim();
        let window = if window.starts_with(|c: char| c.is_ascii_digit()) {
            duration_in(window, text)?
        } else {
            duration_in(&format!("1{window}"), text)?
        };
        if count == 0 || window.is_zero() {
            return Err(UnitError::Zero {
                text: text.trim().to_owned(),
            });
        }
        Ok(Self { count, window })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.window == Duration::from_secs(1) {
            write!(f, "{}/s", self.count)
        } else {
            write!(f, "{}/{}", self.count, show_duration(self.window))
        }
    }
}

/// The text form of a unit, for serde and for JSON Schema: what a file says is what is shown.
macro_rules! textual {
    ($($unit:ident, $pattern:literal;)*) => {$(
        impl From<$unit> for String {
            fn from(value: $unit) -> Self {
                value.to_string()
            }
        }

        impl TryFrom<String> for $unit {
            type Error = UnitError;

            fn try_from(text: String) -> Result<Self, UnitError> {
                text.parse()
            }
        }

        impl schemars::JsonSchema for $unit {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($unit).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
}

textual! {
    Span, r"^[0-9.]+(us|µs|ms|s|m|min|h)(\.\.[0-9.]+(us|µs|ms|s|m|min|h))?$";
    Ratio, r"^[0-9.]+x(\.\.[0-9.]+x)?$";
    Rate, r"^[0-9]+/[0-9.]*(us|µs|ms|s|m|min|h)$";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_span_survives_being_shown(low in 1u64..10_000_000, more in 0u64..10_000_000) {
            let (low, high) = (Duration::from_micros(low), Duration::from_micros(low + more));
            let span = Span { low, high };
            prop_assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }

        #[test]
        fn a_ratio_survives_being_shown(low in 1u32..100_000, more in 0u32..100_000) {
            let (low, high) = (f64::from(low) / 8.0, f64::from(low + more) / 8.0);
            let ratio = Ratio { low, high };
            prop_assert_eq!(ratio.to_string().parse::<Ratio>(), Ok(ratio));
        }

        #[test]
        fn a_rate_survives_being_shown(count in 1u32..1_000_000, millis in 1u64..10_000_000) {
            let rate = Rate { count, window: Duration::from_millis(millis) };
            prop_assert_eq!(rate.to_string().parse::<Rate>(), Ok(rate));
        }

        #[test]
        fn no_text_makes_a_parser_panic(text in "\\PC*") {
            let _ = (text.parse::<Span>(), text.parse::<Ratio>(), text.parse::<Rate>());
        }
    }

    #[test]
    fn a_wrong_unit_is_named_with_the_right_ones() {
        let error = "50msec..100ms".parse::<Span>().unwrap_err().to_string();
        assert!(
            error.contains("`msec`") && error.contains("`ms`"),
            "{error}"
        );
        let error = "20".parse::<Ratio>().unwrap_err().to_string();
        assert!(
            error.contains("no unit") && error.contains("20x"),
            "{error}"
        );
    }

    #[test]
    fn an_upside_down_range_says_how_to_turn_it() {
        let error = "3s..2s".parse::<Span>().unwrap_err().to_string();
        assert!(error.contains("write `2s..3s`"), "{error}");
        let error = "60x..20x".parse::<Ratio>().unwrap_err().to_string();
        assert!(error.contains("write `20x..60x`"), "{error}");
    }

    #[test]
    fn nothing_is_not_a_quantity() {
        assert!("0/s".parse::<Rate>().is_err());
        assert!("0x".parse::<Ratio>().is_err());
        assert!("0ms".parse::<Span>().is_err());
        assert!("-1ms".parse::<Span>().is_err());
    }
}
