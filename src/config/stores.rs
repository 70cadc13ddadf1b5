//! The stores behind the two sides, and their backups: what is looked at beside speed.
//!
//! `[candidate.database]` are the URLs that the application and its migrations use, `[baseline.notion]` is the
//! Notion behind the baseline's API, `[backups]` says where the way back is. Each may be absent; what then
//! cannot be looked at is told as such, and is never a pass.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::access::{known, token, usual_url};
use super::read::{Variables, more_than_nothing};
use super::target::base_url;
use super::{Access, DEFAULT_NOTION_VERSION, TargetConfig, database};
use crate::diagnostic::{At, Complaints, Entries, FromToml, Node};

/// The default of [`DatabaseConfig::statement_timeout`].
pub const DEFAULT_STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// The default of [`BackupsConfig::max_age`].
pub const DEFAULT_MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The candidate's database.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// The URL that the application uses, through a pooler.
    pub pooled: Option<SecretString>,
    /// The URL that migrations use.
    pub direct: Option<SecretString>,
    /// The longest time that a connection or a statement may take.
    pub statement_timeout: Duration,
    /// The file that says what the application needs; that of TomOS when it is absent.
    pub required: Option<PathBuf>,
}

/// The Notion behind the baseline.
#[derive(Debug, Clone)]
pub struct NotionConfig {
    /// The token of a connection that the databases are shared with.
    pub token: SecretString,
    /// The version of its API.
    pub version: String,
    /// Where it is, without `/v1`.
    pub base_url: Url,
    /// The ids of the databases, each with what it is called.
    pub databases: Vec<(String, String)>,
}

/// The way back.
#[derive(Debug, Clone)]
pub struct BackupsConfig {
    /// The export of Notion.
    pub export: Option<PathBuf>,
    /// The dump of the candidate's database.
    pub dump: Option<PathBuf>,
    /// How old they may be.
    pub max_age: Duration,
    /// For how long they are kept, as it is stated.
    pub kept: Option<KeptConfig>,
    /// A server on which the dump may be restored, in a database of its own; one is started when it is absent.
    pub scratch: Option<SecretString>,
}

/// For how long backups are kept, and where: nobody can look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptConfig {
    /// For how long.
    pub duration: Duration,
    /// Where, in words.
    pub place: String,
}

impl DatabaseConfig {
    /// Every secret text.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let urls = [&self.pooled, &self.direct].into_iter().flatten();
        urls.flat_map(|url| database::secrets(url.expose_secret()))
    }
}

impl NotionConfig {
    /// Every secret text.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.token.expose_secret())
    }
}

impl BackupsConfig {
    /// Every secret text.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let url = self.scratch.iter();
        url.flat_map(|url| database::secrets(url.expose_secret()))
    }
}

pub(super) struct DatabaseTable {
    pooled: Option<At<String>>,
    direct: Option<At<String>>,
    tls: Option<At<bool>>,
    statement_timeout: Option<At<Duration>>,
    required: Option<At<String>>,
}

impl FromToml for DatabaseTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the candidate's database")?;
        let table = Self {
            pooled: section.optional("pooled"),
            direct: section.optional("direct"),
            tls: section.optional("tls"),
            statement_timeout: section.optional("statement_timeout"),
            required: section.optional("required"),
        };
        section.finish();
        Some(table)
    }
}

impl DatabaseTable {
    pub(super) fn resolve(
        self,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<DatabaseConfig> {
        let tls = self.tls.is_none_or(|tls| tls.value);
        let pooled = url(self.pooled, tls, environment, complaints);
        let direct = url(self.direct, tls, environment, complaints);
        let default = DEFAULT_STATEMENT_TIMEOUT;
        let timeout = more_than_nothing(self.statement_timeout, default, complaints);
        Some(DatabaseConfig {
            pooled: pooled?,
            direct: direct?,
            statement_timeout: timeout?,
            required: self.required.map(|path| path.value.into()),
        })
    }
}

/// The URL of a database where one is named; `None` after a complaint.
#[expect(
    clippy::option_option,
    reason = "a key that is absent is right, and one that is wrong is not"
)]
fn url(
    text: Option<At<String>>,
    tls: bool,
    environment: &Variables<'_>,
    complaints: &Complaints,
) -> Option<Option<SecretString>> {
    let Some(text) = text else {
        return Some(None);
    };
    let value = environment.resolve(&text, complaints)?;
    match database::access(&text, value, tls, complaints)?.1 {
        Access::Postgres { url } => Some(Some(url)),
        Access::Http { .. } | Access::Notion { .. } => None,
    }
}

pub(super) struct NotionTable {
    token: Option<At<String>>,
    version: Option<At<String>>,
    base_url: Option<At<String>>,
    databases: Option<At<Entries<String>>>,
    place: std::ops::Range<usize>,
}

impl FromToml for NotionTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the Notion behind the baseline")?;
        let table = Self {
            token: section.optional("token"),
            version: section.optional("version"),
            base_url: section.optional("base_url"),
            databases: section.optional("databases"),
            place: section.span().clone(),
        };
        section.finish();
        Some(table)
    }
}

impl NotionTable {
    /// What is not named is taken from a baseline that is Notion itself.
    pub(super) fn resolve(
        self,
        baseline: Option<&TargetConfig>,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<NotionConfig> {
        let of_the_baseline = baseline.and_then(|side| match &side.access {
            Access::Notion { token, version } => Some((token, version, &side.base_url)),
            Access::Http { .. } | Access::Postgres { .. } => None,
        });
        let own = match (self.token, of_the_baseline) {
            (Some(text), _) => token(&text, environment, complaints),
            (None, Some((token, _, _))) => Some(token.clone()),
            (None, None) => {
                let help = "add `token = \"env:NOTION_TOKEN\"`";
                let message = "the Notion behind the baseline lacks `token`";
                complaints.add(&self.place, message, help);
                None
            }
        };
        let version = match (self.version, of_the_baseline) {
            (Some(version), _) => known(version, complaints),
            (None, Some((_, version, _))) => Some(version.clone()),
            (None, None) => Some(DEFAULT_NOTION_VERSION.to_owned()),
        };
        let place = match (self.base_url, of_the_baseline) {
            (Some(text), _) => environment
                .resolve(&text, complaints)
                .and_then(|value| base_url(&text, &value, true, complaints))
                .map(|(url, _)| url),
            (None, Some((_, _, url))) => Some(url.clone()),
            (None, None) => usual_url().map(|(url, _)| url),
        };
        let entries = self.databases.map(|entries| entries.value.0);
        let id = |(name, id): (At<String>, At<String>)| {
            Some((name.value, environment.resolve(&id, complaints)?))
        };
        // Collected one by one first, so that every mistake is found.
        let databases: Vec<_> = entries.into_iter().flatten().map(id).collect();
        Some(NotionConfig {
            token: own?,
            version: version?,
            base_url: place?,
            databases: databases.into_iter().collect::<Option<_>>()?,
        })
    }
}

pub(super) struct BackupsTable {
    export: Option<At<String>>,
    dump: Option<At<String>>,
    max_age: Option<At<Duration>>,
    kept: Option<At<KeptTable>>,
    scratch: Option<At<String>>,
    tls: Option<At<bool>>,
}

struct KeptTable(KeptConfig);

impl FromToml for KeptTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("what is said of keeping")?;
        let duration = section.required("for", "`for = \"30d\"`");
        let place = section.required("where", "`where = \"...\"`, the place in words");
        section.finish();
        let duration: At<Duration> = duration?;
        let place: At<String> = place?;
        Some(Self(KeptConfig {
            duration: duration.value,
            place: place.value,
        }))
    }
}

impl FromToml for BackupsTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("the backups")?;
        let table = Self {
            export: section.optional("export"),
            dump: section.optional("dump"),
            max_age: section.optional("max_age"),
            kept: section.optional("kept"),
            scratch: section.optional("scratch"),
            tls: section.optional("tls"),
        };
        section.finish();
        Some(table)
    }
}

impl BackupsTable {
    pub(super) fn resolve(
        self,
        environment: &Variables<'_>,
        complaints: &Complaints,
    ) -> Option<BackupsConfig> {
        let path = |text: Option<At<String>>| text.map(|text| PathBuf::from(text.value));
        let tls = self.tls.is_none_or(|tls| tls.value);
        let scratch = url(self.scratch, tls, environment, complaints);
        let max_age = more_than_nothing(self.max_age, DEFAULT_MAX_AGE, complaints);
        Some(BackupsConfig {
            export: path(self.export),
            dump: path(self.dump),
            max_age: max_age?,
            kept: self.kept.map(|kept| kept.value.0),
            scratch: scratch?,
        })
    }
}
