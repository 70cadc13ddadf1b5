//! Configurations as people write them.

use std::path::Path;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;
use crate::diagnostic::Colour;

const GATES: [&str; 3] = ["speedup-p50", "speedup-p95", "target-p95"];
const NAMES: GateNames<'static> = GateNames {
    by_default: &GATES,
    on_request: &["parity", "harness"],
    groups: &[("speedup", &["speedup-p50", "speedup-p95"])],
    never_waived: &["harness"],
};

const GOOD: &str = r#"
[baseline]
driver = "http"
base_url = "https://user:p%40ss@notion.example/app"
headers = { authorization = "env:TOKEN", x-source = "cutover" }
timeout = "30s"
[baseline.budget]
rate = "180/60s"
headroom = 0.1
[candidate]
driver = "http"
base_url = "env:CANDIDATE_URL"
[run]
scenarios = ["a", "b.toml"]
max_writes = 7
[gates]
required = ["speedup-p50"]
"#;

fn env(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("Bearer hunter2".to_owned()),
        "NTN" => Some("ntn_hunter2".to_owned()),
        "CANDIDATE_URL" => Some("http://127.0.0.1:4000".to_owned()),
        "LEAKY_URL" => Some("http://me:hunter2@notion.example".to_owned()),
        "BROKEN" => Some("hunter2\n".to_owned()),
        _ => None,
    }
}

fn read(text: &str) -> Result<Config, ConfigErrors> {
    read::text_of(Path::new("cutover.toml"), text, NAMES, &env)
}

fn errors(text: &str) -> String {
    read(text)
        .expect_err("there are mistakes")
        .render(Colour::Never)
}

/// The report about the good file with one piece replaced.
fn errors_with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    errors(&GOOD.replacen(old, new, 1))
}

#[test]
fn a_good_file_is_read_with_its_defaults() {
    let config = read(GOOD).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(
        config.baseline.base_url.as_str(),
        "https://notion.example/app"
    );
    assert_eq!(config.baseline.timeout, Duration::from_secs(30));
    assert_eq!(config.baseline.connect_timeout, DEFAULT_CONNECT_TIMEOUT);
    assert_eq!(config.candidate.base_url.as_str(), "http://127.0.0.1:4000/");
    assert_eq!(config.budget.rate.to_string(), "180/60s");
    assert!((config.budget.headroom - 0.1).abs() < 1e-12);
    assert_eq!(config.run.scenarios, [Path::new("a"), Path::new("b.toml")]);
    assert_eq!(config.run.max_writes, 7);
    assert_eq!(config.run.time_limit, RunConfig::default().time_limit);
    assert_eq!(config.gates.required, ["speedup-p50"]);
}

#[test]
fn credentials_leave_the_url_and_are_secrets_with_the_headers() {
    let config = read(GOOD).unwrap();
    let Access::Http {
        credentials: Some(credentials),
        ..
    } = &config.baseline.access
    else {
        panic!("{:?}", config.baseline.access)
    };
    assert_eq!(credentials.user.expose_secret(), "user");
    assert_eq!(
        credentials.password.as_ref().unwrap().expose_secret(),
        "p@ss"
    );
    let secrets: Vec<_> = config.baseline.secrets().collect();
    for secret in ["Bearer hunter2", "hunter2", "user", "p@ss"] {
        assert!(
            secrets.contains(&secret),
            "{secret} is missing in {secrets:?}"
        );
    }
    assert_eq!(config.candidate.secrets().count(), 0);
}

#[test]
fn debug_output_shows_no_secret() {
    let shown = format!("{:#?}", read(GOOD).unwrap());
    for secret in ["hunter2", "p@ss", "p%40ss", "Bearer"] {
        assert!(!shown.contains(secret), "{secret} leaks:\n{shown}");
    }
}

#[test]
fn no_error_shows_a_secret() {
    let wrong = [
        ("\"env:TOKEN\"", "\"Bearer hunter2\\u0000\""),
        ("\"env:TOKEN\"", "\"env:BROKEN\""),
        ("\"env:TOKEN\"", "\"env:Bearer hunter2\""),
        (
            "headers = {",
            "header = { authorization = \"hunter2\" }\nheaders = {",
        ),
        ("headers = {", "authorization = 'hunter2'\nheaders = {"),
        ("headers = {", "headers = \"hunter2\"\nx = {"),
        ("headers = {", "headers = hunter2\nx = {"),
        ("x-source =", "\"x source\" = \"hunter2\", x-source ="),
        (
            "user:p%40ss@notion.example/app",
            "me:hunter2@notion.example:99999",
        ),
        (
            "user:p%40ss@notion.example/app",
            "notion.example/?token=hunter2",
        ),
        ("https://user:p%40ss@", "ftp://me:hunter2@"),
        ("https://user:p%40ss@", "http://me:hunter2@"),
        ("env:CANDIDATE_URL", "env:LEAKY_URL"),
        ("[run]", "[run]\npassword = \"hunter2\""),
        (
            "[gates]",
            "[secrets]\nkey = [\"hunter2\", { a = \"hunter2\" }]\n[gates]",
        ),
    ];
    for (old, new) in wrong {
        let shown = errors_with(old, new);
        assert!(!shown.contains("hunter2"), "{new} leaks:\n{shown}");
    }
}

#[test]
fn a_variable_that_is_not_set_is_named_with_its_place() {
    insta::assert_snapshot!(errors_with("env:TOKEN", "env:NOTION_TOKEN"));
}

#[test]
fn every_mistake_is_shown_at_once() {
    insta::assert_snapshot!(errors(
        r#"
[baseline]
driver = "htp"
base_url = "http://notion.example"
timeout = "60"
[baseline.budget]
rate = "3"
headroom = 1
[candidate]
base_url = "tasks"
headers = { "x y" = "a" }
tls = "yes"
budget = { rate = "3/s" }
connect_timeout = "0s"
[run]
sead = 1
max_writes = 0
scenarios = []
[gates]
required = ["speedup-p59"]
[gate]
"#
    ));
}

#[test]
fn the_two_sides_are_required() {
    insta::assert_snapshot!(errors("[candidate]\ndriver = \"http\"\n"));
}

#[test]
fn no_required_gate_at_all_is_a_mistake_and_no_list_means_all_gates() {
    assert!(errors_with("[\"speedup-p50\"]", "[]").contains("any run would be GO"));
    let all = GOOD.replace("required = [\"speedup-p50\"]", "");
    let gates = read(&all).unwrap().gates;
    assert_eq!(gates.required, GATES);
    assert_eq!(gates.waivers, []);
}

/// The good file with these gates.
fn with_gates(gates: &str) -> String {
    GOOD.replace("required = [\"speedup-p50\"]", gates)
}

#[test]
fn a_group_stands_for_its_gates_and_each_is_required_once() {
    let required = r#"required = ["parity", "speedup-p95", "speedup"]"#;
    let gates = read(&with_gates(required)).unwrap().gates;
    assert_eq!(gates.required, ["parity", "speedup-p95", "speedup-p50"]);
}

#[test]
fn a_waiver_names_gate_reason_and_last_day() {
    let waiver = |rest: &str| {
        with_gates(&format!(
            "required = [\"speedup\", \"harness\"]\n[[gates.waivers]]\n{rest}"
        ))
    };
    let good = "gate = \"speedup\"\nscenario = \"task-search\"\nreason = \"Ann: slow is fine\"\nexpires = \"2027-01-31\"";
    let waivers = read(&waiver(good)).unwrap().gates.waivers;
    let expected = |gate: &str| WaiverConfig {
        gate: gate.to_owned(),
        scenario: Some("task-search".to_owned()),
        reason: "Ann: slow is fine".to_owned(),
        expires: jiff::civil::date(2027, 1, 31),
    };
    assert_eq!(waivers, [expected("speedup-p50"), expected("speedup-p95")]);
    for (old, new, says) in [
        ("\"speedup\"", "\"harness\"", "`harness` cannot be waived"),
        (
            "\"speedup\"",
            "\"parity\"",
            "`parity` is waived and not required",
        ),
        ("\"speedup\"", "\"sped\"", "did you mean `speedup`"),
        ("Ann: slow is fine", " ", "a waiver without a reason"),
        ("2027-01-31", "31.1.2027", "`31.1.2027` is no day"),
        ("expires", "until", "`until`"),
        ("reason = \"Ann: slow is fine\"\n", "", "reason"),
    ] {
        assert!(good.contains(old), "{old}");
        let report = errors(&waiver(&good.replacen(old, new, 1)));
        assert!(report.contains(says), "{old} -> {new}:\n{report}");
    }
}

#[test]
fn plain_http_leaves_the_machine_only_when_it_is_allowed() {
    let plain = |rest: &str| GOOD.replace("https://user:p%40ss@notion.example/app\"", rest);
    for loopback in [
        "http://127.0.0.9:1\"",
        "http://[::1]:1\"",
        "http://localhost:1\"",
    ] {
        assert!(read(&plain(loopback)).is_ok(), "{loopback}");
    }
    for away in [
        "http://10.0.0.1\"",
        "http://notlocalhost\"",
        "http://localhost.example\"",
    ] {
        assert!(errors(&plain(away)).contains("unprotected"), "{away}");
        assert!(
            read(&plain(&format!("{away}\ntls = false"))).is_ok(),
            "{away}"
        );
    }
}

#[test]
fn a_file_that_does_not_exist_points_to_init() {
    let error = load(Path::new("/nowhere/cutover.toml"), NAMES, &env).unwrap_err();
    assert!(error.to_string().contains("`cutover init`"), "{error}");
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,60}(\n\\PC{0,60}){0,5}") {
        let _ = read(&text).map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_spoiled_file_makes_the_reader_panic(at in 0..GOOD.len(), put in "\\PC{0,3}", cut in 0usize..9) {
        let end = (at + cut).min(GOOD.len());
        let spoiled = format!("{}{put}{}", &GOOD[..at], &GOOD[end..]);
        let shown = read(&spoiled).map_err(|errors| errors.to_string());
        prop_assert!(shown.is_ok() || !shown.unwrap_err().contains("hunter2"));
    }
}

/// A good file whose baseline is Notion itself, with these lines.
fn notion(lines: &str) -> String {
    format!(
        "[baseline]\ndriver = \"notion\"\n{lines}\n[candidate]\ndriver = \"http\"\nbase_url = \"env:CANDIDATE_URL\"\n"
    )
}

#[test]
fn notion_needs_a_token_and_nothing_else() {
    let config = read(&notion("token = \"env:NTN\"")).unwrap_or_else(|errors| panic!("{errors}"));
    let Access::Notion { token, version } = &config.baseline.access else {
        panic!("{:?}", config.baseline.access)
    };
    assert_eq!(token.expose_secret(), "ntn_hunter2");
    assert_eq!(version, "2022-06-28");
    assert_eq!(config.baseline.base_url.as_str(), "https://api.notion.com/");
    let secrets: Vec<_> = config.baseline.secrets().collect();
    assert_eq!(secrets, ["ntn_hunter2"]);
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn variables_are_named_and_may_come_from_the_environment() {
    let text = notion(
        "token = \"env:NTN\"\n[baseline.variables]\ntasks_database = \"env:TOKEN\"\nb = \"1\"",
    );
    let config = read(&text).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(
        config.baseline.variables["tasks_database"],
        "Bearer hunter2"
    );
    assert_eq!(config.baseline.variables["b"], "1");
}

#[test]
fn what_does_not_belong_to_a_driver_says_so_and_shows_no_secret() {
    let wrong = [
        ("", "lacks `token`"),
        ("token = \"${NTN_hunter2}\"", "this cannot be a token"),
        ("token = \"hunter2 hunter2\"", "this cannot be a token"),
        (
            "token = \"env:NTN\"\nversion = \"2024-01-01\"",
            "2026-03-11",
        ),
        (
            "token = \"env:NTN\"\nheaders = { a = \"b\" }",
            "`headers` is a key of `driver = \"http\"`",
        ),
        (
            "token = \"env:NTN\"\nbase_url = \"https://api.notion.com/v1\"",
            "leave `/v1` out",
        ),
        (
            "token = \"env:NTN\"\nbase_url = \"https://a:hunter2@api.notion.com\"",
            "no user and password",
        ),
        (
            "token = \"env:NTN\"\nvariables = { A = \"b\" }",
            "`A` cannot be the name of a variable",
        ),
        (
            "token = \"env:NTN\"\nvariables = { a = \"\" }",
            "this variable is empty",
        ),
    ];
    for (lines, expected) in wrong {
        let shown = errors(&notion(lines));
        assert!(shown.contains(expected), "{lines}:\n{shown}");
        assert!(!shown.contains("hunter2"), "{lines}:\n{shown}");
    }
    for key in ["token", "version"] {
        let shown = errors_with("timeout =", &format!("{key} = \"hunter2\"\ntimeout ="));
        assert!(
            shown.contains(&format!("`{key}` is a key of `driver = \"notion\"`")),
            "{shown}"
        );
    }
    let candidate = "[candidate]\ndriver = \"notion\"\ntoken = \"env:NTN\"\n";
    let shown = errors(&format!(
        "[baseline]\ndriver = \"http\"\nbase_url = \"env:CANDIDATE_URL\"\n{candidate}"
    ));
    assert!(shown.contains("let Notion be the baseline"), "{shown}");
}

/// The good file with the stores behind both sides, and their backups.
fn with_stores(database: &str) -> String {
    format!(
        "{GOOD}\n[candidate.database]\n{database}\n[baseline.notion]\ntoken = \"env:NTN\"\n\
         databases = {{ tasks = \"env:TASKS\", tags = \"abc\" }}\n[backups]\nexport = \"a.json\"\n\
         dump = \"b.dump\"\nkept = {{ for = \"30d\", where = \"a shelf\" }}\n"
    )
    .replace("env:TASKS", "f00")
}

#[test]
fn the_stores_behind_the_sides_are_read_and_their_secrets_known() {
    let urls = "pooled = \"postgres://a:hunter22@db.example/d?sslmode=require&pgbouncer=true\"\n\
                direct = \"postgres://a:hunter23@localhost/d\"";
    let config = read(&with_stores(urls)).unwrap_or_else(|errors| panic!("{errors}"));
    let database = config.database.as_ref().unwrap();
    assert_eq!(database.statement_timeout, DEFAULT_STATEMENT_TIMEOUT);
    assert_eq!(database.required, None);
    let secrets: Vec<_> = database.secrets().collect();
    for secret in ["hunter22", "hunter23"] {
        assert!(secrets.contains(&secret), "{secrets:?}");
    }
    let notion = config.notion.as_ref().unwrap();
    assert_eq!(notion.secrets().collect::<Vec<_>>(), ["ntn_hunter2"]);
    assert_eq!(notion.base_url.as_str(), "https://api.notion.com/");
    assert_eq!(notion.databases[0], ("tasks".to_owned(), "f00".to_owned()));
    let backups = config.backups.as_ref().unwrap();
    assert_eq!(backups.max_age, DEFAULT_MAX_AGE);
    let kept = backups.kept.as_ref().unwrap();
    assert_eq!(
        (kept.duration, kept.place.as_str()),
        (Duration::from_secs(30 * 86_400), "a shelf")
    );
    assert!(!format!("{config:#?}").contains("hunter"));
    assert!(read(GOOD).unwrap().database.is_none());
}

#[test]
fn a_database_is_reached_by_a_protected_way_and_no_mistake_shows_its_password() {
    for (url, word) in [
        ("postgres://a:hunter2@db.example/d", "sslmode=require"),
        ("mysql://a:hunter2@db.example/d", "PostgreSQL"),
        ("a:hunter2", "URL"),
    ] {
        for key in ["pooled", "direct"] {
            let told = errors(&with_stores(&format!("{key} = \"{url}\"")));
            assert!(told.contains(word) && !told.contains("hunter2"), "{told}");
        }
    }
    let unsafe_way = "tls = false\npooled = \"postgres://a:b@db.example/d\"";
    assert!(read(&with_stores(unsafe_way)).is_ok());
}

#[test]
fn the_notion_behind_a_notion_baseline_is_the_baseline_itself() {
    let text = "[baseline]\ndriver = \"notion\"\ntoken = \"env:NTN\"\nversion = \"2025-09-03\"\n\
                [baseline.notion]\ndatabases = { tasks = \"abc\" }\n\
                [candidate]\ndriver = \"http\"\nbase_url = \"env:CANDIDATE_URL\"\n";
    let notion = read(text)
        .unwrap_or_else(|errors| panic!("{errors}"))
        .notion
        .unwrap();
    assert_eq!(notion.token.expose_secret(), "ntn_hunter2");
    assert_eq!(notion.version, "2025-09-03");
    let without = GOOD.to_owned() + "[baseline.notion]\ndatabases = { tasks = \"abc\" }\n";
    assert!(errors(&without).contains("lacks `token`"));
}

#[test]
fn two_sides_that_nothing_tells_apart_are_a_mistake() {
    let sides = |baseline: &str, candidate: &str| {
        format!(
            "[baseline]\ndriver = \"http\"\n{baseline}\n[candidate]\ndriver = \"http\"\n{candidate}\n"
        )
    };
    let one = "base_url = \"https://one.example/app\"";
    let slash = "base_url = \"https://one.example/app/\"";
    let flag = "headers = { x-store = \"postgres\" }";
    let same = [
        sides(one, one),
        sides(one, slash),
        sides(&format!("{one}\n{flag}"), &format!("{slash}\n{flag}")),
    ];
    for text in &same {
        let shown = errors(text);
        assert!(
            shown.contains("the candidate is the baseline"),
            "{text}:\n{shown}"
        );
        assert!(shown.contains("name two deployments"), "{shown}");
    }
    let two = [
        sides(one, "base_url = \"https://one.example/other\""),
        sides(one, &format!("{one}\n{flag}")),
        sides(
            one,
            &format!("{one}\nvariables = {{ store = \"postgres\" }}"),
        ),
        sides(one, "base_url = \"https://me@one.example/app\""),
    ];
    for text in &two {
        assert!(read(text).is_ok(), "{text}");
    }
    let database = "driver = \"postgres\"\nurl = \"postgres://a:hunter2@localhost/d\"";
    let shown = errors(&format!(
        "[baseline]\n{database}\n[candidate]\n{database}\n"
    ));
    assert!(shown.contains("the candidate is the baseline"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
