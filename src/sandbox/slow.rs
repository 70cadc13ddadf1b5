//! The planted slowness: a candidate that answers rightly, and a share later than it could.
//!
//! Why: whoever compares two builds must be seen to find a slow one. It is no [`super::Plant`], since
//! nothing is wrong with a slow candidate that a single run could see.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// The largest share, 1000 %: beyond it somebody has forgotten a point.
const LARGEST: f64 = 10.0;

/// By which share every answer of the candidate comes later: 0.15 is 15 %. Written `slow=15%`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slow(f64);

/// What is no such share.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is no slowness; write slow=15%, above 0% and at most 1000%")]
pub struct SlowError {
    /// What was written.
    text: String,
}

impl Slow {
    /// The share of an answer's time that is added to it.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }

    /// What is added to an answer that took so long.
    #[must_use]
    pub(super) fn of(self, elapsed: Duration) -> Duration {
        elapsed.mul_f64(self.0)
    }

    /// The line for reports.
    #[must_use]
    pub(super) fn in_words(self) -> String {
        format!("The candidate answers {} later on purpose", self.percent())
    }

    fn percent(self) -> String {
        // What was written as a percentage is shown with its digits, not with those of the division.
        format!("{} %", (self.0 * 1e8).round() / 1e6)
    }
}

impl FromStr for Slow {
    type Err = SlowError;

    fn from_str(text: &str) -> Result<Self, SlowError> {
        let percent = text
            .strip_prefix("slow=")
            .and_then(|rest| rest.strip_suffix('%'))
            .and_then(|number| number.trim().parse::<f64>().ok());
        percent
            .map(|percent| percent / 100.0)
            .filter(|share| *share > 0.0 && *share <= LARGEST)
            .map(Self)
            .ok_or_else(|| SlowError {
                text: text.to_owned(),
            })
    }
}

/// As it is written.
impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slow={}", self.percent().replace(' ', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(tenths in 1u32..=10_000) {
            let text = format!("slow={}%", f64::from(tenths) / 10.0);
            let slow: Slow = text.parse().unwrap();
            prop_assert_eq!(slow.to_string(), text);
        }
    }

    #[test]
    fn fifteen_percent_of_20_milliseconds_are_3() {
        let slow: Slow = "slow=15%".parse().unwrap();
        assert_eq!(slow.of(Duration::from_millis(20)), Duration::from_millis(3));
        assert_eq!(
            slow.in_words(),
            "The candidate answers 15 % later on purpose"
        );
    }

    #[test]
    fn what_is_no_share_is_refused_with_the_way_to_write_it() {
        for text in [
            "slow",
            "slow=",
            "slow=15",
            "15%",
            "slow=0%",
            "slow=-5%",
            "slow=1001%",
            "slow=NaN%",
            "slow=inf%",
        ] {
            let error = text.parse::<Slow>().unwrap_err().to_string();
            assert!(
                error.contains(text) && error.contains("write slow=15%"),
                "{error}"
            );
        }
    }
}
