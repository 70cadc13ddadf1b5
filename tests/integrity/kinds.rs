//! An example of each kind of loss, in the words in which somebody reads it.

use cutover::record::{FindingKind, Inspection, Weight};

use crate::importer::{By, Database, Row, found, import, inspect, inspect_import, row_id};
use crate::world::{Due, Task, export};

/// Twelve tasks in which everything occurs.
pub(crate) fn sample() -> Vec<Task> {
    let task = |number: usize| {
        let at = i64::try_from(number).unwrap();
        Task {
            id: 0x1000 + number as u128,
            title: format!("task {number}"),
            status: Some(number % 4),
            priority: Some(number % 3),
            due: match number % 4 {
                0 => Due::Day(12),
                1 => Due::At(777),
                2 => Due::Span(3, 5),
                _ => Due::Zoned(4_321),
            },
            score: Some(i16::try_from(number).unwrap()),
            ticked: number.is_multiple_of(2),
            created: 29_453_760 + at * 100,
            edited: 29_453_760 + at * 100 + 50,
            contexts: (0..number % 4 + 1).collect(),
            project: Some(0),
            body: number
                .is_multiple_of(3)
                .then(|| format!("call {number} people")),
        }
    };
    (0..12).map(task).collect()
}

fn set(rows: &mut [Row], column: &'static str, value: &str) {
    for row in rows {
        row.insert(column, value.to_owned());
    }
}

fn unset(rows: &mut [Row], column: &'static str) {
    for row in rows {
        row.remove(column);
    }
}

/// What is told of an import of the sample that was damaged.
fn told(damage: impl FnOnce(&mut Database)) -> Inspection {
    let tasks = sample();
    let mut database = import(&tasks, By::IdMap);
    damage(&mut database);
    inspect_import(&tasks, &database, By::IdMap)
}

#[track_caller]
fn assert_first(inspection: &Inspection, kind: FindingKind, subject: &str, words: &str) {
    let first = &inspection.findings[0];
    assert_eq!(
        (first.kind, first.subject.as_str()),
        (kind, subject),
        "{inspection:#?}"
    );
    assert_eq!(first.words, words);
    assert_eq!(first.weight, Weight::Refutes);
    assert!(
        first.example.is_some() && first.next.ends_with('.'),
        "{first:#?}"
    );
}

#[test]
fn a_column_in_which_all_values_became_one() {
    let one = told(|database| set(database.table("tasks"), "status", "todo"));
    let words = "every `status` of tasks is `todo`; Notion has 3 different values";
    assert_first(&one, FindingKind::FieldCollapsed, "tasks.status", words);
}

#[test]
fn two_values_that_fell_together_are_no_collapse() {
    let tasks: Vec<Task> = sample()
        .into_iter()
        .map(|task| Task {
            status: task.status.map(|status| status / 2 * 2),
            ..task
        })
        .collect();
    let mut database = import(&tasks, By::IdMap);
    set(database.table("tasks"), "status", "todo");
    let inspection = inspect_import(&tasks, &database, By::IdMap);
    assert_eq!(inspection.findings[0].kind, FindingKind::FieldChanged);
}

#[test]
fn a_day_that_is_another_day_or_has_a_time_now() {
    let days = |database: &mut Database, at: &str| {
        let rows = database.table("tasks");
        for row in rows.iter_mut().step_by(4) {
            row.insert("dueDate", at.to_owned());
        }
    };
    let utc = told(|database| days(database, "2026-03-12 00:00:00"));
    let words = "a day without a time became a time of day in Australia/Sydney in `dueDate` of 3 of 12 tasks";
    assert_first(&utc, FindingKind::MomentShifted, "tasks.dueDate", words);
    let example = utc.findings[0].example.clone().unwrap();
    assert_eq!(example.baseline.as_deref(), Some("2026-03-12"));
    assert_eq!(example.candidate.as_deref(), Some("2026-03-12 00:00:00"));
    let before = told(|database| days(database, "2026-03-11 11:00:00"));
    let words = "the day in `dueDate` of 3 of 12 tasks is another day in Australia/Sydney";
    assert_first(&before, FindingKind::DayShifted, "tasks.dueDate", words);
    let other = told(|database| days(database, "2026-04-12 00:00:00"));
    let words = "`dueDate` differs from Notion in 3 of 12 tasks";
    assert_first(&other, FindingKind::FieldChanged, "tasks.dueDate", words);
}

#[test]
fn ends_and_zones_that_are_lost() {
    let lost = told(|database| {
        unset(database.table("tasks"), "dueEnd");
        unset(database.table("tasks"), "dueZone");
    });
    let words = "the end of the dates in `dueDate` is lost in 3 of 12 tasks";
    assert_first(&lost, FindingKind::EndDropped, "tasks.dueDate", words);
    assert_eq!(
        found(&lost),
        [
            (FindingKind::EndDropped, "tasks.dueDate", 3),
            (FindingKind::ZoneDropped, "tasks.dueDate", 3)
        ]
    );
    // The midnight of UTC is 11 hours after that of Sydney: the same day, with a time.
    let moved = told(|database| {
        for row in database
            .table("tasks")
            .iter_mut()
            .filter(|row| row.contains_key("dueEnd"))
        {
            row.insert("dueEnd", "2026-03-05 00:00:00".to_owned());
        }
    });
    assert_eq!(
        found(&moved),
        [(FindingKind::MomentShifted, "tasks.dueDate", 3)]
    );
}

#[test]
fn a_completion_that_is_the_last_edit_is_a_guess_when_there_are_enough() {
    let tasks: Vec<Task> = sample()
        .into_iter()
        .map(|task| Task {
            status: Some(3),
            ..task
        })
        .collect();
    let guess = |tasks: &[Task]| {
        let mut database = import(tasks, By::IdMap);
        for (row, task) in database.table("tasks").iter_mut().zip(tasks) {
            let edited = crate::world::moment(task.edited).to_string();
            row.insert("completedAt", edited);
        }
        inspect_import(tasks, &database, By::IdMap)
    };
    let words = "`completedAt` is only the time of the last edit in all 12 tasks that have one";
    assert_first(
        &guess(&tasks),
        FindingKind::CompletionGuessed,
        "tasks.completedAt",
        words,
    );
    assert_eq!(guess(&tasks[..4]).findings, []);
}

#[test]
fn a_body_that_did_not_arrive_or_was_never_exported() {
    let lost = told(|database| unset(database.table("tasks"), "description"));
    let words = "the text inside all 4 tasks with a body did not arrive";
    assert_first(&lost, FindingKind::BodyLost, "tasks", words);
    let tasks = sample();
    let mut without = export(&tasks);
    for page in without["tasks"].as_array_mut().unwrap() {
        page.as_object_mut().unwrap().remove("blocks");
    }
    let inspection = inspect(&without, &import(&tasks, By::Content), None);
    assert_eq!(inspection.findings, []);
    let missed = &inspection.not_looked_at[0];
    assert_eq!(missed.what, "the text inside the pages of tasks");
    assert_eq!(missed.why, "the export has no blocks");
}

#[test]
fn a_page_without_a_title_that_has_no_row() {
    let mut tasks = sample();
    tasks[3].title = String::new();
    let mut database = import(&tasks, By::IdMap);
    let whole = inspect_import(&tasks, &database, By::IdMap);
    assert_eq!(
        whole.findings[0].kind,
        FindingKind::FieldChanged,
        "`Untitled` is asked for"
    );
    database.table("tasks")[3].insert("title", "Untitled".to_owned());
    assert_eq!(inspect_import(&tasks, &database, By::IdMap).findings, []);
    let gone = row_id(&tasks[3]);
    database.table("tasks").retain(|row| row["id"] != gone);
    database
        .table("task_tags")
        .retain(|row| row["taskId"] != gone);
    let lost = inspect_import(&tasks, &database, By::IdMap);
    let words = "1 of 12 tasks have no title, and no row: the importer left them out";
    assert_first(&lost, FindingKind::EmptyTitleLost, "tasks", words);
}

#[test]
fn links_that_are_lost_too_many_half_there_or_lead_nowhere() {
    let none = told(|database| unset(database.table("tasks"), "projectId"));
    let words = "all 12 tasks with project lack links that Notion has";
    assert_first(&none, FindingKind::LinkMissing, "tasks.project", words);
    let elsewhere =
        told(|database| set(&mut database.table("tasks")[..2], "projectId", "project-1"));
    let words = "the project of 2 of 12 tasks lead elsewhere than in Notion";
    assert_first(
        &elsewhere,
        FindingKind::LinkElsewhere,
        "tasks.project",
        words,
    );
    let nowhere = told(|database| set(&mut database.table("tasks")[..2], "projectId", "project-9"));
    let words = "project: 2 links of tasks lead to a row that is not there, or come from one";
    assert_first(&nowhere, FindingKind::Orphan, "tasks.project", words);
    let half = told(|database| {
        let links = database.table("task_tags");
        let gone = links
            .iter()
            .position(|link| link["taskId"] == "row-1003" && link["tagId"] == "tag-1");
        links.remove(gone.unwrap());
    });
    let words = "1 of 12 tasks with tags have only some of them: half of the record was written";
    assert_first(&half, FindingKind::HalfWritten, "tasks.tags", words);
}

#[test]
fn a_half_written_row_beside_the_whole_one_is_what_a_retry_leaves() {
    let retried = told(|database| {
        let mut half = database.table("tasks")[3].clone();
        half.insert("id", "half".to_owned());
        half.insert("createdAt", "2026-05-05 00:00:00".to_owned());
        database.table("tasks").push(half);
        let link = [("taskId", "half".to_owned()), ("tagId", "tag-0".to_owned())];
        database.table("task_tags").push(link.into_iter().collect());
    });
    assert_eq!(
        found(&retried),
        [(FindingKind::HalfWritten, "tasks.tags", 1)]
    );
}

#[test]
fn a_property_that_nobody_received_is_told_unless_it_is_ignored() {
    let tasks = sample();
    let mut more = export(&tasks);
    for page in more["tasks"].as_array_mut().unwrap().iter_mut().take(5) {
        page["properties"]["Where"] =
            serde_json::json!({ "type": "rich_text", "rich_text": [{ "plain_text": "at home" }] });
    }
    let inspection = inspect(&more, &import(&tasks, By::Content), None);
    let words = "5 of 12 tasks have a value in the property `Where`, which no column received";
    assert_first(
        &inspection,
        FindingKind::PropertyNotReceived,
        "tasks.Where",
        words,
    );
}

#[test]
fn rows_that_end_at_a_cap_of_the_importer() {
    let many: Vec<Task> = (0..130)
        .map(|number| Task {
            id: number,
            created: 29_453_760 + i64::try_from(number).unwrap(),
            title: format!("task {number}"),
            ..sample().remove(0)
        })
        .collect();
    let mut database = import(&many, By::IdMap);
    database.table("tasks").truncate(100);
    database.table("task_tags").truncate(100);
    let cut = inspect_import(&many, &database, By::IdMap);
    let words = "tasks end at exactly 100 rows, and 30 pages have none: a list was cut";
    assert_first(&cut, FindingKind::ListCapped, "tasks", words);
}

#[test]
fn an_export_that_is_cut_itself_doubts_and_accuses_no_row() {
    let tasks = sample();
    let mut cut = export(&tasks[..10]);
    cut["tasks"] = serde_json::json!({ "results": cut["tasks"], "has_more": true });
    let inspection = inspect(&cut, &import(&tasks, By::Content), None);
    assert_eq!(found(&inspection), [(FindingKind::ListCapped, "tasks", 10)]);
    assert_eq!(inspection.heaviest(), Some(Weight::Doubts));
}

#[test]
fn a_row_that_nobody_wrote_in_notion_and_one_that_stands_there_again() {
    let extra = told(|database| {
        let mut row = database.table("tasks")[0].clone();
        row.insert("id", "new".to_owned());
        row.insert("title", "made after the cutover".to_owned());
        database.table("tasks").push(row);
    });
    let words = "1 of 13 rows of tasks belong to no page of Notion";
    assert_first(&extra, FindingKind::RecordExtra, "tasks", words);
    let again = told(|database| {
        let mut row = database.table("tasks")[4].clone();
        row.insert("id", "again".to_owned());
        database.table("tasks").push(row);
    });
    let words = "1 of 13 rows of tasks say the same as another one";
    assert_first(&again, FindingKind::RecordDuplicated, "tasks", words);
}

#[test]
fn links_that_notion_told_in_part_are_not_taken_for_all_of_them() {
    let tasks = sample();
    let mut told = export(&tasks);
    for at in [2, 5] {
        told["tasks"][at]["properties"]["Project"]["has_more"] = true.into();
    }
    let seen = inspect(&told, &import(&tasks, By::Content), None);
    assert_eq!(seen.findings, []);
    let [gap] = seen.not_looked_at.as_slice() else {
        panic!("{seen:#?}")
    };
    assert_eq!(gap.what, "all links of tasks.project");
    assert_eq!(gap.why, "Notion told 25 of more in 2 of its pages");
    assert!(gap.next.contains("--live"), "{}", gap.next);
}
