//! What holds whatever Notion does.

use std::collections::BTreeMap;
use std::time::Duration;

use cutover::record::{FailureKind, SampleStatus, StepRef};
use cutover::scenario::Scenario;
use proptest::prelude::*;

use super::memory::{Fault, Memory};
use super::run::{Outcome, built_in, run, variables};

/// Runs a scenario on virtual time, with this Notion as the baseline and one without faults beside it.
fn measured(scenario: Scenario, baseline: &Memory, iterations: usize) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let databases = || variables(["tasks", "projects", "tags"]);
    runtime.block_on(async {
        // Slow, so that it makes few iterations while the baseline waits.
        let candidate = Memory::slow("candidate");
        let sides = ((baseline, databases()), (&candidate, databases()));
        let rate = "3/s".parse().unwrap();
        run(scenario, sides.0, sides.1, rate, iterations).await
    })
}

/// A built-in scenario without its freshness probe.
fn unprobed(name: &str) -> Scenario {
    let mut scenario = built_in(name);
    scenario.freshness.clear();
    scenario
}

fn notion(script: Vec<Fault>, lag: Duration) -> Memory {
    Memory::new("baseline", script, lag)
}

fn any_fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        4 => Just(Fault::None),
        2 => prop::sample::select(vec![409, 429, 500, 502, 503, 504, 529]).prop_map(Fault::Refused),
        2 => prop::sample::select(vec![500, 502, 503, 504]).prop_map(Fault::DoneThen),
        1 => Just(Fault::DoneThenCut),
        1 => Just(Fault::Cut),
        1 => Just(Fault::DoneThenSilent),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, max_shrink_iters: 60, ..ProptestConfig::default() })]

    /// The law of the driver: a create is never made twice, and each object that was made is removed or
    /// stands in the journal; a good sample is the time of good answers alone; and the requests that Notion
    /// saw are those that the record tells of, also of a run that was cut short.
    #[test]
    fn whatever_the_faults_nothing_is_made_twice_or_forgotten(
        script in prop::collection::vec(any_fault(), 0..60), lag_s in 0u64..8,
    ) {
        let baseline = notion(script, Duration::from_secs(lag_s));
        let outcome = measured(built_in("create-task"), &baseline, 4);
        let mut made: BTreeMap<String, usize> = BTreeMap::new();
        for (title, archived) in baseline.made() {
            let marker = title.split(' ').find(|word| word.starts_with("cutover-")).unwrap();
            *made.entry(marker.to_owned()).or_default() += 1;
            let open = outcome.open.iter().any(|open| open.intent.marker == marker);
            prop_assert!(archived || open, "{title} is forgotten");
        }
        prop_assert!(made.values().all(|count| *count == 1), "made twice: {made:?}");
        prop_assert_eq!(outcome.spent, baseline.requests.get());
        prop_assert_eq!(outcome.recorded().notion_requests, outcome.spent);
        prop_assert_eq!(outcome.recorded().turned_away(), baseline.turned_away.get());
        let iterations = outcome.record().baseline.iter();
        for good in iterations.filter(|one| one.sample().status == SampleStatus::Ok) {
            let results: Vec<_> = good.steps().filter(|step| !step.superseded()).collect();
            prop_assert!(results.iter().all(|step| step.status() == Some(200)), "{results:?}");
            prop_assert!((good.latency_s() - 0.2).abs() < 1e-6, "one answer: {}", good.latency_s());
        }
    }
}

proptest! {
    // Six large lists a pass: a few cases take long enough.
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Without anything to clean up, the record alone tells of every request.
    #[test]
    fn every_request_of_a_read_is_in_the_record(script in prop::collection::vec(any_fault(), 0..40)) {
        let baseline = notion(script, Duration::ZERO);
        let outcome = measured(unprobed("dashboard-load"), &baseline, 2);
        prop_assert_eq!(outcome.spent, baseline.requests.get());
        if outcome.ended.is_ok() {
            let before = u64::from(outcome.record().preflight.baseline.notion_requests);
            prop_assert_eq!(outcome.spent, before + outcome.timed());
        }
    }
}

/// The steps of the first timed iteration, whose create meets this fault.
fn create_that_meets(faults: Vec<Fault>, lag: Duration) -> (Outcome, Memory) {
    let mut script = vec![Fault::None; PREFLIGHT];
    script.extend(faults);
    let baseline = notion(script, lag);
    let outcome = measured(built_in("create-task"), &baseline, 1);
    (outcome, baseline)
}

/// The preflight of create-task: a look-up for contact, create, read back, archive.
const PREFLIGHT: usize = 4;

fn first_steps(outcome: &Outcome) -> Vec<StepRef<'_>> {
    outcome.record().baseline.first().unwrap().steps().collect()
}

#[test]
fn a_create_whose_answer_was_lost_is_a_failed_sample_and_its_page_is_found_and_archived() {
    for (fault, status, failure, sample) in [
        (
            Fault::DoneThen(503),
            Some(503),
            FailureKind::Status,
            SampleStatus::Error,
        ),
        (
            Fault::DoneThenCut,
            None,
            FailureKind::Transport,
            SampleStatus::Error,
        ),
        (
            Fault::DoneThenSilent,
            None,
            FailureKind::Timeout,
            SampleStatus::Timeout,
        ),
    ] {
        let (outcome, baseline) = create_that_meets(vec![fault], Duration::ZERO);
        let steps = first_steps(&outcome);
        assert_eq!(steps.len(), 2, "{fault:?}: the create and one look-up");
        assert_eq!((steps[0].status(), steps[0].superseded()), (status, false));
        assert!(steps[1].look_up() && steps[1].superseded());
        let first = outcome.record().baseline.first().unwrap();
        assert_eq!(first.failure().unwrap().kind, failure, "{fault:?}");
        assert_eq!(first.sample().status, sample, "{fault:?}");
        assert_eq!(
            (first.notion_requests(), first.cleanup_failures()),
            (2, [].as_slice())
        );
        assert!(
            (first.latency_s() - 0.2).abs() < 1e-6,
            "the look-up is no part of it"
        );
        assert!(first.pause_s() >= 0.9, "{}", first.pause_s());
        let archived = baseline
            .made()
            .iter()
            .filter(|(_, archived)| *archived)
            .count();
        assert_eq!(
            (archived, baseline.made().len()),
            (2, 2),
            "the probe's and this one"
        );
        assert_eq!(outcome.open.len(), 0);
        let cleaned_up = outcome.record().outside.baseline.clean_up;
        assert_eq!(
            cleaned_up.sent, 1,
            "{fault:?}: the clean-up knows what was found"
        );
    }
}

#[test]
fn a_create_that_no_look_up_finds_has_failed_and_is_not_sent_again() {
    let (outcome, baseline) = create_that_meets(vec![Fault::Refused(503)], Duration::ZERO);
    let steps = first_steps(&outcome);
    let look_ups = steps.iter().filter(|step| step.look_up()).count();
    assert_eq!((steps.len(), look_ups), (3, 2));
    let failure = outcome
        .record()
        .baseline
        .first()
        .unwrap()
        .failure()
        .unwrap();
    assert_eq!(failure.kind, FailureKind::Status);
    assert_eq!(
        failure.detail,
        "create: the answer is 503; Notion says an_error: as the script says"
    );
    assert_eq!(baseline.made().len(), 1, "the probe's");
    assert_eq!(
        outcome.open.len(),
        1,
        "nobody knows, so the journal remembers"
    );
}

#[test]
fn a_conflict_saved_nothing_and_is_sent_again_after_the_look_ups() {
    let (outcome, baseline) = create_that_meets(vec![Fault::Refused(409)], Duration::ZERO);
    let steps = first_steps(&outcome);
    let of = |step: &StepRef<'_>| (step.attempt(), step.look_up(), step.superseded());
    let attempts: Vec<_> = steps.iter().map(of).collect();
    let look_up = (1, true, true);
    assert_eq!(
        attempts,
        [(1, false, true), look_up, look_up, (2, false, false)]
    );
    assert_eq!(outcome.record().baseline.first().unwrap().failure(), None);
    assert_eq!(baseline.made().len(), 2, "the probe's and this one");
    assert_eq!(outcome.open.len(), 0);
}

#[test]
fn a_create_that_was_turned_away_is_sent_again_after_a_pause_that_doubles() {
    for status in [429, 529] {
        let (outcome, _) = create_that_meets(vec![Fault::Refused(status); 2], Duration::ZERO);
        let first = outcome.record().baseline.first().unwrap();
        let attempts: Vec<_> = first.steps().map(|step| step.attempt()).collect();
        assert_eq!(attempts, [1, 2, 3], "{status}");
        assert_eq!(first.failure(), None);
        assert!((first.pause_s() - 3.0).abs() < 0.01, "{}", first.pause_s());
        assert_eq!(first.notion_requests(), 3);
    }
}

#[test]
fn a_create_that_is_answered_at_last_is_a_good_sample_of_its_last_attempt() {
    let (outcome, baseline) = create_that_meets(vec![Fault::Refused(409)], Duration::ZERO);
    let first = outcome.record().baseline.first().unwrap();
    assert_eq!(first.sample().status, SampleStatus::Ok);
    assert!(
        (first.latency_s() - 0.2).abs() < 1e-6,
        "{}",
        first.latency_s()
    );
    assert_eq!(baseline.made().len(), 2, "the probe's and this one");
}

#[test]
fn a_request_that_was_turned_away_often_may_fail_as_often_as_any_other() {
    let turned_away = [429, 529, 429, 529, 429].map(Fault::Refused);
    // Two pages for contact, then the first page of the first timed list.
    let script = [
        &[Fault::None; 2],
        &turned_away[..],
        &[Fault::Refused(502), Fault::Cut],
    ]
    .concat();
    let baseline = notion(script, Duration::ZERO);
    let outcome = measured(unprobed("dashboard-load"), &baseline, 1);
    let first = outcome.record().baseline.first().unwrap();
    assert_eq!(first.failure(), None);
    let of_page = |step: &StepRef<'_>| (step.step(), step.page()) == (0, 0);
    let attempts: Vec<_> = first
        .steps()
        .filter(of_page)
        .map(|step| step.attempt())
        .collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6, 7, 8]);

    // A create that Notion says it has not saved is looked up after each conflict, and sent again.
    let look_ups = [Fault::None; 2];
    let conflict = [&[Fault::Refused(409)], &look_ups[..]].concat();
    let script = [&turned_away[..], &conflict, &conflict].concat();
    let (outcome, baseline) = create_that_meets(script, Duration::ZERO);
    let first = outcome.record().baseline.first().unwrap();
    assert_eq!(first.failure(), None);
    assert_eq!(first.steps().last().unwrap().attempt(), 8);
    assert_eq!((baseline.made().len(), outcome.open.len()), (2, 0));
}

#[test]
fn an_index_that_lags_longer_than_the_patience_leaves_the_object_to_the_clean_up() {
    let (outcome, baseline) =
        create_that_meets(vec![Fault::DoneThenCut], Duration::from_secs(3_600));
    assert_eq!(baseline.made().len(), 2);
    let left: Vec<_> = baseline
        .made()
        .into_iter()
        .filter(|(_, archived)| !archived)
        .collect();
    assert_eq!((left.len(), outcome.open.len()), (1, 1));
    assert!(left[0].0.contains(&outcome.open[0].intent.marker));
}

#[test]
fn every_page_of_a_list_is_a_result_and_one_unit_of_the_budget() {
    let baseline = notion(Vec::new(), Duration::ZERO);
    let outcome = measured(built_in("dashboard-load"), &baseline, 2);
    let steps = first_steps(&outcome);
    let pages: Vec<_> = steps
        .iter()
        .map(|step| (step.step(), step.page()))
        .collect();
    assert_eq!(pages, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]);
    let first = outcome.record().baseline.first().unwrap();
    assert_eq!((first.failure(), first.notion_requests()), (None, 6));
    assert!(
        (first.latency_s() - 1.2).abs() < 1e-6,
        "{}",
        first.latency_s()
    );
    assert!(first.budget_wait_s() > 0.5, "{}", first.budget_wait_s());
}

#[test]
fn a_page_that_fails_is_sent_again_by_itself() {
    // Two pages for contact, then the second page of the first timed list.
    let script = [vec![Fault::None; 3], vec![Fault::Refused(502)]].concat();
    let baseline = notion(script, Duration::ZERO);
    let outcome = measured(unprobed("dashboard-load"), &baseline, 1);
    let of = |step: &StepRef<'_>| (step.page(), step.attempt(), step.superseded());
    let tasks: Vec<_> = first_steps(&outcome).iter().take(3).map(of).collect();
    assert_eq!(tasks, [(0, 1, false), (1, 1, true), (1, 2, false)]);
    assert_eq!(outcome.record().baseline.first().unwrap().failure(), None);
}

#[test]
fn a_list_whose_cursor_comes_back_ends_with_a_failure() {
    let baseline = notion(Vec::new(), Duration::ZERO);
    baseline.endless.set(true);
    let outcome = measured(unprobed("task-search"), &baseline, 1);
    let failure = outcome
        .record()
        .baseline
        .first()
        .unwrap()
        .failure()
        .unwrap();
    assert_eq!(failure.kind, FailureKind::Body);
    assert!(
        failure.detail.contains("it has no end"),
        "{}",
        failure.detail
    );
}
