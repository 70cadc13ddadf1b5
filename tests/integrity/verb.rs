//! The verb as its user has it: the binary, on the embedded world, with its exit codes and its words.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use cutover::sandbox::Plant;
use serde_json::Value;

/// A planted defect must be found within this time, on a machine that others use too.
const MOST: Duration = Duration::from_secs(20);

/// What integrity sees: each plant with the kind of its first finding, its place, words of its sentence, and
/// something of its example.
const SEEN: [(Plant, &str, &str, &str, &str); 11] = [
    (
        Plant::StatusCollapse,
        "field_collapsed",
        "tasks.status",
        "every `status` of tasks is `todo`; Notion has 3 different values",
        "`todo`",
    ),
    (
        Plant::UntitledDropped,
        "empty_title_lost",
        "tasks",
        "2 of 152 tasks have no title, and no row",
        "without a title",
    ),
    (
        Plant::DateShift,
        "day_shifted",
        "tasks.dueDate",
        "the day in `dueDate` of",
        "on the baseline",
    ),
    (
        Plant::CompletedAtGuessed,
        "completion_guessed",
        "tasks.completedAt",
        "`completedAt` is only the time of the last edit",
        "`20",
    ),
    (
        Plant::StoresDrifted,
        "edited_after_import",
        "tasks",
        "7 of 153 tasks were changed in Notion after the import",
        "(now with Kim)",
    ),
    (
        Plant::HalfWrittenTask,
        "half_written",
        "tasks.tags",
        "1 of 107 tasks with tags have only some of them",
        "of tags",
    ),
    (
        Plant::ImportedTwice,
        "imported_twice",
        "tasks",
        "tasks were imported twice: 150 of 300 rows",
        "of tasks",
    ),
    (
        Plant::OrphanLink,
        "orphan",
        "tasks.project",
        "lead to rows that are not there",
        "of projects",
    ),
    (
        Plant::RelationCut,
        "relation_cut",
        "tasks.project",
        "5 of 110 tasks with project lack it: a list of exactly 25 links",
        "of projects",
    ),
    (
        Plant::BodiesLost,
        "body_lost",
        "tasks",
        "the text inside all 12 tasks with a body did not arrive",
        "nothing on the candidate",
    ),
    (
        Plant::DateEndDropped,
        "end_dropped",
        "tasks.dueDate",
        "the end of the dates in `dueDate` is lost in 8 of",
        " to 20",
    ),
];

/// What only answers show: the data is all there.
const UNSEEN: [Plant; 8] = [
    Plant::PriorityOrder,
    Plant::Cap100,
    Plant::TagsWiped,
    Plant::ShapeChanged,
    Plant::FrozenBaseline,
    Plant::FrozenGet,
    Plant::FrozenSilently,
    Plant::OneStore,
];

fn cutover(folder: &Path, arguments: &[&str]) -> Output {
    let began = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .current_dir(folder)
        .env_remove("GITHUB_STEP_SUMMARY")
        .arg("integrity")
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        began.elapsed() < MOST,
        "{arguments:?} took {:?}",
        began.elapsed()
    );
    output
}

/// The exit code, and what was said on both streams.
fn ended(output: &Output) -> (Option<i32>, String) {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    (output.status.code(), format!("{out}{err}"))
}

/// What a run left as evidence.
fn inspection(folder: &Path) -> Value {
    let mut runs = std::fs::read_dir(folder.join("reports")).unwrap();
    let run = runs.next().unwrap().unwrap().path();
    let record = std::fs::read_to_string(run.join("record.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    record["checks"]["integrity"].clone()
}

#[test]
fn every_plant_is_either_seen_or_no_matter_of_the_data() {
    let listed = SEEN.iter().map(|(plant, ..)| plant).chain(&UNSEEN);
    assert_eq!(listed.count(), Plant::ALL.len());
    for plant in Plant::ALL {
        let seen = SEEN.iter().any(|(known, ..)| known == plant);
        assert_ne!(seen, UNSEEN.contains(plant), "{plant:?}");
    }
}

#[test]
fn each_defect_of_the_data_is_no_go_and_named_in_plain_words_with_an_example() {
    for (plant, kind, subject, words, example) in SEEN {
        let folder = tempfile::tempdir().unwrap();
        let name = plant.name();
        let (code, said) = ended(&cutover(
            folder.path(),
            &["--sandbox", "--plant", name, "--json"],
        ));
        assert_eq!(code, Some(1), "{name}: {said}");
        assert!(
            said.contains(words) && said.contains(example),
            "{name}: {said}"
        );
        let first = &inspection(folder.path())["findings"][0];
        assert_eq!(first["kind"], kind, "{name}: {first}");
        assert_eq!(first["subject"], subject, "{name}: {first}");
        assert!(first["example"]["key"].is_string(), "{name}: {first}");
    }
}

#[test]
fn a_world_whose_data_is_all_there_is_go_whatever_its_answers_are() {
    let sound = UNSEEN.iter().map(|plant| vec!["--plant", plant.name()]);
    for plant in sound.chain([Vec::new()]) {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [&["--sandbox", "--json"], plant.as_slice()].concat();
        let (code, said) = ended(&cutover(folder.path(), &arguments));
        assert_eq!(code, Some(0), "{plant:?}: {said}");
        let inspection = inspection(folder.path());
        assert_eq!(
            inspection["findings"],
            Value::Array(Vec::new()),
            "{plant:?}"
        );
        assert_eq!(inspection["looked_at"][0]["count"], 150, "{plant:?}");
    }
}
