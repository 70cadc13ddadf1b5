//! The same on GitLab: as much of its API as is asked, beside GitHub's, and the job as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::github::{AUTHOR, Deployment, GitHub, Held, Mishap, Shared, TOKEN, number};
use crate::runs::STUB;
use crate::{Ended, Runner};

pub(crate) fn routes() -> Router<Arc<Mutex<Held>>> {
    Router::new()
        .route("/user", get(|| async { Json(json!({"username": AUTHOR})) }))
        .route(
            "/projects/5/merge_requests/{number}/notes",
            get(list).post(create),
        )
        .route(
            "/projects/5/merge_requests/{number}/notes/{id}",
            put(change),
        )
        .route("/projects/5/deployments", get(deployments))
}

async fn list(
    State(held): Shared,
    Path(merge_request): Path<u64>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let (size, page) = (
        number(&query, "per_page", 20).min(100),
        number(&query, "page", 1),
    );
    let held = held.lock().unwrap();
    let numbered = held.comments.iter().enumerate();
    let of_it = numbered.filter(|(_, one)| one.0 == merge_request);
    let page = of_it.skip((page - 1) * size).take(size);
    let note = |(id, (_, author, body)): (usize, &(u64, String, String))| json!({"id": id, "author": {"username": author}, "body": body});
    Json(page.map(note).collect())
}

async fn create(
    State(held): Shared,
    Path(merge_request): Path<u64>,
    Json(sent): Json<Value>,
) -> Response {
    let body = sent["body"].as_str().unwrap().to_owned();
    let mut held = held.lock().unwrap();
    held.comments.push((merge_request, AUTHOR.to_owned(), body));
    (StatusCode::CREATED, Json(json!({}))).into_response()
}

async fn change(
    State(held): Shared,
    Path((merge_request, id)): Path<(u64, usize)>,
    Json(sent): Json<Value>,
) -> Response {
    let mut held = held.lock().unwrap();
    let comment = held.comments.get_mut(id);
    let Some(comment) = comment.filter(|one| one.0 == merge_request) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    sent["body"].as_str().unwrap().clone_into(&mut comment.2);
    Json(json!({})).into_response()
}

/// Only those that succeeded are asked for; the first status is the environment's URL.
async fn deployments(
    State(held): Shared,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    assert_eq!(query["status"], "success");
    let held = held.lock().unwrap();
    let wanted = query.get("environment");
    let all = held.deployments.iter();
    let found = all.filter(|one| wanted.is_none_or(|wanted| wanted == one.environment));
    let one = |one: &Deployment| {
        let id: usize = one.environment.bytes().map(usize::from).sum();
        let environment =
            json!({"id": id, "name": one.environment, "external_url": one.statuses[0].1});
        json!({"ref": one.of, "sha": one.sha, "environment": environment})
    };
    Json(found.map(one).collect())
}

/// The job, with a stub for the product.
fn job(runner: &Runner, gitlab: &GitHub, more: &[(&str, &str)]) -> Ended {
    let stub = runner.program("stub", STUB);
    let project = runner.path("");
    let mut variables = vec![
        ("CUTOVER", stub.as_str()),
        ("STUB_CODE", "0"),
        ("STUB_VERDICT", "OK"),
        ("TOKEN", TOKEN),
        ("CI_API_V4_URL", gitlab.url.as_str()),
        ("CI_PROJECT_ID", "5"),
        ("CI_PROJECT_DIR", project.to_str().unwrap()),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("CI_JOB_URL", "https://gitlab.example/o/r/-/jobs/42"),
        ("PATIENCE_SECONDS", "0"),
    ];
    variables.extend(more);
    runner.run("gitlab-job.sh", &variables)
}

#[test]
fn one_note_is_written_and_written_again_by_each_run() {
    let (runner, gitlab) = (Runner::new(), GitHub::start());
    let imitated = "<!-- cutover regress cutover -->\n# OK".to_owned();
    let mut comments: Vec<_> = (0..130)
        .map(|n| (7, "ann".to_owned(), format!("{n}")))
        .collect();
    comments.push((7, "mallory".to_owned(), imitated.clone()));
    gitlab.held().comments = comments;
    for _ in 0..2 {
        let ended = job(&runner, &gitlab, &[]);
        assert_eq!(ended.code, 0, "{}", ended.log);
    }
    let notes = gitlab.marked(7);
    assert_eq!(notes.len(), 1);
    assert!(notes[0].contains("# a report"), "{}", notes[0]);
    assert!(notes[0].contains("(https://gitlab.example/o/r/-/jobs/42)"));
    assert_eq!(gitlab.held().comments[130].2, imitated);
    // What is refused is no failure, and what the product left is there for the artifacts.
    gitlab.held().mishaps.push_back(Mishap::Refused(403));
    let refused = job(&runner, &gitlab, &[]);
    assert!(
        refused.code == 0 && refused.log.contains("GitLab refuses the comment (403)"),
        "{}",
        refused.log
    );
    let left = fs::read_dir(runner.path("cutover-regress")).unwrap();
    let mut runs = left.map(|one| one.unwrap().path().join("reports"));
    assert!(runs.any(|run| run.is_dir()));
}

#[test]
fn the_job_ends_as_the_run_did_and_says_what_never_began() {
    for (code, verdict, row, ends) in [
        ("0", "OK", "p50", 0),
        ("1", "REGRESSION", "p50", 1),
        ("3", "INCONCLUSIVE", "p50", 3),
        ("3", "INCONCLUSIVE", "missing", 1),
        ("4", "", "p50", 4),
    ] {
        let (runner, gitlab) = (Runner::new(), GitHub::start());
        let how = [
            ("STUB_CODE", code),
            ("STUB_VERDICT", verdict),
            ("STUB_MEASURE", row),
        ];
        let ended = job(&runner, &gitlab, &how);
        assert_eq!(ended.code, ends, "{code} {row}: {}", ended.log);
        assert_eq!(gitlab.marked(7).len(), 1);
    }
    let (runner, gitlab) = (Runner::new(), GitHub::start());
    assert_eq!(job(&runner, &gitlab, &[]).code, 0);
    let ended = job(&runner, &gitlab, &[("OLD_REF", "main")]);
    assert_eq!(ended.code, 4, "{}", ended.log);
    let note = gitlab.marked(7).remove(0);
    assert!(
        note.contains("# No verdict") && note.contains("`deployment`"),
        "{note}"
    );
}

#[test]
fn the_deployments_of_two_refs_are_compared() {
    let (runner, gitlab) = (Runner::new(), GitHub::start());
    gitlab.held().deployments = vec![
        Deployment::at("feature", "c2", "review/feature", "http://review.example"),
        Deployment::at("main", "c1", "production", "http://main.example"),
        Deployment::at("feature", "c2", "docs", "http://docs.example"),
    ];
    let refs = [("OLD_REF", "main"), ("NEW_REF", "c2")];
    let ended = job(&runner, &gitlab, &refs);
    assert_eq!(ended.code, 4, "{}", ended.log);
    assert!(ended.log.contains("docs, review/feature"), "{}", ended.log);
    let named = [&refs[..], &[("NEW_ENVIRONMENT", "review/feature")]].concat();
    let ended = job(&runner, &gitlab, &named);
    assert_eq!(ended.code, 0, "{}", ended.log);
    let arguments = fs::read_to_string(runner.path("cutover-regress/arguments")).unwrap();
    let given = "--old\nhttp://main.example\n--new\nhttp://review.example\n";
    assert!(arguments.contains(given), "{arguments}");
}

/// An environment has one URL, at which its newest deployment answers.
#[test]
fn a_build_that_another_one_replaced_in_its_environment_is_not_measured() {
    let (runner, gitlab) = (Runner::new(), GitHub::start());
    let fixed = "http://staging.example";
    gitlab.held().deployments = vec![
        Deployment::at("another", "c3", "staging", fixed),
        Deployment::at("feature", "c2", "staging", fixed),
        Deployment::at("main", "c1", "production", "http://main.example"),
    ];
    let refs = [("OLD_REF", "main"), ("NEW_REF", "c2")];
    let ended = job(&runner, &gitlab, &refs);
    assert_eq!(ended.code, 4, "{}", ended.log);
    let says = "a later deployment of another commit has the URL of the new build";
    assert!(ended.log.contains(says), "{}", ended.log);
    // The same commit again, and what is deployed elsewhere, take nothing away.
    gitlab.held().deployments[0].sha = "c2";
    let again = job(&runner, &gitlab, &refs);
    assert_eq!(again.code, 0, "{}", again.log);
    gitlab.held().deployments[0] =
        Deployment::at("another", "c3", "review", "http://review.example");
    let elsewhere = job(&runner, &gitlab, &refs);
    assert_eq!(elsewhere.code, 0, "{}", elsewhere.log);
}
