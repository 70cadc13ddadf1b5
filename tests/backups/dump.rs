//! What the real pg_dump writes.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

const TABLES: &str = r#"
CREATE TABLE projects (id text PRIMARY KEY, title text NOT NULL);
CREATE TABLE "Odd ""table; -- $x$" ("a ""column" text, b bytea, c timestamptz DEFAULT now());
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE tasks (id bigserial PRIMARY KEY, title text, mood mood, project text REFERENCES projects);
CREATE INDEX ON tasks (title);
CREATE FUNCTION shout(text) RETURNS text LANGUAGE plpgsql AS $body$ BEGIN RETURN upper($1) || ';'; END $body$;
CREATE VIEW loud AS SELECT shout(title) FROM tasks;
INSERT INTO projects SELECT 'p' || n, E'Project \\. ' || n FROM generate_series(1, 10) n;
INSERT INTO tasks (title, mood, project) SELECT repeat('words; ', 20), 'good', 'p' || (n % 10 + 1) FROM generate_series(1, 600) n;
INSERT INTO "Odd ""table; -- $x$" VALUES (E'\\.\n\\.\t\\N', '\x00ff5c2e'), (NULL, NULL), ('', '');
"#;

/// Each form that pg_dump writes, with its options.
const FORMS: [(&str, &[&str]); 6] = [
    ("plain.sql", &["-Fp"]),
    ("verbose.sql", &["-Fp", "--verbose"]),
    ("inserts.sql", &["-Fp", "--inserts"]),
    ("custom.dump", &["-Fc"]),
    ("tar.dump", &["-Ft"]),
    ("folder", &["-Fd"]),
];

#[tokio::test]
async fn every_form_of_a_whole_dump_comes_back_with_as_many_rows() {
    let world = World::start(TABLES).await;
    for (name, options) in FORMS {
        let dump = world.dump(name, options);
        let seen = world.look_at(&dump).await;
        assert_eq!(told(&seen), [], "{name}: {:#?}", seen.findings);
        assert_eq!(seen.not_looked_at, [], "{name}");
        let rows = seen
            .looked_at
            .iter()
            .find(|looked| looked.what == "rows of the restored dump");
        assert_eq!(
            rows.unwrap().detail,
            "613 rows in 3 tables, as many as the candidate has"
        );
        let age = seen
            .looked_at
            .iter()
            .find(|looked| looked.what.starts_with("age of"))
            .unwrap();
        let itself = !["plain.sql", "inserts.sql"].contains(&name);
        assert_eq!(
            age.detail.contains("by what stands in it"),
            itself,
            "{name}: {}",
            age.detail
        );
    }
    world.end().await;
}

/// Damage is found wherever it is: a dump that ends early has never all that it had.
#[tokio::test]
async fn a_dump_that_is_cut_anywhere_is_told_and_refutes() {
    const PLACES: usize = 20;
    let world = World::start(TABLES).await;
    for name in ["plain.sql", "custom.dump"] {
        let options = FORMS.iter().find(|(form, _)| *form == name).unwrap().1;
        let whole = std::fs::read(world.dump(name, options)).unwrap();
        for place in 0..PLACES {
            let end = whole.len() * place / PLACES;
            let cut = world.path("cut");
            std::fs::write(&cut, &whole[..end]).unwrap();
            let seen = world.look_at(&cut).await;
            let told = told(&seen);
            let refutes = told.iter().filter(|(_, weight)| *weight == Weight::Refutes);
            assert_eq!(
                refutes.count(),
                1,
                "{name} cut at {end} of {}: {seen:#?}",
                whole.len()
            );
            assert!(
                told.iter().any(|(kind, _)| matches!(
                    kind,
                    FindingKind::BackupUnreadable | FindingKind::DumpDoesNotRestore
                )),
                "{name} cut at {end}: {told:?}"
            );
        }
    }
    world.end().await;
}

/// Cut between two statements, everything that is left runs: only the last line tells.
#[tokio::test]
async fn a_script_that_is_cut_between_two_statements_lacks_its_last_line() {
    let world = World::start(TABLES).await;
    let whole = std::fs::read_to_string(world.dump("plain.sql", &["-Fp"])).unwrap();
    let end = whole.find("-- PostgreSQL database dump complete").unwrap();
    let ends: Vec<usize> = whole[..end]
        .match_indices(";\n\n")
        .map(|(at, _)| at + 2)
        .collect();
    for end in [
        ends[ends.len() / 4],
        ends[ends.len() / 2],
        ends[ends.len() - 1],
        end,
    ] {
        let cut = world.path("cut");
        std::fs::write(&cut, &whole[..end]).unwrap();
        let seen = world.look_at(&cut).await;
        assert_eq!(
            told(&seen),
            [(FindingKind::BackupUnreadable, Weight::Refutes)],
            "{end}"
        );
        let words = &seen.findings[0].words;
        assert!(words.contains("last line"), "{words}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_dump_of_another_day_is_told_with_both_numbers_and_its_age() {
    let world = World::start(TABLES).await;
    let dump = world.dump("custom.dump", &["-Fc"]);
    world
        .run("INSERT INTO projects VALUES ('new', 'since'); CREATE TABLE later (id int)")
        .await;
    let seen = world.look_at(&dump).await;
    let kinds = told(&seen);
    assert_eq!(
        kinds,
        [(FindingKind::CountsDiffer, Weight::Refutes); 2],
        "{seen:#?}"
    );
    let subjects: Vec<_> = seen
        .findings
        .iter()
        .map(|finding| finding.subject.as_str())
        .collect();
    assert_eq!(subjects, ["table public.later", "table public.projects"]);
    assert!(seen.findings[1].words.contains("10 rows") && seen.findings[1].words.contains("11"));

    let mut asked = nothing();
    asked.dump = Some(&dump);
    asked.now = Timestamp::now() + DAY + Duration::from_secs(3600);
    let seen = without_export(backups::look(asked).await);
    assert_eq!(told(&seen), [(FindingKind::BackupOld, Weight::Refutes)]);
    assert!(
        seen.findings[0].words.contains("1 d 1 h"),
        "{}",
        seen.findings[0].words
    );
    // Nobody gave a database to restore it into.
    assert_eq!(seen.not_looked_at.len(), 1);
    assert_eq!(
        seen.not_looked_at[0].what,
        "whether the dump can be restored"
    );
    world.end().await;
}

#[tokio::test]
async fn what_is_no_dump_of_one_database_is_told_for_what_it_is() {
    let world = World::start("SELECT 1").await;
    let header = "--\n-- PostgreSQL database dump\n--\n";
    let trailer = "\n--\n-- PostgreSQL database dump complete\n--\n";
    let refused = format!("{header}SELECT 1;\nSELECT nonsense;{trailer}");
    let switching = format!("{header}\\connect other\n{trailer}");
    let empty = format!("{header}SELECT 1;{trailer}");
    for (text, kind, word) in [
        ("", FindingKind::BackupUnreadable, "empty"),
        ("hello", FindingKind::BackupUnreadable, "no dump"),
        (
            "-- PostgreSQL database cluster dump\n",
            FindingKind::BackupUnreadable,
            "pg_dumpall",
        ),
        (
            "PGDMP\u{1}\u{e}\0\u{4}",
            FindingKind::BackupUnreadable,
            "pg_restore says",
        ),
        (refused.as_str(), FindingKind::DumpDoesNotRestore, "line 5"),
        (
            switching.as_str(),
            FindingKind::DumpDoesNotRestore,
            "\\connect",
        ),
        (empty.as_str(), FindingKind::BackupUnreadable, "no table"),
    ] {
        let path = world.path("odd");
        std::fs::write(&path, text).unwrap();
        let seen = world.look_at(&path).await;
        assert_eq!(told(&seen), [(kind, Weight::Refutes)], "{text}: {seen:#?}");
        assert!(
            seen.findings[0].words.contains(word),
            "{text}: {}",
            seen.findings[0].words
        );
    }
    // What is right for a newer server says nothing against the dump.
    let newer = refused.replace(
        header,
        &format!("{header}-- Dumped from database version 99.1\n"),
    );
    std::fs::write(world.path("newer"), newer).unwrap();
    let seen = world.look_at(&world.path("newer")).await;
    assert_eq!(told(&seen), []);
    assert!(
        seen.not_looked_at[0].why.contains("PostgreSQL 99"),
        "{seen:#?}"
    );
    let seen = world.look_at(&world.path("nowhere")).await;
    assert_eq!(told(&seen), [(FindingKind::BackupMissing, Weight::Refutes)]);
    std::fs::write(world.path("packed"), [0x1f, 0x8b, 8, 0]).unwrap();
    let seen = world.look_at(&world.path("packed")).await;
    assert_eq!(told(&seen), []);
    assert!(seen.not_looked_at[0].why.contains("compressed"));
    world.end().await;
}

#[tokio::test]
async fn roles_and_settings_that_are_not_here_do_not_matter_and_nothing_is_written_over() {
    let world = World::start(
        "CREATE ROLE app; CREATE TABLE a (n int); INSERT INTO a VALUES (1); ALTER TABLE a OWNER TO app; \
         GRANT SELECT ON a TO PUBLIC",
    )
    .await;
    let dump = world.dump("plain.sql", &["-Fp"]);
    world
        .run("REASSIGN OWNED BY app TO CURRENT_USER; DROP OWNED BY app; DROP ROLE app")
        .await;
    let text = std::fs::read_to_string(&dump).unwrap();
    assert!(text.contains("OWNER TO app"));
    // As a newer pg_dump writes it.
    let newer = text.replace(
        "SET client_encoding",
        "\\restrict abc\nSET transaction_timeout_of_tomorrow = 0;\nSET client_encoding",
    );
    std::fs::write(&dump, newer).unwrap();
    let seen = world.look_at(&dump).await;
    assert_eq!(told(&seen), [], "{seen:#?}");
    let restoring = seen
        .looked_at
        .iter()
        .find(|looked| looked.what == "restoring the dump");
    assert!(
        restoring
            .unwrap()
            .detail
            .contains("without SET transaction_timeout_of_tomorrow")
    );

    // The candidate itself is named as the scratch database.
    let scratch = given(world.server.url());
    let mut candidate = world.candidate().await;
    let mut asked = nothing();
    asked.dump = Some(&dump);
    asked.scratch = Some(&scratch);
    asked.candidate = Some(&mut candidate);
    let seen = without_export(backups::look(asked).await);
    assert_eq!(told(&seen), []);
    assert!(
        seen.not_looked_at[0].why.contains("1 tables already"),
        "{seen:#?}"
    );
    candidate.close().await;
    world.end().await;
}

async fn rows(url: &str) -> Vec<(Option<String>, Option<String>)> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let asked = sqlx::query("SELECT a, b FROM public.t ORDER BY n");
    let rows = asked.fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The law: what was dumped is what comes back, whatever the texts hold.
#[test]
fn any_rows_come_back_from_every_form_as_they_were() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(World::start("CREATE TABLE t (n serial, a text, b text)"));
    let nasty = prop_oneof![
        Just("\\.".to_owned()),
        Just("\\.\n\\.".to_owned()),
        Just("\t\\N\r\n;".to_owned()),
        Just("'; DROP TABLE t; --".to_owned()),
        "[^\0]{0,30}",
    ];
    let cell = proptest::option::of(nasty);
    let table = proptest::collection::vec((cell.clone(), cell), 0..12);
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::with_cases(8)
    });
    runner
        .run(&(table, 0_usize..FORMS.len()), |(table, form)| {
            runtime.block_on(async {
                let mut connection = PgConnection::connect(world.server.url()).await.unwrap();
                sqlx::raw_sql("TRUNCATE t")
                    .execute(&mut connection)
                    .await
                    .unwrap();
                let (a, b): (Vec<_>, Vec<_>) = table.iter().cloned().unzip();
                sqlx::query("INSERT INTO t (a, b) SELECT * FROM unnest($1::text[], $2::text[])")
                    .bind(&a)
                    .bind(&b)
                    .execute(&mut connection)
                    .await
                    .unwrap();
                connection.close().await.unwrap();
            });
            let (name, options) = FORMS[form];
            let path = world.path(name);
            let _ = std::fs::remove_dir_all(&path);
            let dump = world.dump(name, options);
            let before = runtime.block_on(rows(world.server.url()));
            let seen = runtime.block_on(world.look_at(&dump));
            prop_assert_eq!(told(&seen), [], "{:#?}", seen);
            let after = runtime.block_on(rows(&world.url_of("scratch")));
            prop_assert_eq!(&after, &before);
            prop_assert_eq!(after.len(), table.len());
            Ok(())
        })
        .unwrap();
    runtime.block_on(world.end());
}
