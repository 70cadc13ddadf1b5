//! One request through the whole door, without a socket: fuzz, delays and the order of things.

use super::super::routes::router;
use super::super::sample::{self, PROJECTS, TASKS};
use super::super::{Delay, FaultPlan, LatencyProfile, LimitSettings, Settings, ids};
use super::*;
use http::Method;
use proptest::prelude::*;
use std::time::Duration;
use tower::ServiceExt;

fn simulator_with(limit: LimitSettings, latency: Option<LatencyProfile>) -> Arc<Simulator> {
    let settings = Settings {
        limit,
        latency,
        ..Settings::new("secret", 1)
    };
    Arc::new(Simulator::new(&settings, sample::workspace(2, 3)).unwrap())
}

fn simulator() -> Arc<Simulator> {
    simulator_with(LimitSettings::default(), None)
}

async fn send(
    simulator: Arc<Simulator>,
    method: Method,
    uri: &str,
    body: Vec<u8>,
) -> Option<(u16, Value)> {
    send_with(simulator, method, uri, good_headers(), body).await
}

fn good_headers() -> Vec<(HeaderName, Vec<u8>)> {
    vec![
        (header::AUTHORIZATION, b"Bearer secret".to_vec()),
        (NOTION_VERSION, b"2022-06-28".to_vec()),
        (header::CONTENT_TYPE, b"application/json".to_vec()),
    ]
}

/// Nothing when this is no request that HTTP can carry.
async fn send_with(
    simulator: Arc<Simulator>,
    method: Method,
    uri: &str,
    headers: Vec<(HeaderName, Vec<u8>)>,
    body: Vec<u8>,
) -> Option<(u16, Value)> {
    let mut request = http::Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(name, HeaderValue::from_bytes(&value).ok()?);
    }
    let request = request.body(Body::from(body)).ok()?;
    let answer = router(simulator).oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    Some((status, serde_json::from_slice(&body).unwrap()))
}

/// An answer is an object of Notion's, or one of its errors with the status it names.
fn is_notions((status, body): &(u16, Value)) -> bool {
    let object = body["object"].as_str();
    // As recorded, a 429 has no request id.
    let complete_429 = body["code"] == "rate_limited" && body["additional_data"].is_object();
    let complete =
        body["code"].is_string() && body["message"].is_string() && body["request_id"].is_string();
    match object {
        Some("error") if *status == 429 => body["status"] == 429 && complete_429,
        Some("error") => body["status"] == *status && complete,
        Some(_) => *status == 200 && body["request_id"].is_string(),
        None => false,
    }
}

/// Every route, with ids that there are and that there are not, and query strings; and anything else.
fn paths() -> impl Strategy<Value = String> {
    let id = prop_oneof![
        Just(TASKS.to_string()),
        Just(PROJECTS.simple().to_string()),
        Just(ids::of_data_source(TASKS).to_string()),
        Just(sample::task_id(1).to_string()),
        "[a-z0-9-]{0,40}",
        "%[0-9A-F]{2}(%[0-9A-F]{2})?",
    ];
    let route = prop::sample::select(vec![
        "/v1/databases",
        "/v1/databases/ID",
        "/v1/databases/ID/query",
        "/v1/data_sources",
        "/v1/data_sources/ID",
        "/v1/data_sources/ID/query",
        "/v1/pages",
        "/v1/pages/ID",
        "/v1/pages/ID/properties/title",
        "/v1/pages/ID/properties/ID",
        "/v1/blocks/ID",
        "/v1/blocks/ID/children",
        "/v1/search",
        "/v1/users",
        "/v1/users/me",
        "/v1/users/ID",
        "/v1/comments",
    ]);
    let query = prop_oneof![
        3 => Just(String::new()),
        1 => "\\?(page_size|start_cursor|filter_properties|block_id|sorts)=[a-z0-9%-]{0,40}",
        1 => "\\?[a-zA-Z0-9/%?=&._+-]{0,40}",
    ];
    prop_oneof![
        9 => (route, id, query).prop_map(|(route, id, query)| route.replace("ID", &id) + &query),
        1 => "/[a-z0-9/%?=&._-]{0,30}",
    ]
}

/// Headers of every version, most of them good, some of raw bytes, some missing.
fn headers() -> impl Strategy<Value = Vec<(HeaderName, Vec<u8>)>> {
    let raw = || prop::collection::vec(any::<u8>(), 0..12);
    let version = prop_oneof![
        9 => prop::sample::select(vec!["2022-06-28", "2025-09-03", "2026-03-11", "2021-05-13"])
            .prop_map(|version| version.as_bytes().to_vec()),
        1 => raw(),
    ];
    let token = prop_oneof![9 => Just(b"Bearer secret".to_vec()), 1 => raw()];
    let content_type = prop_oneof![9 => Just(b"application/json".to_vec()), 1 => raw()];
    let sent = |value| prop::option::weighted(0.95, value);
    (
        sent(token.boxed()),
        sent(version.boxed()),
        sent(content_type.boxed()),
    )
        .prop_map(|(token, version, content_type)| {
            let all = [
                (header::AUTHORIZATION, token),
                (NOTION_VERSION, version),
                (header::CONTENT_TYPE, content_type),
            ];
            let sent = |(name, value): (_, Option<_>)| Some((name, value?));
            all.into_iter().filter_map(sent).collect()
        })
}

/// JSON made of the words that requests are made of.
fn bodies() -> impl Strategy<Value = Value> {
    let words = [
        "filter",
        "and",
        "or",
        "property",
        "Task",
        "title",
        "number",
        "Points",
        "equals",
        "contains",
        "sorts",
        "direction",
        "ascending",
        "page_size",
        "start_cursor",
        "parent",
        "database_id",
        "properties",
        "relation",
        "Project",
        "Tags",
        "multi_select",
        "name",
        "Due",
        "date",
        "start",
        "2026-01-01",
        "archived",
        "text",
        "content",
        "Task count",
        "rollup",
        "timestamp",
        "created_time",
        "past_week",
        "is_empty",
        "Status",
        "status",
    ];
    let word = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        word.clone().prop_map(Value::from),
        Just(json!(TASKS.to_string())),
    ];
    leaf.prop_recursive(6, 64, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn methods() -> impl Strategy<Value = Method> {
    prop::sample::select(vec![
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::DELETE,
        Method::PUT,
        Method::OPTIONS,
    ])
}

proptest! {
    #[test]
    fn whatever_is_sent_the_answer_is_notions(
        sent in prop::collection::vec((methods(), paths(), headers(), bodies(), prop::option::weighted(0.2, prop::collection::vec(any::<u8>(), 0..20))), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let simulator = simulator();
        for (method, path, headers, json, bytes) in sent {
            let body = bytes.unwrap_or_else(|| json.to_string().into_bytes());
            let answer = send_with(Arc::clone(&simulator), method.clone(), &path, headers, body.clone());
            if let Some(answer) = runtime.block_on(answer) {
                prop_assert!(is_notions(&answer), "{} {} {:?}: {:?}", method, path, body, answer);
            }
        }
    }

    /// The admin calls take anything too, and a good request is answered after it.
    #[test]
    fn whatever_the_admin_calls_are_sent_the_simulator_goes_on(
        method in prop_oneof![methods(), Just(Method::PUT)], path in "/_simulator/(faults|counters|[a-z]{0,9})", bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            "\\{\"(cut|stall|conflict)\":\\{\"rate\":[0-9.e-]{1,6}(,\"count\":-?[0-9]{1,20})?\\}\\}".prop_map(String::into_bytes),
        ],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let simulator = simulator();
        let sent = send(Arc::clone(&simulator), method.clone(), &path, bytes);
        let answer = runtime.block_on(sent);
        prop_assert!(answer.as_ref().is_some_and(|(status, body)| *status == 200 || is_notions(&(*status, body.clone()))), "{} {}: {:?}", method, path, answer);
        simulator.replace_faults(FaultPlan::default());
        let tasks = format!("/v1/databases/{TASKS}");
        let after = send(simulator, Method::GET, &tasks, Vec::new());
        prop_assert_eq!(runtime.block_on(after).map(|(status, _)| status), Some(200));
    }

    #[test]
    fn whatever_an_endpoint_is_sent_the_answer_is_notions(body in bodies(), part in 0usize..5) {
        let (method, path, body) = match part {
            0 => (Method::POST, format!("/v1/databases/{TASKS}/query"), json!({ "filter": body })),
            1 => (Method::POST, format!("/v1/databases/{TASKS}/query"), json!({ "sorts": body })),
            2 => (Method::POST, "/v1/pages".to_owned(), json!({ "parent": { "database_id": TASKS.to_string() }, "properties": body })),
            3 => (Method::PATCH, format!("/v1/pages/{}", sample::task_id(0)), json!({ "properties": body })),
            _ => (Method::PATCH, format!("/v1/pages/{}", sample::task_id(0)), body),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(send(simulator(), method, &path, body.to_string().into_bytes()));
        prop_assert!(answer.as_ref().is_some_and(is_notions), "{} {}: {:?}", path, body, answer);
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let body = vec![b' '; MOST_BYTES + 1];
    let (status, body) = send(simulator(), Method::POST, "/v1/pages", body)
        .await
        .unwrap();
    assert_eq!(
        (status, body["code"].as_str()),
        (400, Some("validation_error"))
    );
}

/// The clock of these tests stands still but for the sleeps, so the times are exact.
#[tokio::test(start_paused = true)]
async fn an_answer_takes_its_delay_and_a_429_none() {
    let delay = |millis| Delay {
        median: Duration::from_millis(millis),
        per_row: Duration::from_millis(1),
        sigma: 0.0,
    };
    let profile = LatencyProfile {
        query: delay(100),
        query_by_text: delay(200),
        retrieve_page: delay(300),
        create_page: delay(400),
        update_page: delay(500),
        retrieve_database: delay(600),
        ..LatencyProfile::default()
    };
    let limit = LimitSettings {
        window: Some("5/60s".parse().unwrap()),
        ..LimitSettings::default()
    };
    let simulator = simulator_with(limit, Some(profile));
    let query = format!("/v1/databases/{TASKS}/query");
    let by_text = json!({ "filter": { "property": "Task", "title": { "contains": "er 1" } } });
    for (method, path, body, status, millis) in [
        (Method::POST, query.clone(), json!({}), 200, 103),
        (Method::POST, query.clone(), by_text, 200, 201),
        (
            Method::GET,
            format!("/v1/pages/{}", sample::task_id(9)),
            json!({}),
            404,
            300,
        ),
        (Method::POST, "/v1/pages".to_owned(), json!({}), 400, 400),
        (
            Method::GET,
            format!("/v1/databases/{TASKS}"),
            json!({}),
            200,
            600,
        ),
        (Method::POST, query, json!({}), 429, 0),
    ] {
        let begin = Instant::now();
        let body = body.to_string().into_bytes();
        let answer = send(Arc::clone(&simulator), method, &path, body).await;
        assert_eq!(answer.unwrap().0, status, "{path}");
        assert_eq!(begin.elapsed().as_millis(), millis, "{path}");
    }
}
