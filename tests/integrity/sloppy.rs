//! What a script of an afternoon leaves out of an export, or a slip of the pen out of a mapping, is told. It
//! never passes for what is empty.

use cutover::record::{FindingKind, Inspection};
use serde_json::{Value, json};

use crate::importer::{By, Database, MAPPING, found, ids, import, inspect, inspect_with, row_id};
use crate::kinds::sample;
use crate::world::{PROJECTS, export, moment};

/// What is said of the whole sample, exported and imported with some damage.
fn told(mapping: &str, damage: impl FnOnce(&mut Value, &mut Database)) -> Inspection {
    let tasks = sample();
    let (mut file, mut database) = (export(&tasks), import(&tasks, By::IdMap));
    damage(&mut file, &mut database);
    inspect_with(mapping, &file, &database, Some(&ids(&tasks)))
}

fn exported(damage: impl FnOnce(&mut Vec<Value>)) -> Inspection {
    told(MAPPING, |file, _| {
        damage(file["tasks"].as_array_mut().unwrap());
    })
}

/// What could not be looked at, and why.
fn missed(inspection: &Inspection) -> Vec<(&str, &str)> {
    let missed = inspection.not_looked_at.iter();
    missed
        .map(|missed| (missed.what.as_str(), missed.why.as_str()))
        .collect()
}

fn without(pages: &mut [Value], property: &str) {
    for page in pages {
        let properties = page["properties"].as_object_mut().unwrap();
        properties.remove(property);
    }
}

#[test]
fn a_property_that_pages_lack_is_not_an_empty_one() {
    for (property, subject) in [
        ("Status", "status"),
        ("Due", "dueDate"),
        ("Context", "tags"),
    ] {
        let all = exported(|pages| without(pages, property));
        let what = format!("the property `{property}` of tasks");
        assert_eq!(missed(&all), [(what.as_str(), "no page has it")]);
        let some = exported(|pages| without(&mut pages[..5], property));
        assert_eq!(missed(&some), [(what.as_str(), "5 of 12 pages lack it")]);
        // The rows are right, so that nothing is said against them.
        assert_eq!((found(&all), found(&some)), (vec![], vec![]), "{subject}");
    }
}

/// Without ids pages find their rows by what they say: those that do not say all of it by the rest.
#[test]
fn a_property_that_pages_lack_takes_no_row_from_them() {
    let ways = "[{ id_map = \"tasks\" }, { column = \"notionId\" }, { content = [\"title\", \"createdAt\"] }]";
    let by_all = MAPPING.replace(ways, "[{ id_map = \"tasks\" }]");
    let by_three = MAPPING.replace(
        ways,
        "[{ content = [\"title\", \"createdAt\", \"status\"] }]",
    );
    for mapping in [by_all, by_three] {
        for lack in [5, 12] {
            let inspect = |gone: usize| {
                let tasks = sample();
                let (mut file, mut database) = (export(&tasks), import(&tasks, By::Content));
                without(&mut file["tasks"].as_array_mut().unwrap()[..lack], "Status");
                for table in ["tasks", "task_tags"] {
                    let id = if table == "tasks" { "id" } else { "taskId" };
                    let gone: Vec<String> = tasks[..gone].iter().map(row_id).collect();
                    database.table(table).retain(|row| !gone.contains(&row[id]));
                }
                inspect_with(&mapping, &file, &database, None)
            };
            let whole = inspect(0);
            assert_eq!(found(&whole), [], "{lack} lack it");
            assert_eq!(missed(&whole).len(), 1, "{:?}", missed(&whole));
            // A row that is not there is missed all the same.
            let missing = [(FindingKind::RecordMissing, "tasks", 2)];
            assert_eq!(found(&inspect(2)), missing, "{lack} lack it");
        }
    }
}

#[test]
fn a_column_that_collapsed_is_not_hidden_by_a_property_that_is_not_there() {
    let inspection = told(MAPPING, |file, database| {
        without(file["tasks"].as_array_mut().unwrap(), "Status");
        for row in database.table("tasks") {
            row.insert("status", "todo".to_owned());
            row.remove("completedAt");
        }
    });
    let what = "the property `Status` of tasks";
    assert_eq!(missed(&inspection), [(what, "no page has it")]);
}

#[test]
fn a_name_that_is_misspelt_in_the_mapping_is_told_with_the_right_one() {
    let mapping = MAPPING.replace("from = \"Priority\"", "from = \"Prioritty\"");
    let inspection = told(&mapping, |_, _| {});
    let what = "the property `Prioritty` of tasks";
    assert_eq!(missed(&inspection), [(what, "no page has it")]);
    let next = &inspection.not_looked_at[0].next;
    assert!(next.contains("did you mean `Priority`?"), "{next}");
}

#[test]
fn text_inside_pages_that_was_not_or_half_exported_is_told_with_how_many_pages() {
    let what = "the text inside the pages of tasks";
    let some = exported(|pages| {
        for page in &mut pages[1..] {
            page.as_object_mut().unwrap().remove("blocks");
        }
    });
    let why = "the text of 11 of 12 pages was not exported, or not all of it";
    assert_eq!(missed(&some), [(what, why)]);
    let half = exported(|pages| {
        let blocks = pages[0]["blocks"].take();
        pages[0]["blocks"] = json!({ "object": "list", "results": blocks, "has_more": true });
        pages[1]["blocks"] = json!([{ "type": "toggle", "has_children": true, "toggle": {} }]);
        pages[2]["blocks"] = Value::Null;
    });
    let why = "the text of 3 of 12 pages was not exported, or not all of it";
    assert_eq!((missed(&half), found(&half)), (vec![(what, why)], vec![]));
}

#[test]
fn text_is_lost_in_whatever_shape_it_was_exported() {
    let shape = |shape: fn(Value) -> Value, keep: bool| {
        told(MAPPING, |file, database| {
            for page in file["tasks"].as_array_mut().unwrap() {
                page["blocks"] = shape(page["blocks"].take());
            }
            for row in database.table("tasks").iter_mut().filter(|_| !keep) {
                row.remove("description");
            }
        })
    };
    let answer: fn(Value) -> Value =
        |blocks| json!({ "object": "list", "results": blocks, "has_more": false });
    // A table says what the paragraph said.
    let table: fn(Value) -> Value = |blocks| {
        let cells = blocks[0]["paragraph"]["rich_text"].clone();
        match cells.is_null() {
            true => json!([]),
            false => json!([{ "type": "table_row", "table_row": { "cells": [cells] } }]),
        }
    };
    for shaped in [answer, table] {
        let whole = shape(shaped, true);
        assert_eq!((missed(&whole), found(&whole)), (vec![], vec![]));
        let lost = shape(shaped, false);
        assert_eq!(found(&lost), [(FindingKind::BodyLost, "tasks", 4)]);
    }
}

#[test]
fn text_that_only_stands_inside_longer_words_did_not_arrive() {
    let inspection = told(MAPPING, |_, database| {
        for row in database.table("tasks").iter_mut().take(1) {
            row.insert("description", "recall 0 peoples".to_owned());
        }
    });
    assert_eq!(found(&inspection), [(FindingKind::BodyLost, "tasks", 1)]);
}

#[test]
fn ends_and_zones_are_lost_however_late_a_page_was_edited() {
    let mapping = MAPPING.replace("body = { column", "edited = \"updatedAt\"\nbody = { column");
    // One page of each kind was edited after its row; then all were.
    for late in [4, 12] {
        let inspection = told(&mapping, |_, database| {
            for (row, task) in database.table("tasks").iter_mut().zip(sample()).take(late) {
                row.insert("updatedAt", moment(task.edited - 10).to_string());
            }
            for row in database.table("tasks") {
                row.remove("dueEnd");
                row.remove("dueZone");
            }
        });
        let subject = "tasks.dueDate";
        let lost = [FindingKind::EndDropped, FindingKind::ZoneDropped];
        let lost = lost.map(|kind| (kind, subject, 3));
        assert_eq!(found(&inspection), lost, "{late} edited later");
    }
}

#[test]
fn the_end_of_a_date_in_a_column_of_texts_is_lost_too() {
    let mapping = MAPPING.replace(
        "{ from = \"Due\", as = \"instant\", end_column = \"dueEnd\", zone_column = \"dueZone\" }",
        "{ from = \"Due\", zone_column = \"dueZone\" }",
    );
    let inspection = told(&mapping, |file, database| {
        let pages = file["tasks"].as_array().unwrap();
        for (row, page) in database.table("tasks").iter_mut().zip(pages) {
            let start = &page["properties"]["Due"]["date"]["start"];
            row.insert("dueDate", start.as_str().unwrap().to_owned());
        }
    });
    let subject = "tasks.dueDate";
    assert_eq!(found(&inspection), [(FindingKind::EndDropped, subject, 3)]);
}

#[test]
fn a_completion_that_stayed_when_the_task_was_reopened_is_no_guess() {
    let inspection = told(MAPPING, |_, database| {
        for (row, task) in database.table("tasks").iter_mut().zip(sample()).take(3) {
            row.insert("completedAt", moment(task.edited).to_string());
        }
    });
    let subject = "tasks.completedAt";
    assert_eq!(
        found(&inspection),
        [(FindingKind::FieldChanged, subject, 3)]
    );
}

#[test]
fn links_to_pages_that_are_not_in_the_export_are_told() {
    let gone = told(MAPPING, |file, _| {
        file["projects"]["results"]
            .as_array_mut()
            .unwrap()
            .remove(0);
    });
    let why = "they lead to pages that are not in the export";
    assert_eq!(missed(&gone), [("12 links of tasks.project", why)]);
    // A table without a record: nobody knows which page became which row.
    let (tasks, _) = MAPPING.rsplit_once("[[records]]").unwrap();
    let no_record = told(tasks, |file, _| {
        file.as_object_mut().unwrap().remove("projects");
    });
    let why = "they lead to pages, and no record of the mapping has the table projects";
    assert_eq!(missed(&no_record), [("12 links of tasks.project", why)]);
}

#[test]
fn links_to_pages_that_are_left_out_are_counted_and_accuse_no_row() {
    let skip = "skip = { when = \"archived\", reason = \"in the trash\" }\nbody = { ignored";
    let mapping = MAPPING.replace("body = { ignored", skip);
    let archived = |keep_link: bool| {
        told(&mapping, |file, database| {
            file["projects"]["results"][0]["archived"] = json!(true);
            database.table("projects").remove(0);
            for row in database.table("tasks").iter_mut() {
                row.remove("projectId");
                let other = keep_link.then(|| ("projectId", "project-1".to_owned()));
                row.extend(other);
            }
        })
    };
    let gone = archived(false);
    assert_eq!((missed(&gone), found(&gone)), (vec![], vec![]));
    let detail = &gone.looked_at[0].detail;
    assert!(
        detail.contains("2 links, 12 of them to pages that were left out"),
        "{detail}"
    );
    let elsewhere = archived(true);
    let found = found(&elsewhere);
    assert_eq!(found, [(FindingKind::LinkExtra, "tasks.project", 12)]);
}

#[test]
fn a_table_is_the_same_with_and_without_its_schema() {
    let schema = |mapping: &str, names: &[(&'static str, &'static str)]| {
        told(mapping, |_, database| {
            for (old, new) in names {
                let rows = database.0.remove(old).unwrap();
                database.0.insert(new, rows);
            }
            let tasks = if database.0.contains_key("tasks") {
                "tasks"
            } else {
                "public.tasks"
            };
            for row in database.table(tasks) {
                row.remove("projectId");
            }
        })
    };
    let records = MAPPING
        .replace("table = \"tasks\"", "table = \"public.tasks\"")
        .replace("table = \"projects\"", "table = \"public.projects\"");
    let names = [("tasks", "public.tasks"), ("projects", "public.projects")];
    let links = MAPPING.replace("\"projects.id\"", "\"public.projects.id\"");
    let both = records.replace("\"projects.id\"", "\"public.projects.id\"");
    for inspection in [
        schema(&records, &names),
        schema(&links, &[]),
        schema(&both, &names),
    ] {
        let lost = [(FindingKind::LinkMissing, "tasks.project", 12)];
        assert_eq!(
            (found(&inspection), missed(&inspection)),
            (lost.to_vec(), vec![])
        );
    }
}

#[test]
fn values_of_kinds_that_nobody_knows_are_values() {
    let with = |mapping: &str, property: Value| {
        told(mapping, |file, _| {
            for page in file["tasks"].as_array_mut().unwrap() {
                page["properties"]["More"] = property.clone();
            }
        })
    };
    let mapped = MAPPING.replace("score = ", "more = { from = \"More\" }\nscore = ");
    for property in [
        json!({ "type": "place", "place": { "lat": 1.0, "lon": 2.0 } }),
        json!({ "type": "files", "files": [{ "name": "a.pdf" }] }),
        json!({ "type": "future", "future": "something" }),
    ] {
        let lost = with(MAPPING, property.clone());
        assert_eq!(
            found(&lost),
            [(FindingKind::PropertyNotReceived, "tasks.More", 12)]
        );
        let compared = with(&mapped, property);
        let why = "12 of 12 pages have something there that cannot be compared";
        assert_eq!(missed(&compared), [("the property `More` of tasks", why)]);
        assert_eq!(found(&compared), []);
    }
    // What Notion counts up is data; what it works out is none, and cannot be held against a column.
    let number = json!({ "type": "unique_id", "unique_id": { "prefix": "T", "number": 1 } });
    let lost = with(&mapped, number);
    assert_eq!(
        found(&lost),
        [(FindingKind::FieldChanged, "tasks.more", 12)]
    );
    let sum = with(
        &mapped,
        json!({ "type": "formula", "formula": { "number": 1 } }),
    );
    assert_eq!((missed(&sum).len(), found(&sum)), (1, vec![]));
}

#[test]
fn options_in_one_column_are_a_list_in_any_order() {
    let mapping = MAPPING.replace(
        "score = ",
        "contexts = { from = \"Context\", as = \"list\", map = { Home = \"at, home\" } }\nscore = ",
    );
    let lists = |lost: &'static str| {
        told(&mapping, |_, database| {
            for (row, task) in database.table("tasks").iter_mut().zip(sample()) {
                let names = ["Work", "\"at, home\"", "Errand", "Café"];
                let names = task.contexts.iter().rev().map(|at| names[*at]);
                let names: Vec<&str> = names.filter(|name| *name != lost).collect();
                row.insert("contexts", format!("{{{}}}", names.join(",")));
            }
        })
    };
    assert_eq!(found(&lists("")), []);
    let lost = lists("Errand");
    assert_eq!(
        found(&lost),
        [(FindingKind::FieldChanged, "tasks.contexts", 6)]
    );
}

#[test]
fn a_page_that_stands_in_the_file_twice_and_differs_is_told() {
    let twice = exported(|pages| {
        let mut again = pages[3].clone();
        again["properties"]["Status"]["select"]["name"] = json!("Inbox");
        pages.push(again);
        pages.push(pages[2].clone());
    });
    assert_eq!(found(&twice), []);
    let (what, why) = missed(&twice)[0];
    assert_eq!(what, "1 pages of tasks");
    assert!(
        why.contains("two different things of them, for instance of \"task 3\""),
        "{why}"
    );
    assert_eq!(twice.looked_at[0].count, 12);
}

#[test]
fn the_sample_itself_is_whole() {
    let whole = inspect(&export(&sample()), &import(&sample(), By::Column), None);
    assert_eq!((missed(&whole), found(&whole)), (vec![], vec![]));
    assert_eq!(whole.looked_at[1].count, PROJECTS as u64);
}
