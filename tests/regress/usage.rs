//! What is refused before anything is sent.

use std::fs;

use crate::ran::Place;

#[test]
fn wrong_usage_is_told_and_leaves_no_folder() {
    let place = Place::new();
    let url = "http://127.0.0.1:9";
    for (arguments, says) in [
        (
            vec!["--old", url, "--new", url, "--blocks", "4"],
            "4 is not in 5..=10000",
        ),
        (vec!["--old", url], "--new"),
        (vec![], "--old"),
        (
            vec!["--old", url, "--new", url, "--sandbox"],
            "cannot be used with",
        ),
        (
            vec!["--old", url, url, "--new", url],
            "--old names 2 things",
        ),
        (vec!["--old", "nonsense", "--new", url], "not a URL"),
        (
            vec!["--old", "http://u:hunter2@build.example", "--new", url],
            "unprotected",
        ),
        (
            vec!["--old", url, "--new", url, "--margin", "5"],
            "write a percentage",
        ),
        (
            vec!["--sandbox", "--from", "criterion"],
            "--from is for results of another program",
        ),
        (
            vec!["--sandbox", "no-such-profile"],
            "there is no latency profile",
        ),
        (vec!["--sandbox", "--plant", "all-todo"], "write slow=15%"),
        (
            vec!["--old", url, "--new", url, "--plant", "slow=15%"],
            "--sandbox",
        ),
        (
            vec!["--old", url, "--new", url, "--only", "create"],
            "--allow-writes",
        ),
        (
            vec!["--old", url, "--new", url, "--only", "nothing"],
            "there is no such scenario",
        ),
        (
            vec![
                "--old",
                url,
                "--new",
                url,
                "--blocks",
                "10000",
                "--samples",
                "100000",
            ],
            "more than 9999999 iterations",
        ),
        (
            vec![
                "--old-start",
                "true",
                "--new-start",
                "true",
                "--ready-path",
                "health",
            ],
            "must begin with `/`",
        ),
        (vec!["--old-commit", "HEAD"], "--start"),
        (
            vec!["--old", url, "--new", url, "--config", "none.toml"],
            "none.toml",
        ),
    ] {
        let ran = place.run(&[&["regress"], &arguments[..]].concat());
        assert_eq!(ran.exit, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        assert!(ran.folder.is_none(), "{arguments:?} left {ran:?}");
    }
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
