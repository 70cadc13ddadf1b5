//! Two sides that agree and show nothing by it: the binary against servers that answer nothing, a login page,
//! a redirect. Each must be told from parity, in words that say what was missing.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use serde_json::Value;

use crate::Ran;

/// What a server answers to a path: the status and the body.
type Answer = fn(&str) -> (u16, String);

/// Answers until the test's process ends; its URL.
fn serve(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Whoever breaks off has an answer no longer.
            let _ = reply(stream, answer);
        }
    });
    format!("http://{address}")
}

fn reply(mut stream: TcpStream, answer: Answer) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default();
    while lines
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    let (status, body) = answer(path);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} Said\r\nlocation: /login\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// Compares one scenario on two servers, by whatever its file says.
fn compared(scenario: &str, baseline: Answer, candidate: Answer) -> Ran {
    configured(scenario, &serve(baseline), &serve(candidate))
}

fn configured(scenario: &str, baseline: &str, candidate: &str) -> Ran {
    let place = tempfile::tempdir().unwrap();
    let (file, config) = (
        place.path().join("one.toml"),
        place.path().join("cutover.toml"),
    );
    fs::write(&file, scenario).unwrap();
    let text = format!(
        "[baseline]\ndriver = \"http\"\nbase_url = \"{baseline}\"\n[baseline.budget]\nrate = \"1000/s\"\n\
         [candidate]\ndriver = \"http\"\nbase_url = \"{candidate}\"\n[run]\nscenarios = [{file:?}]\n"
    );
    fs::write(&config, text).unwrap();
    Ran::new(&["--config", config.to_str().unwrap()])
}

/// The shipped search, which expects at least one task.
const SEARCH: &str = include_str!("../../scenarios/task-search.toml");

/// One step that expects a status and nothing else.
fn one_step(status: u16, rules: &str) -> String {
    format!(
        "name = \"one\"\nsummary = \"One\"\n[compare]\ndraws = 1\n{rules}\n[[steps]]\nname = \"list\"\n\
         method = \"GET\"\npath = \"/tasks\"\ncost = 1\nexpect = {{ status = {status} }}\n"
    )
}

fn nothing(_: &str) -> (u16, String) {
    (200, "{\"tasks\":[]}".to_owned())
}

fn login_page(_: &str) -> (u16, String) {
    (200, "<html>Log in</html>".to_owned())
}

fn redirect(_: &str) -> (u16, String) {
    (302, String::new())
}

/// A hundred tasks, each with all words that are searched for, and ids that begin so.
fn listed(side: &str, mut ranks: Vec<u32>, reversed: bool) -> (u16, String) {
    if reversed {
        ranks.reverse();
    }
    let task = |n: &u32| {
        let words = "review draft update plan email call fix research";
        format!(
            "{{\"id\":\"{side}{n}\",\"title\":\"{words} {n:03}\",\"rank\":{n},\"createdAt\":\"2026-11-12\"}}"
        )
    };
    let tasks: Vec<String> = ranks.iter().map(task).collect();
    (200, format!("{{\"tasks\":[{}]}}", tasks.join(",")))
}

fn baseline_list(_: &str) -> (u16, String) {
    listed("b", (0..20).collect(), false)
}

fn candidate_list(_: &str) -> (u16, String) {
    listed("c", (0..20).collect(), false)
}

fn reversed_list(_: &str) -> (u16, String) {
    listed("c", (0..20).collect(), true)
}

#[test]
fn two_real_answers_that_are_the_same_are_parity() {
    let ran = compared(SEARCH, baseline_list, candidate_list);
    assert_eq!(ran.exit, 0, "{}{}", ran.stderr, ran.stdout);
}

#[test]
fn what_the_scenario_does_not_expect_is_no_parity_however_alike_it_is() {
    let rows: [(Answer, &str); 3] = [
        (nothing, "yields 0 values, expected 1.."),
        (login_page, "not JSON"),
        (redirect, "expected status 200, got 302"),
    ];
    for (answer, words) in rows {
        let ran = compared(SEARCH, answer, answer);
        let said = ran.words();
        assert_eq!(ran.exit, 3, "{}{}", ran.stderr, ran.stdout);
        let looked = "search could not be looked at: neither side's answer is the expected one";
        assert!(said.contains(looked) && said.contains(words), "{said}");
        assert_eq!(
            ran.record()["checks"]["parity"][0]["inspection"]["looked_at"],
            Value::Array(Vec::new())
        );
    }
}

#[test]
fn a_candidate_alone_that_answers_nothing_is_refuted_and_a_baseline_alone_is_not_compared_with() {
    let ran = compared(SEARCH, baseline_list, nothing);
    assert_eq!(ran.exit, 1, "{}{}", ran.stderr, ran.stdout);
    let ran = compared(SEARCH, nothing, candidate_list);
    assert_eq!(ran.exit, 3, "{}{}", ran.stderr, ran.stdout);
    let said = ran.words();
    assert!(
        said.contains("the baseline's answer is not the expected one"),
        "{said}"
    );
}

#[test]
fn one_url_for_both_sides_is_a_mistake() {
    let url = serve(baseline_list);
    let ran = configured(SEARCH, &url, &format!("{url}/"));
    assert_eq!(ran.exit, 2, "{}", ran.stdout);
    assert!(
        ran.stderr.contains("the candidate is the baseline"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_step_of_which_all_is_ignored_or_empty_was_not_compared() {
    let ignoring = one_step(
        200,
        "fields = [{ path = \"$.tasks\", ignore = \"of no use\" }]",
    );
    let rows: [(String, Answer, Answer); 2] = [
        (ignoring, baseline_list, reversed_list),
        (one_step(200, ""), nothing, nothing),
    ];
    for (scenario, baseline, candidate) in rows {
        let ran = compared(&scenario, baseline, candidate);
        assert_eq!(ran.exit, 3, "{}{}", ran.stderr, ran.stdout);
        let said = ran.words();
        assert!(
            said.contains("nothing in its answers is compared"),
            "{said}"
        );
    }
}

#[test]
fn an_error_that_the_step_expects_is_compared_like_any_answer() {
    let gone = |_: &str| (404, "{\"error\":\"no such task\"}".to_owned());
    let other = |_: &str| (404, "{\"error\":\"gone\"}".to_owned());
    assert_eq!(compared(&one_step(404, ""), gone, gone).exit, 0);
    let ran = compared(&one_step(404, ""), gone, other);
    assert_eq!(ran.exit, 1, "{}{}", ran.stderr, ran.stdout);
    assert!(
        ran.words().contains("`error` has another value"),
        "{}",
        ran.stdout
    );
    // Where it is not expected, it says nothing.
    assert_eq!(compared(&one_step(200, ""), gone, gone).exit, 3);
}

#[test]
fn an_order_by_a_field_that_no_record_has_is_not_believed() {
    let by = |name: &str| {
        let rule =
            format!("lists = [{{ path = \"$.tasks\", key = \"title\", order = [\"{name}\"] }}]");
        one_step(200, &format!("own_ids = [\"id\"]\n{rule}"))
    };
    assert_eq!(compared(&by("rank"), baseline_list, candidate_list).exit, 0);
    assert_eq!(compared(&by("rank"), baseline_list, reversed_list).exit, 1);
    let ran = compared(&by("rnak"), baseline_list, reversed_list);
    assert_eq!(ran.exit, 3, "{}{}", ran.stderr, ran.stdout);
    let why = "the rule for `$.tasks` sorts by `rnak`, which no record has";
    assert!(ran.words().contains(why), "{}", ran.stdout);
}

#[test]
fn two_lists_that_are_cut_alike_are_a_doubt_that_is_told() {
    let left = |_: &str| listed("b", (0..100).collect(), false);
    let right = |_: &str| listed("c", (0..100).collect(), false);
    let ran = compared(SEARCH, left, right);
    assert_eq!(ran.exit, 3, "{}{}", ran.stderr, ran.stdout);
    let said = ran.words();
    assert!(
        said.contains("`tasks` may be cut: both lists end at 100"),
        "{said}"
    );
}
