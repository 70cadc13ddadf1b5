//! What of a run is kept: of which side, of which build, and how its failures count.

use std::path::Path;

use cutover::history::{Entry, Facts, Measured};
use cutover::record::{
    Block, BlockRecord, BlockSamples, BlockSettings, BlocksKind, Build, BuildFacts, FailedSample,
    Missing, Origin, SampleStatus, Series, World, read,
};

use super::entries::entry;

/// Samples of these milliseconds, and so many failures.
pub(crate) fn samples(milliseconds: &[f64], failures: usize) -> BlockSamples {
    let failure = FailedSample {
        elapsed_s: 0.001,
        status: SampleStatus::Error,
        detail: "status 500".to_owned(),
    };
    BlockSamples {
        seconds: milliseconds.iter().map(|one| one / 1e3).collect(),
        failures: vec![failure; failures],
    }
}

/// A comparison of five blocks with one series, whose new build took these milliseconds in each.
pub(crate) fn blocks(new: &BlockSamples) -> BlockRecord {
    let facts = entry(1, Vec::new());
    let build = |source: &str| BuildFacts {
        source: source.to_owned(),
        commit: None,
    };
    let block = |at_s: u32| Block {
        at_s: f64::from(at_s),
        old: samples(&[500.0; 4], 0),
        new: new.clone(),
    };
    BlockRecord {
        kind: BlocksKind::Blocks,
        schema_version: 1,
        run: facts.run,
        command: "cutover regress".to_owned(),
        tool: facts.tool,
        started: facts.started,
        elapsed_s: 60.0,
        seed: 1,
        machine: facts.machine,
        world: Some(World::Live),
        old: build("http://old"),
        new: build("http://new"),
        settings: BlockSettings {
            origin: Origin::Requests,
            blocks: 5,
            samples: 4,
            warm_up: 0,
            margin: 0.05,
            looks: vec![5],
        },
        series: vec![Series {
            name: "task-search".to_owned(),
            quantiles: vec![0.5, 0.95],
            missing: Vec::new(),
            blocks: (0..5).map(block).collect(),
        }],
        interrupted: false,
        leftovers: Vec::new(),
    }
}

fn quantile(entry: &Entry, name: &str) -> Option<f64> {
    entry.series[0].quantiles.get(name).copied()
}

#[test]
fn of_a_comparison_the_new_build_is_kept() {
    let mut record = blocks(&samples(&[40.0, 50.0, 60.0, 70.0], 0));
    record.tool.commit = Some("0ff1ce".to_owned());
    let kept = Entry::of_blocks(&record);
    assert_eq!(kept.source, "regress, live");
    assert_eq!(kept.commit, None, "that of the folder need not be deployed");
    assert_eq!((kept.series[0].samples, kept.series[0].failed), (20, 0));
    assert_eq!(quantile(&kept, "p50"), Some(0.05));
    assert_eq!(quantile(&kept, "p95"), Some(0.07));
    assert_eq!(kept.mistake(), None);
    record.new.commit = Some("c0ffee".to_owned());
    record.world = None;
    record.settings.origin = Origin::Hyperfine;
    let kept = Entry::of_blocks(&record);
    assert_eq!(
        (kept.source.as_str(), kept.commit.as_deref()),
        ("hyperfine", Some("c0ffee"))
    );
    record.new.commit = None;
    assert_eq!(
        Entry::of_blocks(&record).commit,
        None,
        "a file's is unknown"
    );
}

#[test]
fn a_failure_took_forever() {
    let kept = Entry::of_blocks(&blocks(&samples(&[40.0, 50.0, 60.0], 1)));
    assert_eq!((kept.series[0].samples, kept.series[0].failed), (20, 5));
    // A failure is quick, and would be the fastest of all.
    assert_eq!(quantile(&kept, "p50"), Some(0.05));
    assert_eq!(quantile(&kept, "p95"), None);
    let kept = Entry::of_blocks(&blocks(&samples(&[], 4)));
    assert!(kept.series[0].quantiles.is_empty());
    assert_eq!(kept.series[0].failed, 20);
}

#[test]
fn a_series_that_was_not_measured_is_not_kept() {
    let mut record = blocks(&samples(&[40.0; 4], 0));
    record.series[0].blocks.clear();
    record.series[0].missing.push(Missing {
        build: Build::New,
        seen: "status 404".to_owned(),
    });
    assert!(Entry::of_blocks(&record).series.is_empty());
}

#[test]
fn of_a_check_the_candidate_is_kept_with_the_versions_of_its_world() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample/record.json");
    let mut record = read(&sample).unwrap();
    record.tool.commit = Some("0ff1ce".to_owned());
    let kept = Entry::of_record(&record);
    assert_eq!(kept.mistake(), None);
    assert_eq!(kept.commit.as_deref(), Some("0ff1ce"), "the sandbox's");
    assert!(
        kept.source.starts_with("check, sandbox "),
        "{}",
        kept.source
    );
    assert!(kept.versions.contains_key("PostgreSQL"));
    assert_eq!(kept.series.len(), record.scenarios.len());
    for (series, scenario) in kept.series.iter().zip(&record.scenarios) {
        assert_eq!(series.samples, scenario.candidate.len() as u64);
        assert!(series.quantiles["p50"] <= series.quantiles["p95"]);
    }
    let size = serde_json::to_string_pretty(&kept).unwrap().len();
    assert!(size < 3_000, "{size} bytes are no small file");
    record.world = World::Live;
    assert_eq!(Entry::of_record(&record).commit, None, "a URL's is unknown");
}

#[test]
fn of_averages_only_the_median_is_kept() {
    let facts = || {
        let entry = entry(1, Vec::new());
        Facts {
            run: entry.run,
            started: entry.started,
            commit: None,
            machine: entry.machine,
            tool: entry.tool,
            source: "criterion".to_owned(),
        }
    };
    let measured = |has_tail| Measured {
        name: "budget".to_owned(),
        samples: samples(&[1.0, 2.0, 3.0], 0),
        has_tail,
    };
    let names = |has_tail| -> Vec<String> {
        let kept = Entry::of_series(facts(), &[measured(has_tail)]);
        kept.series[0].quantiles.keys().cloned().collect()
    };
    assert_eq!(names(false), ["p50"]);
    assert_eq!(names(true), ["p50", "p95"]);
}
