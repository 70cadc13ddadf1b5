//! Where an answer's time went, as the application itself tells it: the header `Server-Timing` (W3C, Server
//! Timing).
//!
//! A cutover replaces the store and nothing else. How much it can win is known only when the store's share of
//! the time is, and that cannot be seen from outside. So the metrics of the header are sorted into what waited
//! for the store and what waited for a language model; the rest is the application's own.
//!
//! ```text
//! Server-Timing: db;dur=53.2;desc="tasks, projects", llm;dur=200      -> store 53.2 ms, model 200 ms
//! ```
//!
//! Which names mean what is a guess: the specification leaves them to the application.

use std::time::Duration;

use ::http::HeaderMap;

/// The header's name.
const SERVER_TIMING: &str = "server-timing";
/// Metrics with these names waited for a store, in any case.
const STORE: [&str; 8] = [
    "db", "database", "sql", "store", "postgres", "prisma", "notion", "upstream",
];
/// Metrics with these names waited for a language model, in any case.
const MODEL: [&str; 4] = ["llm", "model", "ai", "inference"];
/// No answer takes longer; a number beyond it is none.
const LONGEST_MS: f64 = 24.0 * 3_600_000.0;

/// What an answer says of its own time; nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerTiming {
    /// The time that it waited for its store, when it says so.
    pub store: Option<Duration>,
    /// The time that it waited for a language model, when it says so.
    pub model: Option<Duration>,
}

/// Reads the headers of an answer. What is not in the header's form is left out: it is evidence, but the
/// answer counts without it.
pub(super) fn server_timing(headers: &HeaderMap) -> ServerTiming {
    let values = headers.get_all(SERVER_TIMING).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let metrics = texts.flat_map(|text| split(text, ','));
    let mut told = ServerTiming::default();
    for (name, duration) in metrics.filter_map(metric) {
        let is_in = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let sum = if is_in(&STORE) {
            &mut told.store
        } else if is_in(&MODEL) {
            &mut told.model
        } else {
            continue;
        };
        *sum = Some(sum.unwrap_or_default().saturating_add(duration));
    }
    told
}

/// One metric with its duration; `None` when it has none.
fn metric(text: &str) -> Option<(&str, Duration)> {
    let mut parts = split(text, ';').into_iter();
    let name = parts.next()?.trim();
    let duration = parts.find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let is_duration = key.trim().eq_ignore_ascii_case("dur");
        is_duration.then(|| value.trim().trim_matches('"'))
    })?;
    let milliseconds: f64 = duration.parse().ok()?;
    let is_time = (0.0..=LONGEST_MS).contains(&milliseconds);
    let duration = Duration::try_from_secs_f64(milliseconds / 1000.0).ok()?;
    is_time.then_some((name, duration))
}

/// The pieces between separators that do not stand in a quoted text.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                pieces.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderValue;
    use proptest::prelude::*;

    fn told(values: &[&str]) -> ServerTiming {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(SERVER_TIMING, HeaderValue::from_str(value).unwrap());
        }
        server_timing(&headers)
    }

    fn ms(value: f64) -> Option<Duration> {
        Some(Duration::from_secs_f64(value / 1000.0))
    }

    #[test]
    fn metrics_of_one_class_add_up_whatever_their_form() {
        for (values, store, model) in [
            (&["store;dur=53.250"][..], ms(53.25), None),
            (&["DB;dur=10, sql;dur=2.5"], ms(12.5), None),
            (&["db;dur=10", "llm;dur=200"], ms(10.0), ms(200.0)),
            (&["db ; desc=\"a, b; dur=9\" ; DUR = \"7\""], ms(7.0), None),
            (&["db;desc=\"a \\\" , b\";dur=3,ai;dur=4"], ms(3.0), ms(4.0)),
            (&["db;dur=0"], ms(0.0), None),
            (&["cache;desc=\"hit\", total;dur=99, miss"], None, None),
        ] {
            assert_eq!(told(values), ServerTiming { store, model }, "{values:?}");
        }
    }

    #[test]
    fn what_is_no_time_says_nothing() {
        for value in [
            "db;dur=-1",
            "db;dur=NaN",
            "db;dur=inf",
            "db;dur=1e300",
            "db;dur=",
            "db",
            "",
            ";;,,",
        ] {
            assert_eq!(told(&[value]), ServerTiming::default(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_harm(value in "[ -~]{0,80}") {
            let told = told(&[&value]);
            let longest = Duration::from_secs(24 * 3600 * 81);
            prop_assert!(told.store.unwrap_or_default() <= longest);
        }

        #[test]
        fn the_pieces_are_the_text(text in "[a-z\";\\\\,=]{0,40}") {
            prop_assert_eq!(split(&text, ',').join(","), text);
        }
    }
}
