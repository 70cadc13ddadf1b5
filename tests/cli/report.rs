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
        ("nowhere.json", "nowhere.json cannot be read"),
        ("nowhere", "give a record.json or a run's folder"),
        ("broken.json", "is not a record"),
        ("text", "is not a record"),
        (".", "give a record.json or a run's folder"),
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

/// `report` with these arguments, `--open`, and a browser that is a script: the page that it was asked to
/// show.
fn shown(place: &Place, arguments: &[&str]) -> PathBuf {
    let bin = place.path().join("bin");
    fs::create_dir_all(&bin).unwrap();
    let script = bin.join("xdg-open");
    fs::write(
        &script,
        "#!/bin/sh\nprintf %s \"$1\" > \"$SHOWN.partial\" && mv \"$SHOWN.partial\" \"$SHOWN\"\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let shown = place.path().join("shown");
    let _ = fs::remove_file(&shown);
    let output = place
        .cutover(&[&["report", "--open"], arguments].concat())
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("SHOWN", &shown)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    crate::world::wait_for("the browser", || shown.exists());
    let page = PathBuf::from(fs::read_to_string(&shown).unwrap());
    let name = page.file_name().unwrap().to_str().unwrap();
    assert!(err.contains(name), "the path of {name} is not told: {err}");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>"));
    page
}

#[test]
fn open_shows_the_page_in_the_browser_of_the_system() {
    let place = Place::new();
    let root = place.path().canonicalize().unwrap();
    place.write("record.json", &fs::read_to_string(sample_record()).unwrap());
    assert_eq!(shown(&place, &["record.json"]), root.join("report.html"));
    let named = shown(
        &place,
        &["record.json", "--format", "html", "-o", "named.html"],
    );
    assert_eq!(named, root.join("named.html"));
    let in_folder = shown(&place, &["record.json", "--all", "-o", "made"]);
    assert_eq!(in_folder, root.join("made/report.html"));
    fs::remove_file(root.join("report.html")).unwrap();
    // No file can be made where a folder is.
    fs::create_dir(root.join("report.html")).unwrap();
    let elsewhere = shown(&place, &["record.json"]);
    assert!(elsewhere.starts_with(root.join("tmp")), "{elsewhere:?}");
    let several = shown(&place, &["record.json", "record.json"]);
    assert!(several.starts_with(root.join("tmp")), "{several:?}");
    assert!(!root.join("comparison.html").exists());
}

#[test]
fn open_shows_a_page_and_nothing_else() {
    let place = Place::new();
    let record = sample_record();
    for records in [&[&*record][..], &[&*record, &*record]] {
        let arguments = ["report", "--open", "--format", "markdown", "-o", "x.md"];
        let ended = place.run(&[&arguments[..], records].concat());
        let err = &ended.assert_code(2).err;
        assert!(
            err.contains("markdown") && err.contains("give html"),
            "{err}"
        );
        assert!(!place.path().join("x.md").exists());
    }
}

#[test]
fn no_record_that_is_read_is_written_over() {
    let place = Place::new();
    let text = fs::read_to_string(sample_record()).unwrap();
    fs::create_dir_all(place.path().join("run/charts")).unwrap();
    let records = [
        "run/record.json",
        "run/verdict.json",
        "run/charts/old.svg",
        "other.json",
    ];
    for record in records {
        place.write(record, &text);
    }
    std::os::unix::fs::symlink("run/record.json", place.path().join("link")).unwrap();
    for arguments in [
        "run/record.json --format html -o run/record.json",
        "run --format html -o run/charts/../record.json",
        "run -o link",
        "link -o run/record.json",
        "run/record.json --open -o run/record.json",
        "run other.json -o other.json",
        "other.json run --open -o other.json",
        "run/verdict.json --all",
        "run/charts/old.svg --all -o run",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let ended = place.run(&[&["report"], &arguments[..]].concat());
        let err = &ended.assert_code(2).err;
        assert!(err.contains("would be overwritten"), "{arguments:?}: {err}");
        for record in records {
            assert!(place.read(record) == text, "{arguments:?} changed {record}");
        }
    }
}

#[test]
fn the_charts_of_a_former_report_go_and_nothing_else_does() {
    let place = Place::new();
    let arguments = ["report", &sample_record(), "--all", "--output", "made"];
    place
        .run(&[&arguments[..], &["--png"]].concat())
        .assert_code(0);
    fs::create_dir(place.path().join("made/charts/folder.svg")).unwrap();
    let others = [
        "made/charts/notes.txt",
        "made/charts/folder.svg/inner.svg",
        "made/outer.svg",
        "made/outer.png",
    ];
    for name in others.iter().chain(&["made/charts/stale.svg"]) {
        place.write(name, "mine");
    }
    place.run(&arguments).assert_code(0);
    for name in others {
        assert_eq!(place.read(name), "mine", "{name}");
    }
    let charts = |folder: &Path| {
        let files = fs::read_dir(folder.join("charts")).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| !["notes.txt", "folder.svg"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    };
    assert_eq!(charts(&place.path().join("made")), charts(&sample()));
}

/// A disk that fills up, played by a limit on the size of files.
#[test]
fn a_failure_half_way_leaves_the_former_report_and_nothing_else() {
    let place = Place::new();
    fs::create_dir(place.path().join("made")).unwrap();
    place.write("made/samples.csv", "former");
    let limited = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let record = sample_record();
    for records in [&[&*record][..], &[&*record, &*record]] {
        let format = if records.len() == 1 { "csv" } else { "html" };
        let mut cutover = place.cutover(&["report", "--format", format, "-o", "made/samples.csv"]);
        cutover.args(records);
        let mut shell = std::process::Command::new("sh");
        let output = shell
            .args(["-c", limited])
            .arg(cutover.get_program())
            .args(cutover.get_args())
            .current_dir(place.path())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{err}");
        assert!(err.contains("made/samples.csv"), "{err}");
        assert_eq!(place.read("made/samples.csv"), "former");
        let files = fs::read_dir(place.path().join("made")).unwrap();
        assert_eq!(files.count(), 1, "something is left");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_a_reader_who_went_away_is_no_error() {
    let place = Place::new();
    let record = sample_record();
    for arguments in [
        &["report", &record][..],
        &["report", &record, "--format", "csv"],
        &["report", &record, "--format", "hlog"],
        &["report", &record, &record],
        &["report", &record, &record, "--format", "html"],
        &["judge", &record],
        &["judge", &record, "--json"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = place.cutover(arguments).stdout(full).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {err}");
        assert!(err.contains("standard output"), "{arguments:?}: {err}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place.cutover(arguments).stdout(writer).output().unwrap();
        let listened = place.cutover(arguments).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), listened.status.code());
    }
    for records in [&[&*record][..], &[&*record, &*record]] {
        let ended = place.run(&[&["report", "-o", "/dev/full"], records].concat());
        let err = &ended.assert_code(4).err;
        assert!(err.contains("/dev/full"), "{err}");
    }
}

#[test]
fn colour_is_for_standard_output_and_not_for_files() {
    let place = Place::new();
    let record = sample_record();
    let forced = |arguments: &[&str]| {
        let mut cutover = place.cutover(&[&["report", &record], arguments].concat());
        let output = cutover.env("CLICOLOR_FORCE", "1").output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(forced(&[]).contains('\u{1b}'));
    forced(&["--format", "terminal", "-o", "plain.txt"]);
    assert!(!place.read("plain.txt").contains('\u{1b}'));
    let plain = place.run(&["report", &record]);
    assert_eq!(place.read("plain.txt"), plain.out);
}

/// A terminal of 120 columns.
#[cfg(target_os = "linux")]
#[test]
fn the_width_of_the_terminal_is_for_standard_output_and_not_for_files() {
    let place = Place::new();
    let record = sample_record();
    let on_terminal = |arguments: &str| {
        let cutover = env!("CARGO_BIN_EXE_cutover");
        let command = format!("stty rows 40 cols 120; '{cutover}' report {arguments}");
        let output = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .current_dir(place.path())
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}");
        String::from_utf8(output.stdout).unwrap()
    };
    for records in [record.clone(), format!("{record} {record} {record}")] {
        let wide = on_terminal(&records);
        let widest = |text: &str| text.lines().map(|line| line.chars().count()).max();
        assert!(widest(&wide) > Some(85), "{wide}");
        on_terminal(&format!("{records} -o file.txt"));
        assert!(widest(&place.read("file.txt")) <= Some(80));
    }
}
