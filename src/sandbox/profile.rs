//! Latency profiles: what the sandbox assumes of the networks and services that it stands in for.
//!
//! Nobody publishes trustworthy latencies of Notion's API, so a profile is always an assumption. It is a
//! file with a name and a source line, and each report that used it prints [`Profile::assumptions`].
//! A delay of Notion is the whole time of a call, since the simulator is no part of what is measured. The
//! others come on top of the real work of the API and of PostgreSQL, which is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

use super::notion::{Delay, LatencyProfile};
use crate::units::{parse_duration, show_duration};

/// The profiles that are built in.
const BUILT_IN: [(&str, &str); 2] = [
    ("guide", include_str!("profiles/guide.toml")),
    ("brisk", include_str!("profiles/brisk.toml")),
];

/// The spread beyond which a delay is surely a slip of the pen.
const LARGEST_SIGMA: f64 = 2.0;

/// Assumed delays, valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it is called in reports.
    pub name: String,
    /// Where its figures come from.
    pub source: String,
    /// From the client to the API and back, on both sides alike.
    pub client_to_api: Delay,
    /// From the API to Notion and back; `None` adds nothing.
    pub notion: Option<LatencyProfile>,
    /// From the API to PostgreSQL and back.
    pub postgres: PostgresDelays,
}

/// The candidate's delays: one for each API request, by what it does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PostgresDelays {
    /// A request that reads.
    pub read: Delay,
    /// A request that looks for a text.
    pub search: Delay,
    /// A request that writes.
    pub write: Delay,
}

/// Why there is no such profile.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// It is neither built in nor a file.
    #[error(
        "there is no latency profile `{name}`; use guide, brisk, or the path of a TOML file like {name}.toml"
    )]
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The file cannot be read.
    #[error("cannot read the latency profile {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not a profile.
    #[error("{origin} is no valid latency profile: {reason}")]
    Invalid {
        /// The file.
        origin: String,
        /// What is wrong, where, and how to write it.
        reason: String,
    },
}

impl Profile {
    /// The built-in profile of this name, or else the file at this path.
    ///
    /// # Errors
    /// When there is neither, or the file is not valid.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return Self::parse(text, name);
        }
        let path = Path::new(name_or_path);
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, name_or_path),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(ProfileError::Unknown {
                    name: name_or_path.to_owned(),
                })
            }
            Err(source) => Err(ProfileError::Read {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// No delays: for tests.
    #[must_use]
    pub fn none() -> Self {
        Self {
            name: "none".to_owned(),
            source: "No delay is added".to_owned(),
            client_to_api: NO_DELAY,
            notion: None,
            postgres: PostgresDelays {
                read: NO_DELAY,
                search: NO_DELAY,
                write: NO_DELAY,
            },
        }
    }

    fn parse(text: &str, origin: &str) -> Result<Self, ProfileError> {
        let invalid = |reason: String| ProfileError::Invalid {
            origin: origin.to_owned(),
            reason,
        };
        let wire: Wire = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        for (key, value) in [("name", &wire.name), ("source", &wire.source)] {
            if value.trim().is_empty() || value.contains('\n') {
                return Err(invalid(format!("`{key}` must be one line of text")));
            }
        }
        Ok(wire.into_profile())
    }

    /// One line for each assumption, for reports.
    #[must_use]
    pub fn assumptions(&self) -> Vec<String> {
        let mut lines = vec![format!("Latency profile `{}`: {}", self.name, self.source)];
        let mut line = |what: &str, delay: Delay| lines.push(format!("{what}: {}", show(delay)));
        line("Client to API, each request", self.client_to_api);
        if let Some(notion) = &self.notion {
            line("API to Notion, query", notion.query);
            line("API to Notion, query by text", notion.query_by_text);
            line("API to Notion, create page", notion.create_page);
            line("API to Notion, update page", notion.update_page);
            line("API to Notion, retrieve page", notion.retrieve_page);
            line("API to Notion, retrieve database", notion.retrieve_database);
        }
        line("API to PostgreSQL, request that reads", self.postgres.read);
        line(
            "API to PostgreSQL, request that searches",
            self.postgres.search,
        );
        line(
            "API to PostgreSQL, request that writes",
            self.postgres.write,
        );
        lines
    }
}

const NO_DELAY: Delay = Delay {
    median: Duration::ZERO,
    per_row: Duration::ZERO,
    sigma: 0.0,
};

fn show(delay: Delay) -> String {
    if delay == NO_DELAY {
        return "no delay".to_owned();
    }
    let mut text = format!("median {}", show_duration(delay.median));
    if !delay.per_row.is_zero() {
        text += &format!(
            " and {} for each object in the answer",
            show_duration(delay.per_row)
        );
    }
    text + &format!(", log-normal with sigma {}", delay.sigma)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    name: String,
    source: String,
    client_to_api: WireDelay,
    notion: WireNotion,
    postgres: WirePostgres,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireNotion {
    query: WireDelay,
    query_by_text: WireDelay,
    create_page: WireDelay,
    update_page: WireDelay,
    retrieve_page: WireDelay,
    retrieve_database: WireDelay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePostgres {
    read: WireDelay,
    search: WireDelay,
    write: WireDelay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireDelay {
    #[serde(deserialize_with = "duration")]
    median: Duration,
    #[serde(default, deserialize_with = "duration")]
    per_row: Duration,
    #[serde(deserialize_with = "sigma")]
    sigma: f64,
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_duration(&text).map_err(de::Error::custom)
}

fn sigma<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let sigma = f64::deserialize(deserializer)?;
    if (0.0..=LARGEST_SIGMA).contains(&sigma) {
        return Ok(sigma);
    }
    Err(de::Error::custom(format!(
        "sigma is {sigma}; it is the standard deviation of the delay's logarithm, between 0 and {LARGEST_SIGMA}"
    )))
}

impl From<WireDelay> for Delay {
    fn from(wire: WireDelay) -> Self {
        Self {
            median: wire.median,
            per_row: wire.per_row,
            sigma: wire.sigma,
        }
    }
}

impl Wire {
    fn into_profile(self) -> Profile {
        Profile {
            name: self.name,
            source: self.source,
            client_to_api: self.client_to_api.into(),
            notion: Some(LatencyProfile {
                query: self.notion.query.into(),
                query_by_text: self.notion.query_by_text.into(),
                create_page: self.notion.create_page.into(),
                update_page: self.notion.update_page.into(),
                retrieve_page: self.notion.retrieve_page.into(),
                retrieve_database: self.notion.retrieve_database.into(),
            }),
            postgres: PostgresDelays {
                read: self.postgres.read.into(),
                search: self.postgres.search.into(),
                write: self.postgres.write.into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_profile_is_valid_and_bears_its_name() {
        for (name, _) in BUILT_IN {
            let profile = Profile::load(name).unwrap();
            assert_eq!(profile.name, name);
            let lines = profile.assumptions();
            assert!(lines[0].contains(&profile.source), "{lines:?}");
            assert!(
                lines.iter().any(|line| line.contains("query by text")),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn the_two_built_in_profiles_assume_the_same_candidate() {
        let (guide, brisk) = (
            Profile::load("guide").unwrap(),
            Profile::load("brisk").unwrap(),
        );
        assert_eq!(guide.postgres, brisk.postgres);
        assert_eq!(guide.client_to_api, brisk.client_to_api);
    }

    #[test]
    fn a_slip_is_shown_where_it_is_with_the_way_to_write_it() {
        let good = BUILT_IN[0].1;
        for (from, to, says) in [
            (
                "median = \"8ms\"",
                "median = \"8\"",
                "use one of `us`, `ms`",
            ),
            ("sigma = 0.15", "sigma = -0.15", "between 0 and 2"),
            ("sigma = 0.15", "sigma = nan", "between 0 and 2"),
            (
                "[client_to_api]",
                "[client_to_app]",
                "unknown field `client_to_app`",
            ),
            (
                "name = \"guide\"",
                "name = \" \"",
                "`name` must be one line",
            ),
            ("per_row", "per_page", "unknown field `per_page`"),
        ] {
            let error = Profile::parse(&good.replacen(from, to, 1), "my.toml").unwrap_err();
            let error = error.to_string();
            assert!(error.contains("my.toml") && error.contains(says), "{error}");
        }
        let error = Profile::parse(&good.replace("8ms", "8"), "my.toml")
            .unwrap_err()
            .to_string();
        let place = good.lines().position(|line| line.contains("8ms")).unwrap() + 1;
        assert!(error.contains(&format!("line {place}")), "{error}");
    }

    #[test]
    fn a_name_that_is_nothing_says_what_there_is() {
        let error = Profile::load("giude").unwrap_err().to_string();
        assert!(error.contains("guide, brisk"), "{error}");
    }
}
