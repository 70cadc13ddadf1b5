//! Charts to draw: those of every kind of run, and some of data that nobody expects.

use cutover::record::{
    Failure, FailureKind, Iteration, Iterations, Record, Side, StepFacts, StepRecord,
};
use cutover::report::{
    Bar, Bounded, Breakdown, Chart, Closed, Closing, Curve, Decided, Distribution, Drawing,
    LogAxis, Part, PartKind, Strip, Summary, Table,
};
use cutover::verdict::{Outcome, Unit, judge};

use crate::{kinds, records};

/// Every chart of a run.
pub(crate) fn of_record(record: &Record) -> Vec<Chart> {
    let verdict = judge(record);
    let rows = Summary::new(record, &verdict).rows;
    rows.into_iter()
        .flat_map(|row| {
            let strips = row.strips.map(|one| [one.before, one.after, one.speedup]);
            strips.into_iter().flatten().chain(row.charts)
        })
        .collect()
}

/// The charts of every kind of run and of the extreme ones, by the run's name.
pub(crate) fn all() -> Vec<(String, Vec<Chart>)> {
    let mut all: Vec<(String, Vec<Chart>)> = kinds::all()
        .into_iter()
        .map(|(name, record)| (name.to_owned(), of_record(&record)))
        .collect();
    all.push(("one-sample".to_owned(), of_record(&one_sample())));
    all.push(("all-equal".to_owned(), of_record(&all_equal())));
    all.push(("far-apart".to_owned(), of_record(&far_apart())));
    all.push(("one-side-empty".to_owned(), of_record(&one_side_empty())));
    all.push(("events".to_owned(), of_record(&events())));
    all.push(("instant".to_owned(), of_record(&instant())));
    all.push(("twelve-steps".to_owned(), of_record(&twelve_steps())));
    all.push(("by-hand".to_owned(), by_hand()));
    all
}

fn one_sample() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    for side in [&mut one.baseline, &mut one.candidate] {
        records::edit(side, |rows| rows.truncate(1));
    }
    record
}

fn all_equal() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    for side in [&mut one.baseline, &mut one.candidate] {
        records::edit(side, |rows| {
            for row in rows {
                row.finished_at_s = row.sent_at_s + 0.25;
                row.steps[0].duration_s = 0.25;
            }
        });
    }
    record
}

/// A microsecond beside a thousand seconds.
fn far_apart() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    one.baseline = records::iterations(40, 1000.0, 1.0, 4);
    one.candidate = records::iterations(200, 1e-6, 1.0, 0);
    record
}

fn one_side_empty() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    record.scenarios[0].candidate = Iterations::new();
    record
}

/// Cold starts, limits and failures on both sides, and thousands of iterations.
fn events() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    one.candidate = records::iterations(4000, 0.068, 0.4, 0);
    for side in [&mut one.baseline, &mut one.candidate] {
        records::edit(side, |rows| rows.iter_mut().enumerate().for_each(event));
    }
    record
}

fn event((n, iteration): (usize, &mut Iteration)) {
    let limited = StepRecord {
        superseded: true,
        status: Some(429),
        ..iteration.steps[0].clone()
    };
    match n % 23 {
        0 => iteration.steps[0].connect_s = Some(0.02),
        5 => {
            iteration.steps[0].attempt = 2;
            iteration.pause_s = 1.5;
            iteration.steps.insert(0, limited);
        }
        11 => {
            iteration.steps[0].failure = Some(Failure {
                kind: FailureKind::Status,
                detail: "the status is 500".to_owned(),
            });
        }
        _ => {}
    }
}

pub(crate) fn fail(step: &mut StepRecord, status: u16) {
    step.status = Some(status);
    step.failure = Some(Failure {
        kind: FailureKind::Status,
        detail: format!("the status is {status}"),
    });
}

/// Some of the candidate's iterations take no time: a few succeed, a few are refused at once.
pub(crate) fn instant() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    records::edit(&mut record.scenarios[0].candidate, |rows| {
        for row in &mut rows[..48] {
            row.steps[0].duration_s = 0.0;
            row.finished_at_s = row.sent_at_s;
        }
        for row in &mut rows[..12] {
            fail(&mut row.steps[0], 503);
        }
    });
    record
}

/// Names that are long or hostile.
fn twelve_steps() -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    let one = &mut record.scenarios[0];
    let names = [
        "tasks",
        "a step whose name goes on and on until nobody can remember how it began, and then further",
        "<script>alert(1)</script> & \"quotes\"",
        "שלום עולם, مرحبا",
        "你好世界 🙂🙂🙂",
        "\u{202e}OG-ON\u{202c}\u{1b}[2J\u{fffe}",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "h",
        "i",
        "j",
        "k",
        "the last one",
    ];
    one.steps = names
        .map(|name| StepFacts {
            name: name.to_owned(),
            ..one.steps[0].clone()
        })
        .to_vec();
    for side in [&mut one.baseline, &mut one.candidate] {
        records::edit(side, |rows| rows.iter_mut().for_each(eleven_more));
    }
    record
}

fn eleven_more(iteration: &mut Iteration) {
    let first = iteration.steps[0].clone();
    for step in 1..12 {
        iteration.steps.push(StepRecord {
            step,
            duration_s: first.duration_s / f64::from(step * step),
            ..first.clone()
        });
    }
}

fn chart(id: &str, drawing: Drawing) -> Chart {
    Chart {
        id: id.to_owned(),
        title: "A title <b> & \u{1b}[2J \"that\" is long enough to be too long for the picture that it stands above, by far".to_owned(),
        subject: "A scenario <b> \u{1b}[2J \u{202e} & a run".to_owned(),
        alt: "What is <seen> & \"said\"".to_owned(),
        table: Table::default(),
        drawing,
    }
}

fn bounded(low: Option<f64>, point: Option<f64>, high: Option<f64>) -> Bounded {
    Bounded { point, low, high }
}

const AXIS: LogAxis = LogAxis {
    low: 0.01,
    high: 10.0,
};

/// Data that no run has made yet.
fn by_hand() -> Vec<Chart> {
    let all = bounded(Some(0.05), Some(0.07), Some(0.2));
    let none = Bounded::default();
    let no_low = bounded(None, Some(0.07), Some(0.2));
    let no_high = bounded(Some(0.05), Some(0.07), None);
    let only_low = bounded(Some(5.0), None, None);
    let only_point = bounded(None, Some(9.0), None);
    vec![
        strip("strip-all", all, all),
        strip("strip-none", none, none),
        strip("strip-open", no_low, no_high),
        strip("strip-little", only_low, only_point),
        same_curves(),
        closing("gaps", looks(20..40), Some((1, 1, Outcome::NoGo))),
        closing(
            "gap-at-the-end",
            looks(50..99),
            Some((51, 59, Outcome::NoGo)),
        ),
        closing("no-looks", vec![], None),
        waits(),
    ]
}

fn strip(id: &str, p50: Bounded, p95: Bounded) -> Chart {
    let strip = Strip {
        unit: Unit::Seconds,
        axis: AXIS,
        promised: (0.05, 0.1),
        marks: vec![("p50", p50), ("p95", p95)],
    };
    chart(id, Drawing::Strip(strip))
}

/// Both sides took the same time, once.
fn same_curves() -> Chart {
    let curve = |side| Curve {
        side,
        marks: ["p50", "p95", "p99"].map(|name| (name, 1.0, 0.1)).to_vec(),
        instant: 0,
        successful: 1,
        all: 123_456,
        points: vec![(0.1, 1.0)],
    };
    let same = Distribution {
        axis: AXIS,
        before: (0.09, 0.1),
        after: (0.1, 0.11),
        curves: [curve(Side::Baseline), curve(Side::Candidate)],
    };
    chart("same-curves", Drawing::Distribution(same))
}

/// Bounds that begin late, and an upper one with a gap.
fn looks(gap: std::ops::Range<usize>) -> Vec<Closed> {
    let look = |n: usize| Closed {
        n,
        speedup: bounded(
            (n > 8).then_some(3.0),
            (n > 2).then_some(4.0),
            (!gap.contains(&n)).then_some(5.0),
        ),
    };
    (1..60).map(look).collect()
}

fn closing(id: &str, looks: Vec<Closed>, decided: Option<(usize, usize, Outcome)>) -> Chart {
    let closing = Closing {
        quantile: "p95",
        promised: 3.5,
        axis: AXIS,
        looks,
        decided: decided.map(|(from, n, outcome)| Decided { from, n, outcome }),
    };
    chart(id, Drawing::Closing(closing))
}

/// Every kind of part on one side, and nothing on the other.
fn waits() -> Chart {
    let part = |kind, name: &str, seconds| Part {
        kind,
        name: name.to_owned(),
        seconds,
    };
    let parts = vec![
        part(PartKind::Step(0), "tasks", 1e-9),
        part(PartKind::Step(7), "projects", 1.0),
        part(PartKind::Superseded, "repeated attempts", 0.9),
        part(PartKind::LookUp, "look-ups", 0.4),
        part(PartKind::Handshake, "opening connections", 0.3),
        part(PartKind::BudgetWait, "waiting for the budget", 2.0),
        part(PartKind::Pause, "pauses asked for", 3.0),
    ];
    let bar = |side, parts| Bar { side, parts };
    let bars = [bar(Side::Baseline, parts), bar(Side::Candidate, vec![])];
    chart("waits", Drawing::Breakdown(Breakdown { bars }))
}
