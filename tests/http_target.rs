//! The `http` driver against real sockets: connections, pauses, failures and secrets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cutover::record::FailureKind;
use cutover::target::{HttpOptions, HttpRequest, HttpTarget, Request, Target};
use http::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A server on loopback that hands each connection to `serve`, with its number from 0.
async fn server<F, S>(serve: S) -> (String, Arc<AtomicUsize>)
where
    S: Fn(TcpStream, usize) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = accepted.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, count.fetch_add(1, Ordering::SeqCst)));
        }
    });
    (url, accepted)
}

/// Reads one request without a body; false when the client has gone.
async fn request_came(stream: &mut TcpStream) -> bool {
    let mut seen = Vec::new();
    let mut buffer = [0; 1024];
    while !seen.ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return false,
            Ok(n) => seen.extend_from_slice(&buffer[..n]),
        }
    }
    true
}

async fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &str) {
    let length = body.len();
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// With a limit that nothing reaches which answers at all.
fn target(url: &str, headers: &[(&'static str, &str)]) -> HttpTarget {
    target_within(url, headers, Duration::from_secs(30))
}

fn target_within(url: &str, headers: &[(&'static str, &str)], limit: Duration) -> HttpTarget {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                (*value).to_owned().into(),
            )
        })
        .collect();
    HttpTarget::new(HttpOptions {
        base_url: url.parse().unwrap(),
        headers,
        timeout: limit,
        connect_timeout: limit,
        credentials: None,
        secrets: Vec::new(),
    })
    .unwrap()
}

fn get(path: &str) -> Request {
    Request::Http(HttpRequest {
        method: Method::GET,
        path: path.to_owned(),
        headers: Vec::new(),
        body: None,
    })
}

#[tokio::test]
async fn a_connection_is_kept_and_its_handshake_recorded_once() {
    let (url, accepted) = server(|mut stream, _| async move {
        while request_came(&mut stream).await {
            answer(&mut stream, "200 OK", "", "{}").await;
        }
    })
    .await;
    let target = target(&url, &[]);
    let first = target.send(get("/a")).await;
    let second = target.send(get("/b")).await;
    assert_eq!(second.result.unwrap().status, 200);
    let handshake = first.connect.expect("the first request opens a connection");
    assert!(handshake <= first.finished - first.sent);
    assert_eq!(first.duration(), (first.finished - first.sent) - handshake);
    assert_eq!(second.connect, None);
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_closed_while_idle_is_opened_anew() {
    let (closed, wait) = tokio::sync::oneshot::channel::<()>();
    let closed = std::sync::Mutex::new(Some(closed));
    let (url, accepted) = server(move |mut stream, _| {
        let closed = closed.lock().unwrap().take();
        async move {
            assert!(request_came(&mut stream).await);
            answer(&mut stream, "200 OK", "", "{}").await;
            drop(stream);
            if let Some(closed) = closed {
                let _ = closed.send(());
            }
        }
    })
    .await;
    let target = target(&url, &[]);
    assert!(target.send(get("/")).await.result.is_ok());
    wait.await.unwrap();
    // Whether the client has noticed the close by now or notices it while sending: no failure that
    // a second attempt does not cure, and none that is not told apart.
    let mut second = target.send(get("/")).await;
    if let Err(failed) = &second.result {
        assert!(failed.connection_was_closed, "{failed:?}");
        second = target.send(get("/")).await;
    }
    assert_eq!(second.result.unwrap().status, 200);
    assert!(second.connect.is_some());
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_kept_connection_that_breaks_under_a_request_is_told_apart() {
    let (url, _) = server(|mut stream, _| async move {
        assert!(request_came(&mut stream).await);
        answer(&mut stream, "200 OK", "", "{}").await;
        // The second request is read and never answered.
        request_came(&mut stream).await;
    })
    .await;
    let target = target(&url, &[]);
    assert!(target.send(get("/")).await.result.is_ok());
    let failed = target.send(get("/")).await.result.unwrap_err();
    assert_eq!(failed.failure.kind, FailureKind::Transport);
    assert!(failed.connection_was_closed);
}

#[tokio::test]
async fn a_new_connection_that_breaks_is_a_failure_of_the_request() {
    let (url, _) = server(|mut stream, _| async move {
        request_came(&mut stream).await;
    })
    .await;
    let failed = target(&url, &[]).send(get("/")).await.result.unwrap_err();
    assert_eq!(failed.failure.kind, FailureKind::Transport);
    assert!(!failed.connection_was_closed);
}

#[tokio::test]
async fn a_pause_and_cache_headers_are_read_from_every_answer() {
    let (url, _) = server(|mut stream, _| async move {
        let headers = "Retry-After: 49\r\nX-Nextjs-Cache: HIT\r\nAge: 7\r\n";
        assert!(request_came(&mut stream).await);
        answer(&mut stream, "429 Too Many Requests", headers, "{}").await;
    })
    .await;
    let answer = target(&url, &[]).send(get("/")).await.result.unwrap();
    assert_eq!(answer.status, 429);
    assert_eq!(answer.retry_after, Some(Duration::from_secs(49)));
    assert_eq!(answer.cache_headers, ["age: 7", "x-nextjs-cache: HIT"]);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let (url, accepted) = server(|mut stream, _| async move {
        assert!(request_came(&mut stream).await);
        answer(
            &mut stream,
            "307 Temporary Redirect",
            "Location: /elsewhere\r\n",
            "",
        )
        .await;
    })
    .await;
    assert_eq!(
        target(&url, &[])
            .send(get("/"))
            .await
            .result
            .unwrap()
            .status,
        307
    );
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_answer_in_time_is_a_timeout_also_in_the_middle_of_a_body() {
    let (url, _) = server(|mut stream, number| async move {
        assert!(request_came(&mut stream).await);
        if number == 1 {
            let half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf";
            stream.write_all(half.as_bytes()).await.unwrap();
        }
        std::future::pending::<()>().await;
    })
    .await;
    for _ in 0..2 {
        let limit = Duration::from_secs(2);
        // A client of its own each time, so that each opens its own connection.
        let exchange = target_within(&url, &[], limit).send(get("/")).await;
        assert_eq!(
            exchange.result.as_ref().unwrap_err().failure.kind,
            FailureKind::Timeout
        );
        assert!(exchange.finished - exchange.sent >= limit);
    }
}

#[tokio::test]
async fn nobody_at_home_is_a_failure_to_connect() {
    // Nobody listens on port 1 of the loopback.
    let failed = target("http://127.0.0.1:1", &[])
        .send(get("/"))
        .await
        .result
        .unwrap_err();
    assert_eq!(failed.failure.kind, FailureKind::Connect);
    assert!(!failed.connection_was_closed);
}

#[tokio::test]
async fn secrets_reach_neither_facts_nor_failures_nor_debug_output() {
    let secrets = ["Bearer hunter2-hunter2", "hunter2-hunter2", "pass-word"];
    let target = HttpTarget::new(HttpOptions {
        base_url: "http://user:pass-word@127.0.0.1:1/base?token=abcd"
            .parse()
            .unwrap(),
        credentials: Some((
            "user".to_owned().into(),
            Some("pass-word".to_owned().into()),
        )),
        headers: vec![(http::header::AUTHORIZATION, secrets[0].to_owned().into())],
        timeout: Duration::from_secs(30),
        connect_timeout: Duration::from_secs(30),
        secrets: secrets.map(|secret| secret.to_owned().into()).into(),
    })
    .unwrap();
    let facts = target.facts();
    assert_eq!(facts.base_url, "http://127.0.0.1:1/base");
    assert_eq!(facts.header_names, ["authorization"]);
    let failed = target.send(get("/")).await.result.unwrap_err();
    let shown = format!("{facts:?} {failed:?} {target:?}");
    for secret in ["hunter2", "pass-word", "abcd"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    let echoed = target.redact("the server says: token hunter2-hunter2 is not known");
    assert_eq!(echoed, "the server says: token [secret] is not known");
}
