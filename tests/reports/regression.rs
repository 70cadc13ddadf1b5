//! A comparison of two builds as people and CI systems read it.

use std::collections::BTreeSet;

use console::measure_text_width;
use cutover::record::{
    BLOCKS_SCHEMA_VERSION, BlockRecord, BlockSettings, BlocksKind, BuildFacts, Machine, Origin,
    Tool, World,
};
use cutover::report::{
    Width, regression_annotations, regression_html, regression_junit, regression_markdown,
    regression_terminal,
};
use cutover::verdict::{Judged, REGRESSION_SCHEMA_VERSION, Regression, RegressionRow};
use proptest::prelude::*;

use crate::hostile::HOSTILE;
use crate::laws::{assert_nothing_acts, assert_tables};
use crate::records;

/// The evidence, of which a report reads what it rests on alone.
fn record() -> BlockRecord {
    let build = |port: u16, commit: &str| BuildFacts {
        source: format!("http://127.0.0.1:{port}"),
        commit: Some(commit.to_owned()),
    };
    let go = records::go();
    BlockRecord {
        kind: BlocksKind::Blocks,
        schema_version: BLOCKS_SCHEMA_VERSION,
        run: "20261123t013000z-c0ffee".to_owned(),
        command: "cutover regress --old http://127.0.0.1:4001 --new http://127.0.0.1:4002"
            .to_owned(),
        tool: Tool {
            commit: Some("0123abc".to_owned()),
            ..go.tool
        },
        started: "2026-11-23T01:30:00Z".to_owned(),
        elapsed_s: 241.3,
        seed: 7,
        machine: Machine {
            cores: 2,
            ..go.machine
        },
        world: Some(World::Live),
        old: build(4001, "aaaa111"),
        new: build(4002, "bbbb222"),
        settings: BlockSettings {
            origin: Origin::Requests,
            blocks: 20,
            samples: 50,
            warm_up: 3,
            margin: 0.05,
            looks: vec![5, 10, 15, 20],
        },
        series: Vec::new(),
        interrupted: false,
        leftovers: Vec::new(),
    }
}

fn row(scenario: &str, measure: &str, verdict: Judged) -> RegressionRow {
    let (change, low, high) = match verdict {
        Judged::Ok => (0.004, -0.0121, 0.0208),
        Judged::Regression => (0.1523, 0.1191, 0.1864),
        Judged::Improvement => (-0.21, -0.2431, -0.1752),
        Judged::Inconclusive => (0.031, -0.0312, 0.0953),
    };
    let (reason, next) = match verdict {
        Judged::Ok => ("at most 2.1 % slower, within the margin of 5 %", None),
        Judged::Regression => (
            "at least 11.9 % slower, beyond the margin of 5 %",
            Some("Find what the new build does more, or run with `--margin 20%` if that is meant."),
        ),
        Judged::Improvement => ("at least 17.5 % faster", None),
        Judged::Inconclusive => (
            "between 3.1 % faster and 9.6 % slower: 20 blocks do not decide",
            Some("Run with `--blocks 40` or `--samples 200`."),
        ),
    };
    RegressionRow {
        scenario: scenario.to_owned(),
        measure: measure.to_owned(),
        verdict,
        old_s: Some(0.0401),
        new_s: Some(0.0401 * (1.0 + change)),
        change: Some(change),
        low: Some(low),
        high: Some(high),
        smallest_seen: Some(0.0712),
        blocks: 20,
        decided_at: (verdict != Judged::Inconclusive).then_some(10),
        samples: [1000, 1000],
        failed: [0, 0],
        reason: reason.to_owned(),
        next: next.map(str::to_owned),
    }
}

/// A row without times: failures, or a scenario that one build lacks.
fn without_times(scenario: &str, measure: &str, failed: [u64; 2], reason: &str) -> RegressionRow {
    RegressionRow {
        old_s: None,
        new_s: None,
        change: None,
        low: None,
        high: None,
        smallest_seen: None,
        failed,
        reason: reason.to_owned(),
        ..row(scenario, measure, Judged::Inconclusive)
    }
}

fn found(verdict: Judged, sentence: &str, rows: Vec<RegressionRow>) -> Regression {
    Regression {
        schema_version: REGRESSION_SCHEMA_VERSION,
        run: record().run,
        verdict,
        sentence: sentence.to_owned(),
        margin: 0.05,
        blocks: 20,
        blocks_planned: 20,
        rows,
    }
}

/// One of each verdict, and a run that came to none.
fn all() -> Vec<(&'static str, Regression)> {
    let two = |verdict| {
        vec![
            row("task-search", "p50", verdict),
            row("task-search", "p95", Judged::Ok),
        ]
    };
    let mut wide = row("dashboard-load", "p95", Judged::Inconclusive);
    (wide.low, wide.high) = (Some(-1.0), None);
    let failures = "34 of 1000 failed on the new build, 2 of 1000 on the old one";
    let missing = "the new build answers 404 Not Found where the old one answers as expected";
    let inconclusive = vec![
        row("dashboard-load", "p50", Judged::Ok),
        wide,
        without_times("dashboard-load", "failures", [2, 34], failures),
        without_times("quick-add", "missing", [0, 0], missing),
    ];
    vec![
        (
            "ok",
            found(
                Judged::Ok,
                "nothing is slower by more than 5 %",
                two(Judged::Ok),
            ),
        ),
        (
            "regression",
            found(
                Judged::Regression,
                "`task-search` p50 is at least 11.9 % slower",
                two(Judged::Regression),
            ),
        ),
        (
            "improvement",
            found(
                Judged::Improvement,
                "`task-search` p50 is at least 17.5 % faster",
                two(Judged::Improvement),
            ),
        ),
        (
            "inconclusive",
            found(
                Judged::Inconclusive,
                "`quick-add` is missing on the new build",
                inconclusive,
            ),
        ),
        (
            "interrupted",
            found(
                Judged::Inconclusive,
                "interrupted after 2 whole blocks; 5 are the fewest",
                Vec::new(),
            ),
        ),
    ]
}

#[test]
fn every_verdict_reads_as_its_golden_files() {
    let record = record();
    for (name, found) in all() {
        insta::assert_snapshot!(
            format!("{name}-terminal"),
            regression_terminal(&record, &found, Width(80))
        );
        insta::assert_snapshot!(
            format!("{name}-report"),
            regression_markdown(&record, &found)
        );
        insta::assert_snapshot!(format!("{name}-junit"), regression_junit(&record, &found));
        insta::assert_snapshot!(
            format!("{name}-annotations"),
            regression_annotations(&found)
        );
        let page = regression_html(&record, &found);
        let body = page.split_once("<body>").unwrap().1;
        let lines = body
            .replace("<tr>", "\n<tr>")
            .replace("<section", "\n<section")
            .replace("<li>", "\n<li>");
        insta::assert_snapshot!(
            format!("{name}-page"),
            lines.replace("<div><dt>", "\n<div><dt>")
        );
    }
}

#[test]
fn the_terminal_fits_every_width_and_begins_with_the_verdict() {
    for (_, found) in all() {
        for width in [60, 80, 120] {
            let text = regression_terminal(&record(), &found, Width(width));
            assert!(text.starts_with(found.verdict.word()), "{text}");
            for line in text.lines() {
                assert!(
                    measure_text_width(line) <= usize::from(width),
                    "{width}: {line}"
                );
            }
        }
    }
}

/// Every kind of row beside every verdict that it can have part in.
#[test]
fn the_test_results_are_green_exactly_when_the_exit_code_is_0() {
    for (name, found) in all() {
        let xml = regression_junit(&record(), &found);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let failures = document
            .descendants()
            .filter(|node| node.has_tag_name("failure"))
            .count();
        let is_pass = matches!(found.verdict, Judged::Ok | Judged::Improvement);
        assert_eq!(failures == 0, is_pass, "{name}: {xml}");
        let cases = document
            .descendants()
            .filter(|node| node.has_tag_name("testcase"))
            .count();
        assert_eq!(cases, found.rows.len().max(1), "{name}");
    }
}

#[test]
fn at_most_ten_annotations_are_made_the_worst_first() {
    let rows = |count: usize| {
        let kinds = [
            Judged::Improvement,
            Judged::Inconclusive,
            Judged::Ok,
            Judged::Regression,
        ];
        (0..count)
            .map(|n| row(&format!("s{n}"), "p50", kinds[n % 4]))
            .collect::<Vec<_>>()
    };
    let made = regression_annotations(&found(Judged::Regression, "", rows(12)));
    let kinds: Vec<&str> = made
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [["::error"; 3], ["::warning"; 3], ["::notice"; 3]].concat()
    );
    let made = regression_annotations(&found(Judged::Regression, "", rows(40)));
    assert_eq!(made.lines().count(), 10);
    assert!(
        made.lines()
            .next_back()
            .unwrap()
            .ends_with("::21 more: see the report"),
        "{made}"
    );
    assert_eq!(regression_annotations(&all()[0].1), "");
}

#[test]
fn a_comment_stays_below_what_a_forge_takes_and_says_what_it_leaves_out() {
    for (text, count) in [("s", 2000), ("é|`<b>@x ", 300), (&*"🙂`|".repeat(600), 40)] {
        for verdict in [Judged::Ok, Judged::Regression] {
            let rows = (0..count)
                .map(|n| row(&format!("{text}{n}"), "p50", verdict))
                .collect();
            let mut spoilt = record();
            spoil(&mut spoilt, text);
            let report = regression_markdown(&spoilt, &found(verdict, text, rows));
            assert!(report.len() < 60_000, "{}", report.len());
            assert!(
                report.contains(" more are left out here: see `verdict.json`"),
                "{text}"
            );
            assert_eq!(
                report.matches("<details>").count(),
                report.matches("</details>").count()
            );
            assert_tables(&report);
        }
    }
}

/// Every text of a record that is somebody else's.
fn spoil(record: &mut BlockRecord, text: &str) {
    for place in [
        &mut record.run,
        &mut record.command,
        &mut record.started,
        &mut record.old.source,
        &mut record.new.source,
        &mut record.tool.version,
        &mut record.machine.os,
    ] {
        *place = text.to_owned();
    }
    record.machine.cpu = Some(text.to_owned());
    record.old.commit = Some(text.to_owned());
    record.leftovers = vec![text.to_owned()];
}

fn spoilt(text: &str) -> (BlockRecord, Regression) {
    let mut record = record();
    spoil(&mut record, text);
    let mut rows = all().remove(3).1.rows;
    rows.push(row(text, text, Judged::Regression));
    for row in &mut rows {
        row.scenario = format!("{text}{}", row.scenario);
        row.reason = text.to_owned();
        row.next = Some(text.to_owned());
    }
    (record, found(Judged::Regression, text, rows))
}

#[track_caller]
fn assert_harmless(text: &str) {
    let (record, found) = spoilt(text);
    let made = regression_annotations(&found);
    assert_eq!(made.lines().count(), 4, "{made}");
    for line in made.lines() {
        assert_nothing_acts(line);
        let (head, message) = line[2..].split_once("::").unwrap();
        let (kind, title) = head.split_once(" title=").unwrap();
        assert!(["error", "warning", "notice"].contains(&kind), "{line}");
        assert!(!title.contains([':', ',']), "{line}");
        // A runner takes these three for what they stand for, and a lone one for itself.
        let escapes: BTreeSet<&str> = message
            .split('%')
            .skip(1)
            .map(|rest| rest.get(..2).unwrap_or(rest))
            .collect();
        assert!(escapes.iter().all(|escape| *escape == "25"), "{line}");
    }
    let report = regression_markdown(&record, &found);
    assert_nothing_acts(&report);
    assert_tables(&report);
    assert_eq!(report.matches("<details>").count(), 2);
    assert_nothing_acts(&regression_terminal(&record, &found, Width(80)));
    let xml = regression_junit(&record, &found);
    roxmltree::Document::parse(&xml).unwrap();
    let tags = |page: &str| page.matches('<').count();
    let plain = regression_html(&record, &found)
        .replace("<bdi>", "")
        .replace("</bdi>", "");
    let plain = plain.replace("<code>", "").replace("</code>", "");
    let (record, found) = spoilt("x");
    let harmless = regression_html(&record, &found)
        .replace("<code>", "")
        .replace("</code>", "");
    assert_eq!(tags(&plain), tags(&harmless), "{plain}");
}

#[test]
fn hostile_texts_stay_texts() {
    for text in HOSTILE {
        assert_harmless(text);
    }
    for text in [
        "::error title=x::y",
        "a\n::set-output name=x::y\r\n::stop-commands::z",
        "100%0A%25",
        "%3A,:",
    ] {
        assert_harmless(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_of_somebody_else_acts(text in r#"([ -~]|[|`\\<>&#*_%:\n\r\t\x1b]|\PC|\p{C}){0,60}"#) {
        assert_harmless(&text);
    }
}
