//! Latency profiles: what the sandbox assumes of the networks and services that it stands in for, their
//! delays and, when a profile has a table `[faults]`, how often Notion fails.
//!
//! Nobody publishes trustworthy latencies of Notion's API, so a profile is always an assumption. It is a
//! file with a name and a source line, and each report that used it prints [`Profile::assumptions`].
//! A delay of Notion is the whole time of a call, since the simulator is no part of what is measured. The
//! others come on top of the real work of the API and of PostgreSQL, which is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

use super::notion::{Delay, FaultPlan, LatencyProfile};
use super::slow::Slow;
use crate::units::{parse_duration, show_duration};

/// The profiles that are built in.
const BUILT_IN: [(&str, &str); 3] = [
    ("guide", include_str!("profiles/guide.toml")),
    ("brisk", include_str!("profiles/brisk.toml")),
    ("rough", include_str!("profiles/rough.toml")),
];

/// The spread beyond which a delay is surely a slip of the pen.
const LARGEST_SIGMA: f64 = 2.0;

/// Assumed delays and faults, valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it is called in reports.
    pub name: String,
    /// Where its figures come from.
    pub source: String,
    /// From the client to the API and back, on both sides alike.
    pub client_to_api: Delay,
    /// From the API to Notion and back; `None` adds nothing.
    pub notion: Option<Box<LatencyProfile>>,
    /// From the API to PostgreSQL and back.
    pub postgres: PostgresDelays,
    /// How often Notion fails, and in which ways.
    pub faults: FaultPlan,
    /// How far Notion's search lags behind writes.
    pub search_lag: Duration,
    /// How much later the candidate answers, on purpose. No file states it: it is planted.
    pub slow: Option<Slow>,
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
        "there is no latency profile `{name}`; use guide, brisk, rough, none, or the path of a TOML file like {name}.toml"
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
    /// The built-in profile of this name (`none` has no delays), or else the file at this path.
    ///
    /// # Errors
    /// When there is neither, or the file is not valid.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return Self::parse(text, name);
        }
        let none = Self::none();
        if name_or_path == none.name {
            return Ok(none);
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

    /// No delays: for looking at answers, whose latencies nobody compares.
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
            faults: FaultPlan::default(),
            search_lag: Duration::ZERO,
            slow: None,
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
            for (call, delay) in notion.delays() {
                line(&format!("API to Notion, {}", call.replace('_', " ")), delay);
            }
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
        if !self.search_lag.is_zero() {
            let lag = show_duration(self.search_lag);
            lines.push(format!("Notion's search lags {lag} behind writes"));
        }
        let faults = self.faults.in_words();
        lines.extend(faults.map(|fault| format!("Notion fails on purpose, {fault}")));
        lines.extend(self.slow.map(Slow::in_words));
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
    #[serde(default)]
    faults: FaultPlan,
    #[serde(default, deserialize_with = "duration")]
    search_lag: Duration,
}

/// The first six are needed; each of the others has the delay of its nearest kin when it is not there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireNotion {
    query: WireDelay,
    query_by_text: WireDelay,
    create_page: WireDelay,
    update_page: WireDelay,
    retrieve_page: WireDelay,
    retrieve_database: WireDelay,
    search: Option<WireDelay>,
    write_database: Option<WireDelay>,
    retrieve_block: Option<WireDelay>,
    list_blocks: Option<WireDelay>,
    append_blocks: Option<WireDelay>,
    update_block: Option<WireDelay>,
    users: Option<WireDelay>,
    list_comments: Option<WireDelay>,
    create_comment: Option<WireDelay>,
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

impl From<WireNotion> for LatencyProfile {
    fn from(wire: WireNotion) -> Self {
        Self {
            query: wire.query.into(),
            query_by_text: wire.query_by_text.into(),
            create_page: wire.create_page.into(),
            update_page: wire.update_page.into(),
            retrieve_page: wire.retrieve_page.into(),
            retrieve_database: wire.retrieve_database.into(),
            search: wire.search.map(Delay::from),
            write_database: wire.write_database.map(Delay::from),
            retrieve_block: wire.retrieve_block.map(Delay::from),
            list_blocks: wire.list_blocks.map(Delay::from),
            append_blocks: wire.append_blocks.map(Delay::from),
            update_block: wire.update_block.map(Delay::from),
            users: wire.users.map(Delay::from),
            list_comments: wire.list_comments.map(Delay::from),
            create_comment: wire.create_comment.map(Delay::from),
        }
    }
}

impl Wire {
    fn into_profile(self) -> Profile {
        Profile {
            name: self.name,
            source: self.source,
            client_to_api: self.client_to_api.into(),
            notion: Some(Box::new(self.notion.into())),
            postgres: PostgresDelays {
                read: self.postgres.read.into(),
                search: self.postgres.search.into(),
                write: self.postgres.write.into(),
            },
            faults: self.faults,
            search_lag: self.search_lag,
            slow: None,
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
    fn the_built_in_profiles_assume_the_same_candidate_and_only_rough_fails() {
        let guide = Profile::load("guide").unwrap();
        for (name, _) in BUILT_IN {
            let other = Profile::load(name).unwrap();
            assert_eq!(guide.postgres, other.postgres);
            assert_eq!(guide.client_to_api, other.client_to_api);
            assert_eq!(other.faults.is_empty(), name != "rough");
        }
    }

    #[test]
    fn every_fault_and_every_delay_that_a_profile_states_is_among_its_assumptions() {
        let lines = Profile::load("rough").unwrap().assumptions();
        let expected = "Notion fails on purpose, conflict: 1.5 % of writes";
        assert!(lines.iter().any(|line| line == expected), "{lines:?}");
        let faults = lines.iter().filter(|line| line.contains("on purpose"));
        let rough = Profile::load("rough").unwrap();
        assert_eq!(faults.count(), rough.faults.iter().count());
        let text = format!(
            "{}\n[notion.search]\nmedian = \"2s\"\nsigma = 0\n",
            BUILT_IN[0].1
        );
        let searching = Profile::parse(&text, "my.toml").unwrap().assumptions();
        let expected = "API to Notion, search: median 2s, log-normal with sigma 0";
        assert!(
            searching.iter().any(|line| line == expected),
            "{searching:?}"
        );
    }

    #[test]
    fn a_planted_slowness_is_among_the_assumptions() {
        let mut profile = Profile::load("brisk").unwrap();
        let before = profile.assumptions();
        profile.slow = Some("slow=15%".parse().unwrap());
        let lines = profile.assumptions();
        assert_eq!(lines[..before.len()], before);
        assert_eq!(
            lines[before.len()..],
            ["The candidate answers 15 % later on purpose"]
        );
    }

    #[test]
    fn a_slip_in_the_faults_is_refused_with_its_place() {
        let good = BUILT_IN[0].1;
        for (faults, says) in [
            ("[faults.conflict]\nrate = 2", "between 0 and 1"),
            (
                "[faults.conflict]\nrate = 0.1\ntimes = 3",
                "unknown field `times`",
            ),
            (
                "[faults.conflcit]\nrate = 0.1",
                "unknown variant `conflcit`",
            ),
        ] {
            let text = format!("{good}\n{faults}\n");
            let error = Profile::parse(&text, "my.toml").unwrap_err().to_string();
            assert!(error.contains("line ") && error.contains(says), "{error}");
        }
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
    fn none_can_be_asked_for_and_delays_nothing() {
        let none = Profile::load("none").unwrap();
        assert_eq!(none.name, "none");
        let postgres = none.postgres;
        for delay in [
            none.client_to_api,
            postgres.read,
            postgres.search,
            postgres.write,
        ] {
            assert_eq!(delay, NO_DELAY);
        }
        assert!(none.notion.is_none());
    }

    #[test]
    fn a_name_that_is_nothing_says_what_there_is() {
        let error = Profile::load("giude").unwrap_err().to_string();
        assert!(error.contains("guide, brisk"), "{error}");
    }
}
