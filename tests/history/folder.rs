//! The files: what was kept is what is read, and what is wrong is never passed over.

use std::fs;
use std::path::Path;

use cutover::history::{Cache, Entry, FolderError, add, keep_cache, read, read_cache, trends};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::entries::{asked, entry, name, runs, series};

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A folder with three runs.
fn three() -> (tempfile::TempDir, Vec<Entry>) {
    let folder = tempfile::tempdir().unwrap();
    let entries = runs(3, |_| 0.05);
    for entry in &entries {
        add(folder.path(), entry).unwrap();
    }
    (folder, entries)
}

#[track_caller]
fn assert_refused(folder: &Path, words: &[&str]) -> FolderError {
    let error = read(folder).unwrap_err();
    for word in words {
        assert!(
            error.to_string().contains(word),
            "`{word}` is missing: {error}"
        );
    }
    error
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_run_survives_its_file_unchanged(
        place in 0u32..5_000,
        foreign in "\\PC{0,40}",
        seconds in prop::collection::btree_map("[a-z\u{e9}\" \\n]{1,12}", 1e-9f64..1e6, 1..5),
        failed in 0u64..200,
        commit in prop::option::of("[0-9a-f]{7,40}"),
    ) {
        let all = seconds.iter().map(|(name, seconds)| series(name, *seconds));
        let mut kept = entry(place, all.collect());
        kept.series[0].failed = failed;
        kept.machine.cpu = Some(foreign.clone());
        kept.source = foreign;
        kept.commit = commit;
        let folder = tempfile::tempdir().unwrap();
        let path = add(folder.path(), &kept).unwrap();
        prop_assert_eq!(path.file_name().unwrap().to_str().unwrap(), format!("{}.json", name(place)));
        let text = fs::read_to_string(&path).unwrap();
        prop_assert!(text.ends_with("}\n") && text.len() < 4_096, "{} bytes", text.len());
        prop_assert_eq!(read(folder.path()).unwrap(), [kept]);
    }

    #[test]
    fn no_text_is_taken_for_a_run(text in "(?s).{0,200}") {
        let (folder, _) = three();
        fs::write(folder.path().join("x.json"), text).unwrap();
        prop_assert!(read(folder.path()).is_err());
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_an_error(at in 0usize..10_000) {
        let (folder, entries) = three();
        let path = folder.path().join(format!("{}.json", entries[1].run));
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, &text[..at % text.trim_end().len()]).unwrap();
        let error = read(folder.path()).unwrap_err();
        prop_assert!(matches!(&error, FolderError::Corrupt { path: named, .. } if *named == path), "{error}");
    }
}

#[test]
fn runs_are_read_in_the_order_of_time_and_nothing_else_is_read() {
    let (folder, mut entries) = three();
    // As text, a fraction of a second stands before none.
    let mut later = entries[2].clone();
    later.started = later.started.replace('Z', ".5Z");
    later.run = "a-ffffffff".to_owned();
    add(folder.path(), &later).unwrap();
    entries.push(later);
    fs::create_dir(folder.path().join(".cache")).unwrap();
    for other in [".cache/x.json", "README.md", ".hidden.json", "x.json.orig"] {
        fs::write(folder.path().join(other), "not a run").unwrap();
    }
    assert_eq!(read(folder.path()).unwrap(), entries);
}

#[test]
fn a_run_is_kept_once() {
    let (folder, entries) = three();
    let error = add(folder.path(), &entries[1]).unwrap_err();
    assert!(matches!(error, FolderError::There { .. }), "{error}");
    assert_eq!(names(folder.path()).len(), 3);
    // A copy under another name would count twice.
    let kept = folder.path().join(format!("{}.json", entries[1].run));
    fs::copy(kept, folder.path().join("copy.json")).unwrap();
    assert_refused(folder.path(), &["copy.json", "the same run", "remove one"]);
}

#[test]
fn a_run_whose_name_has_no_chance_in_it_gets_a_name_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = runs(1, |_| 0.05).remove(0);
    run.run = "../../nightly build #7".to_owned();
    add(folder.path(), &run).unwrap();
    let files = names(folder.path());
    assert_eq!(
        (files.len(), files[0].len()),
        (1, "20240101t013000z-00000000.json".len())
    );
    assert!(matches!(
        add(folder.path(), &run),
        Err(FolderError::There { .. })
    ));
}

#[test]
fn an_empty_folder_and_none_say_how_a_run_is_added() {
    let folder = tempfile::tempdir().unwrap();
    for place in [folder.path().to_owned(), folder.path().join("none")] {
        let error = assert_refused(
            &place,
            &["there is no run in", "cutover history add", "--folder"],
        );
        assert!(matches!(error, FolderError::Empty { .. }));
    }
}

#[test]
fn what_is_wrong_is_named_with_its_file() {
    let change = |change: &dyn Fn(&mut Value), words: &[&str]| {
        let (folder, entries) = three();
        let file = format!("{}.json", entries[1].run);
        let path = folder.path().join(&file);
        let mut form: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut form);
        fs::write(&path, form.to_string()).unwrap();
        assert_refused(folder.path(), &[&[file.as_str()], words].concat())
    };
    let newer = change(
        &|form| {
            form["schema_version"] = json!(2);
            form["learnt"] = json!("something");
        },
        &["schema version 2", "reads up to 1"],
    );
    assert!(matches!(newer, FolderError::Newer { found: 2, .. }));
    change(
        &|form| form["learnt"] = json!(1),
        &["unknown field `learnt`", "restore it from git"],
    );
    change(
        &|form| drop(form.as_object_mut().unwrap().remove("series")),
        &["missing field `series`"],
    );
    change(
        &|form| form["started"] = json!("yesterday"),
        &["`started` is `yesterday`"],
    );
    change(&|form| form["run"] = json!(" "), &["no name"]);
    for value in [json!(0.0), json!(-1.0)] {
        change(
            &|form| form["series"][0]["quantiles"]["p50"] = value.clone(),
            &["the p50 of `task-search`"],
        );
    }
    change(
        &|form| form["series"][0]["failed"] = json!(201),
        &["of the 200 samples", "201 failed"],
    );
    change(
        &|form| {
            let again = form["series"][0].clone();
            form["series"].as_array_mut().unwrap().push(again);
        },
        &["`task-search` stands in it twice"],
    );
}

#[test]
fn the_marks_of_a_conflict_are_not_passed_over() {
    let (folder, entries) = three();
    let path = folder.path().join(format!("{}.json", entries[0].run));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        format!("<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n"),
    )
    .unwrap();
    assert_refused(folder.path(), &[&entries[0].run, "is not a run"]);
}

#[test]
fn what_cannot_have_been_measured_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&mut Entry), words: &str| {
        let mut run = runs(1, |_| 0.05).remove(0);
        change(&mut run);
        let error = add(folder.path(), &run).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&|run| run.series.clear(), "nothing to keep");
    refused(&|run| run.started = "soon".to_owned(), "which is no time");
    let infinite = |run: &mut Entry| {
        let p50 = run.series[0].quantiles.get_mut("p50").unwrap();
        *p50 = f64::INFINITY;
    };
    refused(&infinite, "must be seconds above zero");
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn the_cache_is_kept_out_of_git_and_written_only_when_something_was_computed() {
    let (folder, entries) = three();
    let mut cache = Cache::default();
    keep_cache(folder.path(), &cache).unwrap();
    assert_eq!(names(folder.path()).len(), 3, "nothing was computed");
    trends(&entries, &asked(), &mut cache).unwrap();
    keep_cache(folder.path(), &cache).unwrap();
    let place = folder.path().join(".cache");
    assert_eq!(names(&place), [".gitignore", "change-points.json"]);
    assert_eq!(fs::read_to_string(place.join(".gitignore")).unwrap(), "*\n");
    let mut again = read_cache(folder.path());
    trends(&entries, &asked(), &mut again).unwrap();
    assert_eq!(again.computed(), 0);
    assert_eq!(read(folder.path()).unwrap(), entries);
    // A place where no cache can be is no error for whoever reads, and one for whoever wants to keep it.
    fs::remove_dir_all(&place).unwrap();
    fs::write(&place, "a file").unwrap();
    assert_eq!(read_cache(folder.path()).computed(), 0);
    assert!(keep_cache(folder.path(), &cache).is_err());
}

#[test]
fn the_published_schema_is_that_of_the_form() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/history-entry.schema.json");
    let schema = schemars::schema_for!(Entry);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("CUTOVER_BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        text,
        "run with CUTOVER_BLESS=1"
    );
}
