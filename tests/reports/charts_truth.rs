//! What a chart says is what was measured: no exact number that was guessed, no decision on figures that
//! are not to be trusted, nothing remarkable left out, no failure and no 0 s drawn as a latency.

use cutover::promise::Promise;
use cutover::record::{Iteration, Record, Side};
use cutover::report::chart::{Shape, inline_svg, svg_file};
use cutover::report::{Chart, Decided, Drawing, MomentKind};
use roxmltree::Document;

use crate::drawings::fail;
use crate::{drawings, records};

fn find<'c>(charts: &'c [Chart], id: &str) -> &'c Chart {
    charts.iter().find(|chart| chart.id == id).unwrap()
}

fn decided(chart: &Chart) -> Option<Decided> {
    match &chart.drawing {
        Drawing::Closing(closing) => closing.decided,
        other => panic!("{other:?}"),
    }
}

fn texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter_map(|node| node.text());
    texts.map(str::to_owned).collect()
}

/// One scenario that is decided at an odd place among many iterations.
fn long() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    one.baseline = records::iterations(97, 2.5, 0.15, 4);
    one.candidate = records::iterations(1940, 0.068, 0.12, 0);
    // The candidate begins fast enough, and the evidence grows slowly.
    one.promise = Promise {
        speedup: "28x".parse().unwrap(),
        ..one.promise.clone()
    };
    record
}

#[test]
fn after_how_many_iterations_it_was_decided_does_not_depend_on_what_else_is_drawn() {
    let alone = long();
    let mut among = long();
    for at in 1..24 {
        let mut other = among.scenarios[0].clone();
        other.name = format!("other-{at}");
        among.scenarios.push(other);
    }
    let (alone, among) = (drawings::of_record(&alone), drawings::of_record(&among));
    let looks = |chart: &Chart| match &chart.drawing {
        Drawing::Closing(closing) => closing.looks.len(),
        _ => 0,
    };
    for id in ["dashboard-load-bounds-p50", "dashboard-load-bounds-p95"] {
        let (one, other) = (find(&alone, id), find(&among, id));
        assert!(looks(one) > looks(other));
        assert!(decided(one).is_some(), "{}", one.alt);
        assert_eq!(decided(one), decided(other));
        assert_eq!(one.alt, other.alt);
    }
}

#[test]
fn nothing_is_decided_by_figures_that_are_not_to_be_trusted() {
    let charts = drawings::of_record(&records::late_harness());
    let late = find(&charts, "task-search-bounds-p50");
    assert_eq!(decided(late), None);
    assert!(
        late.alt
            .contains("would be decided, were the figures to be trusted"),
        "{}",
        late.alt
    );
    let svg = inline_svg(late, Shape::Wide).unwrap();
    assert!(!texts(&svg).iter().any(|text| text.contains("after")));
    assert!(decided(find(&charts, "dashboard-load-bounds-p50")).is_some());
}

/// Cold starts everywhere, one failure, and 429s of which some failed too.
fn crowded() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    one.candidate = records::iterations(2000, 0.068, 0.2, 0);
    records::edit(&mut one.candidate, |rows| {
        for row in &mut *rows {
            row.steps[0].connect_s = Some(0.02);
        }
        fail(&mut rows[777].steps[0], 500);
        let limit = |row: &mut Iteration| {
            let mut limited = row.steps[0].clone();
            limited.superseded = true;
            limited.status = Some(429);
            row.steps[0].attempt = 2;
            row.steps.insert(0, limited);
        };
        limit(&mut rows[900]);
        limit(&mut rows[901]);
        fail(&mut rows[901].steps[1], 429);
    });
    record
}

#[test]
fn one_failure_among_many_cold_starts_is_drawn() {
    let charts = drawings::of_record(&crowded());
    let Drawing::Timeline(timeline) = &find(&charts, "dashboard-load-timeline").drawing else {
        panic!("a timeline");
    };
    let count = |kind| {
        let of = |one: &&cutover::report::Moment| one.kind == kind && one.side == Side::Candidate;
        timeline.moments.iter().filter(of).count()
    };
    assert_eq!(count(MomentKind::Failed), 1);
    assert_eq!(count(MomentKind::RateLimited), 1);
    assert_eq!(count(MomentKind::RateLimitedAndFailed), 1);
    assert!(count(MomentKind::ColdStart) > 20);
}

#[test]
fn every_429_is_counted_also_when_the_iteration_failed() {
    let charts = drawings::of_record(&crowded());
    let chart = find(&charts, "dashboard-load-timeline");
    assert!(
        chart.alt.contains("2 turned away, 2 failed"),
        "{}",
        chart.alt
    );
    let column = |name: &str| {
        let at = chart
            .table
            .header
            .iter()
            .position(|one| one == name)
            .unwrap();
        let cells = chart
            .table
            .rows
            .iter()
            .map(|row| row[at].parse::<usize>().unwrap());
        cells.sum::<usize>()
    };
    assert_eq!((column("turned away"), column("failed")), (2, 2));
    let svg = inline_svg(chart, Shape::Wide).unwrap();
    assert!(
        texts(&svg)
            .iter()
            .any(|text| text == "turned away, and failed")
    );
}

#[test]
fn the_curve_of_a_side_that_fails_half_the_time_ends_at_half() {
    let charts = drawings::of_record(&records::failed_half_way());
    let chart = find(&charts, "dashboard-load-distribution");
    let Drawing::Distribution(distribution) = &chart.drawing else {
        panic!("a distribution");
    };
    let [baseline, candidate] = &distribution.curves;
    let end = |curve: &cutover::report::Curve| curve.points.last().unwrap().1;
    assert!((end(candidate) - 0.5).abs() < 1e-9 && (end(baseline) - 1.0).abs() < 1e-9);
    // Half of all iterations took at most as long as the slowest success, and 95 % of them never finished.
    assert_eq!(candidate.marks.len(), 1);
    assert_eq!(candidate.marks[0].0, "p50");
    assert!((candidate.marks[0].2 - candidate.points.last().unwrap().0).abs() < 1e-12);
    assert!(
        chart.alt.contains("failed ones count as never finished"),
        "{}",
        chart.alt
    );
    assert_eq!(chart.table.header[0], "of the successful iterations");
    let svg = inline_svg(chart, Shape::Wide).unwrap();
    assert!(
        texts(&svg)
            .iter()
            .any(|text| text == "share of all iterations")
    );
}

#[test]
fn a_high_quantile_of_a_few_iterations_is_not_marked() {
    let charts = drawings::of_record(&records::too_few());
    let Drawing::Distribution(distribution) = &find(&charts, "dashboard-load-distribution").drawing
    else {
        panic!("a distribution");
    };
    let names = distribution.curves.each_ref().map(|curve| {
        let names = curve.marks.iter().map(|(name, ..)| *name);
        names.collect::<Vec<_>>()
    });
    assert_eq!(names, [vec!["p50"], vec!["p50", "p95", "p99"]]);
}

#[test]
fn what_took_0_s_does_not_stand_among_positive_latencies() {
    let charts = drawings::of_record(&drawings::instant());
    for kind in ["timeline", "distribution"] {
        let chart = find(&charts, &format!("dashboard-load-{kind}"));
        let expected = if kind == "timeline" { 48 } else { 36 };
        assert!(
            chart.alt.contains(&format!("{expected} took 0 s")),
            "{}",
            chart.alt
        );
        for shape in [Shape::Wide, Shape::Narrow] {
            let svg = inline_svg(chart, shape).unwrap();
            assert!(texts(&svg).iter().any(|text| text == "0"), "{kind}");
        }
    }
    let positive = drawings::of_record(&records::go());
    for kind in ["timeline", "distribution"] {
        let chart = find(&positive, &format!("dashboard-load-{kind}"));
        let svg = inline_svg(chart, Shape::Wide).unwrap();
        assert!(!texts(&svg).iter().any(|text| text == "0"), "{kind}");
    }
}

#[test]
fn a_file_of_a_chart_says_what_it_is_about_and_a_page_does_not_say_it_again() {
    let mut record = records::go();
    record.scenarios[0].name = "dashboard\u{202e}\u{1b}[2J<b>".to_owned() + &"x".repeat(300);
    let charts = drawings::of_record(&record);
    let subject = &charts[0].subject;
    assert!(
        subject.starts_with("dashboard\u{fffd}\u{fffd}[2J<b>xxx"),
        "{subject}"
    );
    assert!(subject.ends_with("\u{b7} 20240501t093000z-5eedbeef \u{b7} Notion is simulated"));
    assert!(subject.chars().count() < 140);
    for chart in &charts {
        let file = texts(&svg_file(chart).unwrap());
        assert!(
            file.iter().any(|text| text.starts_with("dashboard\u{fffd}")
                || text.starts_with("task-search \u{b7}")
                || text.starts_with("create-task \u{b7}")),
            "{file:?}"
        );
        let inline = inline_svg(chart, Shape::Wide).unwrap();
        assert!(!inline.contains("Notion is simulated"));
    }
    let live = drawings::of_record(&records::live());
    assert!(
        live.iter()
            .all(|chart| !chart.subject.contains("simulated"))
    );
}
