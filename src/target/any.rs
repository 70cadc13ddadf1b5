//! A target of whichever driver the configuration names.

use super::{Exchange, Fate, HttpTarget, NotionTarget, PostgresTarget, Request, Target};
use crate::driver::Driver;
use crate::record::TargetFacts;

/// A target of any driver.
#[derive(Debug)]
pub enum AnyTarget {
    /// An application's API.
    Http(HttpTarget),
    /// Notion's API.
    Notion(NotionTarget),
    /// A PostgreSQL.
    Postgres(PostgresTarget),
}

impl Target for AnyTarget {
    async fn send(&self, request: Request) -> Exchange {
        match self {
            Self::Http(target) => target.send(request).await,
            Self::Notion(target) => target.send(request).await,
            Self::Postgres(target) => target.send(request).await,
        }
    }

    fn redact(&self, text: &str) -> String {
        match self {
            Self::Http(target) => target.redact(text),
            Self::Notion(target) => target.redact(text),
            Self::Postgres(target) => target.redact(text),
        }
    }

    fn facts(&self) -> TargetFacts {
        match self {
            Self::Http(target) => target.facts(),
            Self::Notion(target) => target.facts(),
            Self::Postgres(target) => target.facts(),
        }
    }

    fn driver(&self) -> Driver {
        match self {
            Self::Http(target) => target.driver(),
            Self::Notion(target) => target.driver(),
            Self::Postgres(target) => target.driver(),
        }
    }

    fn fate(&self, exchange: &Exchange) -> Fate {
        match self {
            Self::Http(target) => target.fate(exchange),
            Self::Notion(target) => target.fate(exchange),
            Self::Postgres(target) => target.fate(exchange),
        }
    }

    fn explain(&self, status: u16, body: &str) -> Option<String> {
        match self {
            Self::Http(target) => target.explain(status, body),
            Self::Notion(target) => target.explain(status, body),
            Self::Postgres(target) => target.explain(status, body),
        }
    }
}
