//! What a run creates: marked, found again, removed, and otherwise left in the journal.

use cutover::record::{FailureKind, ScenarioRecord, Side};
use cutover::run::{Look, Rule};
use http::Method;

use crate::rig::{CREATE, Run, sides};
use crate::world::{Api, Mishap};

#[tokio::test(start_paused = true)]
async fn a_create_is_not_sent_again_when_nobody_knows_what_became_of_it() {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = candidate.mishap(Method::POST, Mishap::Closed);
    let record = run.measure(&baseline, &candidate, 1).await;
    assert_eq!(record.candidate.get(0).unwrap().steps().len(), 1);
    assert_eq!(
        record.candidate.get(0).unwrap().failure().unwrap().kind,
        FailureKind::Transport
    );
    let open = run.open();
    assert_eq!(
        open.len(),
        1,
        "a look-up that finds nothing is no proof: the index may lag"
    );
    assert!(open[0].intent.marker.ends_with("-c0000000"));
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_created_carries_its_own_marker_and_is_removed() {
    let (baseline, candidate) = sides();
    let run = Run::of(CREATE);
    let record = run.measure(&baseline, &candidate, 4).await;
    assert_eq!(
        (record.baseline.len(), record.candidate.len()),
        (4, 60),
        "60 writes are the cap"
    );
    for api in [&baseline, &candidate] {
        assert_eq!(api.made(), Vec::<String>::new());
        let seen = api.seen.borrow();
        let titles = seen.iter().filter(|seen| seen.method == Method::POST);
        let mut titles: Vec<String> = titles.map(|seen| seen.body["title"].to_string()).collect();
        let all = titles.len();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), all);
        assert!(
            titles
                .iter()
                .all(|title| title.contains("cutover-r1-create-"))
        );
    }
    assert_eq!(run.open(), []);
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_create_saved_is_found_by_its_marker_and_removed() {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = candidate.mishap(Method::POST, Mishap::SavedThen(503));
    let record = run.measure(&baseline, &candidate, 1).await;
    assert_eq!(
        record.candidate.get(0).unwrap().failure().unwrap().kind,
        FailureKind::Status
    );
    assert_eq!((candidate.made(), run.open()), (Vec::new(), Vec::new()));
    assert!(
        record
            .candidate
            .get(0)
            .unwrap()
            .cleanup_failures()
            .is_empty()
    );
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_removed_stays_in_the_journal() {
    let (baseline, candidate) = sides();
    let run = Run::of(CREATE);
    // The first iteration's object; the probe's is number 100.
    let candidate = Api {
        stubborn: Some("postgres-101"),
        ..candidate
    };
    let record = run.measure(&baseline, &candidate, 1).await;
    let open = run.open();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].intent.side, Side::Candidate);
    assert_eq!(open[0].intent.base_url, "memory://postgres");
    assert!(candidate.made()[0].contains(&open[0].intent.marker));
    assert_eq!(candidate.made().len(), 1);
    assert!(
        !record
            .candidate
            .get(0)
            .unwrap()
            .cleanup_failures()
            .is_empty()
    );
    assert!(
        record.candidate.get(0).unwrap().failure().is_none(),
        "the timed steps did not fail"
    );
}

/// Whatever the status says elsewhere: to an API over HTTP a 529 is an answer like a 503.
#[tokio::test(start_paused = true)]
async fn what_an_index_showed_too_late_is_removed_at_the_end() {
    for status in [503, 529] {
        saved_behind(status).await;
    }
}

async fn saved_behind(status: u16) {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = candidate.mishap(Method::POST, Mishap::SavedThen(status));
    // Reads show nothing of the run until it has ended.
    candidate.frozen.set(true);
    struct Thaw<'w>(&'w Api);
    impl Rule for Thaw<'_> {
        fn look(&mut self, scenario: &ScenarioRecord) -> Look {
            let enough = scenario.candidate.len() > 1;
            self.0.frozen.set(!enough);
            if enough {
                Look::Decided
            } else {
                Look::Continue
            }
        }
    }
    let mut rule = Thaw(&candidate);
    run.under(&mut rule, &baseline, &candidate).await;
    assert_eq!(
        (candidate.made(), run.open()),
        (Vec::new(), Vec::new()),
        "{status}"
    );
}
