//! The simulator's own faults on real sockets: each kind of them meets the create, and then the archiving, of
//! a real run.

use std::time::Duration;

use axum::http::Method;
use cutover::record::FailureKind;
use cutover::sandbox::notion::{
    Counters, Endpoint, Fault, FaultKind, FaultPlan, LimitSettings, Settings,
};
use cutover::target::{HttpRequest, NotionOptions, NotionTarget, Request, Target};
use serde_json::{Value, json};

use super::memory::Memory;
use super::run::{Outcome, built_in, run, variables};
use super::sockets::{TOKEN, options, simulator_of};

/// What an answer may take: much more than it does, and much less than a stall.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What one iteration of create-task came to, with one fault on its way.
struct Met {
    outcome: Outcome,
    counted: Counters,
    /// The titles of pages that were made and not archived.
    left: Vec<String>,
}

impl Met {
    fn requests(&self, endpoint: Endpoint) -> u64 {
        let counted = self.counted.by_endpoint.get(&endpoint);
        counted.copied().unwrap_or_default()
    }
}

async fn meets(kind: FaultKind, endpoint: Endpoint) -> Met {
    let lasts = match kind {
        FaultKind::SlowBody => Duration::from_millis(100),
        _ => Duration::from_secs(60),
    };
    let fault = Fault {
        count: Some(1),
        endpoints: [endpoint].into(),
        lasts,
        ..Fault::at(kind, 1.0)
    };
    let settings = Settings {
        limit: LimitSettings::default(),
        faults: FaultPlan::new([(kind, fault)]).unwrap(),
        ..Settings::new(TOKEN, 1)
    };
    let (notion, databases) = simulator_of(settings).await;
    let target = NotionTarget::new(NotionOptions {
        timeout: TIMEOUT,
        ..options(notion.url(), TOKEN)
    });
    let target = target.unwrap();
    let mut scenario = built_in("create-task");
    scenario.freshness.clear();
    let candidate = Memory::new("candidate", Vec::new(), Duration::ZERO);
    let beside = variables(["tasks", "projects", "tags"]);
    let tasks = databases["tasks_database"].clone();
    let rate = "100/s".parse().unwrap();
    let sides = ((&target, databases), (&candidate, beside));
    let outcome = run(scenario, sides.0, sides.1, rate, 1).await;
    let counted = notion.counters();
    let left = left(&target, &tasks).await;
    notion.stop().await;
    Met {
        outcome,
        counted,
        left,
    }
}

/// The titles of the pages with a marker that are in the database still.
async fn left(target: &NotionTarget, tasks: &str) -> Vec<String> {
    let filter = json!({ "property": "Task", "title": { "contains": "cutover-" } });
    let request = Request::Http(HttpRequest {
        method: Method::POST,
        path: format!("/v1/databases/{tasks}/query"),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Some(json!({ "filter": filter }).to_string().into_bytes()),
    });
    let answer = target.send(request).await.result.unwrap();
    assert_eq!(answer.status, 200);
    let list: Value = serde_json::from_slice(&answer.body).unwrap();
    let title = |page: &Value| page["properties"]["Task"]["title"][0]["plain_text"].to_string();
    list["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(title)
        .collect()
}

/// What holds of every fault: it happened, nothing that was made is forgotten, and the record tells of all
/// that the simulator counted.
fn assert_sound(met: &Met, kind: FaultKind) {
    let Met {
        outcome,
        counted,
        left,
    } = met;
    assert!(outcome.ended.is_ok(), "{kind}");
    assert_eq!(counted.injected.get(&kind), Some(&1), "{kind}");
    for title in left {
        let known = |open: &cutover::run::Open| title.contains(&open.intent.marker);
        assert!(
            outcome.open.iter().any(known),
            "{kind}: {title} is forgotten"
        );
    }
    let told = outcome.recorded();
    let overloaded = u64::from(kind == FaultKind::Overload);
    assert_eq!(
        (
            told.sent,
            told.notion_requests,
            told.rate_limited,
            told.overloaded
        ),
        (
            counted.requests,
            counted.requests,
            counted.rate_limited,
            overloaded
        ),
        "{kind}"
    );
    assert_eq!(outcome.spent, counted.requests, "{kind}");
}

/// Each kind at the endpoint, all at once: each of them mostly waits.
async fn each(kinds: impl IntoIterator<Item = FaultKind>, endpoint: Endpoint) -> Vec<Met> {
    let local = tokio::task::LocalSet::new();
    let begin = |kind| local.spawn_local(meets(kind, endpoint));
    let begun: Vec<_> = kinds.into_iter().map(begin).collect();
    local.await;
    let mut ended = Vec::new();
    for one in begun {
        ended.push(one.await.unwrap());
    }
    ended
}

#[tokio::test]
async fn whatever_meets_a_create_it_is_made_once_or_remembered() {
    use FailureKind::{Status, Timeout, Transport};
    // Whether the page came to be, and how the iteration failed: also when it was made and no good answer
    // told of it.
    let table = [
        (FaultKind::Conflict, 1, None),
        (FaultKind::BadGateway, 0, Some(Status)),
        (FaultKind::Unavailable, 0, Some(Status)),
        (FaultKind::Overload, 1, None),
        (FaultKind::InternalError, 0, Some(Status)),
        (FaultKind::GatewayTimeout, 0, Some(Status)),
        (FaultKind::Cut, 0, Some(Transport)),
        (FaultKind::Stall, 0, Some(Timeout)),
        (FaultKind::UnavailableAfterSaving, 1, Some(Status)),
        (FaultKind::CutInBody, 1, Some(Transport)),
        (FaultKind::SlowBody, 1, None),
    ];
    let met = each(table.map(|(kind, ..)| kind), Endpoint::CreatePage).await;
    for (met, (kind, made, failure)) in met.into_iter().zip(table) {
        assert_sound(&met, kind);
        let creates = met.requests(Endpoint::CreatePage);
        let again = matches!(kind, FaultKind::Conflict | FaultKind::Overload);
        assert_eq!(
            creates,
            1 + u64::from(again),
            "{kind}: nothing is made twice"
        );
        let first = met.outcome.record().baseline.first().unwrap();
        assert_eq!(
            first.failure().map(|failure| failure.kind),
            failure,
            "{kind}"
        );
        assert_eq!(
            met.requests(Endpoint::UpdatePage),
            made,
            "{kind}: archived once"
        );
        assert_eq!(met.left, Vec::<String>::new(), "{kind}");
        assert_eq!(met.outcome.open.len() as u64, 1 - made, "{kind}");
    }
}

#[tokio::test]
async fn whatever_meets_an_archiving_it_is_sent_again_and_nothing_is_left() {
    let kinds = [
        FaultKind::Conflict,
        FaultKind::BadGateway,
        FaultKind::Unavailable,
        FaultKind::Overload,
        FaultKind::InternalError,
        FaultKind::GatewayTimeout,
        FaultKind::Cut,
        FaultKind::Stall,
        FaultKind::UnavailableAfterSaving,
        FaultKind::CutInBody,
    ];
    let met = each(kinds, Endpoint::UpdatePage).await;
    for (met, kind) in met.into_iter().zip(kinds) {
        assert_sound(&met, kind);
        let first = met.outcome.record().baseline.first().unwrap();
        assert_eq!(
            (first.failure(), first.cleanup_failures()),
            (None, [].as_slice()),
            "{kind}"
        );
        assert_eq!(met.requests(Endpoint::CreatePage), 1, "{kind}");
        assert_eq!(met.requests(Endpoint::UpdatePage), 2, "{kind}");
        let clean_up = met.outcome.record().outside.baseline.clean_up;
        assert_eq!((clean_up.sent, clean_up.retried), (2, 1), "{kind}");
        assert_eq!(met.left, Vec::<String>::new(), "{kind}");
        assert_eq!(met.outcome.open.len(), 0, "{kind}");
    }
}
