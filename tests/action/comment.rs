//! One comment on the pull request, whatever else stands there.

use crate::github::{AUTHOR, GitHub, Mishap, TOKEN};
use crate::{Ended, Runner};

const EVENT: &str = r#"{"pull_request": {"number": 7}}"#;
/// What a shell, JSON or a template would take for more than text.
const HOSTILE: &str =
    "# REGRESSION: `a` \"b\" 'c' $(touch owned) ${HOME} \\n %s <!-- x --> 🙂\nsecond & last\n";

/// Comments with a report on pull request 7.
pub(crate) fn comment(
    runner: &Runner,
    github: &GitHub,
    report: &str,
    more: &[(&str, &str)],
) -> Ended {
    let (report, event) = (
        runner.file("report.md", report),
        runner.file("event.json", EVENT),
    );
    let mut variables = vec![
        ("REPORT", report.as_str()),
        ("NAME", "cutover"),
        ("TOKEN", TOKEN),
        ("GITHUB_API_URL", &github.url),
        ("GITHUB_REPOSITORY", "o/r"),
        ("GITHUB_RUN_ID", "42"),
        ("GITHUB_EVENT_PATH", &event),
    ];
    variables.extend(more);
    runner.run("comment.sh", &variables)
}

#[test]
fn the_first_run_writes_a_comment_the_second_writes_it_again_and_another_name_has_its_own() {
    let (runner, github) = (Runner::new(), GitHub::start());
    let quoting = "they said <!-- cutover regress cutover --> here".to_owned();
    let imitated = "<!-- cutover regress cutover -->\n# OK".to_owned();
    github.held().comments = (0..150)
        .map(|n| (7, "ann".to_owned(), format!("remark {n}")))
        .collect();
    github
        .held()
        .comments
        .push((7, AUTHOR.to_owned(), quoting.clone()));
    github
        .held()
        .comments
        .push((7, "mallory".to_owned(), imitated.clone()));
    github
        .held()
        .comments
        .push((8, AUTHOR.to_owned(), imitated.clone()));

    assert_eq!(comment(&runner, &github, HOSTILE, &[]).code, 0);
    let first = github.marked(7);
    assert_eq!(first.len(), 1);
    let (mark, body) = first[0].split_once('\n').unwrap();
    assert_eq!(mark, "<!-- cutover regress cutover -->");
    assert!(body.starts_with(HOSTILE), "{body}");
    assert!(
        body.contains("(https://github.com/o/r/actions/runs/42)"),
        "{body}"
    );
    assert!(!runner.path("owned").exists());

    assert_eq!(comment(&runner, &github, "# OK: later\n", &[]).code, 0);
    let second = github.marked(7);
    assert_eq!(second.len(), 1);
    assert!(second[0].contains("# OK: later") && !second[0].contains("REGRESSION"));

    assert_eq!(
        comment(&runner, &github, "# OK: k6\n", &[("NAME", "cutover-k6")]).code,
        0
    );
    assert_eq!(github.marked(7).len(), 2);
    // The place of a comment is its id, and nobody else's was touched.
    let held = github.held();
    assert_eq!(held.comments[149].2, "remark 149");
    assert_eq!(held.comments[150].2, quoting);
    assert_eq!(held.comments[151].2, imitated);
    assert_eq!(held.comments[152].2, imitated);
    assert_eq!(held.comments.len(), 155);
}

#[test]
fn a_mark_behind_exactly_one_full_page_is_found() {
    let (runner, github) = (Runner::new(), GitHub::start());
    for before in [99, 100, 200] {
        github.held().comments = (0..before)
            .map(|n| (7, "ann".to_owned(), format!("{n}")))
            .collect();
        for _ in 0..2 {
            assert_eq!(comment(&runner, &github, "# OK\n", &[]).code, 0);
        }
        assert_eq!(github.marked(7).len(), 1, "{before}");
    }
}

#[test]
fn what_github_refuses_is_a_warning_and_no_failure() {
    let (runner, github) = (Runner::new(), GitHub::start());
    for code in [401, 403, 404, 422] {
        github.held().mishaps.push_back(Mishap::Refused(code));
        let ended = comment(&runner, &github, "# OK\n", &[]);
        assert_eq!(ended.code, 0);
        let warning = format!(
            "::warning title=cutover::GitHub {}",
            if code == 422 {
                "does not take"
            } else {
                "refuses"
            }
        );
        assert!(
            ended.log.contains(&warning) && ended.log.contains(&code.to_string()),
            "{}",
            ended.log
        );
        assert!(github.held().mishaps.is_empty());
    }
    assert_eq!(github.marked(7), Vec::<String>::new());
    let wrong = comment(&runner, &github, "# OK\n", &[("TOKEN", "another")]);
    assert!(
        wrong.code == 0 && wrong.log.contains("(401)"),
        "{}",
        wrong.log
    );
}

#[test]
fn an_error_that_may_pass_is_tried_again_and_never_gives_a_second_comment() {
    let (runner, github) = (Runner::new(), GitHub::start());
    github.held().mishaps = [Mishap::Refused(500), Mishap::Done(502)].into();
    assert_eq!(comment(&runner, &github, "# OK\n", &[]).code, 0);
    assert_eq!(github.marked(7).len(), 1);

    github.held().mishaps = [Mishap::Refused(503); 9].into();
    let ended = comment(&runner, &github, "# OK: again\n", &[]);
    assert_eq!((ended.code, github.held().mishaps.len()), (0, 6));
    assert!(
        ended
            .log
            .contains("::warning title=cutover::GitHub does not take the comment (status 503)")
    );
}

#[test]
fn a_report_that_is_too_long_is_cut_and_says_so_first() {
    let (runner, github) = (Runner::new(), GitHub::start());
    let long = format!("# REGRESSION\n\n<details>{}", "é🙂".repeat(100_000));
    assert_eq!(comment(&runner, &github, &long, &[]).code, 0);
    // And when it is written again.
    assert_eq!(comment(&runner, &github, &long, &[]).code, 0);
    assert_eq!(github.marked(7).len(), 1);
    let body = github.marked(7).remove(0);
    assert!(body.chars().count() < 65_536);
    let at = |what: &str| body.find(what).unwrap();
    assert!(at("cut at its end") < at("# REGRESSION"));
}

#[test]
fn without_a_report_the_comment_of_the_run_before_does_not_stay() {
    let (runner, github) = (Runner::new(), GitHub::start());
    for (steps, says) in [
        (
            "binary=success deployment=failure regress=skipped",
            "The step `deployment` ended with `failure`; the log",
        ),
        (
            "binary=success deployment=success regress=cancelled",
            "The step `regress` ended with `cancelled`; the log",
        ),
        ("", "There is no report; the log"),
    ] {
        assert_eq!(comment(&runner, &github, "# OK\n", &[]).code, 0);
        for report in ["", "/nowhere"] {
            let ended = comment(
                &runner,
                &github,
                "# OK\n",
                &[("REPORT", report), ("STEPS", steps)],
            );
            assert_eq!(ended.code, 0, "{}", ended.log);
            let body = github.marked(7);
            assert_eq!(body.len(), 1);
            assert!(body[0].contains("# No verdict"), "{}", body[0]);
            assert!(body[0].contains(says), "{}", body[0]);
        }
    }
}

#[test]
fn nothing_is_asked_where_there_is_nothing_to_write_to_or_with() {
    let (runner, github) = (Runner::new(), GitHub::start());
    let push = runner.file("push.json", r#"{"ref": "refs/heads/main"}"#);
    for (variable, value, said) in [
        ("GITHUB_EVENT_PATH", push.as_str(), "No pull request"),
        ("TOKEN", "", "::warning"),
        ("TOKEN", "a\"\nurl = \"http://evil.example", "::warning"),
        ("NAME", "x --> y", "::warning"),
        ("PULL_REQUEST", "7/../8", "::warning"),
    ] {
        let ended = comment(&runner, &github, "# OK\n", &[(variable, value)]);
        assert!(
            ended.code == 0 && ended.log.contains(said),
            "{variable}: {}",
            ended.log
        );
    }
    assert_eq!(github.held().requests, 0);
    assert_eq!(
        comment(&runner, &github, "# OK\n", &[("PULL_REQUEST", "9")]).code,
        0
    );
    assert_eq!((github.marked(9).len(), github.marked(7).len()), (1, 0));
}

#[test]
fn the_token_is_in_no_argument_and_in_no_log() {
    let (runner, github) = (Runner::new(), GitHub::start());
    let real = which("curl");
    let arguments = runner.path("arguments");
    runner.program(
        "curl",
        &format!(
            "printf '%s\\n' \"$@\" >> {}\nexec {real} \"$@\"",
            arguments.display()
        ),
    );
    let ended = comment(&runner, &github, "# OK\n", &[]);
    let arguments = std::fs::read_to_string(arguments).unwrap();
    assert_eq!(github.marked(7).len(), 1);
    assert!(
        arguments.contains("/repos/o/r/issues/7/comments"),
        "{arguments}"
    );
    assert!(!arguments.contains(TOKEN) && !ended.log.contains(TOKEN));
}

/// The machine's own program.
fn which(name: &str) -> String {
    let search = std::env::var("PATH").unwrap();
    let found = std::env::split_paths(&search).map(|folder| folder.join(name));
    found
        .into_iter()
        .find(|path| path.is_file())
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned()
}
