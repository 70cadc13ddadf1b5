//! `cutover regress --from`, by the program itself: the evidence, the verdicts and the exit codes.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use cutover::record::{BlockRecord, Build, Origin, read_blocks};
use tempfile::TempDir;

/// A folder to work in, with `old-<i>.csv` and `new-<i>.csv`.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes runs of one benchmark, whose times differ a little and are `factor` times as long on the new build.
    fn runs(&self, count: u32, factor: f64) -> [Vec<String>; 2] {
        let build = |name: &str, factor: f64| {
            let file = |run: u32| {
                let mut text = "name,seconds\n".to_owned();
                let own = if name == "old" { 0 } else { 40 };
                for sample in 0..20 {
                    // Different in every run of either build.
                    let drawn = (run * 7 + own) * 7_919 + sample * 104_729;
                    let seconds = 0.05 + f64::from(drawn % 9_973) / 5_000_000.0;
                    writeln!(text, "search,{}", seconds * factor).unwrap();
                }
                let file = format!("{name}-{run}.csv");
                fs::write(self.0.path().join(&file), text).unwrap();
                file
            };
            (1..=count).map(file).collect()
        };
        [build("old", 1.0), build("new", factor)]
    }

    /// Runs `regress --from`: exit code, standard output and error.
    fn regress(&self, format: &str, more: &[&str]) -> (i32, String) {
        let output = Command::cargo_bin("cutover")
            .unwrap()
            .current_dir(self.0.path())
            .args(["regress", "--seed", "7", "--from", format])
            .args(more)
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.code().unwrap(),
            String::from_utf8(text).unwrap(),
        )
    }

    fn files(&self, [old, new]: &[Vec<String>; 2], more: &[&str]) -> (i32, String) {
        let mut words = vec!["--old"];
        words.extend(old.iter().map(String::as_str));
        words.push("--new");
        words.extend(new.iter().map(String::as_str));
        words.extend(more);
        self.regress("csv", &words)
    }

    /// The evidence of the only run.
    fn record(&self) -> BlockRecord {
        let runs = fs::read_dir(self.0.path().join("reports")).unwrap();
        let paths: Vec<_> = runs.map(|run| run.unwrap().path()).collect();
        assert_eq!(paths.len(), 1, "{paths:?}");
        read_blocks(&paths[0].join("blocks.json")).unwrap()
    }

    fn is_without_reports(&self) -> bool {
        fs::read_dir(self.0.path().join("reports")).is_ok_and(|mut runs| runs.next().is_none())
    }
}

#[test]
fn files_of_a_slower_build_are_a_regression_and_those_of_an_equal_one_are_none() {
    for (factor, code, word) in [
        (1.0, 0, "OK"),
        (1.2, 1, "REGRESSION"),
        (0.8, 0, "IMPROVEMENT"),
    ] {
        let place = Place::new();
        let (exit, said) = place.files(&place.runs(6, factor), &[]);
        assert_eq!(exit, code, "{said}");
        assert!(said.contains(word), "{said}");
        let record = place.record();
        assert_eq!(record.settings.origin, Origin::Csv);
        assert_eq!(
            (record.settings.blocks, record.settings.looks),
            (6, vec![6])
        );
        assert_eq!(record.series[0].blocks.len(), 6);
    }
}

#[test]
fn files_that_are_no_blocks_are_wrong_usage_and_never_a_pass() {
    let place = Place::new();
    let (exit, said) = place.files(&place.runs(4, 1.0), &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("5 blocks are the least"), "{said}");

    let [old, mut new] = place.runs(6, 1.0);
    new.pop();
    let (exit, said) = place.files(&[old.clone(), new.clone()], &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("as many of each"), "{said}");

    fs::write(place.0.path().join("cut.csv"), "name,seconds\nsearch,0.0").unwrap();
    new.push("cut.csv".to_owned());
    let (exit, said) = place.files(&[old.clone(), new], &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(
        said.contains("cut.csv") && said.contains("cut off"),
        "{said}"
    );

    let (exit, said) = place.files(&[old.clone(), old], &["--metric", "http_reqs"]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("k6"), "{said}");
    assert!(place.is_without_reports());
}

#[test]
fn one_run_under_several_names_is_no_five_runs() {
    let place = Place::new();
    let [old, new] = place.runs(5, 0.9);
    let same = vec![new[0].clone(); 5];
    let (exit, said) = place.files(&[old.clone(), same], &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(
        said.contains("new-1.csv is given twice for the new build"),
        "{said}"
    );
    for copy in &new[1..] {
        fs::copy(place.0.path().join(&new[0]), place.0.path().join(copy)).unwrap();
    }
    let (exit, said) = place.files(&[old, new], &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(
        said.contains("runs 1 and 2 of the new build hold the same samples"),
        "{said}"
    );
    assert!(place.is_without_reports());

    // Too few samples to be told apart from chance: the verdict claims nothing.
    for (build, seconds) in [("old", 0.0123), ("new", 0.0111)] {
        for run in 1..=5 {
            let file = place.0.path().join(format!("{build}-{run}.csv"));
            fs::write(file, format!("seconds\n{seconds}\n")).unwrap();
        }
    }
    let few = |build: &str| (1..=5).map(|run| format!("{build}-{run}.csv")).collect();
    let (exit, said) = place.files(&[few("old"), few("new")], &[]);
    assert_eq!(exit, 3, "{said}");
    assert!(
        said.contains("the same in all 5 blocks to the last digit"),
        "{said}"
    );
}

#[test]
fn a_benchmark_that_one_build_lacks_is_said_and_is_never_a_pass() {
    let place = Place::new();
    let runs = place.runs(5, 1.0);
    for file in &runs[0] {
        let path = place.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap() + "load,2.5\n";
        fs::write(path, text).unwrap();
    }
    let (exit, said) = place.files(&runs, &[]);
    assert_eq!(exit, 3, "{said}");
    assert!(
        said.contains("error: load is missing on the new build"),
        "{said}"
    );
    assert_eq!(place.record().series[0].missing[0].build, Build::New);
}

/// A command that leaves a CSV of ten samples and says that it ran.
fn bench(name: &str, seconds: f64) -> String {
    let mut samples = String::new();
    for sample in 0..10 {
        write!(samples, "{}\\n", seconds + f64::from(sample) / 100_000.0).unwrap();
    }
    format!("echo {name} >> order; printf 'seconds\\n{samples}' > \"$CUTOVER_OUT/result.csv\"")
}

#[test]
fn commands_are_run_in_turns_and_end_early_when_all_is_decided() {
    let place = Place::new();
    let (old, new) = (bench("old", 0.05), bench("new", 0.1));
    let commands = ["--old-bench", &old, "--new-bench", &new];
    let (exit, said) = place.regress("csv", &commands);
    assert_eq!(exit, 1, "{said}");
    let record = place.record();
    let blocks = &record.series[0].blocks;
    assert_eq!(blocks.len(), 5, "the first look of 20 blocks decides");
    assert!(blocks.windows(2).all(|pair| pair[0].at_s <= pair[1].at_s));
    assert!(!record.interrupted);
    assert_eq!(record.old.source, old);
    let order = fs::read_to_string(place.0.path().join("order")).unwrap();
    let order: Vec<&str> = order.lines().collect();
    assert_eq!(order.len(), 10);
    for block in order.chunks(2) {
        assert!(
            block.contains(&"old") && block.contains(&"new"),
            "{order:?}"
        );
    }
    assert!(left_behind(&place).is_empty(), "{:?}", left_behind(&place));
}

/// Results of commands that were not removed again.
fn left_behind(place: &Place) -> Vec<String> {
    let run = fs::read_dir(place.0.path().join("reports")).unwrap().next();
    let names = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    names(&run.unwrap().unwrap().path().join("benches"))
}

#[test]
fn a_command_that_fails_or_leaves_nothing_ends_the_run_with_its_words() {
    let fine = bench("old", 0.05);
    let place = Place::new();
    let broken = "echo no such corpus >&2; exit 9";
    let (exit, said) = place.regress("csv", &["--old-bench", &fine, "--new-bench", broken]);
    assert_eq!(exit, 4, "{said}");
    for words in ["new build", "no such corpus", "exit status: 9"] {
        assert!(said.contains(words), "{said}");
    }

    let place = Place::new();
    let commands = ["--old-bench", &fine, "--new-bench", "true"];
    let (exit, said) = place.regress("csv", &commands);
    assert_eq!(exit, 4, "{said}");
    assert!(said.contains("$CUTOVER_OUT/result.csv"), "{said}");
}

#[test]
fn what_was_measured_before_a_command_failed_is_kept_and_decides_nothing() {
    let place = Place::new();
    let old = bench("old", 0.05);
    // Its third run fails.
    let third = r#"n=$(grep -sc new order); [ "${n:-0}" -lt 2 ] || exit 7; "#;
    let new = third.to_owned() + &bench("new", 0.1);
    let (exit, said) = place.regress("csv", &["--old-bench", &old, "--new-bench", &new]);
    assert_eq!(exit, 4, "{said}");
    let record = place.record();
    assert!(record.interrupted);
    assert_eq!(record.series[0].blocks.len(), 2);
}
