//! Notion's errors: what a client sees decides whether it retries, gives up or reports a defect, so
//! status, code and message are those of the live service.
//!
//! Every layer below returns a [`NotionError`]; only `serve` turns one into an answer.

use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use super::door::limit::Spent;
use super::version;

/// What was looked for and not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// A database.
    Database,
    /// A data source.
    DataSource,
    /// A page.
    Page,
    /// A block.
    Block,
    /// A user.
    User,
    /// A comment.
    Comment,
    /// A discussion, which comments go on with.
    Discussion,
}

impl Missing {
    fn word(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::DataSource => "data_source",
            Self::Page => "page",
            Self::Block => "block",
            Self::User => "user",
            Self::Comment => "comment",
            Self::Discussion => "discussion",
        }
    }
}

/// A refusal of the simulator, in Notion's words.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotionError {
    /// The token is missing or is not the workspace's (401).
    #[error("API token is invalid.")]
    Unauthorized,
    /// No `Notion-Version` was sent (400).
    #[error(
        "Notion-Version header failed validation: Notion-Version header should be defined, \
         instead was `undefined`."
    )]
    MissingVersion,
    /// A `Notion-Version` that never existed (400).
    #[error(
        "Notion-Version header failed validation: Notion-Version header should be {}, instead was `\"{_0}\"`.",
        version::accepted()
    )]
    UnknownVersion(String),
    /// No such path, or not with this method (400).
    #[error("Invalid request URL.")]
    InvalidUrl,
    /// The body is not JSON (400).
    #[error("Error parsing JSON body.")]
    InvalidJson,
    /// The request is JSON but not what the endpoint takes (400).
    #[error("{0}")]
    Validation(String),
    /// No database or page with this id (404).
    #[error(
        "Could not find {} with ID: {id}. Make sure the relevant pages and databases are shared \
         with your integration.",
        kind.word()
    )]
    NotFound {
        /// What was looked for.
        kind: Missing,
        /// The id that was asked for.
        id: Uuid,
    },
    /// A database that a version without data sources cannot show (400).
    #[error("Databases with multiple data sources are not supported in this API version.")]
    SeveralDataSources {
        /// The database.
        database: Uuid,
        /// What it holds.
        data_sources: Vec<Uuid>,
    },
    /// A rate limit is spent (429).
    #[error("You have been rate limited. Please try again later.")]
    RateLimited {
        /// Whole seconds until the next request passes, at least 1.
        retry_after_s: u64,
        /// Whose limit it is.
        spent: Spent,
    },
}

impl NotionError {
    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthorized => 401,
            Self::NotFound { .. } => 404,
            Self::RateLimited { .. } => 429,
            Self::MissingVersion
            | Self::UnknownVersion(_)
            | Self::InvalidUrl
            | Self::InvalidJson
            | Self::SeveralDataSources { .. }
            | Self::Validation(_) => 400,
        }
    }

    /// Notion's name of the error, which clients match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::MissingVersion | Self::UnknownVersion(_) => "missing_version",
            Self::InvalidUrl => "invalid_request_url",
            Self::InvalidJson => "invalid_json",
            Self::Validation(_) | Self::SeveralDataSources { .. } => "validation_error",
            Self::NotFound { .. } => "object_not_found",
            Self::RateLimited { .. } => "rate_limited",
        }
    }

    /// The body of the answer. A 429 was recorded without a request id and with `additional_data`;
    /// that of the workspace's limit was not, and its reason's name is a guess.
    pub(crate) fn body(&self, request_id: Uuid) -> Value {
        let mut body = json!({
            "object": "error",
            "status": self.status(),
            "code": self.code(),
            "message": self.to_string(),
        });
        if let Self::RateLimited {
            retry_after_s,
            spent,
        } = self
        {
            let reason = match spent {
                Spent::Token => "public_api_request_rate_limit",
                Spent::Workspace => "public_api_workspace_rate_limit",
            };
            body["additional_data"] = json!({
                "rate_limit_reason": reason,
                "retry_after": retry_after_s.to_string(),
            });
            return body;
        }
        if let Self::SeveralDataSources {
            database,
            data_sources,
        } = self
        {
            body["additional_data"] = json!({
                "error_type": "multiple_data_sources_for_database",
                "database_id": database.to_string(),
                "child_data_source_ids": data_sources.iter().map(Uuid::to_string).collect::<Vec<_>>(),
                "minimum_api_version": "2025-09-03",
            });
        }
        body["request_id"] = json!(request_id.to_string());
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_429_is_the_recorded_one() {
        let refused = NotionError::RateLimited {
            retry_after_s: 49,
            spent: Spent::Token,
        };
        let body = refused.body(Uuid::nil());
        let recorded = r#"{"object":"error","status":429,"code":"rate_limited","message":"You have been rate limited. Please try again later.","additional_data":{"rate_limit_reason":"public_api_request_rate_limit","retry_after":"49"}}"#;
        assert_eq!(body.to_string(), recorded);
    }

    #[test]
    fn an_unknown_version_is_told_every_known_one() {
        let message = NotionError::UnknownVersion("2020-01-01".to_owned()).to_string();
        assert_eq!(
            message,
            "Notion-Version header failed validation: Notion-Version header should be \
             `\"2021-05-11\"`, `\"2021-05-13\"`, `\"2021-08-16\"`, `\"2022-02-22\"`, \
             `\"2022-06-28\"`, `\"2025-09-03\"`, or `\"2026-03-11\"`, instead was `\"2020-01-01\"`."
        );
    }
}
