//! What stands behind the two sides of a run, and its backups: as a configuration names it, or as the
//! embedded world has it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use tempfile::TempDir;
use thiserror::Error;

use super::embedded;
use super::integrity::{
    self, DEFAULT_MAPPING, IntentError as IntegrityIntentError, SANDBOX_MAPPING,
};
use super::watching::Watching;
use crate::backups::LEAST_KEPT;
use crate::config::{
    Access, Config, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_AGE, DEFAULT_STATEMENT_TIMEOUT,
    DEFAULT_TIMEOUT, KeptConfig,
};
use crate::connections::Requirements;
use crate::database::{DatabaseError, Given};
use crate::diagnostic::{Colour, Diagnostics};
use crate::integrity::{IdMap, IdMapError, Mapping};
use crate::sandbox::postgres::{Admin, DumpFormat};
use crate::target::{NotionOptions, NotionTarget, TargetError};

/// Why it is not known what stands behind the sides.
#[derive(Debug, Error)]
pub(super) enum StoresError {
    /// A file is not valid.
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    File(Diagnostics),
    /// The mapping or the id map.
    #[error(transparent)]
    Integrity(#[from] IntegrityIntentError),
    /// A URL of a database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The Notion behind the baseline.
    #[error(transparent)]
    Notion(#[from] TargetError),
    /// The file that says what the application needs.
    #[error("{path}: {source}; correct `required` in `[candidate.database]`")]
    Required {
        path: PathBuf,
        source: std::io::Error,
    },
    /// The sandbox's own export.
    #[error("the simulated Notion cannot be exported: {0}")]
    Export(#[source] std::io::Error),
    /// The sandbox's own id map.
    #[error("the sandbox's id map is none: {0}")]
    IdMap(#[from] IdMapError),
}

/// The Notion behind the baseline.
pub(super) struct Notion {
    pub(super) target: NotionTarget,
    /// Each database's name and id.
    pub(super) databases: Vec<(String, String)>,
}

/// Where the export and the dump are, and what is said of them.
#[derive(Default)]
pub(super) struct Backups {
    pub(super) export: Option<PathBuf>,
    pub(super) dump: Option<PathBuf>,
    pub(super) max_age: Option<Duration>,
    pub(super) kept: Option<KeptConfig>,
}

/// Where a dump may be restored.
pub(super) enum Scratch {
    /// In an empty database beside the sandbox's own.
    Beside(Box<Admin>),
    /// On a server of its own, or on this one.
    Server(Option<SecretString>),
}

/// All that is looked at beside the two APIs. What is absent is told as not looked at.
pub(super) struct Stores {
    pub(super) pooled: Option<Given>,
    pub(super) direct: Option<Given>,
    /// The database that rows are read from.
    pub(super) rows: Option<Given>,
    pub(super) required: Requirements,
    /// The longest time that a connection or a statement may take.
    pub(super) limit: Duration,
    pub(super) notion: Option<Notion>,
    pub(super) mapping: Mapping,
    pub(super) ids: Option<IdMap>,
    /// The export whose pages are held against the rows.
    pub(super) export: Option<PathBuf>,
    pub(super) bodies: bool,
    pub(super) backups: Backups,
    pub(super) scratch: Scratch,
    /// What was made for the sandbox; it goes with this.
    _made: Option<TempDir>,
}

/// The candidate's database, through a pooler and directly, as far as a configuration names it.
///
/// # Errors
/// When a URL is not valid.
pub(super) fn database_urls(
    config: &Config,
) -> Result<(Option<Given>, Option<Given>), StoresError> {
    let parse = |url: Option<&SecretString>| url.map(Given::parse).transpose();
    let database = config.database.as_ref();
    let of_driver = match &config.candidate.access {
        Access::Postgres { url } => Some(url),
        Access::Http { .. } | Access::Notion { .. } => None,
    };
    let direct = database.and_then(|it| it.direct.as_ref()).or(of_driver);
    let pooled = database.and_then(|it| it.pooled.as_ref());
    Ok((parse(pooled)?, parse(direct)?))
}

impl Stores {
    /// What looks whether anybody asks the candidate's database.
    pub(super) fn watching(&self) -> Watching {
        Watching::at(self.pooled.clone(), self.direct.clone())
    }

    /// Those that a configuration names.
    ///
    /// # Errors
    /// When a file or a URL that it names is not valid.
    pub(super) fn configured(config: &Config) -> Result<Self, StoresError> {
        let database = config.database.as_ref();
        let (pooled, direct) = database_urls(config)?;
        let rows = integrity::database_of(config);
        let named = &config.integrity;
        let backups = config.backups.as_ref();
        let backed_up = backups.and_then(|backups| backups.export.clone());
        Ok(Self {
            pooled,
            direct,
            rows: rows.as_ref().map(Given::parse).transpose()?,
            required: required(database.and_then(|it| it.required.as_deref()))?,
            limit: database.map_or(DEFAULT_STATEMENT_TIMEOUT, |it| it.statement_timeout),
            notion: notion_of(config)?,
            mapping: integrity::mapping(named.mapping.as_deref().unwrap_or(DEFAULT_MAPPING))?,
            ids: named.id_map.as_deref().map(integrity::id_map).transpose()?,
            export: named.export.clone().or(backed_up),
            bodies: !named.no_bodies,
            backups: backups.map_or_else(Backups::default, |backups| Backups {
                export: backups.export.clone(),
                dump: backups.dump.clone(),
                max_age: Some(backups.max_age),
                kept: backups.kept.clone(),
            }),
            scratch: Scratch::Server(backups.and_then(|backups| backups.scratch.clone())),
            _made: None,
        })
    }

    /// Those of the embedded world, without a backup.
    ///
    /// # Errors
    /// When what is known of them is not valid.
    pub(super) fn embedded(stores: &embedded::Stores) -> Result<Self, StoresError> {
        let ids = serde_json::to_vec(&stores.id_map).map_err(IdMapError::from)?;
        let given = Given::parse(&stores.database_url)?;
        let (target, databases) = stores.notion()?;
        Ok(Self {
            // No pooler stands before it: there is one URL, which serves as both.
            pooled: Some(given.clone()),
            direct: Some(given.clone()),
            rows: Some(given),
            required: required(None)?,
            limit: DEFAULT_STATEMENT_TIMEOUT,
            notion: Some(Notion { target, databases }),
            mapping: integrity::mapping(SANDBOX_MAPPING)?,
            ids: Some(IdMap::read(ids.as_slice())?),
            export: None,
            bodies: true,
            backups: Backups::default(),
            scratch: Scratch::Beside(Box::new(stores.database_admin.clone())),
            _made: None,
        })
    }

    /// Makes an export and a dump of the embedded world, since nobody kept any.
    ///
    /// # Errors
    /// When they cannot be had; a machine without `pg_dump` has no dump, which is told when it is looked for.
    pub(super) async fn backed_up(self, stores: &embedded::Stores) -> Result<Self, StoresError> {
        let made = tempfile::tempdir().map_err(StoresError::Export)?;
        let export = made.path().join("notion-export.json");
        let pages = stores.exporter.export().map_err(StoresError::Export)?;
        std::fs::write(&export, pages).map_err(StoresError::Export)?;
        let dump = made.path().join("tomos.sql");
        let dumped = stores.database_admin.dump(&dump, DumpFormat::Plain).await;
        if let Err(error) = &dumped {
            tracing::warn!(%error, "the sandbox has no dump");
        }
        Ok(Self {
            export: Some(export.clone()),
            backups: Backups {
                export: Some(export),
                dump: dumped.is_ok().then_some(dump),
                max_age: None,
                kept: Some(KeptConfig {
                    duration: LEAST_KEPT,
                    place: "a place that the sandbox assumes".to_owned(),
                }),
            },
            _made: Some(made),
            ..self
        })
    }

    /// Whether there is nothing that a dump could have been made with.
    pub(super) fn lacks_dump(&self) -> bool {
        self.backups.dump.is_none()
    }

    /// How old backups may be.
    pub(super) fn max_age(&self) -> Duration {
        self.backups.max_age.unwrap_or(DEFAULT_MAX_AGE)
    }
}

fn required(path: Option<&Path>) -> Result<Requirements, StoresError> {
    let Some(path) = path else {
        return Requirements::tomos().map_err(StoresError::File);
    };
    let text = std::fs::read_to_string(path).map_err(|source| StoresError::Required {
        path: path.to_owned(),
        source,
    })?;
    Requirements::read(path, &text).map_err(StoresError::File)
}

/// The Notion behind the baseline, or the baseline where it is Notion itself.
///
/// # Errors
/// When no client can be made for it.
pub(super) fn notion_of(config: &Config) -> Result<Option<Notion>, TargetError> {
    let (options, databases) = match (&config.notion, &config.baseline.access) {
        (Some(notion), _) => {
            let options = NotionOptions {
                base_url: notion.base_url.clone(),
                token: notion.token.clone(),
                version: notion.version.clone(),
                timeout: DEFAULT_TIMEOUT,
                connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            };
            (options, notion.databases.clone())
        }
        (None, Access::Notion { token, version }) => {
            let variables = config.baseline.variables.iter();
            let ids = variables.filter_map(|(name, id)| {
                let name = name.strip_suffix("_database")?;
                Some((name.to_owned(), id.clone()))
            });
            let options = NotionOptions {
                base_url: config.baseline.base_url.clone(),
                token: token.clone(),
                version: version.clone(),
                timeout: config.baseline.timeout,
                connect_timeout: config.baseline.connect_timeout,
            };
            (options, ids.collect())
        }
        (None, Access::Http { .. } | Access::Postgres { .. }) => return Ok(None),
    };
    Ok(Some(Notion {
        target: NotionTarget::new(options)?,
        databases,
    }))
}

/// Opens an export, whose absence is told as what could not be looked at.
pub(super) fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{} cannot be opened: {error}", path.display()))
}
