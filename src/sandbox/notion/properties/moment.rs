//! Points in time as Notion writes them. A date property holds a day *or* an instant, and that
//! difference is where a migration loses hours; so the two stay apart until they are compared.
//!
//! A day compared with an instant is that day's midnight in UTC; an instant compared with a day is
//! the day in UTC on which it falls.

use std::cmp::Ordering;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::super::body::Field;
use super::super::errors::NotionError;

/// A day, or an instant with the offset in which it was written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Moment {
    Day(Date),
    Instant {
        at: Timestamp,
        #[serde(with = "seconds")]
        offset: Offset,
    },
}

impl Moment {
    /// Reads `2026-03-01`, `2026-03-01T10:00:00Z` or with an offset; without one, `zone` decides.
    pub(crate) fn parse(text: &str, zone: &TimeZone) -> Option<Self> {
        // Jiff also reads compact dates, zones in brackets and a blank instead of the `T`.
        if text.as_bytes().get(4) != Some(&b'-') || text.contains(['[', ' ']) {
            return None;
        }
        let pieces = Pieces::parse(text).ok()?;
        let Some(time) = pieces.time() else {
            return (text.len() == 10).then(|| Self::Day(pieces.date()));
        };
        let civil = pieces.date().to_datetime(time);
        let offset = match pieces.to_numeric_offset() {
            Some(offset) => offset,
            None => civil.to_zoned(zone.clone()).ok()?.offset(),
        };
        let at = offset.to_timestamp(civil).ok()?;
        Some(Self::Instant { at, offset })
    }

    /// The day in UTC.
    pub(crate) fn day(self) -> Date {
        match self {
            Self::Day(date) => date,
            Self::Instant { at, .. } => Offset::UTC.to_datetime(at).date(),
        }
    }

    /// The instant, in nanoseconds since 1970; a day is its midnight in UTC.
    pub(crate) fn instant_ns(self) -> i128 {
        match self {
            // Every midnight of a `Date` but a few hours at the calendar's ends is a timestamp.
            Self::Day(date) => Offset::UTC
                .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
                .unwrap_or(Timestamp::MIN)
                .as_nanosecond(),
            Self::Instant { at, .. } => at.as_nanosecond(),
        }
    }

    /// How this lies against the operand of a filter: by day when that is a day.
    pub(crate) fn against(self, operand: Self) -> Ordering {
        match operand {
            Self::Day(day) => self.day().cmp(&day),
            Self::Instant { .. } => self.instant_ns().cmp(&operand.instant_ns()),
        }
    }
}

/// As answers show it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(date) => date.fmt(f),
            Self::Instant { at, offset } => {
                let local = at.to_zoned(offset.to_time_zone());
                local.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").fmt(f)
            }
        }
    }
}

/// An offset in a snapshot: its seconds east of Greenwich.
mod seconds {
    use jiff::tz::Offset;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        offset: &Offset,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(offset.seconds())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Offset, D::Error> {
        Offset::from_seconds(i32::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Whether a date that [`Moment::parse`] reads has a time, and no offset.
fn is_local_time(text: &str) -> bool {
    Pieces::parse(text).is_ok_and(|pieces| pieces.time().is_some() && pieces.offset().is_none())
}

/// The minute in which a page was created or edited: Notion shows no seconds.
pub(crate) fn minute(at: Timestamp) -> Timestamp {
    let past = at.as_second().rem_euclid(60);
    let floor = at.as_second() - past - i64::from(at.subsec_nanosecond() < 0 && past == 0) * 60;
    Timestamp::from_second(floor).unwrap_or(at)
}

/// A time stamp of an answer, floored to the minute.
pub(crate) fn stamp(at: Timestamp) -> String {
    minute(at).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// The value of a date property.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct DateRange {
    pub(crate) start: Moment,
    pub(crate) end: Option<Moment>,
}

impl DateRange {
    /// Reads `{start, end, time_zone}`. A `time_zone` is applied at once and answered as an offset.
    pub(crate) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        field.object_of(&["start", "end", "time_zone"])?;
        let zone = match field.get("time_zone").present() {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name.text()?)
                .map_err(|_| name.should("be a time zone of the IANA database"))?,
        };
        let zoned = field.get("time_zone").present().is_some();
        let moment = |field: Field<'_>| {
            let text = field.text()?;
            let moment = Moment::parse(text, &zone)
                .ok_or_else(|| field.should("be a valid ISO 8601 date string"))?;
            if zoned && !is_local_time(text) {
                return Err(field.should("be a time without an offset, as `time_zone` is given"));
            }
            Ok(moment)
        };
        let start = moment(field.get("start"))?;
        let end = match field.get("end").present() {
            None => None,
            Some(end) => Some(moment(end)?),
        };
        if end.is_some_and(|end| end.instant_ns() < start.instant_ns()) {
            return Err(field.get("end").should("not be before `start`"));
        }
        Ok(Self { start, end })
    }

    /// How a text says it.
    pub(crate) fn plain(&self) -> String {
        match self.end {
            None => self.start.to_string(),
            Some(end) => format!("{} → {end}", self.start),
        }
    }

    /// The object of an answer.
    pub(crate) fn answer(&self) -> DateAnswer {
        DateAnswer {
            start: self.start.to_string(),
            end: self.end.map(|end| end.to_string()),
            time_zone: (),
        }
    }
}

/// A date in an answer.
#[derive(Debug, Serialize)]
pub(crate) struct DateAnswer {
    start: String,
    end: Option<String>,
    time_zone: (),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn parse(text: &str) -> Option<Moment> {
        Moment::parse(text, &TimeZone::UTC)
    }

    fn range(value: &Value) -> Result<DateRange, NotionError> {
        DateRange::parse(&Field::root("body", value))
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*", date in "[0-9+-]{4,6}-[0-9]{2}-[0-9]{2}[T ]?[0-9:.+-Z]*") {
            let _ = (parse(&text), parse(&date));
        }

        #[test]
        fn an_answered_instant_can_be_sent_back(second in -10_000_000_000i64..10_000_000_000, hours in -12i8..14) {
            let at = Timestamp::from_second(second).unwrap();
            let moment = Moment::Instant { at, offset: Offset::constant(hours) };
            prop_assert_eq!(parse(&moment.to_string()), Some(moment));
        }

        #[test]
        fn a_minute_is_whole_and_never_later(nanos in -(1i128 << 60)..(1i128 << 60)) {
            let at = Timestamp::from_nanosecond(nanos).unwrap();
            let floor = minute(at);
            prop_assert_eq!(floor.as_nanosecond(), nanos.div_euclid(60_000_000_000) * 60_000_000_000);
        }
    }

    #[test]
    fn a_zone_is_applied_and_shown_as_an_offset() {
        let value = json!({ "start": "2026-07-01T10:00:00", "time_zone": "Australia/Sydney" });
        let answer = json!(range(&value).unwrap().answer());
        let expected =
            json!({ "start": "2026-07-01T10:00:00.000+10:00", "end": null, "time_zone": null });
        assert_eq!(answer, expected);
    }

    #[test]
    fn a_day_stays_a_day() {
        let value = json!({ "start": "2026-07-01", "end": "2026-07-03" });
        let expected = json!({ "start": "2026-07-01", "end": "2026-07-03", "time_zone": null });
        assert_eq!(json!(range(&value).unwrap().answer()), expected);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "20260701",
            "2026-07-01 10:00",
            "2026-07-01[UTC]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        for start in [
            "2026-07-01",
            "2026-07-01T10:00:00Z",
            "2026-07-01T10:00:00+02:00",
        ] {
            let zoned = json!({ "start": start, "time_zone": "Europe/Berlin" });
            assert!(range(&zoned).is_err(), "{start}");
        }
        let upside_down = json!({ "start": "2026-07-03", "end": "2026-07-01" });
        assert!(range(&upside_down).is_err());
    }

    #[test]
    fn an_instant_is_compared_with_a_day_by_its_day_in_utc() {
        let late = parse("2026-07-02T08:00:00+10:00").unwrap();
        assert_eq!(late.against(parse("2026-07-01").unwrap()), Ordering::Equal);
        let noon = parse("2026-07-01T12:00:00Z").unwrap();
        assert_eq!(parse("2026-07-01").unwrap().against(noon), Ordering::Less);
    }
}
