//! Points in time as the API writes them, the same on both sides.
//!
//! One store keeps dates with or without a time and with any zone, the other `timestamp(3)` in UTC. So
//! the API speaks of one thing only: a moment in UTC, whole milliseconds, written as JavaScript's
//! `toISOString` does. A date without a time means midnight UTC of that day.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use serde::{Serialize, Serializer};
use thiserror::Error;

/// A text that is neither a date nor a moment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{text}` is no date; write it like 2024-05-01 or 2024-05-01T09:30:00Z, in the years 1..9999"
)]
pub struct NotAMoment {
    text: String,
}

/// A moment in UTC, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// The present.
    #[must_use]
    pub fn now() -> Self {
        Self::from(Timestamp::now())
    }

    /// From milliseconds since 1970; what no calendar holds becomes 1970.
    #[must_use]
    pub fn from_millisecond(millisecond: i64) -> Self {
        Self(Timestamp::from_millisecond(millisecond).unwrap_or_default())
    }

    /// The start of its minute: as precise as Notion keeps the time of an edit.
    #[must_use]
    pub fn minute(self) -> Self {
        Self::from_millisecond(self.0.as_millisecond().div_euclid(60_000) * 60_000)
    }

    /// The moment itself.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        self.0
    }
}

impl From<Timestamp> for Moment {
    fn from(timestamp: Timestamp) -> Self {
        let floor = jiff::TimestampRound::new()
            .smallest(Unit::Millisecond)
            .mode(jiff::RoundMode::Floor);
        Self(timestamp.round(floor).unwrap_or(timestamp))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// When a task is due: on a day, or at a moment. Only Notion can tell the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// A date without a time.
    Day(Date),
    /// A date with a time.
    At(Moment),
}

impl Due {
    /// What the API answers: the moment, or midnight UTC of the day.
    #[must_use]
    pub fn moment(self) -> Moment {
        match self {
            Self::At(moment) => moment,
            Self::Day(day) => day
                .to_zoned(TimeZone::UTC)
                .map_or(Moment(Timestamp::UNIX_EPOCH), |zoned| {
                    Moment(zoned.timestamp())
                }),
        }
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::At(moment) => moment.fmt(f),
        }
    }
}

impl FromStr for Due {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let not_a_moment = || NotAMoment {
            text: text.to_owned(),
        };
        let due = match text.parse::<Timestamp>() {
            Ok(timestamp) => Self::At(Moment::from(timestamp)),
            Err(_) if text.len() == "2024-05-01".len() => {
                Self::Day(text.parse().map_err(|_| not_a_moment())?)
            }
            Err(_) => return Err(not_a_moment()),
        };
        // Both stores must be able to write it with four digits of a year.
        let year = due.moment().0.to_zoned(TimeZone::UTC).year();
        if (1..=9999).contains(&year) {
            Ok(due)
        } else {
            Err(not_a_moment())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_moment_survives_being_written(millisecond in -62_000_000_000_000i64..250_000_000_000_000) {
            let moment = Moment::from_millisecond(millisecond);
            prop_assert_eq!(moment.to_string().parse::<Due>(), Ok(Due::At(moment)));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*") {
            let _ = text.parse::<Due>();
        }
    }

    #[test]
    fn a_day_is_midnight_utc_and_an_offset_is_reckoned_in() {
        let show = |text: &str| text.parse::<Due>().map(|due| due.moment().to_string());
        assert_eq!(
            show("2024-05-01"),
            Ok("2024-05-01T00:00:00.000Z".to_owned())
        );
        assert_eq!(
            show("2024-05-01T09:30:00.1239+10:00"),
            Ok("2024-04-30T23:30:00.123Z".to_owned())
        );
    }

    #[test]
    fn what_is_no_date_is_refused_with_an_example() {
        for text in [
            "",
            "tomorrow",
            "2024-13-01",
            "2024-02-30",
            "0000-01-01",
            "-000001-01-01",
        ] {
            let error = text.parse::<Due>().unwrap_err().to_string();
            assert!(error.contains("2024-05-01T09:30:00Z"), "{error}");
        }
    }
}
