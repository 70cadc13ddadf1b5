//! Which URLs are compared.

use crate::github::{GitHub, TOKEN};
use crate::{Ended, Runner};

fn resolve(github: &GitHub, more: &[(&str, &str)]) -> Ended {
    let mut variables = vec![
        ("TOKEN", TOKEN),
        ("GITHUB_API_URL", github.url.as_str()),
        ("GITHUB_REPOSITORY", "o/r"),
        ("PATIENCE_SECONDS", "0"),
    ];
    variables.extend(more);
    Runner::new().run("deployment.sh", &variables)
}

#[test]
fn what_is_given_is_taken_and_nobody_is_asked() {
    let github = GitHub::start();
    let urls = [
        ("OLD_URL", "http://old.example"),
        ("NEW_URL", "http://new.example/?a=b"),
    ];
    let ended = resolve(&github, &urls);
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert_eq!(ended.output["old"], "http://old.example");
    assert_eq!(ended.output["new"], "http://new.example/?a=b");
    let without = resolve(&github, &[]);
    assert_eq!(
        (
            without.code,
            without.output["old"].as_str(),
            without.output["new"].as_str()
        ),
        (0, "", "")
    );
    assert_eq!(github.held().requests, 0);
    let injected = resolve(
        &github,
        &[("OLD_URL", "http://old.example\nnew=http://evil.example")],
    );
    assert!(
        injected.code == 4 && !injected.output.contains_key("new"),
        "{}",
        injected.log
    );
}

#[test]
fn a_ref_stands_for_its_newest_deployment_that_succeeded() {
    let github = GitHub::start();
    github.held().deployments = [
        (
            "feature/a&b".to_owned(),
            vec![
                vec![
                    ("failure", "http://broken.example"),
                    ("success", "http://before.example"),
                ],
                vec![("success", "http://good.example"), ("pending", "")],
                vec![("success", "http://older.example")],
            ],
        ),
        (
            "main".to_owned(),
            vec![vec![("success", "http://main.example")]],
        ),
    ]
    .into();
    let ended = resolve(&github, &[("OLD_REF", "main"), ("NEW_REF", "feature/a&b")]);
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert_eq!(ended.output["old"], "http://main.example");
    assert_eq!(ended.output["new"], "http://good.example");
}

#[test]
fn no_deployment_in_time_or_no_right_to_ask_is_an_error_with_what_to_do() {
    let github = GitHub::start();
    github.held().deployments = [("main".to_owned(), vec![vec![("pending", "")]])].into();
    for name in ["main", "unknown"] {
        let ended = resolve(&github, &[("OLD_REF", name)]);
        assert!(
            ended.code == 4 && ended.log.contains("name the URL, or wait longer"),
            "{}",
            ended.log
        );
    }
    let refused = resolve(&github, &[("OLD_REF", "main"), ("TOKEN", "another")]);
    assert!(
        refused.code == 4 && refused.log.contains("deployments: read"),
        "{}",
        refused.log
    );
}
