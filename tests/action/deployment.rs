//! Which URLs are compared.

use crate::github::{Deployment, GitHub, TOKEN};
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

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn deployed(
    of: &'static str,
    environment: &'static str,
    statuses: &[(&'static str, &'static str)],
) -> Deployment {
    Deployment {
        of,
        sha: COMMIT,
        environment,
        statuses: statuses.to_vec(),
    }
}

#[test]
fn a_ref_stands_for_its_newest_deployment_that_succeeded() {
    let github = GitHub::start();
    let one = |of, statuses: &[(&'static str, &'static str)]| deployed(of, "Preview", statuses);
    github.held().deployments = vec![
        one(
            "feature/a&b",
            &[
                ("failure", "http://broken.example"),
                ("success", "http://before.example"),
            ],
        ),
        one(
            "feature/a&b",
            &[("success", "http://good.example"), ("pending", "")],
        ),
        one("feature/a&b", &[("success", "http://older.example")]),
        one("main", &[("success", "http://main.example")]),
    ];
    let ended = resolve(&github, &[("OLD_REF", "main"), ("NEW_REF", "feature/a&b")]);
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert_eq!(ended.output["old"], "http://main.example");
    assert_eq!(ended.output["new"], "http://good.example");
}

/// GitHub calls a deployment inactive as soon as a newer one of the same environment succeeds: that of a pull
/// request's base is one whenever somebody else was faster.
#[test]
fn a_deployment_that_was_replaced_has_the_url_that_it_succeeded_with() {
    let github = GitHub::start();
    github.held().deployments = vec![
        deployed("next", "Preview", &[("success", "http://next.example")]),
        deployed(
            "main",
            "Preview",
            &[
                ("inactive", ""),
                ("success", "http://replaced.example"),
                ("success", "http://first.example"),
            ],
        ),
        deployed("never", "Preview", &[("inactive", ""), ("failure", "")]),
    ];
    let ended = resolve(&github, &[("OLD_REF", "main"), ("NEW_REF", "next")]);
    assert_eq!(ended.code, 0, "{}", ended.log);
    assert_eq!(ended.output["old"], "http://replaced.example");
    let warned = "::warning title=cutover::another deployment took the place of the old build";
    assert_eq!(ended.log.matches("::warning").count(), 1, "{}", ended.log);
    assert!(ended.log.contains(warned), "{}", ended.log);
    let never = resolve(&github, &[("OLD_REF", "never")]);
    assert_eq!(never.code, 4, "{}", never.log);
}

/// An environment with one URL for all that is deployed there: who was last has it.
#[test]
fn a_url_that_another_commit_has_by_now_is_not_measured() {
    let github = GitHub::start();
    let fixed = "http://staging.example";
    let another = |statuses: &[(&'static str, &'static str)]| Deployment {
        sha: "fedcba9876543210fedcba9876543210fedcba98",
        ..deployed("another", "staging & more", statuses)
    };
    let replaced = [("inactive", ""), ("success", fixed)];
    // GitHub calls what is replaced in production a success still.
    for own in [&replaced[..], &[("success", fixed)]] {
        let after = |newest: &[Deployment]| {
            let own = [deployed("main", "staging & more", own)];
            github.held().deployments = [newest, &own].concat();
            resolve(&github, &[("OLD_REF", "main")])
        };
        let taken = after(&[another(&[("success", fixed)])]);
        let says = "a later deployment of another commit has the URL of the old build";
        assert!(
            taken.code == 4 && taken.log.contains(says) && taken.output.is_empty(),
            "{}",
            taken.log
        );
        // A still later one of another place gives nothing back; one of the same commit does.
        let elsewhere = another(&[("success", "http://c3.example")]);
        let still = after(&[elsewhere.clone(), another(&[("success", fixed)])]);
        assert_eq!(still.code, 4, "{}", still.log);
        let back = after(&[
            deployed("tag", "staging & more", &[("success", fixed)]),
            another(&replaced),
        ]);
        assert_eq!(back.code, 0, "{}", back.log);
        // What has a URL of its own, or did not succeed, took none.
        let warned = after(&[elsewhere]);
        assert_eq!(warned.code, 0, "{}", warned.log);
        assert_eq!(warned.log.matches("::warning").count(), 1, "{}", warned.log);
        let failed = after(&[another(&[("failure", fixed)])]);
        assert_eq!(failed.code, 0, "{}", failed.log);
        assert_eq!(failed.output["old"], fixed);
    }
}

#[test]
fn of_several_environments_one_is_named_and_a_commit_is_found_under_any_ref() {
    let github = GitHub::start();
    github.held().deployments = vec![
        deployed(
            "main",
            "Production & docs",
            &[("success", "http://docs.example")],
        ),
        deployed(
            "main",
            "Production\n::add-mask::x",
            &[("success", "http://main.example")],
        ),
        deployed("next", "Preview", &[("success", "http://next.example")]),
    ];
    for name in ["main", COMMIT] {
        let several = resolve(&github, &[("OLD_REF", name)]);
        assert_eq!(several.code, 4, "{}", several.log);
        let says = "(Production & docs, Production?::add-mask::x): name one with the input old-environment";
        let says = if name == COMMIT {
            says.replace("(Prod", "(Preview, Prod")
        } else {
            says.to_owned()
        };
        assert!(several.log.contains(&says), "{}", several.log);
        let named = [("OLD_REF", name), ("OLD_ENVIRONMENT", "Production & docs")];
        let ended = resolve(&github, &named);
        assert_eq!(ended.code, 0, "{}", ended.log);
        assert_eq!(ended.output["old"], "http://docs.example");
    }
    let none = [("OLD_REF", "main"), ("OLD_ENVIRONMENT", "Preview")];
    let none = resolve(&github, &none);
    assert!(
        none.code == 4 && none.log.contains("old-environment"),
        "{}",
        none.log
    );
}

#[test]
fn two_refs_at_one_url_are_no_two_builds() {
    let github = GitHub::start();
    let url = "http://app.example";
    github.held().deployments = vec![
        deployed("next", "Production", &[("success", url)]),
        deployed("main", "Production", &[("inactive", ""), ("success", url)]),
    ];
    let ended = resolve(&github, &[("OLD_REF", "main"), ("NEW_REF", "next")]);
    assert!(
        ended.code == 4 && ended.log.contains("at the same URL") && ended.output.is_empty(),
        "{}",
        ended.log
    );
    let given = resolve(&github, &[("OLD_URL", url), ("NEW_URL", url)]);
    assert_eq!(given.code, 0, "{}", given.log);
}

#[test]
fn no_deployment_in_time_or_no_right_to_ask_is_an_error_with_what_to_do() {
    let github = GitHub::start();
    github.held().deployments = vec![deployed("main", "Preview", &[("pending", "")])];
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
