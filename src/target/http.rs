//! The `http` driver: an API over HTTP/1.1 or HTTP/2, by reqwest, with TLS by rustls and ring.
//!
//! Connections are kept alive, redirects are answers and not followed, and secrets are taken out of
//! every text that leaves this file.

use std::error::Error as _;
use std::fmt;
use std::time::{Duration, SystemTime};

use ::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::time::Instant;
use url::{Host, Url};

use super::cache::cache_headers;
use super::handshake::Handshakes;
use super::retry_after;
use super::server_timing::server_timing;
use super::{Answer, Exchange, HttpRequest, Request, SendFailure, Target};
use crate::database::DatabaseError;
use crate::record::{Failure, FailureKind, TargetFacts};

/// The largest body that is read; a larger one is a failure, so that a target cannot fill memory.
const MAX_BODY_BYTES: usize = 64 << 20;

/// How an API is reached.
#[derive(Clone)]
pub struct HttpOptions {
    /// The URL that the paths of steps are appended to, without credentials, query and fragment.
    pub base_url: Url,
    /// A user and a password, sent as basic authentication.
    pub credentials: Option<(SecretString, Option<SecretString>)>,
    /// Headers sent with every request.
    pub headers: Vec<(HeaderName, SecretString)>,
    /// The longest time from sending to the last byte.
    pub timeout: Duration,
    /// The longest time a connection may take to be made.
    pub connect_timeout: Duration,
    /// Texts that must not appear in anything that is written down.
    pub secrets: Vec<SecretString>,
}

/// Why a target cannot be set up.
#[derive(Debug, Error)]
pub enum TargetError {
    /// A header's value has characters that HTTP forbids.
    #[error("the value of the header `{0}` has characters that HTTP forbids")]
    Header(HeaderName),
    /// The base URL is none.
    #[error("`{0}` is not a URL; write it like https://example.org")]
    Url(String),
    /// The URL of a database is none.
    #[error(transparent)]
    Database(DatabaseError),
    /// The client could not be made.
    #[error("the HTTP client could not be set up: {0}")]
    Client(#[source] reqwest::Error),
}

/// An API over HTTP. It shows itself by its facts, which hold no secret.
pub struct HttpTarget {
    client: Client,
    base: String,
    credentials: Option<(SecretString, Option<SecretString>)>,
    facts: TargetFacts,
    secrets: Vec<SecretString>,
    handshakes: Handshakes,
}

impl fmt::Debug for HttpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTarget")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}

impl HttpTarget {
    /// Sets up the client; nothing is sent yet.
    ///
    /// # Errors
    /// When a header's value is not valid, or the client cannot be made.
    pub fn new(options: HttpOptions) -> Result<Self, TargetError> {
        // Another part of the process may have installed the provider already; one is enough.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let handshakes = Handshakes::default();
        let mut builder = Client::builder()
            .user_agent(concat!("cutover/", env!("CARGO_PKG_VERSION")))
            .default_headers(header_map(&options.headers)?)
            .redirect(Policy::none())
            .timeout(options.timeout)
            .connect_timeout(options.connect_timeout)
            .connector_layer(handshakes.clone());
        if is_loopback(&options.base_url) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(TargetError::Client)?;
        Ok(Self {
            client,
            base: base(&options.base_url),
            facts: facts(&options),
            credentials: options.credentials,
            secrets: options.secrets.iter().flat_map(forms).collect(),
            handshakes,
        })
    }

    async fn exchange(&self, request: HttpRequest) -> Result<Answer, SendFailure> {
        let url = format!("{}{}", self.base, request.path);
        let mut builder = self.client.request(request.method, url);
        if let Some((user, password)) = &self.credentials {
            let password = password.as_ref().map(ExposeSecret::expose_secret);
            builder = builder.basic_auth(user.expose_secret(), password);
        }
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let response = builder.send().await.map_err(|error| self.failure(&error))?;
        self.answer(response).await
    }

    async fn answer(&self, mut response: Response) -> Result<Answer, SendFailure> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.failure(&error))?
        {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                let detail = format!("the answer is larger than {MAX_BODY_BYTES} bytes");
                let failure = Failure {
                    kind: FailureKind::Transport,
                    detail,
                };
                return Err(SendFailure {
                    failure,
                    connection_was_closed: false,
                });
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        let pause = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| retry_after(value, SystemTime::now()));
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: pause,
            cache_headers: cache_headers(headers),
            timing: server_timing(headers),
            body,
        })
    }

    fn failure(&self, error: &reqwest::Error) -> SendFailure {
        let kind = if error.is_connect() {
            FailureKind::Connect
        } else if error.is_timeout() {
            FailureKind::Timeout
        } else if error.is_builder() {
            FailureKind::Template
        } else {
            FailureKind::Transport
        };
        let mut detail = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            detail = format!("{detail}: {error}");
            cause = error.source();
        }
        let connection_was_closed = kind == FailureKind::Transport && closed_by_server(error);
        let failure = Failure {
            kind,
            detail: self.redact(&detail),
        };
        SendFailure {
            failure,
            connection_was_closed,
        }
    }
}

impl Target for HttpTarget {
    async fn send(&self, request: Request) -> Exchange {
        self.handshakes.take();
        let sent = Instant::now();
        let mut result = match request.into_http() {
            Ok(request) => self.exchange(request).await,
            Err(failed) => Err(failed),
        };
        let finished = Instant::now();
        let connect = self.handshakes.take();
        // A connection that was opened for this very request had no time to go stale.
        if let (Err(failure), Some(_)) = (&mut result, connect) {
            failure.connection_was_closed = false;
        }
        Exchange {
            sent,
            finished,
            connect,
            result,
        }
    }

    fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| {
            text.replace(secret.expose_secret(), "[secret]")
        })
    }

    fn facts(&self) -> TargetFacts {
        self.facts.clone()
    }
}

/// Whether the server ended the connection before it answered.
fn closed_by_server(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>()
            && (error.is_incomplete_message() || error.is_closed() || error.is_canceled())
        {
            return true;
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            let kinds = [
                BrokenPipe,
                ConnectionAborted,
                ConnectionReset,
                UnexpectedEof,
            ];
            return kinds.contains(&error.kind());
        }
        cause = error.source();
    }
    false
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn header_map(headers: &[(HeaderName, SecretString)]) -> Result<HeaderMap, TargetError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let mut value = HeaderValue::from_str(value.expose_secret())
            .map_err(|_| TargetError::Header(name.clone()))?;
        value.set_sensitive(true);
        map.append(name.clone(), value);
    }
    Ok(map)
}

/// A secret as it may come back: as it is, inside JSON, and percent-encoded.
fn forms(secret: &SecretString) -> Vec<SecretString> {
    let plain = secret.expose_secret();
    let json = serde_json::Value::from(plain).to_string();
    let mut forms = vec![
        plain.to_owned(),
        json.trim_matches('"').to_owned(),
        utf8_percent_encode(plain, NON_ALPHANUMERIC).to_string(),
    ];
    forms.dedup();
    forms.into_iter().map(SecretString::from).collect()
}

/// The URL as paths are appended to it; what could be a secret in it is left out in any case.
fn base(url: &Url) -> String {
    let mut base = url.clone();
    // Setting them fails only for URLs without a host, which have no credentials either.
    let _ = base.set_username("");
    let _ = base.set_password(None);
    base.set_query(None);
    base.set_fragment(None);
    base.as_str().trim_end_matches('/').to_owned()
}

fn facts(options: &HttpOptions) -> TargetFacts {
    TargetFacts {
        driver: "http".to_owned(),
        base_url: base(&options.base_url),
        header_names: options
            .headers
            .iter()
            .map(|(name, _)| name.to_string())
            .collect(),
        notion_version: None,
        timeout_s: options.timeout.as_secs_f64(),
    }
}
