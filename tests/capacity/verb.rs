//! The verb as its user has it: the binary with its exit codes, on servers of the test and on the sandbox.

use std::time::Duration;

use cutover::record::Iterations;

use crate::place::Place;
use crate::server::{Server, TASKS};
use crate::world::SEARCH;

const OLD: &str = r#"{"tasks":[{"id":"b1"}],"source":"notion"}"#;

/// A read of the sandbox's, with a promise that any machine keeps.
const TAGS: &str = r#"
name = "tags"
summary = "Lists the tags"
[[steps]]
name = "list"
method = "GET"
path = "/api/tags"
cost = 1
expect = { status = 200, json = [{ path = "$.tags[*].id", count = "1.." }] }
[promise]
source = "a test"
before = "1s"
after = "3s"
speedup = "10x"
"#;

fn configured(baseline: &str, candidate: &str) -> Place {
    let place = Place::new();
    place.write("search.toml", SEARCH);
    place.write(
        "cutover.toml",
        &format!(
            "[baseline]\ndriver = \"http\"\nbase_url = \"{baseline}\"\n\
             [candidate]\ndriver = \"http\"\nbase_url = \"{candidate}\"\n\
             [rate_limit]\nrate = \"40/s\"\nfor = \"3s\"\n"
        ),
    );
    place
}

// The servers answer on threads of their own while the test waits for the binary.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_targets_come_to_each_exit_code_and_the_baseline_sees_one_read() {
    let old = Server::start(|_| (Duration::ZERO, 200, OLD)).await;
    let limited = Server::start(|n| (Duration::ZERO, if n > 90 { 429 } else { 200 }, TASKS)).await;
    let search = &["capacity", "--scenarios", "search.toml"];
    let place = configured(&old.url, &limited.url);
    let ended = place.run(search);
    ended.assert_code(1);
    assert!(ended.out.starts_with("NO-GO"), "{}", ended.out);
    assert!(
        ended.out.contains("Find what limits the candidate"),
        "{}",
        ended.out
    );
    assert!(
        ended
            .err
            .contains("The candidate bears 40/s for 3s, reads only: search."),
        "{}",
        ended.err
    );
    assert_eq!(
        old.asked(),
        1,
        "the baseline is looked at once and never loaded"
    );
    let record = place.json("record.json");
    let load = &record["checks"]["rate_limit"];
    assert_eq!(
        (load["rate"].as_str(), load["asked_s"].as_f64()),
        (Some("40/s"), Some(3.0))
    );
    let iterations = load["scenarios"][0]["iterations"].clone();
    let iterations: Iterations = serde_json::from_value(iterations).unwrap();
    assert_eq!(iterations.len(), 120);
    let report = std::fs::read_to_string(place.run_folder().join("report.html")).unwrap();
    assert!(report.contains("rate-limit"));
    let folder = place.run_folder();
    let judged = place.run(&["judge", folder.to_str().unwrap(), "--json"]);
    let again: serde_json::Value = serde_json::from_str(&judged.assert_code(1).out).unwrap();
    assert_eq!(again, place.json("verdict.json"));

    // The same thing twice, whoever asks: nothing is loaded, and nothing is shown.
    drop(place);
    let somebody = old.url.replace("http://", "http://somebody@");
    let place = configured(&old.url, &somebody);
    let ended = place.run(search);
    ended.assert_code(3);
    assert_eq!(old.asked(), 3, "each side was looked at once more");
    drop(place);

    let place = configured(&old.url, "http://127.0.0.1:1");
    let ended = place.run(search);
    ended.assert_code(4);
}

#[test]
fn what_cannot_be_meant_is_wrong_usage() {
    let place = Place::new();
    for (arguments, words) in [
        (
            &["--only", "create-task"][..],
            "every chosen scenario writes",
        ),
        (&["--rate", "0/s"][..], "--rate"),
        (&["--rate", "5000/s"][..], "a test of the machine"),
        (&["--for", "0s"][..], "more than nothing"),
    ] {
        let ended = place.run(&[&["capacity", "--sandbox", "quick.toml"], arguments].concat());
        ended.assert_code(2);
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
    }
}

#[test]
fn the_sound_sandbox_bears_the_rate_and_one_store_is_not_loaded() {
    let place = Place::new();
    place.write("tags.toml", TAGS);
    let sandbox = [
        "capacity",
        "--sandbox",
        "quick.toml",
        "--scenarios",
        "tags.toml",
    ];
    let ended = place.run(&[&sandbox[..], &["--rate", "30/s", "--for", "4s"]].concat());
    ended.assert_code(0);
    assert!(ended.out.starts_with("GO"), "{}", ended.out);
    let load = &place.json("record.json")["checks"]["rate_limit"];
    assert_eq!(
        (load["ended"].as_str(), load["unsent"].as_u64()),
        (Some("time"), Some(0))
    );
    let notion = &place.json("record.json")["world"]["notion"];
    assert_eq!(
        notion["requests"].as_u64(),
        Some(1),
        "Notion was read once: {notion}"
    );
    place.assert_nothing_left();
    drop(place);

    let place = Place::new();
    place.write("tags.toml", TAGS);
    let ended = place.run(&[&sandbox[..], &["--plant", "one-store"]].concat());
    ended.assert_code(3);
    assert!(ended.out.contains("there was no load"), "{}", ended.out);
    let notion = &place.json("record.json")["world"]["notion"];
    assert_eq!(notion["requests"].as_u64(), Some(2), "{notion}");
    place.assert_nothing_left();
}
