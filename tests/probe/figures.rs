//! From samples to figures, and from figures to a file that the sandbox reads.

use std::time::Duration;

use cutover::probe::{
    Estimate, Measured, Origin, Sample, median_and_sigma, profile_text, with_rows, with_slope,
};
use cutover::sandbox::profile::Profile;
use proptest::prelude::*;

use crate::asked::{Notion, probe};

fn sample(rows: u32, seconds: f64) -> Sample {
    let took = Duration::from_secs_f64(seconds);
    Sample { rows, took }
}

fn origin() -> Origin {
    Origin {
        date: "2026-11-22T15:00:00Z".to_owned(),
        host: "api.notion.com".to_owned(),
        samples: 8,
        counts: (42, 1),
    }
}

/// Writes the text where `Profile::load` finds it.
fn load(text: &str) -> Profile {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notion-profile.toml");
    std::fs::write(&path, text).unwrap();
    Profile::load(path.to_str().unwrap()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn near(seen: f64, wanted: f64) -> bool {
    (seen - wanted).abs() <= 1e-6 * wanted.abs().max(1e-3)
}

proptest! {
    /// Without noise the law of the profile gives its own figures back.
    #[test]
    fn an_exact_law_is_found_again(
        median in 0.001f64..3.0, per_row in 0.0f64..0.01, large in 2u32..100, count in 2usize..10,
    ) {
        let law = |rows| sample(rows, median + per_row * f64::from(rows));
        let samples: Vec<_> = (0..count).flat_map(|_| [law(1), law(large)]).collect();
        let found = with_rows(&samples).unwrap();
        prop_assert!(near(found.median.as_secs_f64(), median), "{found:?}");
        prop_assert!((found.per_row.unwrap().as_secs_f64() - per_row).abs() < 1e-7, "{found:?}");
        prop_assert!(found.sigma.unwrap() < 1e-5);
    }

    /// One stalled answer among eight moves no figure but sigma by much.
    #[test]
    fn one_stalled_answer_hardly_moves_median_and_slope(stall in 1.0f64..60.0, place in 0usize..16) {
        let steady = |n: usize| if n.is_multiple_of(2) { sample(1, 0.4) } else { sample(100, 0.5) };
        let mut samples: Vec<_> = (0..16).map(steady).collect();
        samples[place].took += Duration::from_secs_f64(stall);
        let found = with_rows(&samples).unwrap();
        prop_assert!((found.median.as_secs_f64() - 0.399).abs() < 0.002, "{found:?}");
        prop_assert!((found.per_row.unwrap().as_secs_f64() - 0.001_010_1).abs() < 1e-5, "{found:?}");
    }

    /// Another unit of time scales the median and leaves sigma alone; the order says nothing.
    #[test]
    fn sigma_has_no_unit_and_order_says_nothing(
        seconds in prop::collection::vec(0.01f64..2.0, 3..20), factor in 0.5f64..10.0,
    ) {
        let all = |scale: f64| seconds.iter().map(|s| sample(0, s * scale)).collect::<Vec<_>>();
        let (mut one, other) = (all(1.0), all(factor));
        let (first, scaled) = (median_and_sigma(&one).unwrap(), median_and_sigma(&other).unwrap());
        prop_assert!((scaled.median.as_secs_f64() / first.median.as_secs_f64() / factor - 1.0).abs() < 1e-5);
        prop_assert!((scaled.sigma.unwrap() - first.sigma.unwrap()).abs() < 1e-4);
        one.reverse();
        prop_assert_eq!(median_and_sigma(&one).unwrap().median, first.median);
    }

    /// Whatever was seen, the file is a profile, and says the figures to the microsecond.
    #[test]
    fn whatever_was_measured_makes_a_valid_profile(
        answers in prop::collection::vec((0u32..101, 0.0f64..70.0), 0..20),
        host in "[ -~]{0,40}",
    ) {
        let samples: Vec<_> = answers.iter().map(|(rows, s)| sample(*rows, *s)).collect();
        let query = with_rows(&samples);
        let slope = query.and_then(|query| query.per_row).unwrap_or_default();
        let measured = Measured {
            query,
            query_by_text: with_slope(&samples, slope),
            retrieve_page: median_and_sigma(&samples),
            ..Measured::default()
        };
        let origin = Origin { host, ..origin() };
        let text = profile_text(&measured, &origin, &Profile::load("guide").unwrap());
        let notion = load(&text).notion.unwrap();
        if let Some(query) = query {
            prop_assert!(notion.query.median.abs_diff(query.median) <= Duration::from_micros(1));
        }
    }
}

/// ln 1.1 and ln 0.9 about the middle, by hand: mean -0.00335, squares 0.02018, over 2.
#[test]
fn sigma_is_the_standard_deviation_of_the_logarithm() {
    let samples = [sample(0, 0.9), sample(0, 1.0), sample(0, 1.1)];
    let found = median_and_sigma(&samples).unwrap();
    assert_eq!(found.median, Duration::from_secs(1));
    assert!((found.sigma.unwrap() - 0.100_376).abs() < 1e-5, "{found:?}");
    assert_eq!(median_and_sigma(&samples[..2]).unwrap().sigma, None);
    assert_eq!(median_and_sigma(&[]), None);
}

#[test]
fn what_was_not_measured_is_the_guides_and_is_named() {
    let guide = Profile::load("guide").unwrap();
    let measured = Measured {
        query: Some(Estimate {
            median: Duration::from_micros(123_456),
            per_row: Some(Duration::from_micros(700)),
            sigma: Some(0.25),
            samples: 16,
        }),
        create_page: Some(Estimate {
            median: Duration::from_millis(700),
            per_row: None,
            sigma: None,
            samples: 1,
        }),
        ..Measured::default()
    };
    let text = profile_text(&measured, &origin(), &guide);
    let profile = load(&text);
    let (notion, assumed) = (profile.notion.unwrap(), guide.notion.unwrap());
    assert_eq!(notion.query.median, Duration::from_micros(123_456));
    assert_eq!(notion.query.per_row, Duration::from_micros(700));
    assert!((notion.query.sigma - 0.25).abs() < 1e-9);
    assert_eq!(notion.create_page.median, Duration::from_millis(700));
    assert!((notion.create_page.sigma - assumed.create_page.sigma).abs() < 1e-9);
    assert_eq!(notion.update_page, assumed.update_page);
    assert_eq!(notion.retrieve_page, assumed.retrieve_page);
    assert_eq!(profile.postgres, guide.postgres);
    assert_eq!(profile.client_to_api, guide.client_to_api);
    for words in [
        "api.notion.com",
        "2026-11-22T15:00:00Z",
        "2022-06-28",
        "8 samples",
        "from the machine that asked",
    ] {
        assert!(profile.source.contains(words), "{}", profile.source);
    }
    let (_, missing) = profile.source.rsplit_once(": ").unwrap();
    assert_eq!(
        missing,
        "client_to_api, notion.query_by_text, notion.update_page, notion.retrieve_page, \
         notion.retrieve_database, postgres.read, postgres.search, postgres.write"
    );
    assert!(
        text.contains("of which 1 were refused (429 or 529)"),
        "{text}"
    );
    assert!(text.contains("too few for a sigma"), "{text}");
}

/// The probe asks for lists of more than one length, so that a row's cost shows. On virtual time.
#[tokio::test(start_paused = true)]
async fn what_a_row_costs_comes_back_from_a_probe() {
    let notion = Notion {
        per_row: Some(Duration::from_millis(1)),
        ..Notion::default()
    };
    let (probed, _) = probe(&notion, false).await;
    let measured = probed.measured.unwrap();
    for (list, estimate) in [
        ("query", measured.query),
        ("query by text", measured.query_by_text),
    ] {
        let found = estimate.unwrap();
        let per_row = found.per_row.unwrap().as_secs_f64();
        assert!((per_row - 0.001).abs() < 5e-5, "{list}: {found:?}");
        assert!(
            (found.median.as_secs_f64() - 0.1).abs() < 0.003,
            "{list}: {found:?}"
        );
    }
}
