//! `report`: the same bytes from the same record, in every format, and clear words where it cannot.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::world::Place;

/// The committed sample: the folder of a real run.
fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/sample")
}

fn sample_record() -> String {
    sample().join("record.json").to_str().unwrap().to_owned()
}

/// The formats that a run's folder holds as files.
const FILES: [(&str, &str); 6] = [
    ("html", "report.html"),
    ("markdown", "report.md"),
    ("junit", "junit.xml"),
    ("csv", "samples.csv"),
    ("hlog", "latency.hlog"),
    ("verdict", "verdict.json"),
];

/// `CUTOVER_BLESS=1` makes the files of the sample again.
#[test]
fn the_sample_is_what_the_product_makes_of_its_record() {
    let place = Place::new();
    let bless = std::env::var_os("CUTOVER_BLESS").is_some();
    let made = if bless {
        sample()
    } else {
        place.path().join("made")
    };
    let arguments = ["report", &sample_record(), "--all", "--output"];
    let ended = place.run(&[&arguments[..], &[made.to_str().unwrap()]].concat());
    ended.assert_code(0);
    for folder in ["", "charts"] {
        let names = |root: &Path| -> Vec<String> {
            let files = fs::read_dir(root.join(folder)).unwrap().map(Result::unwrap);
            let mut names: Vec<String> = files
                .filter(|file| file.file_type().unwrap().is_file())
                .map(|file| file.file_name().into_string().unwrap())
                .filter(|name| !["record.json", "screenshot.png"].contains(&name.as_str()))
                .collect();
            names.sort();
            names
        };
        assert_eq!(names(&made), names(&sample()), "in the folder `{folder}`");
        for name in names(&made) {
            let name = Path::new(folder).join(name);
            let (fresh, committed) = (fs::read(made.join(&name)), fs::read(sample().join(&name)));
            let is_fresh = fresh.unwrap() == committed.unwrap();
            assert!(
                is_fresh,
                "reports/sample/{} is stale; make it again with CUTOVER_BLESS=1 cargo test --test cli sample",
                name.display()
            );
        }
    }
}

#[test]
fn every_format_goes_to_a_stream_or_a_file_with_the_same_bytes() {
    let place = Place::new();
    let record = sample_record();
    for (format, file) in FILES {
        let streamed = place
            .cutover(&["report", &record, "--format", format])
            .output()
            .unwrap();
        assert_eq!(streamed.status.code(), Some(0), "{format}");
        assert_eq!(
            streamed.stdout,
            fs::read(sample().join(file)).unwrap(),
            "{format}"
        );
        let ended = place.run(&["report", &record, "--format", format, "--output", "out"]);
        ended.assert_code(0);
        assert_eq!(
            streamed.stdout,
            fs::read(place.path().join("out")).unwrap(),
            "{format}"
        );
    }
    for format in ["terminal", "bencher", "benchmark-action", "prometheus"] {
        let [once, again] = [(); 2].map(|()| place.run(&["report", &record, "--format", format]));
        assert!(!once.assert_code(0).out.trim().is_empty(), "{format}");
        assert_eq!(once.out, again.out, "{format}");
    }
}

#[test]
fn the_newest_run_is_meant_when_none_is_named() {
    let place = Place::new();
    place.run(&["report"]).assert_code(2);
    let text = fs::read_to_string(sample_record()).unwrap();
    for (run, folder) in [
        ("b", "20250101t000000z-00000002"),
        ("a", "20240101t000000z-00000001"),
        ("c", "sample"),
    ] {
        let folder = place.path().join("reports").join(folder);
        fs::create_dir_all(&folder).unwrap();
        let mut record: serde_json::Value = serde_json::from_str(&text).unwrap();
        record["run"] = run.into();
        fs::write(folder.join("record.json"), record.to_string()).unwrap();
    }
    let ended = place.run(&["report"]);
    assert!(
        ended.assert_code(0).out.contains(", run b."),
        "{}",
        ended.out
    );
}

#[test]
fn several_records_stand_side_by_side_and_what_sets_them_apart_is_named() {
    let place = Place::new();
    let mut record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(sample_record()).unwrap()).unwrap();
    record["run"] = "the-other".into();
    record["machine"]["cores"] = 64.into();
    place.write("other.json", &record.to_string());
    for (format, mark) in [
        ("terminal", "A  "),
        ("markdown", "# 2 runs"),
        ("html", "<!DOCTYPE html>"),
    ] {
        let ended = place.run(&["report", &sample_record(), "other.json", "--format", format]);
        let out = &ended.assert_code(0).out;
        assert!(out.starts_with(mark), "{out}");
        for word in [
            "the-other",
            "64 cores",
            "task-search",
            "What the runs do not have in common",
        ] {
            assert!(out.contains(word), "`{word}` is missing in\n{out}");
        }
    }
    let ended = place.run(&[
        "report",
        &sample_record(),
        "other.json",
        "--format",
        "junit",
    ]);
    let err = &ended.assert_code(2).err;
    assert!(
        err.contains("--format junit shows one record") && err.contains("one by one"),
        "{err}"
    );
    let ended = place.run(&["report", &sample_record(), "other.json", "--all"]);
    assert!(ended.assert_code(2).err.contains("give one record"));
}

#[test]
fn what_is_no_record_is_told() {
    let place = Place::new();
    place.write("broken.json", "{\"schema_version\": 1");
    place.write("text", "no record");
    for (given, told) in [
        ("nowhere.json", "nowhere.json"),
        ("broken.json", "is not a record"),
        ("text", "is not a record"),
        (".", "record.json"),
    ] {
        let ended = place.run(&["report", given]);
        assert!(
            ended.assert_code(2).err.contains(told),
            "{given}: {}",
            ended.err
        );
    }
    place.write("in-the-way", "");
    let ended = place.run(&[
        "report",
        &sample_record(),
        "--all",
        "--output",
        "in-the-way",
    ]);
    assert!(
        ended.assert_code(2).err.contains("give a folder"),
        "{}",
        ended.err
    );
    let ended = place.run(&[
        "report",
        &sample_record(),
        "--format",
        "html",
        "--output",
        "no/where.html",
    ]);
    assert!(
        ended.assert_code(2).err.contains("--output"),
        "{}",
        ended.err
    );
    let ended = place.run(&["report", &sample_record(), "--png"]);
    assert!(ended.assert_code(2).err.contains("--all"), "{}", ended.err);
}

#[test]
fn png_charts_come_on_request() {
    let place = Place::new();
    place
        .run(&[
            "report",
            &sample_record(),
            "--all",
            "--png",
            "--output",
            "made",
        ])
        .assert_code(0);
    let charts: Vec<PathBuf> = fs::read_dir(place.path().join("made/charts"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let pngs: Vec<&PathBuf> = charts
        .iter()
        .filter(|path| path.extension().unwrap() == "png")
        .collect();
    assert_eq!(2 * pngs.len(), charts.len());
    for png in pngs {
        let decoder = png::Decoder::new(std::io::Cursor::new(fs::read(png).unwrap()));
        let info = decoder.read_info().unwrap();
        assert!(info.info().width >= 600, "{}", png.display());
    }
}

/// The browser is a script that tells what it was asked to show.
#[test]
fn open_shows_the_page_in_the_browser_of_the_system() {
    let place = Place::new();
    fs::create_dir(place.path().join("bin")).unwrap();
    let script = place.path().join("bin/xdg-open");
    fs::write(
        &script,
        "#!/bin/sh\nprintf %s \"$1\" > \"$SHOWN.partial\" && mv \"$SHOWN.partial\" \"$SHOWN\"\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    fs::copy(sample_record(), place.path().join("record.json")).unwrap();
    let shown = place.path().join("shown");
    let path = format!("{}:/usr/bin:/bin", place.path().join("bin").display());
    let output = place
        .cutover(&["report", "record.json", "--open"])
        .env("PATH", path)
        .env("SHOWN", &shown)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    crate::world::wait_for("the browser", || shown.exists());
    let page = PathBuf::from(fs::read_to_string(&shown).unwrap());
    assert_eq!(
        page,
        place.path().canonicalize().unwrap().join("report.html")
    );
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .starts_with("<!DOCTYPE html>")
    );
}
