//! A small workspace, and a client of the simulator that serves it.

use cutover::sandbox::notion::{
    LatencyProfile, LimitSettings, PropertySchema, RollupFunction, Running, Settings, Workspace,
    data_source_of, start,
};
use jiff::Timestamp;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;

pub const TOKEN: &str = "secret_of_the_sandbox";
pub const PROJECTS: Uuid = Uuid::from_u128(0xaaaa_0000);
pub const TASKS: Uuid = Uuid::from_u128(0xbbbb_0000);
pub const PROJECT: Uuid = Uuid::from_u128(0xaaaa_0001);
pub const NOWHERE: Uuid = Uuid::from_u128(0xffff);

pub fn title(text: &str) -> Value {
    json!({ "title": [{ "text": { "content": text } }] })
}

/// One project, and a database of tasks with a property of every type.
pub fn workspace() -> Workspace {
    let names = |list: &[&str]| {
        list.iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let relation = |data_source, synced: &str| PropertySchema::Relation {
        data_source,
        synced: Some(synced.to_owned()),
    };
    let count = PropertySchema::Rollup {
        relation: "Tasks".to_owned(),
        property: "Task".to_owned(),
        function: RollupFunction::Count,
    };
    let own = |list: Vec<(&str, PropertySchema)>| {
        list.into_iter()
            .map(|(name, schema)| (name.to_owned(), schema))
            .collect()
    };
    let mut workspace = Workspace::new();
    let projects = own(vec![
        ("Name", PropertySchema::Title),
        ("Tasks", relation(data_source_of(TASKS), "Project")),
        ("Task count", count),
    ]);
    workspace
        .add_database(PROJECTS, "Projects", projects)
        .unwrap();
    let tasks = own(vec![
        ("Task", PropertySchema::Title),
        ("Notes", PropertySchema::RichText),
        ("Points", PropertySchema::Number),
        (
            "Priority",
            PropertySchema::Select(names(&["Urgent", "Important"])),
        ),
        ("Context", PropertySchema::MultiSelect(names(&["Home"]))),
        (
            "Status",
            PropertySchema::Status(names(&["To Do", "In Progress", "Done"])),
        ),
        ("Due Date", PropertySchema::Date),
        ("Pinned", PropertySchema::Checkbox),
        ("Project", relation(data_source_of(PROJECTS), "Tasks")),
        ("People", PropertySchema::People),
        ("Link", PropertySchema::Url),
        ("Created", PropertySchema::CreatedTime),
        ("Edited", PropertySchema::LastEditedTime),
    ]);
    workspace.add_database(TASKS, "Tasks", tasks).unwrap();
    let (created, edited): (Timestamp, Timestamp) = (
        "2026-01-02T03:04:05Z".parse().unwrap(),
        "2026-01-02T03:05:59Z".parse().unwrap(),
    );
    let project = json!({ "Name": title("House") });
    workspace
        .add_page(PROJECTS, PROJECT, project, created, edited)
        .unwrap();
    workspace
}

pub struct Notion {
    pub running: Running,
    pub client: Client,
}

impl Notion {
    pub async fn with(limit: LimitSettings, latency: Option<LatencyProfile>) -> Self {
        Self::of(Settings {
            limit,
            latency,
            ..Settings::new(TOKEN, 7)
        })
        .await
    }

    pub async fn of(settings: Settings) -> Self {
        let running = start(settings, workspace()).await.unwrap();
        // Needed to build a client, also for plain HTTP; fails when another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { running, client }
    }

    pub async fn unlimited() -> Self {
        Self::with(LimitSettings::default(), None).await
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.running.url());
        self.client
            .request(method, url)
            .header("Notion-Version", "2022-06-28")
            .bearer_auth(TOKEN)
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        answer(request).await
    }

    pub async fn ok(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let (status, body) = self.send(method, path, body).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn create(&self, properties: Value) -> Value {
        let body =
            json!({ "parent": { "database_id": TASKS.to_string() }, "properties": properties });
        self.ok(Method::POST, "/v1/pages", Some(&body)).await
    }

    pub async fn patch(&self, id: &Value, body: Value) -> Value {
        self.ok(
            Method::PATCH,
            &format!("/v1/pages/{}", id.as_str().unwrap()),
            Some(&body),
        )
        .await
    }

    pub async fn query(&self, body: Value) -> Value {
        self.ok(
            Method::POST,
            &format!("/v1/databases/{TASKS}/query"),
            Some(&body),
        )
        .await
    }

    /// The rollup and the relation of the project.
    pub async fn project(&self) -> (Value, Value) {
        let page = self
            .ok(Method::GET, &format!("/v1/pages/{PROJECT}"), None)
            .await;
        let properties = &page["properties"];
        (
            properties["Task count"].clone(),
            properties["Tasks"].clone(),
        )
    }
}

pub async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

pub fn full_task() -> Value {
    json!({
        "Task": title("Buy milk"),
        "Notes": { "rich_text": [{ "type": "text", "text": { "content": "two litres", "link": null } }] },
        "Points": { "number": 3 },
        "Priority": { "select": { "name": "Someday" } },
        "Context": { "multi_select": [{ "name": "Home" }, { "name": "Errand" }] },
        "Status": { "status": { "name": "In Progress" } },
        "Due Date": { "date": { "start": "2026-02-01" } },
        "Pinned": { "checkbox": true },
        "Project": { "relation": [{ "id": PROJECT.simple().to_string() }] },
        "People": { "people": [{ "object": "user", "id": NOWHERE.to_string() }] },
        "Link": { "url": "https://example.org" },
    })
}
