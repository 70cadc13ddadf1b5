//! The three scenarios over real sockets, against the simulator with its limits on.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::Method;
use cutover::record::{Distinctness, FailureKind, Freshness};
use cutover::sandbox::notion::{LimitSettings, Running, Settings, start};
use cutover::sandbox::world::{World, workspace};
use cutover::target::{NotionOptions, NotionTarget};

use super::proxy::{Due, Mishap, Proxy};
use super::run::{Outcome, built_in, run, variables};

pub(crate) const TOKEN: &str = "ntn_of_the_test";

/// A simulator of a world, with what templates know of it.
async fn simulator(seed: u64, limit: LimitSettings) -> (Running, BTreeMap<String, String>) {
    simulator_of(Settings {
        limit,
        ..Settings::new(TOKEN, seed)
    })
    .await
}

/// The same, with whatever else it is to do.
pub(crate) async fn simulator_of(settings: Settings) -> (Running, BTreeMap<String, String>) {
    let world = World::new(settings.seed);
    let databases = &world.databases;
    let ids = [&databases.tasks, &databases.projects, &databases.tags];
    let variables = variables(ids.map(|id| id.as_str()));
    let running = start(settings, workspace(&world).unwrap()).await.unwrap();
    (running, variables)
}

fn limits() -> LimitSettings {
    LimitSettings {
        window: Some("180/60s".parse().unwrap()),
        // Two at once at most, one of them because the machine was late: what is not paced is refused.
        average: Some(("3/s".parse().unwrap(), 2)),
        ..LimitSettings::default()
    }
}

fn target(url: &str, token: &str) -> NotionTarget {
    NotionTarget::new(options(url, token)).unwrap()
}

pub(crate) fn options(url: &str, token: &str) -> NotionOptions {
    NotionOptions {
        base_url: url.parse().unwrap(),
        token: token.into(),
        version: "2022-06-28".to_owned(),
        timeout: Duration::from_secs(60),
        connect_timeout: Duration::from_secs(10),
    }
}

/// Two iterations within the limit, and what must hold of them.
///
/// The pace is a third of the limit. A request that leaves late comes too close to the next one, and on a
/// busy machine the harness is late by more than the headroom of 2 % covers; how close it may come is held
/// against judges on virtual time (`limit_judge`). Here everything that is sent has to be paced at all.
async fn a_clean_run(name: &str, requests: u32) {
    let (notion, databases) = simulator(1, limits()).await;
    let (other, other_databases) = simulator(2, LimitSettings::default()).await;
    let baseline = (target(notion.url(), TOKEN), databases);
    let candidate = (target(other.url(), TOKEN), other_databases);
    let rate = "1/s".parse().unwrap();
    let outcome = run(built_in(name), baseline, candidate, rate, 2).await;
    let record = outcome.record();
    assert!(outcome.ended.is_ok(), "{name}");
    let preflight = &record.preflight;
    let fresh = &preflight.baseline.freshness;
    assert!(matches!(fresh, Freshness::Fresh(_)), "{name}: {fresh:?}");
    let distinct = &preflight.distinct;
    assert!(
        matches!(distinct, Distinctness::Proven(_)),
        "{name}: {distinct:?}"
    );
    assert_eq!(record.baseline.len(), 2);
    for iteration in record.baseline.iter().chain(record.candidate.iter()) {
        assert_eq!(iteration.failure(), None, "{name}");
        assert_eq!(iteration.cleanup_failures(), [], "{name}");
    }
    for iteration in record.baseline.iter() {
        assert_eq!(iteration.notion_requests(), requests, "{name}");
    }
    let counted = notion.counters();
    assert_eq!(
        (counted.requests, counted.rate_limited),
        (outcome.spent, 0),
        "{name}"
    );
    for step in &record.steps {
        for form in [&step.baseline, &step.candidate] {
            let form = form.as_ref().unwrap();
            assert_eq!((&*form.driver, &*form.method), ("notion", "POST"));
            assert!(form.path.starts_with("/v1/"), "{form:?}");
        }
    }
    assert_eq!(outcome.recorded().sent, counted.requests, "{name}");
    assert_eq!(outcome.open.len(), 0, "{name}");
    notion.stop().await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_is_loaded_from_notion_itself_page_by_page() {
    a_clean_run("dashboard-load", 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_are_searched_in_notion_itself() {
    a_clean_run("task-search", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_made_in_notion_itself_and_archived_again() {
    a_clean_run("create-task", 1).await;
}

/// One iteration of create-task through a proxy that fails so.
async fn through(script: Vec<Due>, token: &str) -> (Outcome, u64) {
    let (notion, databases) = simulator(1, LimitSettings::default()).await;
    let (other, other_databases) = simulator(2, LimitSettings::default()).await;
    let proxy = Proxy::before(notion.url(), script).await;
    let mut scenario = built_in("create-task");
    scenario.freshness.clear();
    let baseline = (target(&proxy.url, token), databases);
    let candidate = (target(other.url(), TOKEN), other_databases);
    let rate = "100/s".parse().unwrap();
    let outcome = run(scenario, baseline, candidate, rate, 1).await;
    let requests = proxy.requests();
    (outcome, requests)
}

#[tokio::test]
async fn a_page_that_was_saved_behind_a_gateways_503_is_found_by_its_marker_and_archived() {
    let script = vec![(Method::POST, "/v1/pages", Mishap::SavedThen(503))];
    let (outcome, requests) = through(script, TOKEN).await;
    let first = outcome.record().baseline.first().unwrap();
    let failure = first.failure().unwrap();
    assert_eq!(failure.kind, FailureKind::Status, "{}", failure.detail);
    assert_eq!(first.cleanup_failures(), []);
    assert_eq!(first.steps().filter(|step| step.look_up()).count(), 1);
    assert_eq!((outcome.open.len(), outcome.spent), (0, requests));
}

#[tokio::test]
async fn an_archiving_is_sent_again_because_it_may_be_done_twice() {
    for mishap in [
        Mishap::Refused(502),
        Mishap::SavedThen(503),
        Mishap::Refused(409),
    ] {
        let (outcome, requests) = through(vec![(Method::PATCH, "", mishap)], TOKEN).await;
        let first = outcome.record().baseline.first().unwrap();
        assert_eq!(first.cleanup_failures(), [], "{mishap:?}");
        assert_eq!(
            (outcome.open.len(), outcome.spent),
            (0, requests),
            "{mishap:?}"
        );
    }
}

#[tokio::test]
async fn what_could_not_be_archived_at_first_is_found_and_archived_later() {
    let script = vec![(Method::PATCH, "", Mishap::Refused(502)); 3];
    let (outcome, requests) = through(script, TOKEN).await;
    let first = outcome.record().baseline.first().unwrap();
    assert_eq!(
        first.cleanup_failures(),
        [],
        "it was found by its marker, and archived then"
    );
    assert_eq!((outcome.open.len(), outcome.spent), (0, requests));
}

#[tokio::test]
async fn a_wrong_token_is_refused_in_so_many_words() {
    let (outcome, _) = through(Vec::new(), "ntn_of_somebody_else").await;
    let error = outcome.ended.unwrap_err().to_string();
    assert!(
        error.contains("refuses the credentials (status 401)"),
        "{error}"
    );
    assert!(!error.contains("somebody_else"), "{error}");
}
