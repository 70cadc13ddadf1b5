//! What ends a scenario: the rule, a cap, a wish, or a target that cannot be cleaned.

use std::time::Duration;

use cutover::record::{ScenarioRecord, Stopped};
use cutover::run::{Look, Rule, interrupt};
use http::Method;
use tokio::time::Instant;

use crate::rig::{CREATE, InterruptAfter, READ, Run, after_preflight, sides};
use crate::world::{Api, Mishap};

#[tokio::test(start_paused = true)]
async fn an_interrupt_finishes_the_request_and_removes_what_was_created() {
    let (baseline, candidate) = sides();
    let (interrupter, wish) = interrupt();
    let mut run = Run::of(CREATE);
    run.interrupt = wish;
    let observer = InterruptAfter(interrupter, 7);
    let record = run
        .watched(&baseline, &candidate, 5, &observer)
        .await
        .unwrap();
    assert_eq!(record.stopped, Stopped::Interrupted);
    assert_eq!(record.candidate.len(), 7);
    let posts = baseline.count(&Method::POST) + candidate.count(&Method::POST);
    let deletes = baseline.count(&Method::DELETE) + candidate.count(&Method::DELETE);
    assert_eq!(
        posts, deletes,
        "also of the iteration that the interrupt cut short"
    );
    assert_eq!(
        (baseline.made(), candidate.made()),
        (Vec::new(), Vec::new())
    );
    assert_eq!(run.open(), []);
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_not_sat_out_when_the_run_is_interrupted() {
    let (baseline, candidate) = sides();
    let baseline = after_preflight(baseline).mishap(Method::GET, Mishap::RateLimited(Some(500)));
    let (interrupter, wish) = interrupt();
    let mut run = Run::of(READ);
    run.interrupt = wish;
    let began = Instant::now();
    let observer = InterruptAfter(interrupter, 50);
    let record = run
        .watched(&baseline, &candidate, 5, &observer)
        .await
        .unwrap();
    assert_eq!(record.stopped, Stopped::Interrupted);
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn it_looks_after_every_baseline_iteration_with_enough_of_the_candidate() {
    struct Enough(Vec<(usize, usize)>);
    impl Rule for Enough {
        fn look(&mut self, scenario: &ScenarioRecord) -> Look {
            self.0
                .push((scenario.baseline.len(), scenario.candidate.len()));
            if scenario.baseline.len() == 6 {
                Look::Decided
            } else {
                Look::Continue
            }
        }
    }
    // The candidate takes as long as the baseline: twenty for one has to be waited for.
    let (baseline, candidate) = (Api::new("notion", 300), Api::new("postgres", 300));
    let mut rule = Enough(Vec::new());
    Run::of(READ).under(&mut rule, &baseline, &candidate).await;
    let looks: Vec<usize> = rule.0.iter().map(|(baseline, _)| *baseline).collect();
    assert_eq!(
        looks,
        [1, 2, 3, 4, 5, 6, 6],
        "and once more when the candidate has finished"
    );
    assert!(
        rule.0
            .iter()
            .all(|(baseline, candidate)| *candidate >= 20 * baseline)
    );
}

#[tokio::test(start_paused = true)]
async fn the_cap_on_baseline_iterations_ends_what_is_not_decided() {
    let (baseline, candidate) = sides();
    let record = Run::of(READ)
        .measure(&baseline, &candidate, usize::MAX)
        .await;
    assert_eq!((record.baseline.len(), record.stopped), (30, Stopped::Cap));
}

#[tokio::test(start_paused = true)]
async fn a_target_that_cannot_be_cleaned_is_not_filled_up() {
    let (baseline, candidate) = sides();
    let mut run = Run::of(CREATE);
    run.plan.writes_allowed = false;
    let candidate = Api {
        stubborn: Some("postgres"),
        ..candidate
    };
    let record = run.measure(&baseline, &candidate, 30).await;
    assert_eq!(record.stopped, Stopped::CleanUp);
    assert_eq!((candidate.made().len(), run.open().len()), (3, 3));
}
