//! What is refused before anything is sent.

use std::fs;

use crate::ran::Place;

const URL: &str = "http://127.0.0.1:9";
const BOTH: [&str; 4] = ["--old", URL, "--new", URL];

/// What is said of a command line, which is refused and leaves no folder.
fn is_refused(arguments: &[&str], says: &str) {
    let place = Place::new();
    let ran = place.run(&[&["regress"], arguments].concat());
    assert_eq!(ran.exit, 2, "{arguments:?}: {ran:?}");
    assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    assert!(ran.folder.is_none(), "{arguments:?} left {ran:?}");
}

#[test]
fn builds_that_are_not_named_in_one_way_are_refused() {
    is_refused(&[], "--old");
    is_refused(&["--old", URL], "--new");
    is_refused(&[&BOTH[..], &["--sandbox"]].concat(), "cannot be used with");
    is_refused(&["--old", URL, URL, "--new", URL], "--old names 2 things");
    is_refused(&["--sandbox", "--new", URL], "--new belongs to --old");
    is_refused(&["--old-commit", "HEAD"], "--start");
    is_refused(&[&BOTH[..], &["--build", "make"]].concat(), "--old-commit");
    let from = ["--sandbox", "--from", "criterion"];
    is_refused(&from, "--from is for results of another program");
    let slow = ["--plant", "slow=15%"];
    is_refused(&[&BOTH[..], &slow].concat(), "--plant belongs to --sandbox");
    is_refused(&["--sandbox", "--plant", "all-todo"], "write slow=15%");
    is_refused(
        &["--sandbox", "no-such-profile"],
        "there is no latency profile",
    );
}

#[test]
fn values_that_mean_nothing_are_refused() {
    let refused = |more: &[&str], says| is_refused(&[&BOTH[..], more].concat(), says);
    refused(&["--blocks", "4"], "4 is not in 5..=10000");
    refused(&["--margin", "5"], "write a percentage");
    refused(&["--quantile", "95"], "write a number between 0 and 1");
    refused(&["--only", "create"], "--allow-writes");
    refused(&["--only", "nothing"], "there is no such scenario");
    refused(&["--config", "none.toml"], "none.toml");
    let many = ["--blocks", "10000", "--samples", "100000"];
    refused(&many, "more than 9999999 iterations");
    is_refused(&["--old", "nonsense", "--new", URL], "not a URL");
    let secret = "http://u:hunter2@build.example";
    is_refused(&["--old", secret, "--new", URL], "unprotected");
    let started = ["--old-start", "true", "--new-start", "true"];
    is_refused(
        &[&started[..], &["--ready-path", "health"]].concat(),
        "must begin with `/`",
    );
}

#[test]
fn what_means_nothing_with_another_program_s_results_is_refused_by_name() {
    let files = ["--from", "csv", "--old", "a.csv", "--new", "b.csv"];
    let benches = [
        "--from",
        "csv",
        "--old-bench",
        "true",
        "--new-bench",
        "true",
    ];
    for option in [
        &["--scenarios", "scenarios"][..],
        &["--allow-writes"],
        &["--samples", "50"],
        &["--warm-up", "3"],
        &["--ready-path", "/"],
        &["--start-timeout", "60s"],
        &["--postgres-bin", "/bin"],
    ] {
        let says = format!("{} means nothing beside --from", option[0]);
        is_refused(&[&files[..], option].concat(), &says);
        is_refused(&[&benches[..], option].concat(), &says);
    }
    is_refused(&[&files[..], &["--blocks", "20"]].concat(), "is block i");
    is_refused(&[&files[..], &["--looks", "4"]].concat(), "at the end");
}

#[test]
fn headers_of_a_configuration_go_to_both_builds_and_never_unprotected() {
    let place = Place::new();
    let config = r#"
[baseline]
driver = "http"
base_url = "https://notion.example"
[candidate]
driver = "http"
base_url = "https://app.example"
headers = { authorization = "Bearer hunter2" }
"#;
    fs::write(place.path().join("cutover.toml"), config).unwrap();
    let arguments = [
        "--config",
        "cutover.toml",
        "--old",
        "http://build.example",
        "--new",
    ];
    let ran = place.regress(&[&arguments[..], &["https://new.example"]].concat());
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(ran.stderr.contains("unprotected"), "{}", ran.stderr);
    let database = r#"
[baseline]
driver = "http"
base_url = "https://notion.example"
[candidate]
driver = "postgres"
url = "postgres://u:hunter2@localhost/x"
"#;
    fs::write(place.path().join("cutover.toml"), database).unwrap();
    let arguments = [
        "--config",
        "cutover.toml",
        "--old",
        "http://[::1]:9",
        "--new",
    ];
    let ran = place.regress(&[&arguments[..], &["http://[::1]:9"]].concat());
    assert_eq!(ran.exit, 2, "{ran:?}");
    assert!(
        ran.stderr.contains("compared by HTTP requests"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

#[test]
fn evidence_that_is_broken_is_refused_by_name() {
    let place = Place::new();
    let folder = place.path().join("run");
    fs::create_dir(&folder).unwrap();
    for text in [
        "",
        "{",
        r#"{"kind":"blocks"}"#,
        r#"{"kind":"blocks","schema_version":99}"#,
    ] {
        fs::write(folder.join("blocks.json"), text).unwrap();
        for verb in ["judge", "report"] {
            let ran = place.run(&[verb, folder.to_str().unwrap()]);
            assert_eq!(ran.exit, 2, "{verb} of {text}: {ran:?}");
            assert!(ran.stderr.contains("blocks.json"), "{}", ran.stderr);
        }
    }
}
