//! `Retry-After`: how long a target asks to be left alone (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

/// Reads a `Retry-After` value: whole seconds, or an HTTP date in relation to `now`.
///
/// A date in the past means no pause; a value that is neither gives `None`.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cutover::target::retry_after;
/// assert_eq!(retry_after("49", SystemTime::now()), Some(Duration::from_secs(49)));
/// assert_eq!(retry_after("soon", SystemTime::now()), None);
/// ```
#[must_use]
pub fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    Some(until.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_date_is_the_time_until_it(seconds in 0u64..100_000, base in 1_000_000_000u64..4_000_000_000) {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(base);
            let pause = Duration::from_secs(seconds);
            prop_assert_eq!(retry_after(&httpdate::fmt_http_date(now + pause), now), Some(pause));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = retry_after(&text, SystemTime::UNIX_EPOCH);
        }
    }

    #[test]
    fn a_date_that_is_over_asks_for_no_pause() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
        let past = httpdate::fmt_http_date(now - Duration::from_secs(5));
        assert_eq!(retry_after(&past, now), Some(Duration::ZERO));
    }

    #[test]
    fn a_negative_or_fractional_number_is_not_understood() {
        assert_eq!(retry_after("-1", SystemTime::UNIX_EPOCH), None);
        assert_eq!(retry_after("1.5", SystemTime::UNIX_EPOCH), None);
    }
}
