//! Moments and days as answers write them, and how far two of them lie apart.
//!
//! A date without a time is no moment until somebody says where its day begins; that is the zone of the
//! rules. To read it as midnight UTC instead is a common defect of an import: in Sydney that is eleven
//! o'clock of the day.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};

/// A text as a moment, with whether it said no time of the day. A time without a zone is one of the
/// stated zone.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Option<(Timestamp, bool)> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some((moment, false));
    }
    let has_time = text.contains(['T', 't', ' ', ':']);
    if has_time {
        let time: DateTime = text.parse().ok()?;
        return Some((time.to_zoned(zone.clone()).ok()?.timestamp(), false));
    }
    let day: Date = text.parse().ok()?;
    Some((day.to_zoned(zone.clone()).ok()?.timestamp(), true))
}

/// The day that a text falls on in the zone; a date without a time is that day anywhere.
pub(super) fn day(text: &str, zone: &TimeZone) -> Option<Date> {
    let (moment, _) = moment(text, zone)?;
    Some(moment.to_zoned(zone.clone()).date())
}

/// The time of day of a moment in the zone, like `11:00`.
pub(super) fn time_of_day(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// The zone's name.
pub(super) fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// A distance between moments, like `11 h later` or `90 s earlier`; of the seconds from the one to the
/// other.
pub(super) fn shift(seconds: i64) -> String {
    let way = if seconds < 0 { "earlier" } else { "later" };
    let far = seconds.unsigned_abs();
    let amount = match far {
        0 => "less than a second".to_owned(),
        far if far % 86_400 == 0 => format!("{} d", far / 86_400),
        far if far % 3600 == 0 => format!("{} h", far / 3600),
        far if far % 60 == 0 && far < 86_400 => format!("{} min", far / 60),
        far if far < 3600 => format!("{far} s"),
        far if far < 86_400 => format!("about {} h", (far + 1800) / 3600),
        far => format!("about {} d", (far + 43_200) / 86_400),
    };
    format!("{amount} {way}")
}

/// The seconds from one moment to another.
pub(super) fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    let whole = |moment: Timestamp| moment.round(Unit::Second).unwrap_or(moment).as_second();
    whole(to) - whole(from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sydney() -> TimeZone {
        TimeZone::get("Australia/Sydney").unwrap()
    }

    proptest! {
        #[test]
        fn a_moment_means_the_same_in_every_zone_that_it_is_written_in(
            second in -2_000_000_000i64..4_000_000_000, name in prop::sample::select(vec!["UTC", "Australia/Sydney", "America/New_York"]),
        ) {
            let stamp = Timestamp::from_second(second).unwrap();
            let zoned = stamp.to_zoned(TimeZone::get(name).unwrap());
            // Offsets of old local times have seconds, which RFC 3339 cannot write.
            prop_assume!(zoned.offset().seconds() % 60 == 0);
            let text = zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            prop_assert_eq!(moment(&text, &sydney()), Some((stamp, false)));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = moment(&text, &sydney());
            let _ = day(&text, &sydney());
        }

        #[test]
        fn a_distance_says_its_direction(seconds in any::<i64>()) {
            let told = shift(seconds);
            prop_assert_eq!(told.ends_with(" earlier"), seconds < 0);
        }
    }

    #[test]
    fn a_date_without_a_time_is_midnight_of_the_zone() {
        let (midnight, without_time) = moment("2026-11-12", &sydney()).unwrap();
        assert_eq!(midnight.to_string(), "2026-11-11T13:00:00Z");
        assert!(without_time);
        let (utc, _) = moment("2026-11-12T00:00:00.000Z", &sydney()).unwrap();
        assert_eq!(shift(seconds_between(midnight, utc)), "11 h later");
        assert_eq!(time_of_day(utc, &sydney()), "11:00");
        assert_eq!(
            day("2026-11-11T13:00:00Z", &sydney()),
            day("2026-11-12", &sydney())
        );
    }

    #[test]
    fn distances_are_told_in_the_largest_unit_that_fits() {
        let told = [
            (0, "less than a second later"),
            (90, "90 s later"),
            (-120, "2 min earlier"),
        ];
        let more = [
            (7200, "2 h later"),
            (5000, "about 1 h later"),
            (-172_800, "2 d earlier"),
            (90_000, "25 h later"),
        ];
        for (seconds, text) in told.into_iter().chain(more) {
            assert_eq!(shift(seconds), text);
        }
    }
}
