//! What a whole record comes to, and what it tells its reader.

use super::records::{edit, fail, iterations, record, sandbox, settings, sound};
use crate::record::{FailureKind, Iterations, Record, ScenarioRecord, Side, Stopped};
use crate::verdict::{BeforeFinding, Outcome, Verdict, before_claim, judge};

#[track_caller]
fn assert_verdict(record: &Record, outcome: Outcome, words: &str) -> Verdict {
    let verdict = judge(record);
    assert_eq!(verdict.verdict, outcome, "{}", verdict.sentence);
    assert!(verdict.sentence.contains(words), "{}", verdict.sentence);
    assert!(!verdict.next.is_empty());
    verdict
}

fn named(name: &str) -> ScenarioRecord {
    ScenarioRecord {
        name: name.to_owned(),
        ..sound()
    }
}

#[test]
fn go_says_which_promises_are_certain() {
    let verdict = assert_verdict(
        &record(vec![named("dashboard-load"), named("task-search")]),
        Outcome::Go,
        "Every required gate holds (16): dashboard-load (p50 at least 3",
    );
    assert!(!verdict.notion_is_simulated);
    assert!(verdict.next[0].contains("back up"), "{:?}", verdict.next);
    assert_eq!(verdict.before.len(), 2);
    assert_eq!(verdict.before[0].finding, BeforeFinding::True);
}

#[test]
fn a_sandbox_says_that_notion_was_simulated() {
    let mut record = record(vec![sound()]);
    record.world = sandbox();
    let verdict = assert_verdict(&record, Outcome::Go, "Notion was simulated");
    assert!(verdict.notion_is_simulated);
    assert!(verdict.next[0].contains("Do not cut over on this alone"));
    assert!(verdict.next[0].contains("`guide`"));
}

#[test]
fn no_go_names_the_gate_and_by_how_much() {
    let mut slow = named("task-search");
    slow.candidate = iterations(400, 0.25);
    let record = record(vec![sound(), slow]);
    let words = "task-search speedup-p50 is refuted: the baseline's p50 is at most";
    let verdict = assert_verdict(&record, Outcome::NoGo, words);
    assert!(
        verdict.sentence.contains("Refuted as well"),
        "{}",
        verdict.sentence
    );
    assert!(
        verdict.next[0].starts_with("Do not cut over"),
        "{:?}",
        verdict.next
    );
    assert!(
        verdict.next[1].contains("(it is at most 1"),
        "{:?}",
        verdict.next
    );
}

#[test]
fn one_refuted_scenario_outweighs_an_open_one() {
    let mut open = named("open");
    edit(&mut open.baseline, |rows| rows.truncate(5));
    let mut wrong = named("wrong");
    fail(&mut wrong, Side::Candidate, FailureKind::Body);
    assert_verdict(
        &record(vec![open, wrong]),
        Outcome::NoGo,
        "wrong expectations",
    );
}

#[test]
fn inconclusive_says_what_is_missing_and_how_long_it_takes() {
    let mut short = sound();
    edit(&mut short.baseline, |rows| rows.truncate(8));
    let mut record = record(vec![short]);
    record.gates.max_baseline_iterations = 8;
    let words = "2 of 8 required gates not decided. dashboard-load speedup-p50";
    let verdict = assert_verdict(&record, Outcome::Inconclusive, words);
    let measure = verdict
        .next
        .iter()
        .find(|line| line.starts_with("Measure"))
        .unwrap();
    assert!(
        measure.contains("12 more baseline iterations, about 1 min"),
        "{measure}"
    );
    assert!(
        measure.contains("--max-baseline-iterations to 30"),
        "{measure}"
    );
    assert!(!verdict.sentence.contains("passed"));
}

#[test]
fn a_fault_of_the_instrument_comes_before_missing_samples() {
    let mut cached = sound();
    edit(&mut cached.baseline, |rows| rows.truncate(5));
    edit(&mut cached.candidate, |rows| {
        rows[0].steps[0].cache_headers = vec!["age: 7".to_owned()]
    });
    let record = record(vec![cached]);
    let verdict = assert_verdict(
        &record,
        Outcome::Inconclusive,
        "dashboard-load fresh: 1 timed",
    );
    assert!(
        verdict.next[1].contains("Switch the cache off"),
        "{:?}",
        verdict.next
    );
}

#[test]
fn a_pause_that_was_too_long_is_waited_for() {
    let mut short = sound();
    edit(&mut short.baseline, |rows| rows.truncate(5));
    short.stopped = Stopped::PauseTooLong;
    let verdict = assert_verdict(
        &record(vec![short]),
        Outcome::Inconclusive,
        "takes at least",
    );
    let wait = "Wait before dashboard-load is measured again";
    assert!(
        verdict.next.iter().any(|line| line.starts_with(wait)),
        "{:?}",
        verdict.next
    );
}

#[test]
fn an_empty_an_ungated_and_an_interrupted_record_are_never_a_pass() {
    assert_verdict(&record(vec![]), Outcome::Inconclusive, "no scenario");

    let mut ungated = record(vec![sound()]);
    ungated.gates.required.clear();
    assert_verdict(&ungated, Outcome::Inconclusive, "No gate is required");

    let mut interrupted = record(vec![sound()]);
    interrupted.interrupted = true;
    assert_verdict(&interrupted, Outcome::Inconclusive, "interrupted");

    let mut half = record(vec![sound(), named("half")]);
    half.scenarios[1].stopped = Stopped::Interrupted;
    fail(&mut half.scenarios[0], Side::Candidate, FailureKind::Body);
    assert_verdict(
        &half,
        Outcome::Inconclusive,
        "So far dashboard-load expectations is refuted",
    );

    let mut unmeasured = record(vec![sound(), named("unmeasured")]);
    unmeasured.scenarios[1].baseline = Iterations::new();
    unmeasured.scenarios[1].candidate = Iterations::new();
    assert_verdict(&unmeasured, Outcome::Inconclusive, "nothing was measured");
}

#[test]
fn what_is_left_behind_and_what_is_not_required_are_named() {
    let mut record = record(vec![sound()]);
    fail(&mut record.scenarios[0], Side::Baseline, FailureKind::Body);
    record.gates.required.retain(|id| id != "expectations");
    record.leftovers = vec!["task 7".to_owned()];
    let words = "Not required, and not shown: dashboard-load expectations (INCONCLUSIVE)";
    let verdict = assert_verdict(&record, Outcome::Go, words);
    assert!(verdict.next.last().unwrap().contains("cutover clean"));
}

#[test]
fn a_verdict_is_the_same_after_a_round_trip_of_its_record() {
    let record = record(vec![sound()]);
    let text = serde_json::to_string(&record).unwrap();
    let again: Record = serde_json::from_str(&text).unwrap();
    assert_eq!(judge(&record), judge(&again));
    assert_eq!(record.gates, settings());
}

#[test]
fn the_claimed_before_is_held_against_the_medians_bounds() {
    let claim = |before: &str, n: usize| {
        let mut scenario = sound();
        edit(&mut scenario.baseline, |rows| rows.truncate(n));
        scenario.promise.before = before.parse().unwrap();
        before_claim(&scenario)
    };
    assert_eq!(claim("2s..3s", 100).finding, BeforeFinding::True);
    assert_eq!(claim("3s..4s", 100).finding, BeforeFinding::Overstated);
    assert_eq!(claim("1s..2s", 100).finding, BeforeFinding::Understated);
    assert_eq!(claim("2500ms", 100).finding, BeforeFinding::Undecided);
    assert!(claim("2500ms", 100).sentence.contains("single value"));
    assert_eq!(claim("2s..3s", 9).finding, BeforeFinding::Undecided);
    let nothing = claim("2s..3s", 0);
    assert_eq!(
        (nothing.finding, nothing.point_s),
        (BeforeFinding::Undecided, None)
    );
}

#[test]
fn twenty_thousand_candidate_samples_are_judged_like_four_hundred() {
    let mut large = sound();
    large.candidate = iterations(20_000, 0.068);
    let verdict = judge(&record(vec![large]));
    assert_eq!(verdict.verdict, Outcome::Go);
}
