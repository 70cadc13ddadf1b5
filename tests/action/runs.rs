//! From a run's end to the job's: the binary, the run, the verdict; with a stub, and once with the product.

use std::fs;

use axum::Router;
use axum::routing::get;
use cutover::verdict::Judged;
use tokio::runtime::Runtime;

use crate::comment::comment;
use crate::github::GitHub;
use crate::{Ended, Runner};

/// Stands for the product: keeps its arguments, leaves a run's folder, ends as asked.
pub(crate) const STUB: &str = r##"printf '%s\n' "$@" > "$RUNNER_TEMP/arguments"
if [ -n "${STUB_VERDICT:-}" ]; then
  folder=$3/20261123t000000z-1
  mkdir -p "$folder"
  printf '{"verdict": "%s", "rows": [{"measure": "%s"}]}' "$STUB_VERDICT" "${STUB_MEASURE:-p50}" > "$folder/verdict.json"
  echo "# a report" > "$folder/report.md"
fi
exit "$STUB_CODE""##;

fn regress(runner: &Runner, more: &[(&str, &str)]) -> Ended {
    let stub = runner.program("stub", STUB);
    let mut variables = vec![("CUTOVER", stub.as_str()), ("STUB_CODE", "0")];
    variables.extend(more);
    runner.run("regress.sh", &variables)
}

#[test]
fn every_end_of_a_run_is_kept_and_the_script_itself_does_not_fail() {
    for (code, judged) in [
        ("0", Some(Judged::Ok)),
        ("0", Some(Judged::Improvement)),
        ("1", Some(Judged::Regression)),
        ("3", Some(Judged::Inconclusive)),
        ("130", Some(Judged::Inconclusive)),
        ("2", None),
        ("4", None),
        ("139", None),
    ] {
        let runner = Runner::new();
        let word = judged.map_or("", Judged::word);
        let ended = regress(&runner, &[("STUB_CODE", code), ("STUB_VERDICT", word)]);
        assert_eq!(ended.code, 0, "{}", ended.log);
        assert_eq!(ended.output["exit-code"], code);
        assert_eq!(ended.output["verdict"], judged.map_or("none", Judged::word));
        let report = fs::read_to_string(&ended.output["report"]).unwrap();
        match judged {
            Some(_) => assert_eq!(report, "# a report\n"),
            None => assert!(
                report.contains(&format!("ended with exit code {code};")),
                "{report}"
            ),
        }
        assert!(fs::metadata(&ended.output["folder"]).unwrap().is_dir());
    }
}

#[test]
fn a_verdict_that_is_none_of_the_four_is_none() {
    let ended = regress(&Runner::new(), &[("STUB_VERDICT", "PWNED")]);
    assert_eq!((ended.code, ended.output["verdict"].as_str()), (0, "none"));
}

#[test]
fn what_a_build_lacks_is_told_beside_the_verdict() {
    for (verdict, measure, missing) in [
        ("OK", "p95", "no"),
        ("INCONCLUSIVE", "missing", "yes"),
        ("", "", "unknown"),
    ] {
        let how = [("STUB_VERDICT", verdict), ("STUB_MEASURE", measure)];
        let ended = regress(&Runner::new(), &how);
        assert_eq!(ended.output["missing"], missing, "{}", ended.log);
    }
    // Nothing at all was compared.
    let runner = Runner::new();
    let empty = STUB.replace("[{\"measure\": \"%s\"}]", "[]");
    let empty = empty.replace(" \"${STUB_MEASURE:-p50}\"", "");
    let stub = runner.program("empty", &empty);
    let variables = [
        ("CUTOVER", stub.as_str()),
        ("STUB_CODE", "3"),
        ("STUB_VERDICT", "INCONCLUSIVE"),
    ];
    assert_eq!(
        runner.run("regress.sh", &variables).output["missing"],
        "yes"
    );
}

#[test]
fn further_options_are_words_and_never_commands() {
    let runner = Runner::new();
    let ended = regress(
        &runner,
        &[
            ("OLD_URL", "http://old.example"),
            ("NEW_URL", "http://new.example; touch owned"),
            ("CONFIG", "a b.toml"),
            (
                "ARGS",
                r#"--only 'task search' "$(touch owned)" `touch owned` a\ b ; touch owned --margin 5% $HOME *"#,
            ),
        ],
    );
    assert_eq!(ended.code, 0, "{}", ended.log);
    let arguments = fs::read_to_string(runner.path("arguments")).unwrap();
    let arguments: Vec<&str> = arguments.lines().collect();
    assert_eq!(arguments[..2], ["regress", "--output"]);
    let rest = [
        "--old",
        "http://old.example",
        "--new",
        "http://new.example; touch owned",
        "--config",
        "a b.toml",
        "--only",
        "task search",
        "$(touch owned)",
        "`touch",
        "owned`",
        "a b",
        ";",
        "touch",
        "owned",
        "--margin",
        "5%",
        "$HOME",
        "*",
    ];
    assert_eq!(arguments[3..], rest);
    assert!(!runner.path("owned").exists());

    let unmatched = regress(&Runner::new(), &[("ARGS", "--only 'task")]);
    assert_eq!(
        (unmatched.code, unmatched.output["exit-code"].as_str()),
        (0, "2")
    );
    assert!(unmatched.log.contains("::error"), "{}", unmatched.log);
}

#[test]
fn the_job_ends_as_the_run_did_and_inconclusive_fails_only_when_asked() {
    let runner = Runner::new();
    for (code, is_strict, ends) in [
        ("0", "false", 0),
        ("1", "false", 1),
        ("2", "false", 2),
        ("3", "false", 0),
        ("4", "false", 4),
        ("130", "false", 130),
        ("0", "true", 0),
        ("1", "true", 1),
        ("3", "true", 3),
        ("", "false", 1),
        ("139", "false", 1),
        ("00", "true", 1),
    ] {
        let ended = runner.run(
            "verdict.sh",
            &[
                ("EXIT_CODE", code),
                ("MISSING", "no"),
                ("FAIL_ON_INCONCLUSIVE", is_strict),
            ],
        );
        assert_eq!(ended.code, ends, "{code:?} {is_strict}: {}", ended.log);
    }
}

#[test]
fn what_a_build_lacks_is_never_a_green_job() {
    let runner = Runner::new();
    for missing in ["yes", "unknown", ""] {
        let ended = runner.run("verdict.sh", &[("EXIT_CODE", "3"), ("MISSING", missing)]);
        assert_eq!(ended.code, 1, "{missing}: {}", ended.log);
        assert!(ended.log.contains("::error"), "{}", ended.log);
    }
}

#[test]
fn a_binary_is_given_or_loaded_with_its_checksum_or_built() {
    let runtime = Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let url = format!("http://{}/cutover", listener.local_addr().unwrap());
    let router = Router::new().route("/cutover", get(|| async { "#!/bin/sh\necho loaded\n" }));
    runtime.spawn(async move { axum::serve(listener, router).await });
    let checksum = "83c5e75e68389c85db39870ff857c14cdaac9809fe05cdf2213cc53ffdf98694";

    let runner = Runner::new();
    let given = runner.program("mine", "exit 0");
    let ended = runner.run("binary.sh", &[("BINARY", &given), ("DOWNLOAD_URL", &url)]);
    assert_eq!((ended.code, &ended.output["path"]), (0, &given));
    let absent = runner.run("binary.sh", &[("BINARY", "/nowhere/cutover")]);
    assert!(
        absent.code == 2 && absent.output.is_empty(),
        "{}",
        absent.log
    );

    let wrong = "0".repeat(64);
    for checksum in ["", &wrong] {
        let ended = runner.run(
            "binary.sh",
            &[("DOWNLOAD_URL", &url), ("DOWNLOAD_SHA256", checksum)],
        );
        assert!(ended.code == 2 && ended.output.is_empty(), "{}", ended.log);
        assert!(
            ended.log.contains("download-sha256") && !runner.path("cutover-downloaded").exists()
        );
    }
    let ended = runner.run(
        "binary.sh",
        &[("DOWNLOAD_URL", &url), ("DOWNLOAD_SHA256", checksum)],
    );
    assert_eq!(ended.code, 0, "{}", ended.log);
    let loaded = std::process::Command::new(&ended.output["path"])
        .output()
        .unwrap();
    assert_eq!(loaded.stdout, b"loaded\n");

    // The build itself is cargo's: what it is told is seen here.
    runner.program("cargo", "echo told: \"$@\"");
    let ended = runner.run("binary.sh", &[]);
    let told = format!(
        "told: install --locked --path {} --root",
        crate::root().display()
    );
    assert!(
        ended.code == 0 && ended.log.contains(&told),
        "{}",
        ended.log
    );
    assert!(ended.output["path"].ends_with("/cutover/bin/cutover"));
}

/// Five files of samples for each build, the new one's a fifth slower.
fn files(runner: &Runner) -> String {
    let mut words = String::from("--from csv");
    for (build, factor) in [("old", 1.0), ("new", 1.2)] {
        words += &format!(" --{build}");
        for block in 0..5 {
            let sample = |n: u32| format!("{}\n", factor * (0.04 + f64::from(n + block) * 1e-5));
            let samples: String = (0..40).map(sample).collect();
            words += &format!(
                " {}",
                runner.file(
                    &format!("{build}-{block}.csv"),
                    &format!("seconds\n{samples}")
                )
            );
        }
    }
    words
}

#[test]
fn the_product_s_own_verdict_is_commented_and_fails_the_job() {
    let (runner, github) = (Runner::new(), GitHub::start());
    let cutover = env!("CARGO_BIN_EXE_cutover");
    let words = files(&runner);
    let variables = [
        ("CUTOVER", cutover),
        ("ARGS", words.as_str()),
        ("GITHUB_ACTIONS", "true"),
    ];
    let ended = runner.run("regress.sh", &variables);
    assert_eq!(ended.output["verdict"], "REGRESSION", "{}", ended.log);
    assert!(
        ended.log.contains("\n::error title=REGRESSION "),
        "{}",
        ended.log
    );
    let report = fs::read_to_string(&ended.output["report"]).unwrap();
    assert_eq!(comment(&runner, &github, &report, &[]).code, 0);
    let body = github.marked(7).remove(0);
    assert!(
        body.contains("\n# REGRESSION: ") && body.contains("<details>"),
        "{body}"
    );
    let code = ended.output["exit-code"].as_str();
    let job = runner.run("verdict.sh", &[("EXIT_CODE", code)]);
    assert_eq!(job.code, 1);
}

#[test]
fn what_the_product_finds_missing_fails_the_job() {
    let runner = Runner::new();
    let mut words = String::from("--from csv");
    for (build, names) in [("old", &["kept", "gone"][..]), ("new", &["kept"])] {
        words += &format!(" --{build}");
        for block in 0..5 {
            let sample = |n: u32| format!("{},{}\n", names[n as usize % names.len()], 0.04);
            let samples: String = (0..40).map(sample).collect();
            let file = format!("{build}-{block}.csv");
            let path = runner.file(&file, &format!("name,seconds\n{samples}"));
            words += &format!(" {path}");
        }
    }
    let cutover = env!("CARGO_BIN_EXE_cutover");
    let ended = runner.run(
        "regress.sh",
        &[("CUTOVER", cutover), ("ARGS", words.as_str())],
    );
    let output = |name: &str| ended.output[name].as_str();
    let told = (output("verdict"), output("exit-code"), output("missing"));
    assert_eq!(told, ("INCONCLUSIVE", "3", "yes"), "{}", ended.log);
    let variables = [("EXIT_CODE", "3"), ("MISSING", output("missing"))];
    assert_eq!(runner.run("verdict.sh", &variables).code, 1);
}
