//! A workspace written to a file and read again answers the same, and a file that is not such a
//! workspace is refused.

use cutover::sandbox::notion::{Settings, SnapshotError, Workspace, start};
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::client::{Notion, PROJECT, PROJECTS, TASKS, TOKEN, full_task, title};

/// One write; the numbers choose among what is there.
#[derive(Debug, Clone)]
enum Write {
    Task(String),
    Fill(usize),
    Archive(usize, bool),
    Link(usize, Vec<usize>),
    ChildPage(usize),
    Blocks(usize),
    Nested(usize),
    DeleteBlock(usize),
    Comment(usize),
    Property(u8),
    Half,
    ChildDatabase(usize),
}

fn write() -> impl Strategy<Value = Write> {
    prop_oneof![
        3 => "\\PC{0,12}".prop_map(Write::Task),
        2 => any::<usize>().prop_map(Write::Fill),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(page, mark)| Write::Archive(page, mark)),
        2 => (any::<usize>(), prop::collection::vec(any::<usize>(), 0..4))
            .prop_map(|(page, links)| Write::Link(page, links)),
        1 => any::<usize>().prop_map(Write::ChildPage),
        2 => any::<usize>().prop_map(Write::Blocks),
        1 => any::<usize>().prop_map(Write::Nested),
        1 => any::<usize>().prop_map(Write::DeleteBlock),
        1 => any::<usize>().prop_map(Write::Comment),
        1 => (0u8..4).prop_map(Write::Property),
        1 => Just(Write::Half),
        1 => any::<usize>().prop_map(Write::ChildDatabase),
    ]
}

/// Method, path and body.
type Request = (Method, String, Value);

/// What the writes have made, by id.
#[derive(Debug, Default)]
struct Made {
    pages: Vec<String>,
    blocks: Vec<String>,
    databases: Vec<String>,
}

fn chosen(from: &[String], number: usize) -> Option<&str> {
    Some(from[number % from.len().max(1)..].first()?)
}

impl Made {
    fn page(&self, number: usize) -> String {
        chosen(&self.pages, number).unwrap_or_default().to_owned()
    }

    /// The request that fills or changes pages of tasks and projects.
    fn of_pages(&self, write: &Write) -> Option<Request> {
        let page = |number: &usize| self.page(*number);
        let link = |number: &usize| json!({ "id": page(number) });
        Some(match write {
            Write::Task(name) => {
                let parent = json!({ "database_id": TASKS.to_string() });
                let body = json!({ "parent": parent, "properties": { "Task": title(name) } });
                (Method::POST, "pages".to_owned(), body)
            }
            Write::Fill(number) => {
                let body = json!({ "properties": full_task(), "icon": { "emoji": "🏠" } });
                (Method::PATCH, format!("pages/{}", page(number)), body)
            }
            Write::Archive(number, mark) => {
                let body = json!({ "archived": mark });
                (Method::PATCH, format!("pages/{}", page(number)), body)
            }
            Write::Link(number, links) => {
                let links: Vec<Value> = links.iter().map(link).collect();
                let relation = if number % 2 == 0 { "Tasks" } else { "Related" };
                let body = json!({ "properties": { relation: { "relation": links } } });
                (Method::PATCH, format!("pages/{PROJECT}"), body)
            }
            _ => return None,
        })
    }

    /// The request that does anything else.
    fn of_the_rest(&self, write: &Write) -> Option<Request> {
        let page = |number: &usize| self.page(*number);
        let block = |number: &usize| chosen(&self.blocks, *number).unwrap_or_default().to_owned();
        Some(match write {
            Write::ChildPage(number) => {
                let parent = json!({ "page_id": page(number) });
                let body = json!({ "parent": parent, "properties": { "title": title("Inner") } });
                (Method::POST, "pages".to_owned(), body)
            }
            Write::Blocks(number) => {
                let path = format!("blocks/{}/children", page(number));
                (Method::PATCH, path, blocks())
            }
            Write::Nested(number) => {
                let path = format!("blocks/{}/children", block(number));
                (Method::PATCH, path, blocks())
            }
            Write::DeleteBlock(number) => {
                let path = format!("blocks/{}", block(number));
                (Method::DELETE, path, Value::Null)
            }
            Write::Comment(number) => {
                let text = json!([{ "text": { "content": "Why?" } }]);
                let body = json!({ "parent": { "page_id": page(number) }, "rich_text": text });
                (Method::POST, "comments".to_owned(), body)
            }
            Write::Property(number) => {
                let config = match number {
                    0 => json!({ "unique_id": { "prefix": "T" } }),
                    1 => json!({ "number": { "format": "euro" } }),
                    2 => json!({ "formula": { "expression": "prop(\"Points\")" } }),
                    _ => json!({ "files": {} }),
                };
                let body = json!({ "properties": { format!("New {number}"): config } });
                (Method::PATCH, format!("databases/{TASKS}"), body)
            }
            Write::Half => {
                let relation = json!({ "database_id": TASKS.to_string(), "dual_property": {} });
                let body = json!({ "properties": { "Related": { "relation": relation } } });
                (Method::PATCH, format!("databases/{PROJECTS}"), body)
            }
            Write::ChildDatabase(number) => {
                let body = json!({
                    "parent": { "type": "page_id", "page_id": page(number) },
                    "title": [{ "text": { "content": "Below" } }],
                    "properties": { "Name": { "title": {} } },
                });
                (Method::POST, "databases".to_owned(), body)
            }
            _ => return None,
        })
    }

    /// Writes; what is refused (an archived page, say) is no matter.
    async fn apply(&mut self, notion: &Notion, write: Write) {
        let request = self.of_pages(&write).or_else(|| self.of_the_rest(&write));
        let (method, path, body) = request.unwrap();
        let body = (!body.is_null()).then_some(&body);
        let (status, answer) = notion.send(method, &format!("/v1/{path}"), body).await;
        if status != 200 {
            return;
        }
        let id = |object: &Value| object["id"].as_str().unwrap().to_owned();
        match answer["object"].as_str() {
            Some("page") => self.pages.push(id(&answer)),
            Some("database") => self.databases.push(id(&answer)),
            Some("list") => {
                let new = answer["results"].as_array().unwrap().iter();
                self.blocks.extend(new.map(id));
            }
            _ => {}
        }
    }

    /// Every answer that tells of what is there.
    async fn answers(&self, notion: &Notion) -> Vec<Value> {
        let mut asked = vec![
            (Method::GET, "users".to_owned(), None),
            (Method::POST, "search".to_owned(), Some(json!({}))),
        ];
        for id in self
            .databases
            .iter()
            .chain(&[TASKS.to_string(), PROJECTS.to_string()])
        {
            asked.push((Method::GET, format!("databases/{id}"), None));
            let sorted =
                json!({ "sorts": [{ "timestamp": "created_time", "direction": "descending" }] });
            asked.push((Method::POST, format!("databases/{id}/query"), Some(sorted)));
        }
        for id in self.pages.iter().chain(&[PROJECT.to_string()]) {
            asked.push((Method::GET, format!("pages/{id}"), None));
            asked.push((Method::GET, format!("blocks/{id}/children"), None));
            asked.push((Method::GET, format!("comments?block_id={id}"), None));
        }
        for id in &self.blocks {
            asked.push((Method::GET, format!("blocks/{id}"), None));
            asked.push((Method::GET, format!("blocks/{id}/children"), None));
        }
        let mut answers = Vec::new();
        for (method, path, body) in asked {
            let (status, mut answer) = notion
                .send(method, &format!("/v1/{path}"), body.as_ref())
                .await;
            answer["request_id"] = json!(status);
            answers.push(answer);
        }
        answers
    }
}

fn blocks() -> Value {
    json!({ "children": [
        { "paragraph": { "rich_text": [{ "text": { "content": "One" }, "annotations": { "bold": true } }] } },
        { "toggle": { "rich_text": [], "children": [{ "divider": {} }] } },
        { "to_do": { "rich_text": [{ "mention": { "user": { "id": PROJECT.to_string() } } }] } },
    ] })
}

async fn served(workspace: Workspace, client: &Notion) -> Notion {
    let running = start(Settings::new(TOKEN, 7), workspace).await.unwrap();
    let client = client.client.clone();
    Notion { running, client }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_workspace_that_was_written_and_read_is_the_same_to_every_reader(
        writes in prop::collection::vec(write(), 0..40),
    ) {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let first = Notion::unlimited().await;
            let mut made = Made::default();
            made.apply(&first, Write::Task("First".to_owned())).await;
            for write in writes {
                made.apply(&first, write).await;
            }
            let snapshot = first.running.snapshot().unwrap();
            let workspace = Workspace::from_snapshot(snapshot.as_bytes()).unwrap();
            assert_eq!(workspace.snapshot().unwrap(), snapshot);
            let second = served(workspace, &first).await;
            assert_eq!(made.answers(&second).await, made.answers(&first).await);
            // It goes on as the first would: a write is taken, and links are mended on both sides.
            made.apply(&second, Write::Link(0, vec![0, 1, 2])).await;
            made.apply(&second, Write::Task("Last".to_owned())).await;
            let after = second.running.snapshot().unwrap();
            let again = Workspace::from_snapshot(after.as_bytes()).unwrap();
            assert_eq!(again.snapshot().unwrap(), after);
        });
    }
}

/// The snapshot of a workspace that has something of everything.
async fn full() -> (Notion, Made, Value) {
    let notion = Notion::unlimited().await;
    let mut made = Made::default();
    for write in [
        Write::Task("First".to_owned()),
        Write::Property(0),
        Write::Fill(0),
        Write::Blocks(0),
        Write::Nested(1),
        Write::Comment(0),
        Write::ChildPage(0),
    ] {
        made.apply(&notion, write).await;
    }
    let snapshot = serde_json::from_str(&notion.running.snapshot().unwrap()).unwrap();
    (notion, made, snapshot)
}

fn read(snapshot: &Value) -> Result<Workspace, SnapshotError> {
    Workspace::from_snapshot(snapshot.to_string().as_bytes())
}

#[tokio::test]
async fn the_running_simulator_gives_its_snapshot_to_whoever_asks() {
    let (notion, _, snapshot) = full().await;
    let answer = notion
        .client
        .get(notion.running.snapshot_url())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.json::<Value>().await.unwrap(), snapshot);
    assert_eq!(snapshot["cutover_notion_snapshot"], 1);
    // Times are kept as they were, where answers tell only the minute.
    let pages = snapshot["pages"].as_array().unwrap();
    assert_eq!(pages[0]["edited"], "2026-01-02T03:05:59Z");
}

#[tokio::test]
async fn a_file_that_is_cut_off_anywhere_is_refused() {
    let (_, _, snapshot) = full().await;
    let text = snapshot.to_string();
    for end in (0..text.len()).step_by(97) {
        let cut = Workspace::from_snapshot(&text.as_bytes()[..end]);
        assert!(matches!(cut, Err(SnapshotError::Form(_))), "{end}");
    }
}

#[tokio::test]
async fn values_that_do_not_fit_their_schema_are_refused_with_the_reason() {
    let (_, _, snapshot) = full().await;
    let tasks = place_of_tasks(&snapshot);
    let source = &snapshot["data_sources"][tasks];
    let properties = source["schema"]["properties"].as_array().unwrap();
    let place = |name: &str| properties.iter().position(|p| p["name"] == name).unwrap();
    let value = |name: &str| format!("/pages/1/values/{}", place(name));
    let wrongs = [
        ("/cutover_notion_snapshot".to_owned(), json!(2), "form 2"),
        (
            value("Project"),
            json!({ "Relation": [99] }),
            "page number 99",
        ),
        (
            value("Project"),
            json!({ "Relation": [1] }),
            "not in the related data source",
        ),
        (
            value("Points"),
            json!({ "Checkbox": true }),
            "not that of a number",
        ),
        (value("Context"), json!({ "Choices": [9] }), "no option 9"),
        (
            value("Priority"),
            json!({ "Choices": [0, 1] }),
            "several options",
        ),
        ("/pages/1/values".to_owned(), json!([]), "0 values for"),
        (
            format!(
                "/data_sources/{tasks}/schema/properties/{}/kind/UniqueId/last",
                place("New 0")
            ),
            json!(u64::MAX),
            "used up",
        ),
    ];
    refuse_each(&snapshot, wrongs);
}

#[tokio::test]
async fn what_stands_nowhere_or_in_two_places_is_refused_with_the_reason() {
    let (_, made, snapshot) = full().await;
    let tasks = place_of_tasks(&snapshot);
    let block = format!("/blocks/blocks/{}", made.blocks[0]);
    let nowhere = json!("00000000-0000-0000-0000-0000000000ff");
    let wrongs = [
        (
            "/pages/1/id".to_owned(),
            snapshot["pages"][0]["id"].clone(),
            "given twice",
        ),
        (
            "/pages/2/parent".to_owned(),
            json!({ "DataSource": nowhere }),
            "no data source",
        ),
        (
            "/pages/2/parent".to_owned(),
            json!("Workspace"),
            "does not stand there",
        ),
        (
            format!("/data_sources/{tasks}/database"),
            nowhere.clone(),
            "is not its",
        ),
        ("/data_sources".to_owned(), json!([]), "is not its"),
        ("/databases".to_owned(), json!([]), "no database"),
        (
            "/databases/0/data_sources".to_owned(),
            json!([]),
            "no data source",
        ),
        (
            format!("{block}/parent"),
            json!({ "Page": nowhere }),
            "in no page",
        ),
        (
            format!("{block}/parent"),
            json!({ "Block": made.blocks[0] }),
            "stands in itself",
        ),
        ("/blocks/pages".to_owned(), json!({}), "not in the list"),
        (
            "/comments/0/parent".to_owned(),
            json!({ "Page": nowhere }),
            "on no page",
        ),
    ];
    refuse_each(&snapshot, wrongs);
}

/// The place of the data source of tasks in the list of the file.
fn place_of_tasks(snapshot: &Value) -> usize {
    let mut sources = snapshot["data_sources"].as_array().unwrap().iter();
    let of_tasks = |source: &Value| source["database"] == json!(TASKS.to_string());
    sources.position(of_tasks).unwrap()
}

/// Each wrong value, put where the pointer shows, makes the file be refused with these words.
fn refuse_each<const N: usize>(snapshot: &Value, wrongs: [(String, Value, &str); N]) {
    assert!(read(snapshot).is_ok());
    for (pointer, wrong, why) in wrongs {
        let mut damaged = snapshot.clone();
        *damaged.pointer_mut(&pointer).unwrap() = wrong;
        let error = read(&damaged).map(drop).unwrap_err();
        assert!(error.to_string().contains(why), "{pointer}: {error}");
    }
}
