//! Dates and points in time, as both stores write them.
//!
//! Notion knows days without a time; `timestamp(3)` does not. What a day became is where importers lose
//! most: midnight UTC is 11 o'clock in Sydney, and the evening before in New York.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::export::DateValue;

/// When something is, as Notion says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// On a day.
    Day(Date),
    /// At a moment.
    At(Timestamp),
}

impl When {
    /// Reads a start or an end of a date. A time without an offset is one of the date's own zone, or of
    /// the mapping's.
    pub(super) fn read(text: &str, date: &DateValue, zone: &TimeZone) -> Option<Self> {
        if text.len() == "2026-02-01".len() {
            return text.parse().ok().map(Self::Day);
        }
        if let Ok(at) = text.parse() {
            return Some(Self::At(at));
        }
        let own = date.time_zone.as_deref();
        let own = own.and_then(|name| TimeZone::get(name).ok());
        let civil: DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(own.unwrap_or_else(|| zone.clone())).ok()?;
        Some(Self::At(zoned.timestamp()))
    }

    /// The moment: that of midnight for a day.
    pub(super) fn moment(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::At(at) => Some(at),
            Self::Day(day) => Some(day.to_zoned(zone.clone()).ok()?.timestamp()),
        }
    }

    /// The day in the zone.
    pub(super) fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(at) => day_of(at, zone),
        }
    }
}

/// The day of a moment in a zone.
pub(super) fn day_of(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// What a column says. A time without an offset is one of UTC: so Prisma fills `timestamp(3)`.
pub(super) fn of_cell(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let civil: DateTime = text.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The offset of a time as it is written: `+11:00`. `Z` says no more than the moment does.
pub(super) fn offset_of(text: &str) -> Option<&str> {
    let (_, time) = text.split_once('T')?;
    let offset = &time[time.rfind(['+', '-'])?..];
    let digits = offset.bytes().filter(u8::is_ascii_digit);
    (!digits.clone().all(|digit| digit == b'0')).then_some(offset)
}

/// Whether a zone, by name or as an offset, has the offset that a time is written with.
pub(super) fn has_offset(zone: &str, time: &str) -> bool {
    let Some(offset) = offset_of(time) else {
        return false;
    };
    let at = time.parse::<Timestamp>().ok();
    let named = TimeZone::get(zone).ok().zip(at);
    let there = named.map(|(zone, at)| at.to_zoned(zone).strftime("%:z").to_string());
    zone == offset || there.as_deref() == Some(offset)
}

/// The minute of a moment, counted from 1970.
pub(super) fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_read_in_every_form_of_postgresql() {
        let at: Timestamp = "2026-02-01T10:30:00Z".parse().unwrap();
        for text in [
            "2026-02-01 10:30:00",
            "2026-02-01 10:30:00.000",
            "2026-02-01 10:30:00+00",
            "2026-02-01 16:00:00+05:30",
            "2026-02-01T10:30:00.000Z",
        ] {
            assert_eq!(of_cell(text), Some(at), "{text}");
        }
        assert_eq!(of_cell("2026-02-01"), "2026-02-01T00:00:00Z".parse().ok());
        for text in ["infinity", "", "soon"] {
            assert_eq!(of_cell(text), None, "{text}");
        }
    }

    #[test]
    fn a_zone_has_the_offset_of_a_time_or_has_it_not() {
        let time = "2026-01-10T09:00:00.000+11:00";
        assert_eq!(offset_of(time), Some("+11:00"));
        for zone in ["+11:00", "Australia/Sydney", "Australia/Hobart"] {
            assert!(has_offset(zone, time), "{zone}");
        }
        for zone in ["+10:00", "Australia/Brisbane", "UTC", "", "Sydney"] {
            assert!(!has_offset(zone, time), "{zone}");
        }
        for text in [
            "2026-01-10T09:00:00Z",
            "2026-01-10",
            "2026-01-10T09:00:00+00:00",
        ] {
            assert_eq!(offset_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_one_of_its_own_zone() {
        let date = |start: &str, zone: Option<&str>| DateValue {
            start: start.to_owned(),
            end: None,
            time_zone: zone.map(str::to_owned),
        };
        let sydney = TimeZone::get("Australia/Sydney").unwrap();
        let read = |date: DateValue| When::read(&date.start, &date, &sydney);
        let at = |text: &str| text.parse().ok().map(When::At);
        assert_eq!(
            read(date("2026-02-01T09:00:00", None)),
            at("2026-01-31T22:00:00Z")
        );
        assert_eq!(
            read(date("2026-02-01T09:00:00", Some("UTC"))),
            at("2026-02-01T09:00:00Z")
        );
        assert_eq!(
            read(date("2026-02-01T09:00:00.000+01:00", None)),
            at("2026-02-01T08:00:00Z")
        );
        let day = read(date("2026-02-01", None)).unwrap();
        assert_eq!(day.moment(&sydney), "2026-01-31T13:00:00Z".parse().ok());
        assert_eq!(read(date("tomorrow", None)), None);
    }
}
