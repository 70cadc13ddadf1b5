//! `run` on an API that does not say how long its store takes: the sandbox's, behind a proxy that keeps it quiet.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use cutover::record::Iterations;
use serde_json::Value;

use crate::world::{Place, Sandbox};

/// Serves what another server answers, a connection a request, less its `Server-Timing`.
fn quiet(url: &str) -> String {
    let behind = url.strip_prefix("http://").unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, behind) = (client.unwrap(), behind.clone());
            thread::spawn(move || forward(client, &behind));
        }
    });
    format!("http://{address}")
}

fn forward(mut client: TcpStream, behind: &str) {
    let mut lines = BufReader::new(client.try_clone().unwrap());
    let (head, length) = head(&mut lines, "connection");
    if head.is_empty() {
        return;
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    let mut server = TcpStream::connect(behind).unwrap();
    write!(server, "{head}connection: close\r\n\r\n").unwrap();
    server.write_all(&body).unwrap();
    let mut answer = BufReader::new(server);
    let (head, _) = self::head(&mut answer, "server-timing");
    let mut body = Vec::new();
    answer.read_to_end(&mut body).unwrap();
    // The run is over when nobody listens any more.
    let _ = write!(client, "{head}\r\n").and_then(|()| client.write_all(&body));
}

/// A head without its last line and without one header, and how long a body it announces.
fn head(lines: &mut impl BufRead, without: &str) -> (String, usize) {
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
            return (head, length);
        }
        let name = line.split(':').next().unwrap().to_ascii_lowercase();
        if name == "content-length" {
            length = line.split(':').nth(1).unwrap().trim().parse().unwrap();
        }
        if name != without {
            head += &line;
        }
    }
}

#[test]
fn a_store_is_asked_itself_where_the_answers_do_not_say_how_long_it_takes() {
    let place = Place::new();
    let sandbox = Sandbox::start(&place, &["--profile", "equal.toml"]);
    let database = |name: &str| {
        let id = sandbox.url(&format!("{name}_database_id"));
        format!("{name} = \"{id}\"")
    };
    place.write(
        "cutover.toml",
        &format!(
            "[baseline]\ndriver = \"http\"\nbase_url = \"{}\"\n\
             [baseline.notion]\ntoken = \"env:NOTION_TOKEN\"\nbase_url = \"{}\"\ndatabases = {{ {} }}\n\
             [candidate]\ndriver = \"http\"\nbase_url = \"{}\"\n\
             [candidate.database]\ndirect = \"env:DIRECT_URL\"\n\
             [gates]\nrequired = [\"expectations\", \"connections\"]\n",
            quiet(sandbox.url("baseline_url")),
            sandbox.url("notion_url"),
            ["tasks", "projects", "tags"].map(database).join(", "),
            quiet(sandbox.url("candidate_url")),
        ),
    );
    let arguments = ["--max-baseline-iterations", "2", "--allow-writes"];
    let mut run = place.cutover(&["run", "--only", "task-search", "create-task"]);
    let output = run
        .args(arguments)
        .env("NOTION_TOKEN", sandbox.url("notion_token"))
        .env("DIRECT_URL", sandbox.url("database_url"))
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    for words in [
        "task-search: asked the baseline's store itself 10 times",
        "task-search: asked the candidate's store itself 20 times",
    ] {
        assert!(err.contains(words), "{err}");
    }
    let record: Value = place.json("record.json");
    let scenario = |name: &str| {
        let all = record["scenarios"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).unwrap().clone()
    };
    let direct = &scenario("task-search")["direct"];
    for (side, times) in [("baseline", 10), ("candidate", 20)] {
        let asked: Iterations = serde_json::from_value(direct[side].clone()).unwrap();
        assert_eq!(asked.len(), times, "{side}");
        assert!(asked.iter().all(|one| one.failure().is_none()), "{side}");
    }
    // What writes is not done once more for a figure.
    assert_eq!(scenario("create-task")["direct"], Value::Null);

    let folder = place.run_folder();
    let judged = place.run(&["judge", folder.to_str().unwrap(), "--json"]);
    let verdict: Value = serde_json::from_str(&judged.out).unwrap();
    let reach = verdict["reach"].as_array().unwrap();
    assert_eq!(reach.len(), 1, "{verdict}");
    assert_eq!(reach[0]["scenario"], "task-search");
    let sentence = reach[0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("when asked directly"), "{sentence}");
    let share = reach[0]["store_share"].as_f64().unwrap();
    assert!(share > 0.0 && share <= 1.0, "{share}");
    for text in [err, record.to_string()] {
        assert!(!text.contains(sandbox.url("notion_token")), "{text}");
        assert!(!text.contains(sandbox.url("database_url")), "{text}");
    }
    assert_eq!(sandbox.interrupt(), Some(0));
}
