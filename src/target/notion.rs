//! The `notion` driver: Notion's own API, over the HTTP client of the `http` driver.
//!
//! It adds what Notion asks of every request (a token, a version, JSON), and knows how to read Notion's
//! errors. What they mean for a request is from Notion's documentation: 429 and 529 turn it away; 409
//! says that nothing was saved; 500, 502, 503 and 504 leave it open, and a 503 is known to have come
//! after a page was saved. So do a time-out and a connection that was cut.

use std::time::{Duration, SystemTime};

use ::http::HeaderName;
use ::http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::retry_after;
use super::{Exchange, Fate, HttpOptions, HttpTarget, Request, Target, TargetError};
use crate::driver::Driver;
use crate::record::{FailureKind, TargetFacts};

const VERSION: HeaderName = HeaderName::from_static("notion-version");
/// The most of an error's message or body that is shown, in characters.
const MOST_SHOWN: usize = 200;

/// How Notion is reached.
#[derive(Debug, Clone)]
pub struct NotionOptions {
    /// The URL before `/v1`.
    pub base_url: Url,
    /// The token of a connection that the databases are shared with.
    pub token: SecretString,
    /// The `Notion-Version` to ask for.
    pub version: String,
    /// The longest time from sending to the last byte.
    pub timeout: Duration,
    /// The longest time a connection may take to be made.
    pub connect_timeout: Duration,
}

/// Notion's API. It shows itself by its facts, which hold no secret.
#[derive(Debug)]
pub struct NotionTarget {
    http: HttpTarget,
    version: String,
}

/// Notion's error object, as far as it is used.
#[derive(Debug, Deserialize)]
struct ErrorObject {
    code: String,
    message: String,
    #[serde(default)]
    additional_data: Value,
}

impl NotionTarget {
    /// Sets up the client; nothing is sent yet.
    ///
    /// # Errors
    /// When the token or the version cannot stand in a header, or the client cannot be made.
    pub fn new(options: NotionOptions) -> Result<Self, TargetError> {
        let bearer = SecretString::from(format!("Bearer {}", options.token.expose_secret()));
        let http = HttpTarget::new(HttpOptions {
            base_url: options.base_url,
            credentials: None,
            headers: vec![
                (AUTHORIZATION, bearer),
                (VERSION, options.version.clone().into()),
            ],
            timeout: options.timeout,
            connect_timeout: options.connect_timeout,
            secrets: vec![options.token],
        })?;
        Ok(Self {
            http,
            version: options.version,
        })
    }
}

impl Target for NotionTarget {
    async fn send(&self, request: Request) -> Exchange {
        let mut exchange = self.http.send(request).await;
        if let Ok(answer) = &mut exchange.result
            && answer.retry_after.is_none()
            && answer.status >= 400
        {
            answer.retry_after = pause_in(&answer.body);
        }
        exchange
    }

    fn redact(&self, text: &str) -> String {
        self.http.redact(text)
    }

    fn facts(&self) -> TargetFacts {
        TargetFacts {
            driver: Driver::Notion.name().to_owned(),
            notion_version: Some(self.version.clone()),
            ..self.http.facts()
        }
    }

    fn driver(&self) -> Driver {
        Driver::Notion
    }

    fn fate(&self, exchange: &Exchange) -> Fate {
        match &exchange.result {
            Ok(answer) => match answer.status {
                429 | 529 => Fate::TurnedAway,
                409 => Fate::NotSaved,
                500 | 502..=504 => Fate::Unknown,
                _ => Fate::Final,
            },
            Err(failed) => match failed.failure.kind {
                FailureKind::Timeout | FailureKind::Transport => Fate::Unknown,
                _ => Fate::Final,
            },
        }
    }

    fn explain(&self, status: u16, body: &str) -> Option<String> {
        let said = match error_object(body.as_bytes()) {
            Some(error) => format!("Notion says {}: {}", error.code, shown(&error.message)),
            None if serde_json::from_str::<Value>(body).is_ok() => return None,
            None if body.trim().is_empty() => "it has no body, so no word of Notion's".to_owned(),
            None => format!(
                "its body is not JSON, so a gateway before Notion may have answered: {}",
                shown(body)
            ),
        };
        Some(format!("the answer is {status}; {said}"))
    }
}

fn error_object(body: &[u8]) -> Option<ErrorObject> {
    serde_json::from_slice(body).ok()
}

/// The pause that an error object asks for, when no header does.
fn pause_in(body: &[u8]) -> Option<Duration> {
    let asked = error_object(body)?;
    let asked = match asked.additional_data.get("retry_after")? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    retry_after(&asked, SystemTime::now())
}

/// The beginning of a text, on one line.
fn shown(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    line.join(" ").chars().take(MOST_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::record::Failure;
    use crate::target::{Answer, SendFailure};

    fn notion() -> NotionTarget {
        NotionTarget::new(NotionOptions {
            base_url: Url::parse("http://127.0.0.1:9").unwrap(),
            token: "ntn_hunter2".into(),
            version: "2022-06-28".to_owned(),
            timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(1),
        })
        .unwrap()
    }

    fn exchange(result: Result<u16, FailureKind>) -> Exchange {
        let answer = |status| Answer {
            status,
            body: Vec::new(),
            retry_after: None,
            cache_headers: Vec::new(),
            timing: crate::target::ServerTiming::default(),
        };
        let failed = |kind| SendFailure {
            failure: Failure {
                kind,
                detail: String::new(),
            },
            connection_was_closed: false,
        };
        Exchange {
            sent: Instant::now(),
            finished: Instant::now(),
            connect: None,
            result: result.map(answer).map_err(failed),
        }
    }

    #[test]
    fn the_fate_of_a_request_is_what_notion_documents() {
        let table = [
            (Ok(200), Fate::Final),
            (Ok(400), Fate::Final),
            (Ok(404), Fate::Final),
            (Ok(409), Fate::NotSaved),
            (Ok(429), Fate::TurnedAway),
            (Ok(500), Fate::Unknown),
            (Ok(502), Fate::Unknown),
            (Ok(503), Fate::Unknown),
            (Ok(504), Fate::Unknown),
            (Ok(529), Fate::TurnedAway),
            (Err(FailureKind::Timeout), Fate::Unknown),
            (Err(FailureKind::Transport), Fate::Unknown),
            (Err(FailureKind::Connect), Fate::Final),
        ];
        for (result, fate) in table {
            assert_eq!(notion().fate(&exchange(result)), fate, "{result:?}");
        }
    }

    #[test]
    fn errors_are_told_in_notions_words_and_a_gateways_in_its_own() {
        let error = r#"{"object":"error","status":404,"code":"object_not_found","message":"Could not find page."}"#;
        let told = notion().explain(404, error).unwrap();
        assert_eq!(
            told,
            "the answer is 404; Notion says object_not_found: Could not find page."
        );
        let told = notion()
            .explain(502, "<html>\n502 Bad Gateway</html>")
            .unwrap();
        assert!(told.ends_with("<html> 502 Bad Gateway</html>"), "{told}");
        assert!(notion().explain(503, "").is_some());
        assert_eq!(notion().explain(201, r#"{"object":"page"}"#), None);
    }

    #[test]
    fn the_pause_is_read_from_the_error_when_no_header_has_it() {
        let error = |pause: &str| {
            format!(
                r#"{{"code":"rate_limited","message":"wait","additional_data":{{"retry_after":{pause}}}}}"#
            )
        };
        for text in ["\"49\"", "49"] {
            let pause = pause_in(error(text).as_bytes());
            assert_eq!(pause, Some(Duration::from_secs(49)), "{text}");
        }
        for text in ["null", "-3", "[]"] {
            assert_eq!(pause_in(error(text).as_bytes()), None, "{text}");
        }
        assert_eq!(pause_in(b"<html>"), None);
    }

    #[test]
    fn the_token_is_in_no_word_about_the_target() {
        let shown = format!("{:?}", notion());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(notion().redact("Bearer ntn_hunter2"), "Bearer [secret]");
        let facts = notion().facts();
        assert_eq!(facts.driver, "notion");
        assert_eq!(facts.notion_version.as_deref(), Some("2022-06-28"));
    }
}
