//! How iterations stand in the file: columns that cost what they say, rows of version 1 that are read
//! all the same, and nothing else.

use std::fs;
use std::path::Path;

use cutover::record::{
    self, Failure, FailureKind, Iteration, IterationRef, Iterations, Record, Side, StepRecord,
};
use cutover::verdict::{Verdict, judge};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use crate::draw::drawn;
use crate::records;

fn rows(iterations: &Iterations) -> Vec<Iteration> {
    iterations.iter().map(IterationRef::to_owned).collect()
}

/// Iterations of one step each, of which one took three attempts and another failed.
fn usual() -> Vec<Iteration> {
    let step = |n: u32| StepRecord {
        attempt: 1,
        sent_at_s: f64::from(n),
        duration_s: 0.125 + f64::from(n) / 64.0,
        status: Some(200),
        bytes: 512,
        ..StepRecord::default()
    };
    let one = |n: u32| Iteration {
        n,
        intended_at_s: f64::from(n),
        sent_at_s: f64::from(n),
        finished_at_s: f64::from(n) + 0.5,
        steps: vec![step(n)],
        ..Iteration::default()
    };
    let mut rows: Vec<Iteration> = (0..9).map(one).collect();
    rows[0].steps[0].connect_s = Some(0.25);
    rows[4].pause_s = 7.0;
    let mut limited = step(4);
    limited.status = Some(429);
    limited.superseded = true;
    rows[4].steps.insert(0, limited);
    rows[4].steps[1].attempt = 2;
    rows[7].steps[0].failure = Some(Failure {
        kind: FailureKind::Body,
        detail: "nothing".to_owned(),
    });
    rows
}

#[test]
fn what_is_usual_is_written_once_and_what_is_nothing_not_at_all() {
    let iterations: Iterations = usual().into_iter().collect();
    let expected = json!({
        "intended_at_s": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        "finished_at_s": [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5],
        "pause_s": {"mostly": 0.0, "except": [[4, 7.0]]},
        "attempts": {"mostly": 1, "except": [[4, 2]]},
        "steps": {
            "attempt": {"mostly": 1, "except": [[5, 2]]},
            "sent_at_s": [0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0, 7.0, 8.0],
            "duration_s":
                [0.125, 0.140625, 0.15625, 0.171875, 0.1875, 0.1875, 0.203125, 0.21875, 0.234375, 0.25],
            "connect_s": {"mostly": null, "except": [[0, 0.25]]},
            "status": {"mostly": 200, "except": [[4, 429]]},
            "bytes": 512,
            "failure":
                {"mostly": null, "except": [[8, {"kind": "body", "detail": "nothing"}]]},
            "superseded": {"mostly": false, "except": [[4, true]]},
        },
    });
    assert_eq!(serde_json::to_value(&iterations).unwrap(), expected);
    assert_eq!(
        serde_json::from_value::<Iterations>(expected).unwrap(),
        iterations
    );
}

#[test]
fn views_agree_with_the_rows_that_were_put_in() {
    let given = usual();
    let iterations: Iterations = given.iter().cloned().collect();
    assert_eq!(rows(&iterations), given);
    assert_eq!(iterations.first().unwrap().to_owned(), given[0]);
    assert_eq!(iterations.last().unwrap().to_owned(), given[8]);
    assert!(iterations.get(9).is_none() && Iterations::new().last().is_none());
    let limited = iterations.get(4).unwrap();
    assert_eq!((limited.rate_limited(), limited.steps().len()), (1, 2));
    // The attempt that was refused is no latency.
    assert!((limited.latency_s() - 0.1875).abs() < f64::EPSILON);
    assert_eq!(
        iterations.get(7).unwrap().failure(),
        given[7].steps[0].failure.as_ref()
    );
}

/// The record as version 1 wrote it.
fn as_version_1(record: &Record) -> Value {
    let mut old = serde_json::to_value(record).unwrap();
    old["schema_version"] = json!(1);
    for (n, scenario) in record.scenarios.iter().enumerate() {
        for side in Side::BOTH {
            old["scenarios"][n][side.name()] = json!(rows(scenario.side(side)));
        }
    }
    old
}

fn read(value: &Value) -> Result<Record, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    fs::write(&path, value.to_string()).unwrap();
    record::read(&path).map_err(|error| error.to_string())
}

/// Every outcome and every figure of a verdict, without the sentences that say them.
fn without_words(mut verdict: Verdict) -> Verdict {
    verdict.sentence.clear();
    verdict.next.clear();
    for gate in &mut verdict.gates {
        gate.reason.clear();
        gate.next = None;
    }
    for claim in &mut verdict.before {
        claim.sentence.clear();
    }
    verdict
}

#[test]
fn a_file_of_version_1_is_judged_as_it_was_by_the_program_that_wrote_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/record_form");
    let record = record::read(&folder.join("version-1.json")).unwrap();
    assert_eq!(record.schema_version, record::SCHEMA_VERSION);
    let verdict = fs::read_to_string(folder.join("version-1.verdict.json")).unwrap();
    let verdict = serde_json::from_str::<Verdict>(&verdict).unwrap();
    assert_eq!(without_words(judge(&record)), without_words(verdict));
    // And as a file of this version, which is less than half of it.
    let columns = serde_json::to_value(&record).unwrap();
    assert_eq!(read(&columns).unwrap(), record);
    assert!(2 * columns.to_string().len() < as_version_1(&record).to_string().len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_and_columns_are_the_same_record(seed in any::<u64>()) {
        let record = drawn(seed);
        let old = read(&as_version_1(&record)).unwrap();
        prop_assert_eq!(judge(&old), judge(&record));
        prop_assert_eq!(old, record);
    }

    #[test]
    fn columns_that_were_damaged_are_an_error_or_a_record_and_never_a_crash(seed in any::<u64>()) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut damaged = serde_json::to_value(small(&mut random)).unwrap();
        for _ in 0..random.random_range(1..4) {
            damage(&mut damaged["scenarios"][0]["candidate"], &mut random);
        }
        match read(&damaged) {
            Ok(record) => {
                let verdict = judge(&record);
                prop_assert_eq!(judge(&read(&json!(record)).unwrap()), verdict);
            }
            Err(said) => prop_assert!(said.contains("record.json") && said.len() < 500, "{said}"),
        }
    }
}

/// One scenario whose candidate has columns of every form.
fn small(random: &mut Xoshiro256PlusPlus) -> Record {
    let mut record = records::go();
    record.scenarios.truncate(1);
    record.scenarios[0].candidate = match random.random_range(0..3) {
        0 => usual().into_iter().collect(),
        1 => records::iterations(40, 0.06, 0.2, 0),
        _ => drawn(random.random())
            .scenarios
            .pop()
            .map_or_else(Iterations::new, |scenario| scenario.candidate),
    };
    record
}

/// Changes something somewhere in a value.
fn damage(value: &mut Value, random: &mut Xoshiro256PlusPlus) {
    let inside = random.random_range(0..6) > 0;
    match value {
        Value::Object(keys) if inside && !keys.is_empty() => {
            let at = random.random_range(0..keys.len());
            let name = keys.keys().nth(at).unwrap().clone();
            if random.random_range(0..8) == 0 {
                keys.remove(&name);
            } else {
                damage(&mut keys[&name], random);
            }
        }
        Value::Array(values) if inside && !values.is_empty() => {
            let (one, other) = (
                random.random_range(0..values.len()),
                random.random_range(0..values.len()),
            );
            match random.random_range(0..5) {
                0 => values.truncate(one),
                1 => values.swap(one, other),
                2 => values.push(values[one].clone()),
                3 => drop(values.remove(one)),
                _ => damage(&mut values[one], random),
            }
        }
        other => {
            let instead = [
                json!(null),
                json!(true),
                json!("a text"),
                json!(-1),
                json!(-0.5),
                json!(1e300),
                json!(u64::MAX),
                json!(u32::MAX),
                json!([]),
                json!({}),
                json!([[3, 1]]),
                json!({"mostly": 1, "except": [[1, 2], [0, 3]]}),
                json!({"mostly": 0, "except": [[u64::MAX, 3]]}),
            ];
            *other = instead[random.random_range(0..instead.len())].clone();
        }
    }
}

#[test]
fn columns_that_no_run_can_have_written_are_refused_with_the_reason() {
    let whole = json!(usual().into_iter().collect::<Iterations>());
    let faults: [(&str, Value, &str); 13] = [
        (
            "/finished_at_s",
            json!([1.0, 2.0]),
            "`finished_at_s` has 2 values for 9 rows",
        ),
        (
            "/steps/duration_s",
            json!([]),
            "of the steps, the column `duration_s` has 0 values for 10 rows",
        ),
        (
            "/steps/sent_at_s",
            json!([1.0]),
            "of the steps, the column `attempt` names row 5 of 1",
        ),
        ("/intended_at_s", json!(1.0), "expected a sequence"),
        (
            "/pause_s/except",
            json!([[9, 1.0]]),
            "`pause_s` names row 9 of 9",
        ),
        (
            "/pause_s/except",
            json!([[u64::MAX, 1.0]]),
            "names row 18446744073709551615 of 9",
        ),
        (
            "/pause_s/except",
            json!([[4, 1.0], [4, 2.0]]),
            "the rows of the column `pause_s` do not ascend",
        ),
        (
            "/steps/status/except",
            json!([[5, 1], [4, 2]]),
            "the rows of the column `status` do not ascend",
        ),
        (
            "/attempts",
            json!(1),
            "made 9 attempts, and the steps have 10 rows",
        ),
        ("/attempts", json!(u32::MAX), "made 38654705655 attempts"),
        ("/steps/bytes", json!(-1), "is not a value of this column"),
        ("/finished_at_s", json!([null]), "invalid type: null"),
        ("/steps", json!({"surprise": 1}), "unknown field `surprise`"),
    ];
    for (place, instead, words) in faults {
        let mut record = json!(records::go());
        let mut damaged = whole.clone();
        *damaged.pointer_mut(place).unwrap() = instead;
        record["scenarios"][0]["baseline"] = damaged;
        let said = read(&record).unwrap_err();
        assert!(
            said.contains(words),
            "{place}: `{words}` is missing in {said}"
        );
        assert!(
            said.contains("give the record.json of a run's folder"),
            "{said}"
        );
    }
}
