//! Whether what a run makes in Notion can be removed again, and is known to be.

use axum::http::Method;
use cutover::driver::Driver;
use cutover::run::RunError;
use cutover::sandbox::notion::{Endpoint, LimitSettings, Settings};
use cutover::scenario::Inputs;
use cutover::target::NotionTarget;
use serde_json::json;

use super::proxy::{Mishap, Proxy};
use super::run::{built_in, run};
use super::sockets::{TOKEN, options, simulator_of};

/// The scenarios that are built in; each makes a page, in its steps or in its probe.
const NAMES: [&str; 3] = ["create-task", "dashboard-load", "task-search"];

#[test]
fn only_a_page_that_says_that_it_is_archived_counts_as_removed() {
    let not_shared = json!({ "object": "error", "status": 404, "code": "object_not_found" });
    let page = |archived: bool| json!({ "object": "page", "id": "p", "archived": archived });
    for name in NAMES {
        let scenario = built_in(name);
        let form = scenario.cleanup[0].form(Driver::Notion).unwrap();
        let inputs = Inputs::draw(&scenario, "r1", 1, 0, "cutover-marker".to_owned());
        for (status, body, removed) in [
            (200, page(true), true),
            (200, page(false), false),
            (404, not_shared.clone(), false),
        ] {
            let examined = form.examine(status, body.to_string().as_bytes(), &inputs);
            assert_eq!(
                examined.problems.is_empty(),
                removed,
                "{name}: {status} {body}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_made_where_the_search_for_it_is_refused() {
    let settings = |seed| Settings {
        limit: LimitSettings::default(),
        ..Settings::new(TOKEN, seed)
    };
    let target = |url: &str| NotionTarget::new(options(url, TOKEN)).unwrap();
    for name in NAMES {
        let (notion, databases) = simulator_of(settings(1)).await;
        let (other, other_databases) = simulator_of(settings(2)).await;
        // Every query, as with a version for which the forms were not written.
        let script = vec![(Method::POST, "/query", Mishap::Refused(400)); 20];
        let proxy = Proxy::before(notion.url(), script).await;
        let baseline = (target(&proxy.url), databases);
        let candidate = (target(other.url()), other_databases);
        let rate = "100/s".parse().unwrap();
        let outcome = run(built_in(name), baseline, candidate, rate, 1).await;
        let error = outcome.ended.unwrap_err().error;
        assert!(
            matches!(&error, RunError::CannotRecover { step, .. } if step == "find"),
            "{name}: {error}"
        );
        assert!(error.to_string().contains("nothing was created"), "{error}");
        assert_eq!(outcome.open, [], "{name}");
        for side in [&notion, &other] {
            let made = side
                .counters()
                .by_endpoint
                .get(&Endpoint::CreatePage)
                .copied();
            assert_eq!(made, None, "{name}");
        }
    }
}
