//! The simulated Notion alone, with the pages of a file instead of the seeded world.
//!
//! Somebody's own pages are rarely such that the reference API could serve them: it needs three
//! databases with certain properties, and a value that means nothing to it is an error of every list.
//! So there is no baseline and no candidate API here, and whoever starts it says so.

use std::fmt;

use super::notion::{self, Export, ExportedDatabase};
use super::profile::Profile;
use super::{Options, SandboxError, settings};

/// A simulator that serves an export. [`NotionAlone::stop`] ends it, and so does dropping it.
pub struct NotionAlone {
    notion: notion::Running,
    token: String,
    databases: Vec<ExportedDatabase>,
    not_kept: Vec<String>,
    profile: Profile,
    seed: u64,
}

impl NotionAlone {
    /// Starts a simulator with the profile, seed and limits of these options; the others are of
    /// parts that are not there.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(options: Options, export: Export) -> Result<Self, SandboxError> {
        let (token, settings) = settings(&options);
        let started = notion::start(settings, export.workspace).await;
        let notion = started.map_err(|source| SandboxError::Serve {
            server: "Notion simulator",
            source,
        })?;
        Ok(Self {
            notion,
            token,
            databases: export.databases,
            not_kept: export.not_kept,
            profile: options.profile,
            seed: options.seed,
        })
    }

    /// The simulator.
    #[must_use]
    pub fn notion(&self) -> &notion::Running {
        &self.notion
    }

    /// The token that it takes. It opens nothing else.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The databases of the file.
    #[must_use]
    pub fn databases(&self) -> &[ExportedDatabase] {
        &self.databases
    }

    /// What the file says and the simulator does not, a line each.
    #[must_use]
    pub fn not_kept(&self) -> &[String] {
        &self.not_kept
    }

    /// The assumed delays.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What new ids and the noise follow from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Ends it.
    pub async fn stop(self) {
        self.notion.stop().await;
    }
}

impl fmt::Debug for NotionAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotionAlone")
            .field("url", &self.notion.url())
            .field("databases", &self.databases)
            .finish_non_exhaustive()
    }
}
