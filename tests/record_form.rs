//! The forms on disk: a record is evidence, so what was written is what is read, and whoever writes a
//! tool for these files can hold them against a published schema.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

#[path = "record_form/blocks.rs"]
mod blocks;
#[path = "record_form/columns.rs"]
mod columns;
#[path = "record_form/draw.rs"]
mod draw;
#[path = "reports/kinds.rs"]
mod kinds;
#[path = "reports/looked.rs"]
mod looked;
#[path = "record_form/misfits.rs"]
mod misfits;
#[path = "reports/records.rs"]
mod records;

use std::fs;
use std::path::{Path, PathBuf};

use cutover::record::{
    self, Block, BlockRecord, BlockSamples, Build, FailedSample, Iteration, Missing, Record,
    RecordError, SampleStatus, StepRecord,
};
use cutover::verdict::{Regression, Verdict, judge, judge_blocks};
use draw::drawn;
use misfits::misfits;
use proptest::prelude::*;
use schemars::JsonSchema;
use serde_json::{Value, json};

fn written(record: &Record) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    record::write(record, &path).unwrap();
    (folder, path)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_record_survives_the_file_unchanged(seed in any::<u64>()) {
        let record = drawn(seed);
        let (folder, path) = written(&record);
        // Equal numbers of this form have equal bits: none is negative and all are finite.
        prop_assert_eq!(&record::read(&path).unwrap(), &record);
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        prop_assert_eq!(names, ["record.json"], "nothing half-written stays");
    }

    #[test]
    fn a_verdict_is_the_same_from_memory_and_from_the_file(seed in any::<u64>()) {
        let record = drawn(seed);
        let (_folder, path) = written(&record);
        prop_assert_eq!(judge(&record::read(&path).unwrap()), judge(&record));
    }

    #[test]
    fn any_record_fits_the_schema(seed in any::<u64>()) {
        let record = serde_json::to_value(drawn(seed)).unwrap();
        prop_assert_eq!(misfits(&schema::<Record>(), &record), Vec::<String>::new());
    }
}

#[test]
fn a_verdict_survives_its_file_unchanged() {
    for (name, record) in kinds::all() {
        let verdict = judge(&record);
        let text = serde_json::to_string_pretty(&verdict).unwrap();
        let again: Verdict = serde_json::from_str(&text).unwrap();
        assert_eq!(again, verdict, "{name}");
    }
}

/// What version 2 has learnt since its first files: each may be missing.
#[test]
fn a_file_from_before_requests_outside_of_iterations_were_counted_is_still_read() {
    let mut expected = drawn(11);
    assert!(!expected.scenarios.is_empty());
    let mut file = serde_json::to_value(&expected).unwrap();
    for (side, target) in [
        ("baseline", &mut expected.baseline),
        ("candidate", &mut expected.candidate),
    ] {
        file[side].as_object_mut().unwrap().remove("notion_version");
        target.notion_version = None;
    }
    for (number, scenario) in expected.scenarios.iter_mut().enumerate() {
        let file = &mut file["scenarios"][number];
        assert!(file.as_object_mut().unwrap().remove("outside").is_some());
        scenario.outside = record::Outside::default();
        for (step, facts) in file["steps"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(&mut scenario.steps)
        {
            for side in ["baseline", "candidate"] {
                step.as_object_mut().unwrap().remove(side);
            }
            (facts.baseline, facts.candidate) = (None, None);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    fs::write(&path, file.to_string()).unwrap();
    assert_eq!(record::read(&path).unwrap(), expected);
}

#[test]
fn a_newer_version_is_refused_by_name() {
    let mut record = records::go();
    record.schema_version = record::SCHEMA_VERSION + 1;
    let (_folder, path) = written(&record);
    // A newer form may have keys that nobody knows yet.
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('{', "{\"invented_later\":[1],", 1)).unwrap();
    let error = record::read(&path).unwrap_err();
    let newer = record::SCHEMA_VERSION + 1;
    assert!(
        matches!(error, RecordError::Version { found, .. } if found == newer),
        "{error}"
    );
    let said = error.to_string();
    for words in [
        "record.json",
        &format!("schema version {newer}"),
        "use the version that wrote it",
    ] {
        assert!(said.contains(words), "`{words}` is missing in {said}");
    }
}

#[test]
fn a_file_that_was_cut_off_is_an_error_with_its_place() {
    let (_folder, path) = written(&drawn(11));
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 500, "a record of some size");
    for at in (0..whole.len() - 1).step_by(whole.len() / 97) {
        fs::write(&path, &whole[..at]).unwrap();
        let error = record::read(&path).unwrap_err();
        assert!(
            matches!(error, RecordError::Form { .. }),
            "cut at {at}: {error}"
        );
        let said = error.to_string();
        for words in [
            "record.json",
            "line 1 column",
            "give the record.json of a run's folder",
        ] {
            assert!(
                said.contains(words),
                "cut at {at}: `{words}` is missing in {said}"
            );
        }
    }
}

fn schema<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

#[track_caller]
fn assert_fresh(name: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("reports")
        .join(name);
    let fresh = format!("{schema:#}\n");
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &fresh).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == fresh,
        "reports/{name} is not what the code says; run the tests with CUTOVER_BLESS=1"
    );
}

#[test]
fn the_published_schemas_are_fresh() {
    assert_fresh("record.schema.json", &schema::<Record>());
    assert_fresh("verdict.schema.json", &schema::<Verdict>());
    assert_fresh("blocks.schema.json", &schema::<BlockRecord>());
    assert_fresh("regression.schema.json", &schema::<Regression>());
}

#[test]
fn a_comparison_of_builds_and_its_verdict_fit_their_published_schemas() {
    let mut record = blocks::nothing_measured(5, 2, &[0.5]);
    let samples = BlockSamples {
        seconds: vec![0.05, 0.06],
        failures: vec![FailedSample {
            elapsed_s: 30.0,
            status: SampleStatus::Timeout,
            detail: "no answer in 30 s".to_owned(),
        }],
    };
    let block = |k| Block {
        at_s: f64::from(k),
        old: samples.clone(),
        new: samples.clone(),
    };
    record.series[0].blocks.extend((0..5).map(block));
    let mut gone = record.series[0].clone();
    gone.name = "gone".to_owned();
    gone.blocks.clear();
    gone.missing.push(Missing {
        build: Build::New,
        seen: "404".to_owned(),
    });
    record.series.push(gone);
    let verdict = judge_blocks(&record);
    assert_eq!(
        verdict.rows.len(),
        3,
        "a quantile, its failures, and what is gone"
    );
    let mut record = serde_json::to_value(&record).unwrap();
    let mut verdict = serde_json::to_value(&verdict).unwrap();
    assert_eq!(misfits(&schema::<BlockRecord>(), &record), [""; 0]);
    assert_eq!(misfits(&schema::<Regression>(), &verdict), [""; 0]);
    record["series"][0]["blocks"][4]["at"] = json!(1);
    verdict["rows"][0]["verdict"] = json!("FINE");
    assert_eq!(
        misfits(&schema::<BlockRecord>(), &record),
        ["/series/0/blocks/4: `at` is unknown"]
    );
    assert_eq!(misfits(&schema::<Regression>(), &verdict).len(), 1);
}

#[test]
fn every_judged_run_fits_the_published_schemas() {
    for (name, record) in kinds::all() {
        let verdict = serde_json::to_value(judge(&record)).unwrap();
        let record = serde_json::to_value(&record).unwrap();
        assert_eq!(misfits(&schema::<Record>(), &record), [""; 0], "{name}");
        assert_eq!(misfits(&schema::<Verdict>(), &verdict), [""; 0], "{name}");
    }
}

#[test]
fn a_key_that_is_gone_or_misspelt_does_not_fit() {
    let mut record = serde_json::to_value(records::live()).unwrap();
    let steps = &mut record["scenarios"][0]["baseline"]["steps"];
    steps.as_object_mut().unwrap().remove("duration_s");
    steps["durration_s"] = json!(1.0);
    record["scenarios"][0]["candidate"]["pause_s"] = json!("long");
    record["world"]["kind"] = json!("dream");
    record["seed"] = json!("one");
    let found = misfits(&schema::<Record>(), &record);
    for place in [
        "/scenarios/0/baseline/steps: `duration_s` is missing",
        "/scenarios/0/baseline/steps: `durration_s` is unknown",
        "/scenarios/0/candidate/pause_s: fits no form",
        "/world: fits no form",
        "/seed: is no integer",
    ] {
        assert!(
            found.iter().any(|one| one == place),
            "`{place}` is missing in {found:?}"
        );
    }
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn what_no_run_can_have_written_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.json");
    let sound = (0..)
        .map(drawn)
        .find(|record| !record.scenarios.is_empty())
        .unwrap();
    let mut twice = sound.clone();
    twice.scenarios.push(sound.scenarios[0].clone());
    let mut stepless = sound.clone();
    stepless.scenarios[0].steps.clear();
    let mut beyond = sound;
    beyond.scenarios[0].candidate.push(Iteration {
        steps: vec![StepRecord {
            step: 77,
            ..StepRecord::default()
        }],
        ..Iteration::default()
    });
    for (record, words) in [
        (twice, "twice"),
        (stepless, "no steps"),
        (beyond, "names step 77"),
    ] {
        cutover::record::write(&record, &path).unwrap();
        let error = cutover::record::read(&path).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
