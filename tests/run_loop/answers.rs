//! Answers that are kept to be compared: what is asked, what is kept, and what is left behind.

use cutover::pace::Pace;
use cutover::record::Side;
use cutover::run::{Answers, Lane, NoAnswers, RunError, Turn};
use http::Method;

use crate::rig::{CREATE, READ, Run};
use crate::world::{Api, Mishap};

const READ_BACK: &str = r#"
[[readback]]
name = "read-created"
method = "GET"
path = "/tasks?q={{ marker }}"
cost = 1
expect = { status = 200 }
"#;

async fn answers(run: &Run, api: &Api, again: bool) -> Result<Answers, NoAnswers> {
    let lane = Lane::new(Side::Baseline, api, Pace::unlimited());
    let scenario = &run.plan.scenarios[0];
    lane.answers(&run.session(), scenario, Turn { draw: 0, again })
        .await
}

fn steps(answers: &Answers) -> Vec<(&str, u16)> {
    let kept = answers.kept.iter();
    kept.map(|kept| (kept.step.as_str(), kept.status)).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_created_to_be_compared_is_read_back_and_removed() {
    let (run, api) = (
        Run::of(&format!("{CREATE}{READ_BACK}")),
        Api::new("notion", 10),
    );
    let before = api.tasks.borrow().clone();
    let first = answers(&run, &api, false).await.unwrap();
    let again = answers(&run, &api, true).await.unwrap();
    assert_eq!(steps(&first), [("create", 201), ("read-created", 200)]);
    assert_eq!(steps(&again), steps(&first));
    let markers: Vec<_> = [&first, &again].map(|pass| &pass.kept[0].marker).into();
    assert_eq!(
        markers,
        ["cutover-r1-create-bcmp0000", "cutover-r1-create-bcmp0001"]
    );
    let back = first.kept[1].body.to_string();
    assert!(back.contains(markers[0].as_str()), "{back}");
    assert_eq!(*api.tasks.borrow(), before, "nothing is left");
    assert!(run.open().is_empty());
}

#[tokio::test(start_paused = true)]
async fn after_a_change_that_was_refused_it_is_looked_at_what_that_left() {
    let (run, api) = (
        Run::of(&format!("{CREATE}{READ_BACK}")),
        Api::new("notion", 10),
    );
    let before = api.tasks.borrow().clone();
    let mishap = (Method::POST, Mishap::SavedThen(500));
    api.mishaps.borrow_mut().push_back(mishap);
    let passed = answers(&run, &api, false).await.unwrap();
    assert_eq!(steps(&passed), [("create", 500), ("recover/find", 200)]);
    let (marker, found) = (&passed.kept[0].marker, passed.kept[1].body.to_string());
    assert!(found.contains(marker.as_str()), "{found}");
    assert!(passed.failure.is_some());
    assert_eq!(*api.tasks.borrow(), before, "half a task is removed, too");
    assert!(run.open().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_not_what_was_expected_is_kept_and_ends_nothing() {
    let second = READ.split_once("[[steps]]").unwrap().1;
    let second = second.replace("\"list\"", "\"more\"");
    let two = format!("{READ}[[steps]]{second}").replacen("status = 200", "status = 404", 1);
    let (run, api) = (Run::of(&two), Api::new("notion", 10));
    let passed = answers(&run, &api, false).await.unwrap();
    assert_eq!(steps(&passed), [("list", 200), ("more", 200)]);
    assert!(passed.failure.is_none());
    let wrong = passed.kept[0].unexpected.as_deref().unwrap();
    assert!(wrong.starts_with("expected status 404, got 200"), "{wrong}");
    assert_eq!(passed.kept[1].unexpected, None);
}

#[tokio::test(start_paused = true)]
async fn a_side_that_refuses_the_credentials_has_no_answers() {
    let (run, api) = (Run::of(READ), Api::new("notion", 10));
    let mishap = (Method::GET, Mishap::Status(401));
    api.mishaps.borrow_mut().push_back(mishap);
    let refused = answers(&run, &api, false).await.unwrap_err();
    let NoAnswers::Run(RunError::Refused { status, .. }) = refused else {
        panic!("{refused}");
    };
    assert_eq!(status, 401);
}
