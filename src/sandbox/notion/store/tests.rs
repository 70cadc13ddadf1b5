//! The store's laws: both sides of a relation agree, and a refused write changes nothing.

use super::super::sample::{self, PROJECTS, TASKS, at};
use super::*;
use proptest::prelude::*;
use serde_json::json;

/// Pairs of task and project.
type Links = Vec<(Uuid, Uuid)>;

/// The links as the tasks show them, and as the projects do.
fn both_sides(workspace: &Workspace) -> (Links, Links) {
    let links = |database: Uuid, name: &str| {
        let database = workspace.only_data_source(database).unwrap();
        let index = database.schema.relation(name).unwrap();
        let of = |key: &PageKey| {
            let page = workspace.page(*key);
            let links = workspace.linked(page.value(index));
            links.map(|other| (page.id, other.id)).collect::<Vec<_>>()
        };
        database.pages.iter().flat_map(of).collect::<Vec<_>>()
    };
    let mut forth = links(TASKS, "Project");
    let mut back: Vec<_> = links(PROJECTS, "Tasks")
        .into_iter()
        .map(|(a, b)| (b, a))
        .collect();
    forth.sort();
    back.sort();
    (forth, back)
}

fn write(workspace: &mut Workspace, id: Uuid, name: &str, links: &[Uuid]) {
    let links: Vec<_> = links
        .iter()
        .map(|id| json!({ "id": id.to_string() }))
        .collect();
    let body = json!({ name: { "relation": links } });
    let key = workspace.find_page(id).unwrap();
    let home = workspace.page(key).parent;
    let edit = workspace
        .edit(home, Some(&Field::root("body", &body)))
        .unwrap();
    workspace.apply(key, edit, BOT, at(9));
}

proptest! {
    #[test]
    fn a_two_way_relation_says_the_same_on_both_sides(
        writes in prop::collection::vec((any::<bool>(), 0u128..5, prop::collection::vec(0u128..5, 0..4)), 0..30),
    ) {
        let mut workspace = sample::workspace(5, 5);
        for (forth, page, links) in writes {
            let ids = |make: fn(u128) -> Uuid| links.iter().map(|n| make(*n)).collect::<Vec<_>>();
            if forth {
                write(&mut workspace, sample::task_id(page), "Project", &ids(sample::project_id));
            } else {
                write(&mut workspace, sample::project_id(page), "Tasks", &ids(sample::task_id));
            }
            let (there, back) = both_sides(&workspace);
            prop_assert_eq!(there, back);
        }
    }
}

#[test]
fn a_relation_hides_archived_pages_until_they_come_back() {
    let mut workspace = sample::workspace(1, 3);
    write(
        &mut workspace,
        sample::project_id(0),
        "Tasks",
        &[0, 1, 2].map(sample::task_id),
    );
    let shown = |workspace: &Workspace| {
        let index = workspace
            .only_data_source(PROJECTS)
            .unwrap()
            .schema
            .relation("Tasks")
            .unwrap();
        let key = workspace.find_page(sample::project_id(0)).unwrap();
        workspace.linked(workspace.page(key).value(index)).count()
    };
    let mark = |workspace: &mut Workspace, archived| {
        let key = workspace.find_page(sample::task_id(1)).unwrap();
        let edit = Edit {
            archived: Some(archived),
            ..Edit::default()
        };
        workspace.apply(key, edit, BOT, at(5));
    };
    assert_eq!(shown(&workspace), 3);
    mark(&mut workspace, true);
    assert_eq!(shown(&workspace), 2);
    mark(&mut workspace, false);
    assert_eq!(shown(&workspace), 3);
}

#[test]
fn a_refused_write_leaves_nothing_behind() {
    let mut workspace = sample::workspace(1, 1);
    let body = json!({
        "Tags": { "multi_select": [{ "name": "new" }] },
        "Status": { "status": { "name": "unheard of" } },
    });
    let refused = workspace.add_page(TASKS, Uuid::from_u128(77), body, at(0), at(0));
    assert_eq!(refused.unwrap_err().code(), "validation_error");
    let database = workspace.only_data_source(TASKS).unwrap();
    let tags = database
        .schema
        .property(database.schema.find("Tags").unwrap());
    assert_eq!(tags.kind.options().unwrap().place("new"), None);
    assert_eq!(
        (
            database.pages.len(),
            workspace.is_taken(Uuid::from_u128(77))
        ),
        (1, false)
    );
}

#[test]
fn half_a_two_way_relation_is_refused() {
    let mut workspace = Workspace::new();
    let relation = |data_source, name: &str| PropertySchema::Relation {
        data_source,
        synced: Some(name.to_owned()),
    };
    let declared = |schema| {
        vec![
            ("Name".to_owned(), PropertySchema::Title),
            ("Link".to_owned(), schema),
        ]
    };
    let first = declared(relation(ids::of_data_source(PROJECTS), "Link"));
    workspace.add_database(TASKS, "Tasks", first).unwrap();
    let wrong = declared(relation(ids::of_data_source(TASKS), "Other"));
    assert!(workspace.add_database(PROJECTS, "Projects", wrong).is_err());
    let right = declared(relation(ids::of_data_source(TASKS), "Link"));
    assert_eq!(workspace.add_database(PROJECTS, "Projects", right), Ok(()));
}

#[test]
fn a_link_to_a_page_that_is_not_there_is_not_found() {
    let workspace = sample::workspace(1, 1);
    for (id, code) in [
        (Uuid::from_u128(9), "object_not_found"),
        (sample::task_id(0), "validation_error"),
    ] {
        let body = json!({ "Project": { "relation": [{ "id": id.to_string() }] } });
        let refusal = workspace
            .edit(
                Parent::DataSource(ids::of_data_source(TASKS)),
                Some(&Field::root("body", &body)),
            )
            .unwrap_err();
        assert_eq!(refusal.code(), code);
    }
}
