//! A server on loopback that answers by the number of the request.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cutover::target::{HttpOptions, HttpTarget, TargetError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is answered to the n-th request, from 0: after how long, with which status and body.
pub(crate) type Answers = fn(usize) -> (Duration, u16, &'static str);

pub(crate) const TASKS: &str = r#"{"tasks":[{"id":"c1"}],"source":"postgres"}"#;

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) asked: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answers, count.clone()));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub(crate) fn client(&self) -> Result<HttpTarget, TargetError> {
        HttpTarget::new(HttpOptions {
            base_url: self.url.parse().unwrap(),
            headers: Vec::new(),
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            credentials: None,
            secrets: Vec::new(),
        })
    }
}

async fn serve(mut stream: TcpStream, answers: Answers, asked: Arc<AtomicUsize>) {
    let (mut seen, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => seen.extend_from_slice(&buffer[..n]),
        }
        if !seen.ends_with(b"\r\n\r\n") {
            continue;
        }
        seen.clear();
        let (after, status, body) = answers(asked.fetch_add(1, Ordering::SeqCst));
        tokio::time::sleep(after).await;
        let length = body.len();
        let answer = format!("HTTP/1.1 {status} It\r\ncontent-length: {length}\r\n\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
