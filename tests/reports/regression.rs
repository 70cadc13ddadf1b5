//! A comparison of two builds as people and CI systems read it.

use std::collections::BTreeSet;

use console::measure_text_width;
use cutover::record::{
    BLOCKS_SCHEMA_VERSION, Block, BlockRecord, BlockSamples, BlockSettings, BlocksKind, Build,
    BuildFacts, FailedSample, Machine, Missing, Origin, SampleStatus, Series, Tool, World,
};
use cutover::report::{
    Width, regression_annotations, regression_html, regression_junit, regression_markdown,
    regression_terminal,
};
use cutover::verdict::{
    Judged, REGRESSION_SCHEMA_VERSION, Regression, RegressionRow, judge_blocks,
};
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

/// A number in 0..1 that looks like chance.
fn chance(at: u32) -> f64 {
    let mixed = at.wrapping_mul(2_654_435_761) ^ 0x9e37;
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(2_246_822_519);
    f64::from((mixed ^ (mixed >> 13)) >> 8) / f64::from(1 << 24)
}

/// Both builds drift together, by 5 % a block; each of its own by so much besides.
fn series(name: &str, blocks: u32, factor: f64, own: f64) -> Series {
    let samples = |block: u32, build: u32, factor: f64| {
        let drift = 1.0 + 0.05 * chance(7 * block + 1) + own * chance(13 * block + 5 * build);
        let one =
            |n: u32| 0.04 * factor * drift * (1.0 + 0.15 * chance(n + 50 * build + 1000 * block));
        BlockSamples {
            seconds: (0..50).map(one).collect(),
            failures: Vec::new(),
        }
    };
    let block = |n: u32| Block {
        at_s: f64::from(n) * 12.0,
        old: samples(n, 0, 1.0),
        new: samples(n, 1, factor),
    };
    Series {
        name: name.to_owned(),
        quantiles: vec![0.5, 0.95],
        missing: Vec::new(),
        blocks: (0..blocks).map(block).collect(),
    }
}

fn of(series: Vec<Series>) -> (BlockRecord, Regression) {
    let record = BlockRecord { series, ..record() };
    let found = judge_blocks(&record);
    (record, found)
}

/// One that nobody can decide: too noisy, with failures, and a scenario that the old build lacks.
fn undecided() -> (BlockRecord, Regression) {
    let mut failing = series("dashboard-load", 20, 1.0, 0.6);
    for block in failing.blocks.iter_mut().step_by(5) {
        block.new.seconds.pop();
        block.new.failures.push(FailedSample {
            elapsed_s: 0.003,
            status: SampleStatus::Error,
            detail: "503 Service Unavailable, expected 200".to_owned(),
        });
    }
    let missing = Series {
        name: "quick-add".to_owned(),
        missing: vec![Missing {
            build: Build::Old,
            seen: "404 Not Found, expected 201".to_owned(),
        }],
        blocks: Vec::new(),
        ..failing.clone()
    };
    of(vec![failing, missing])
}

/// One of each verdict, and a run that came to none.
fn all() -> Vec<(&'static str, BlockRecord, Regression)> {
    let (mut early, _) = of(vec![series("task-search", 2, 1.0, 0.02)]);
    early.interrupted = true;
    early.leftovers = vec!["task 7 on the new build".to_owned()];
    let two = |factor: f64| {
        vec![
            series("task-search", 10, factor, 0.02),
            series("dashboard-load", 10, 1.0, 0.02),
        ]
    };
    let interrupted = judge_blocks(&early);
    let kinds = [
        ("ok", of(two(1.0))),
        ("regression", of(two(1.15))),
        ("improvement", of(two(0.8))),
        ("inconclusive", undecided()),
        ("interrupted", (early, interrupted)),
        ("nothing", of(Vec::new())),
    ];
    kinds
        .map(|(name, (record, found))| (name, record, found))
        .into()
}

#[test]
fn the_records_are_of_the_kinds_that_they_are_named_after() {
    let verdicts = all().into_iter().map(|(_, _, found)| found.verdict);
    let inconclusive = Judged::Inconclusive;
    let kinds = [
        Judged::Ok,
        Judged::Regression,
        Judged::Improvement,
        inconclusive,
        inconclusive,
        inconclusive,
    ];
    assert_eq!(verdicts.collect::<Vec<_>>(), kinds);
    let rows = undecided().1.rows;
    let measures: Vec<&str> = rows.iter().map(|row| row.measure.as_str()).collect();
    assert_eq!(measures, ["p50", "p95", "failures", "missing"]);
}

#[test]
fn every_verdict_reads_as_its_golden_files() {
    for (name, record, found) in all() {
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
    for (_, record, found) in all() {
        for width in [60, 80, 120] {
            let text = regression_terminal(&record, &found, Width(width));
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
    for (name, record, found) in all() {
        let xml = regression_junit(&record, &found);
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
        // Where no row fails, one case says why the run does.
        let fails =
            |row: &RegressionRow| matches!(row.verdict, Judged::Regression | Judged::Inconclusive);
        let is_told = is_pass || found.rows.iter().any(fails);
        assert_eq!(cases, found.rows.len() + usize::from(!is_told), "{name}");
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
    assert_eq!(regression_annotations(&all()[0].2), "");
}

#[test]
fn a_comment_stays_below_what_a_forge_takes_and_says_what_it_leaves_out() {
    for (text, count) in [("s", 2000), ("é|`<b>@x ", 900), (&*"🙂`|".repeat(600), 40)] {
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
    let mut rows = undecided().1.rows;
    rows.push(row(text, text, Judged::Regression));
    for row in &mut rows {
        row.scenario = format!("{text}{}", row.scenario);
        row.reason = text.to_owned();
        row.next = Some(text.to_owned());
    }
    (record, found(Judged::Regression, text, rows))
}

/// The page of each kind of comparison, and one with somebody's text wherever there can be one.
pub(crate) fn regression_pages(text: &str) -> Vec<(String, String)> {
    let kinds = all().into_iter();
    let page = |(name, record, found): (&str, BlockRecord, Regression)| {
        (format!("regress-{name}"), regression_html(&record, &found))
    };
    let (record, found) = spoilt(text);
    let hostile = (
        "hostile-regress".to_owned(),
        regression_html(&record, &found),
    );
    kinds.map(page).chain([hostile]).collect()
}

#[track_caller]
fn assert_harmless(text: &str) {
    let (record, found) = spoilt(text);
    let made = regression_annotations(&found);
    let open = found.rows.iter().filter(|row| row.verdict != Judged::Ok);
    assert_eq!(made.lines().count(), open.count(), "{made}");
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
