//! A hundred thousand pages against a hundred thousand rows, by the program itself on a real PostgreSQL: it
//! must not cost ten seconds, nor the machine 500 MB. `cargo bench --bench integrity`; Linux tells the
//! memory, elsewhere only the time is measured. With `--test` a few are compared once, to see that it works.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark: what cannot be had must end it, and its figures are its output"
)]

#[path = "measured/arguments.rs"]
mod arguments;
#[path = "measured/process.rs"]
mod process;

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use cutover::sandbox::postgres::{Options, start};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use arguments::{is_given, slack};
use process::measured;

const PAGES: i64 = 100_000;
/// Where nothing is measured. Exactly a hundred might be a list that was cut.
const FEW_PAGES: i64 = 120;
const RUNS: usize = 3;
const MOST_SECONDS: f64 = 10.0;
const MOST_MEMORY_KB: u64 = 500_000;

/// The tables of the guide.
const SCHEMA: &str = include_str!("../src/sandbox/api/schema.sql");
/// What a sound import makes of [`page`]: the two say the same, in two languages. `$LAST` is the last page.
const ROWS: &str = r#"
    INSERT INTO tags (id, name) VALUES ('t0', 'context:Work'), ('t1', 'context:Home'), ('t2', 'energy:Low');
    INSERT INTO tasks (id, title, description, status, priority, "dueDate", "completedAt", "createdAt", "updatedAt")
    SELECT 'row-' || n, 'Call number ' || n || ' about the offer',
        CASE WHEN n % 10 = 0 THEN 'Said on the phone: half now, the rest after delivery ' || n END,
        (ARRAY['todo', 'todo', 'in_progress', 'done'])[n % 4 + 1], (ARRAY['urgent', 'high', 'low'])[n % 3 + 1],
        CASE WHEN n % 3 > 0 THEN timestamp '2026-01-01' + n * interval '1 minute' END,
        CASE WHEN n % 4 = 3 THEN timestamp '2025-06-01' + n * interval '1 minute' END,
        timestamp '2025-01-01' + n * interval '1 minute', timestamp '2026-06-01'
    FROM generate_series(0, $LAST) AS n;
    INSERT INTO task_tags ("taskId", "tagId")
    SELECT 'row-' || n, 't' || n % 2 FROM generate_series(0, $LAST) AS n
    UNION ALL SELECT 'row-' || n, 't2' FROM generate_series(0, $LAST, 5) AS n;
    ANALYZE;"#;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export.json");
    let is_test = is_given("--test");
    let pages = if is_test { FEW_PAGES } else { PAGES };
    write_export(&export, pages);
    let bytes = fs::metadata(&export).unwrap().len();
    if !is_test {
        println!("export.json: {pages} pages, {} MB", bytes / 1_000_000);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(async {
        let server = start(Options::default()).await.unwrap();
        let mut connection = PgConnection::connect(server.url()).await.unwrap();
        sqlx::raw_sql(SCHEMA)
            .execute(&mut connection)
            .await
            .unwrap();
        let rows = ROWS.replace("$LAST", &(pages - 1).to_string());
        let filling = sqlx::raw_sql(AssertSqlSafe(rows)).execute(&mut connection);
        filling.await.unwrap();
        server
    });
    let times = if is_test { 1 } else { RUNS };
    let runs = measured(times, || compare(folder.path(), server.url()));
    runtime.block_on(server.stop()).unwrap();
    if is_test {
        return ExitCode::SUCCESS;
    }
    println!(
        "cutover integrity: fastest {:.2} s, slowest of {RUNS} {:.2} s, peak memory {}",
        runs.seconds(0),
        runs.seconds(RUNS - 1),
        runs.memory()
    );
    // The memory has no slack.
    let most_s = MOST_SECONDS * slack();
    if runs.keep_to(most_s, MOST_MEMORY_KB) {
        return ExitCode::SUCCESS;
    }
    println!("above {most_s} s, or above {} MB", MOST_MEMORY_KB / 1000);
    ExitCode::FAILURE
}

/// What compares, in a process of its own. All must be there, else it does not end well.
fn compare(folder: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutover"));
    command.current_dir(folder).arg("integrity");
    command.args(["--export", "export.json", "--database", "env:ROWS"]);
    command.env("ROWS", url).stdout(Stdio::null());
    command
}

fn write_export(path: &Path, pages: i64) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    file.write_all(b"{\"tasks\": [\n").unwrap();
    for number in 0..pages {
        if number > 0 {
            file.write_all(b",\n").unwrap();
        }
        serde_json::to_writer(&mut file, &page(number)).unwrap();
    }
    file.write_all(b"\n]}\n").unwrap();
    file.into_inner().unwrap().sync_all().unwrap();
}

/// A page with everything that Notion says of one.
fn page(n: i64) -> Value {
    let place = usize::try_from(n).unwrap();
    let id = Uuid::from_u128(0x5eed_0000_0000 + u128::try_from(n).unwrap());
    let minutes = |from: &str| {
        let from: jiff::Timestamp = from.parse().unwrap();
        let at = from
            .checked_add(jiff::SignedDuration::from_mins(n))
            .unwrap();
        at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
    };
    let user = json!({ "object": "user", "id": "6f1c53c5-2a0b-4f0e-9a51-7f9b6c1d2e3f" });
    let option = |name: &str| json!({ "id": "a1b2", "name": name, "color": "default" });
    let select = |name: &str| json!({ "id": "%3Aab", "type": "select", "select": option(name) });
    let title = format!("Call number {n} about the offer");
    let due = (n % 3 > 0).then(
        || json!({ "start": minutes("2026-01-01T00:00:00Z"), "end": null, "time_zone": null }),
    );
    let energy = (n % 5 == 0).then(|| option("Low"));
    let text = format!("Said on the phone: half now, the rest after delivery {n}");
    let blocks: Vec<Value> = (n % 10 == 0)
        .then(|| json!({ "object": "block", "type": "paragraph", "paragraph": { "rich_text": runs(&text) } }))
        .into_iter()
        .collect();
    json!({
        "object": "page",
        "id": id,
        "created_time": minutes("2025-01-01T00:00:00Z"),
        "last_edited_time": "2026-05-05T10:00:00.000Z",
        "created_by": user,
        "last_edited_by": user,
        "cover": null,
        "icon": { "type": "emoji", "emoji": "📞" },
        "parent": { "type": "database_id", "database_id": "c0ffee00-1111-4222-8333-444455556666" },
        "archived": false,
        "in_trash": false,
        "is_locked": false,
        "url": format!("https://www.notion.so/Call-number-{n}-about-the-offer-{}", id.simple()),
        "public_url": null,
        "properties": {
            "Task": { "id": "title", "type": "title", "title": runs(&title) },
            "Status": select(["Inbox", "To Do", "In Progress", "Done"][place % 4]),
            "Priority": select(["Urgent", "Important", "Someday"][place % 3]),
            "Context": { "id": "x%5B", "type": "multi_select", "multi_select": [option(["Work", "Home"][place % 2])] },
            "Energy": { "id": "y%5B", "type": "select", "select": energy },
            "Time": { "id": "z%5B", "type": "select", "select": null },
            "Source": { "id": "w%5B", "type": "select", "select": null },
            "Due Date": { "id": "v%5B", "type": "date", "date": due },
            "Captured": { "id": "u%5B", "type": "date", "date": { "start": "2025-01-01", "end": null, "time_zone": null } },
            "Summary": { "id": "s%5B", "type": "formula", "formula": { "type": "string", "string": title.repeat(16) } },
            "Age": { "id": "t%5B", "type": "formula", "formula": { "type": "number", "number": n } },
        },
        "blocks": blocks,
        "request_id": "0c9e2f5e-6a3b-4a93-8f54-3f3e2b0f8f11",
    })
}

/// A run for each word, as Notion has them where words are formatted: that is most of a page's bytes.
fn runs(text: &str) -> Value {
    let run = |word: &str| {
        json!({
            "type": "text",
            "text": { "content": word, "link": null },
            "annotations": {
                "bold": false, "italic": false, "strikethrough": false, "underline": false, "code": false,
                "color": "default",
            },
            "plain_text": word,
            "href": null,
        })
    };
    text.split_inclusive(' ').map(run).collect()
}
