use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn sound() -> BlockRecord {
    let samples = |seconds: f64| BlockSamples {
        seconds: vec![seconds, seconds * 1.1],
        failures: vec![FailedSample {
            elapsed_s: 0.01,
            status: SampleStatus::Error,
            detail: "500 instead of 200".to_owned(),
        }],
    };
    let blocks = (0..6).map(|k| Block {
        at_s: f64::from(k),
        old: samples(0.05),
        new: samples(0.0625),
    });
    let series = |name: &str| Series {
        name: name.to_owned(),
        quantiles: vec![0.5, 0.95],
        missing: vec![],
        blocks: blocks.clone().collect(),
    };
    let build = |source: &str| BuildFacts {
        source: source.to_owned(),
        commit: None,
    };
    BlockRecord {
        kind: BlocksKind::Blocks,
        schema_version: BLOCKS_SCHEMA_VERSION,
        run: "a-run".to_owned(),
        command: "cutover regress".to_owned(),
        tool: Tool {
            version: "0.1.0".to_owned(),
            commit: None,
            build: "debug".to_owned(),
        },
        started: "2026-11-23T02:00:00Z".to_owned(),
        elapsed_s: 6.5,
        seed: u64::MAX,
        machine: Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            cpu: None,
            memory_bytes: None,
        },
        world: Some(World::Live),
        old: build("http://127.0.0.1:1"),
        new: build("http://127.0.0.1:2"),
        settings: BlockSettings {
            origin: Origin::Requests,
            blocks: 6,
            samples: 3,
            warm_up: 3,
            margin: 0.05,
            looks: vec![5, 6],
        },
        series: vec![series("one"), series("two")],
        interrupted: false,
        leftovers: vec![],
    }
}

fn written(record: &BlockRecord) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blocks.json");
    write_blocks(record, &path).unwrap();
    (folder, path)
}

/// What is said of a record that was written and cannot be judged.
fn said_of(record: &BlockRecord) -> String {
    let (_folder, path) = written(record);
    let error = read_blocks(&path).unwrap_err();
    assert!(matches!(error, RecordError::Invalid { .. }), "{error}");
    error.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_times_survive_the_file_to_the_last_bit(times in prop::collection::vec(1e-9f64..1e4, 1..40), elapsed in 0.0f64..60.0) {
        let mut record = sound();
        record.series[1].blocks[3].new.seconds = times;
        record.series[0].blocks[5].old.failures[0].elapsed_s = elapsed;
        record.series[0].blocks[5].old.failures[0].status = SampleStatus::Timeout;
        let (folder, path) = written(&record);
        prop_assert_eq!(read_blocks(&path).unwrap(), record);
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half-written stays");
    }

    #[test]
    fn the_looks_ascend_to_the_last_block(blocks in LEAST_BLOCKS..10_000, looks in 0u32..30) {
        let found = looks_of(blocks, looks);
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(found[0] >= LEAST_BLOCKS && found.last() == Some(&blocks));
        prop_assert!(found.len() <= looks.max(1) as usize);
    }
}

#[test]
fn a_missing_series_has_no_blocks_and_is_read() {
    let mut record = sound();
    record.series[1].blocks.clear();
    record.series[1].missing.push(Missing {
        build: Build::New,
        seen: "404".to_owned(),
    });
    let (_folder, path) = written(&record);
    assert_eq!(read_blocks(&path).unwrap(), record);
    assert_eq!(record.blocks(), 6);
}

/// A record with a mistake, read: the error.
fn with(change: fn(&mut BlockRecord)) -> String {
    let mut record = sound();
    change(&mut record);
    said_of(&record)
}

#[track_caller]
fn assert_said(all: &[(String, &str)]) {
    for (said, words) in all {
        assert!(said.contains(words), "`{words}` is missing in {said}");
        assert!(said.contains("blocks.json"), "{said}");
    }
}

#[test]
fn settings_that_no_comparison_can_have_had_are_refused() {
    assert_said(&[
        (
            with(|r| r.settings.blocks = 4),
            "4 blocks, and 5 are the fewest",
        ),
        (with(|r| r.settings.margin = 0.0), "its margin is 0"),
        (with(|r| r.settings.looks = vec![]), "its looks are []"),
        (
            with(|r| r.settings.looks = vec![6, 6]),
            "its looks are [6, 6]",
        ),
        (
            with(|r| r.settings.looks = vec![2, 6]),
            "from at least 5 to 6",
        ),
        (with(|r| r.settings.looks = vec![5]), "from at least 5 to 6"),
    ]);
}

#[test]
fn series_that_no_comparison_can_have_measured_are_refused_with_their_place() {
    let missing = |record: &mut BlockRecord| {
        record.series[0].missing.push(Missing {
            build: Build::Old,
            seen: "404".to_owned(),
        });
    };
    assert_said(&[
        (
            with(|r| r.series[1].name = "one".to_owned()),
            "`one` stands in it twice",
        ),
        (
            with(|r| r.series[1].quantiles = vec![0.5, 0.5]),
            "`two` has the quantiles",
        ),
        (
            with(|r| r.series[1].quantiles = vec![1.0]),
            "between 0 and 1",
        ),
        (
            with(|r| r.series[1].quantiles = vec![]),
            "no quantile to compare",
        ),
        (
            with(missing),
            "`one` is missing on a build, and yet was measured",
        ),
        (
            with(|r| r.series[0].blocks.truncate(5)),
            "`two` has 6 blocks, and another has 5",
        ),
        (
            with(|r| (r.settings.blocks, r.settings.looks) = (5, vec![5])),
            "has 6 blocks, and 5 were planned",
        ),
        (
            with(|r| r.series[0].blocks[2].at_s = -1.0),
            "in block 2 (from 0) the start -1 s",
        ),
        (
            with(|r| r.series[0].blocks[2].old = BlockSamples::default()),
            "no sample of the old build",
        ),
        (
            with(|r| r.series[0].blocks[2].new.seconds[1] = 0.0),
            "a sample of the new build that took 0 s",
        ),
        (
            with(|r| r.series[0].blocks[2].new.seconds[1] = -0.1),
            "took -0.1 s",
        ),
        (
            with(|r| r.series[0].blocks[2].new.failures[0].elapsed_s = -0.1),
            "after -0.1 s",
        ),
        (
            with(|r| r.series[0].blocks[2].new.failures[0].status = SampleStatus::Ok),
            "a failure of the new build that is ok",
        ),
    ]);
}

#[test]
fn a_newer_form_is_refused_by_name_even_with_keys_that_nobody_knows() {
    let mut record = sound();
    record.schema_version = BLOCKS_SCHEMA_VERSION + 1;
    let mut file = serde_json::to_value(&record).unwrap();
    file["settings"] = serde_json::json!("a form of its own");
    let (_folder, path) = written(&record);
    fs::write(&path, file.to_string()).unwrap();
    let said = read_blocks(&path).unwrap_err().to_string();
    for words in ["blocks.json", "schema version 2", "reads up to 1"] {
        assert!(said.contains(words), "`{words}` is missing in {said}");
    }
}

#[test]
fn what_is_cut_off_or_another_form_is_no_comparison() {
    let (_folder, path) = written(&sound());
    let whole = fs::read_to_string(&path).unwrap();
    let other = whole.replacen("\"kind\":\"blocks\",", "", 1);
    let not_finite = whole.replacen("0.0625", "1e999", 1);
    let texts = (0..whole.len() - 1).step_by(53).map(|at| &whole[..at]);
    for text in texts.chain([
        other.as_str(),
        not_finite.as_str(),
        "{\"schema_version\":7}",
    ]) {
        fs::write(&path, text).unwrap();
        let error = read_blocks(&path).unwrap_err();
        assert!(matches!(error, RecordError::BlocksForm { .. }), "{error}");
        let said = error.to_string();
        assert!(
            said.contains("give the blocks.json of a run's folder"),
            "{said}"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = read_blocks(Path::new("/nowhere/blocks.json")).unwrap_err();
    assert!(matches!(error, RecordError::Read { .. }));
    assert!(error.to_string().contains("/nowhere/blocks.json"));
}
