//! Damage of a known size is found with that size, and nothing else is.

use cutover::record::FindingKind;
use proptest::prelude::*;

use crate::importer::{By, Database, WAYS, found, import, inspect, inspect_import, row_id};
use crate::world::{Task, export, tasks};

fn by() -> impl Strategy<Value = By> {
    proptest::sample::select(WAYS.to_vec())
}

/// Removes the rows of some tasks, as PostgreSQL would with all that hangs on them.
fn remove(database: &mut Database, gone: &[Task]) {
    let ids: Vec<String> = gone.iter().map(row_id).collect();
    database
        .table("tasks")
        .retain(|row| !ids.contains(&row["id"]));
    database
        .table("task_tags")
        .retain(|row| !ids.contains(&row["taskId"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_import_that_loses_nothing_has_no_finding(tasks in tasks(1..30), by in by()) {
        let inspection = inspect_import(&tasks, &import(&tasks, by), by);
        prop_assert_eq!(&inspection.findings, &[]);
        prop_assert_eq!(&inspection.not_looked_at, &[]);
        prop_assert_eq!(inspection.looked_at[0].count, tasks.len() as u64);
    }

    #[test]
    fn rows_that_are_removed_are_missing_and_no_others(tasks in tasks(2..30), by in by(), share in 0.0..1.0f64) {
        let mut database = import(&tasks, by);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a short list")]
        let count = 1 + (share * (tasks.len() - 1) as f64) as usize;
        remove(&mut database, &tasks[..count]);
        let inspection = inspect_import(&tasks, &database, by);
        prop_assert_eq!(found(&inspection), [(FindingKind::RecordMissing, "tasks", count as u64)]);
    }

    #[test]
    fn rows_that_are_there_again_were_imported_twice_and_nothing_else(tasks in tasks(2..30), by in by()) {
        let mut database = import(&tasks, by);
        for table in ["tasks", "task_tags"] {
            let again = database.table(table).clone().into_iter().map(|mut row| {
                let id = if table == "tasks" { "id" } else { "taskId" };
                row.insert(id, format!("again-{}", row[id]));
                row
            });
            let again: Vec<_> = again.collect();
            database.table(table).extend(again);
        }
        let inspection = inspect_import(&tasks, &database, by);
        prop_assert_eq!(found(&inspection), [(FindingKind::ImportedTwice, "tasks", tasks.len() as u64)]);
    }

    #[test]
    fn the_order_of_pages_and_rows_changes_nothing(
        (tasks, shuffled) in tasks(3..20).prop_flat_map(|tasks| (Just(tasks.clone()), Just(tasks).prop_shuffle())),
        by in by(), turn in 0usize..20,
    ) {
        let mut database = import(&tasks, by);
        remove(&mut database, &tasks[..1]);
        database.table("tasks")[0].insert("status", "lost".to_owned());
        database.table("tasks")[1].insert("title", "another".to_owned());
        let mut turned = database.clone();
        for table in ["tasks", "task_tags", "tags"] {
            let rows = turned.table(table);
            let turn = turn % rows.len().max(1);
            rows.rotate_left(turn);
        }
        let one = inspect_import(&tasks, &database, by);
        prop_assert!(!one.findings.is_empty());
        prop_assert_eq!(one, inspect_import(&shuffled, &turned, by));
    }

    #[test]
    fn a_cell_that_is_changed_is_one_finding(
        tasks in tasks(1..30), by in by(), at in any::<proptest::sample::Index>(),
        column in proptest::sample::select(vec!["title", "status", "priority", "score", "createdAt", "dueDate"]),
    ) {
        // Where pages are matched by their content, another content is another row.
        prop_assume!(by != By::Content || !["title", "createdAt"].contains(&column));
        let mut database = import(&tasks, by);
        let rows = database.table("tasks");
        let row = at.index(rows.len());
        rows[row].insert(column, "2001-01-01 00:00:00".to_owned());
        let inspection = inspect_import(&tasks, &database, by);
        let subject = format!("tasks.{column}");
        prop_assert_eq!(found(&inspection), [(FindingKind::FieldChanged, subject.as_str(), 1)]);
        let example = inspection.findings[0].example.as_ref().unwrap();
        prop_assert_eq!(example.candidate.as_deref(), Some("2001-01-01 00:00:00"));
        let id = uuid::Uuid::from_u128(tasks[row].id).to_string();
        prop_assert!(example.key.contains(&id), "{}", example.key);
    }

    #[test]
    fn a_link_that_is_removed_or_added_is_one_finding(
        tasks in tasks(1..30), by in by(), at in any::<proptest::sample::Index>(), add: bool,
    ) {
        let mut database = import(&tasks, by);
        if add {
            let task = &tasks[at.index(tasks.len())];
            prop_assume!(!task.contexts.contains(&0));
            let link = [("taskId", row_id(task)), ("tagId", "tag-0".to_owned())];
            let links = database.table("task_tags");
            links.push(link.into_iter().collect());
            let inspection = inspect_import(&tasks, &database, by);
            prop_assert_eq!(found(&inspection), [(FindingKind::LinkExtra, "tasks.tags", 1)]);
        } else {
            let links = database.table("task_tags");
            prop_assume!(!links.is_empty());
            let gone = links.remove(at.index(links.len()));
            let left = links.iter().any(|link| link["taskId"] == gone["taskId"]);
            let kind = if left { FindingKind::HalfWritten } else { FindingKind::LinkMissing };
            let inspection = inspect_import(&tasks, &database, by);
            prop_assert_eq!(found(&inspection), [(kind, "tasks.tags", 1)]);
        }
    }

    #[test]
    fn a_page_that_stands_in_the_file_twice_is_looked_at_once(tasks in tasks(1..10)) {
        let twice: Vec<Task> = tasks.iter().chain(&tasks).cloned().collect();
        let inspection = inspect(&export(&twice), &import(&tasks, By::Content), None);
        prop_assert_eq!(&inspection.findings, &[]);
    }
}
