//! Small databases with one thing missing each, named by the finding.

use std::time::Instant;

use super::*;

/// What is done to a complete schema, and what is found then.
const DEFECTS: [(&str, FindingKind, &str); 13] = [
    (
        "ALTER TABLE projects DISABLE TRIGGER ALL",
        FindingKind::ConstraintNotValidated,
        "constraint tasks_projectId_fkey on tasks(projectId)",
    ),
    (
        "DROP TABLE task_tags",
        FindingKind::TableMissing,
        "table task_tags",
    ),
    (
        "ALTER TABLE projects DROP COLUMN icon",
        FindingKind::ColumnMissing,
        "column projects.icon",
    ),
    (
        r#"ALTER TABLE tasks DROP COLUMN "projectId""#,
        FindingKind::ColumnMissing,
        "column tasks.projectId",
    ),
    (
        r#"ALTER TABLE tasks ALTER "dueDate" TYPE text"#,
        FindingKind::ColumnType,
        "column tasks.dueDate",
    ),
    (
        "DROP INDEX tasks_priority_idx",
        FindingKind::IndexMissing,
        "index tasks(priority)",
    ),
    (
        "DROP INDEX tasks_status_idx; CREATE INDEX ON tasks (status) WHERE status <> 'done'",
        FindingKind::IndexMissing,
        "index tasks(status)",
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tasks_status_idx'::regclass",
        FindingKind::IndexInvalid,
        "index tasks_status_idx on tasks(status)",
    ),
    (
        "ALTER TABLE tags DROP CONSTRAINT tags_name_key",
        FindingKind::ConstraintMissing,
        "unique constraint tags(name)",
    ),
    (
        "ALTER TABLE task_tags DROP CONSTRAINT task_tags_pkey",
        FindingKind::ConstraintMissing,
        "primary key task_tags(taskId, tagId)",
    ),
    (
        r#"ALTER TABLE tasks DROP CONSTRAINT "tasks_projectId_fkey""#,
        FindingKind::ForeignKeyMissing,
        "foreign key tasks(projectId) to projects",
    ),
    (
        r#"ALTER TABLE task_tags DROP CONSTRAINT "task_tags_tagId_fkey";
           ALTER TABLE task_tags ADD CONSTRAINT "task_tags_tagId_fkey" FOREIGN KEY ("tagId") REFERENCES tags NOT VALID"#,
        FindingKind::ConstraintNotValidated,
        "constraint task_tags_tagId_fkey on task_tags(tagId)",
    ),
    (
        "ALTER TABLE tasks ADD CONSTRAINT named CHECK (title <> '') NOT VALID",
        FindingKind::ConstraintNotValidated,
        "constraint named on tasks(title)",
    ),
];

#[tokio::test]
async fn one_thing_missing_is_one_finding_that_names_it_and_nothing_missing_is_none() {
    let server = server("SELECT 1").await;
    for (n, (defect, kind, subject)) in DEFECTS.iter().enumerate() {
        run(server.url(), &format!("CREATE DATABASE d{n}")).await;
        let mut url = url::Url::parse(server.url()).unwrap();
        url.set_path(&format!("d{n}"));
        let given = given(url.as_str());
        run(url.as_str(), SCHEMA).await;
        if n == 0 {
            let sound = look(Some(&given), Some(&given), None).await;
            assert_eq!(other_findings(&sound), Vec::<&Finding>::new());
            assert_eq!(other_gaps(&sound), Vec::<&str>::new());
        }
        run(url.as_str(), defect).await;
        let seen = look(Some(&given), Some(&given), None).await;
        let found = other_findings(&seen);
        assert_eq!(found.len(), 1, "{defect}: {found:#?}");
        assert_eq!(
            (found[0].kind, found[0].subject.as_str()),
            (*kind, *subject),
            "{defect}"
        );
        assert_ne!(found[0].weight, Weight::Tells, "{defect}");
        assert!(found[0].next.ends_with('.'), "{:?}", found[0]);
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn tables_are_found_by_the_urls_schema_and_only_there() {
    let server = server(&format!(
        "CREATE SCHEMA own; SET search_path = own; {SCHEMA}"
    ))
    .await;
    let mut url = url::Url::parse(server.url()).unwrap();
    let without = given(url.as_str());
    url.query_pairs_mut().append_pair("schema", "own");
    let with = given(url.as_str());
    let seen = look(Some(&with), Some(&with), None).await;
    assert_eq!(other_findings(&seen), Vec::<&Finding>::new());
    let seen = look(Some(&without), Some(&without), None).await;
    let kinds: Vec<_> = other_findings(&seen)
        .iter()
        .map(|finding| finding.kind)
        .collect();
    assert_eq!(kinds, [FindingKind::TableMissing; 4]);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn settings_that_lose_commits_and_a_clock_that_is_off_are_told() {
    let server = server(SCHEMA).await;
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        run(server.url(), &format!("ALTER SYSTEM SET {setting} = off")).await;
    }
    run(server.url(), "SELECT pg_reload_conf()").await;
    let given = given(server.url());
    let required = Requirements::tomos().unwrap();
    // The server takes the settings in a moment of its own.
    let mut seen = Inspection::default();
    let end = Instant::now() + Duration::from_secs(20);
    while Instant::now() < end {
        seen = connections::look(Asked {
            pooled: Some(&given),
            direct: Some(&given),
            required: &required,
            limit: LIMIT,
            clock: &|| Timestamp::now() - Duration::from_secs(60),
            clock_tolerance: CLOCK_TOLERANCE,
            notion: None,
        })
        .await;
        if other_findings(&seen).len() >= 4 {
            break;
        }
    }
    let told: Vec<_> = other_findings(&seen)
        .iter()
        .map(|finding| (finding.kind, finding.weight))
        .collect();
    assert_eq!(
        told,
        [
            (FindingKind::NotDurable, Weight::Refutes),
            (FindingKind::NotDurable, Weight::Refutes),
            (FindingKind::ClockOff, Weight::Doubts),
            (FindingKind::NotDurable, Weight::Doubts),
        ]
    );
    let clock = other_findings(&seen)[2].words.clone();
    assert!(
        clock.contains("at least") && clock.contains("ahead of ours"),
        "{clock}"
    );
    server.stop().await.unwrap();
}
