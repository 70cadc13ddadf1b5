//! Every defect that can be planted, and which verb sees it: a check that has never found anything may be unable
//! to. One table ([`table::TABLE`]) says with which code `parity`, `integrity` and `check` end and what they
//! say; here the real binary is run for each cell of it, and the README shows the same table.
//!
//! ```text
//! Row ─┬ parity    --sandbox --plant NAME ┐
//!      ├ integrity --sandbox --plant NAME ├─ record.json: kind, words, example ─ standard output: the same for people
//!      └ check ... --fail-fast            ┘
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod ran;
mod readme;
mod table;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cutover::sandbox::Plant;
use serde_json::Value;

use crate::ran::Ran;
use crate::table::{At, Found, Row, TABLE, Verb};

/// A sandbox waits for its budget nearly all the time, so that several may do so at once.
const AT_ONCE: usize = 6;

/// A quick verb must ask for no more than the budget of Notion lets through within this time.
const QUICK_S: f64 = 20.0;
/// What the budget lets through in a second: 3 less 2 %.
const REQUESTS_PER_S: f64 = 2.94;

#[test]
fn every_plant_stands_in_the_table_once_and_some_verb_sees_it() {
    let mut planted: Vec<&str> = TABLE
        .iter()
        .filter_map(|row| row.plant)
        .map(Plant::name)
        .collect();
    let mut all: Vec<&str> = Plant::ALL.iter().map(|plant| plant.name()).collect();
    planted.sort_unstable();
    all.sort_unstable();
    assert_eq!(planted, all);
    for row in TABLE {
        let is_seen = row.exits != [0; 3];
        assert_eq!(is_seen, row.plant.is_some(), "{}", row.name());
        // What a quick verb sees `check` sees as well, and a refutation weighs more than a doubt.
        let [parity, integrity, check] = row.exits;
        let worst = [1, 3]
            .into_iter()
            .find(|code| [parity, integrity].contains(code));
        assert_eq!(check, worst.unwrap_or(0), "{}", row.name());
        for verb in [Verb::Parity, Verb::Integrity] {
            let says = row.found.iter().any(|found| verb.shows(found.at));
            assert_eq!(
                says,
                row.exit(verb) != 0,
                "{} in {}",
                row.name(),
                verb.name()
            );
        }
    }
}

#[test]
fn each_verb_ends_as_the_table_says_and_names_the_defect_in_plain_words_with_an_example() {
    // The slowest first, so that nobody waits for the last one.
    let cells: Vec<(Verb, &Row)> = [Verb::Check, Verb::Parity, Verb::Integrity]
        .into_iter()
        .flat_map(|verb| TABLE.iter().map(move |row| (verb, row)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some((verb, row)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(wrong_of(*verb, row));
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().unwrap());
        ended.flatten().collect()
    });
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// What is not as the table says, in a run of its own.
fn wrong_of(verb: Verb, row: &Row) -> Vec<String> {
    let ran = Ran::new(verb, row.plant);
    let cell = format!("{} in {}", row.name(), verb.name());
    if ran.exit != Some(row.exit(verb)) {
        let (is, stderr, stdout) = (ran.exit, &ran.stderr, &ran.stdout);
        return vec![format!("{cell}: exit {is:?}\n{stderr}{stdout}")];
    }
    let mut wrong = Vec::new();
    for found in row.found.iter().filter(|found| verb.shows(found.at)) {
        wrong.extend(missing(found, &ran));
    }
    if row.exit(verb) == 0 {
        let weighs = |finding: &&Value| finding["weight"] != "tells";
        let too_many: Vec<_> = ran.findings().filter(weighs).collect();
        if !too_many.is_empty() {
            wrong.push(format!("nothing is to be found: {too_many:#?}"));
        }
    }
    wrong.extend(out_of_bounds(verb, row, &ran.record));
    wrong.iter().map(|what| format!("{cell}: {what}")).collect()
}

/// Why a finding counts as not told: it must stand in the record with kind, words and example, and the same
/// words and example in what people read.
fn missing(found: &Found, ran: &Ran) -> Option<String> {
    let kept = ran.findings_at(found.at);
    let is_it = |finding: &&Value| {
        finding["kind"] == found.kind
            && finding["words"].as_str().unwrap().contains(found.words)
            && finding["next"].as_str().unwrap().ends_with('.')
            && example(finding).unwrap_or_default().contains(found.example)
    };
    let Some(finding) = kept.iter().copied().find(is_it) else {
        return Some(format!("no {found:?} in {kept:#?}"));
    };
    let said = one_line(&ran.stdout);
    let shown = example(finding).map(|example| one_line(&example));
    let is_shown = shown.is_none_or(|example| said.contains(&example));
    if said.contains(found.words) && is_shown {
        return None;
    }
    Some(format!("{finding:#} is not said in:\n{}", ran.stdout))
}

/// An example with both its values, as people read it.
fn example(finding: &Value) -> Option<String> {
    let example = &finding["example"];
    let side = |name: &str| match example[name].as_str() {
        Some(value) => format!("`{value}`"),
        None => "nothing".to_owned(),
    };
    let (baseline, candidate) = (side("baseline"), side("candidate"));
    let key = example["key"].as_str()?;
    Some(format!(
        "{key}: {baseline} on the baseline, {candidate} on the candidate"
    ))
}

/// The text without the line breaks of a terminal.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is beyond a bound: Notion's limit, objects that are left.
fn out_of_bounds(verb: Verb, row: &Row, record: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let counted = &record["world"]["notion"];
    let requests = counted["requests"].as_f64().unwrap_or_default();
    let needs_s = requests / REQUESTS_PER_S;
    // Where the candidate asks Notion, too, nobody paces it.
    let is_paced = row.plant != Some(Plant::OneStore);
    if verb != Verb::Check && is_paced && needs_s >= QUICK_S {
        wrong.push(format!(
            "{requests} requests to Notion, which take {needs_s} s"
        ));
    }
    if is_paced && counted["rate_limited"].as_u64().unwrap_or_default() != 0 {
        wrong.push(format!("Notion refused: {counted}"));
    }
    if record["leftovers"] != Value::Array(Vec::new()) {
        wrong.push(format!("left {}", record["leftovers"]));
    }
    if verb == Verb::Check && record["scenarios"] != Value::Array(Vec::new()) {
        wrong.push("something was measured, which no gate asks for".to_owned());
    }
    // Finding nothing in nothing would be no wonder.
    let of_rows = &record["checks"]["integrity"]["looked_at"][0]["count"];
    if verb == Verb::Integrity && row.exit(verb) == 0 && *of_rows != 150 {
        wrong.push(format!("{of_rows} tasks were looked at"));
    }
    wrong
}

#[test]
fn what_does_not_stand_in_an_output_is_missed() {
    let row = TABLE.iter().find(|row| row.plant == Some(Plant::DateShift));
    let found = &row.unwrap().found[0];
    let At::Parity(scenario) = found.at else {
        panic!("{found:?}")
    };
    let words = format!("{} by one case", found.words);
    let finding = serde_json::json!({
        "kind": found.kind, "words": words, "next": "Look.",
        "example": { "key": "Buy\nmilk", "baseline": "\"2024-04-21", "candidate": found.example },
    });
    let compared =
        serde_json::json!({ "scenario": scenario, "inspection": { "findings": [finding] } });
    let record = serde_json::json!({ "checks": { "parity": [compared] } });
    let ran = |stdout: String, record: &Value| Ran {
        exit: Some(1),
        stdout,
        stderr: String::new(),
        record: record.clone(),
    };
    let said = format!("{words}\n  for example {}", example(&finding).unwrap());
    assert_eq!(missing(found, &ran(said.clone(), &record)), None);
    assert!(missing(found, &ran(words, &record)).is_some());
    assert!(missing(found, &ran(said.clone(), &serde_json::json!({}))).is_some());
    let mut other = record.clone();
    other["checks"]["parity"][0]["inspection"]["findings"][0]["kind"] = "value".into();
    assert!(missing(found, &ran(said, &other)).is_some());
}
