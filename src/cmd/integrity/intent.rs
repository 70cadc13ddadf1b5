//! What `cutover integrity` shall compare, resolved from flags and files before anything is started.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use thiserror::Error;

use crate::cli::IntegrityArgs;
use crate::cmd::{gates, stores};
use crate::config::{self, Access, Config, WaiverConfig};
use crate::database::{DatabaseError, Given};
use crate::diagnostic::{Colour, Diagnostics};
use crate::integrity::mapping::BUILT_IN;
use crate::integrity::{IdMap, IdMapError, Mapping};
use crate::sandbox::Plant;
use crate::target::{AnyTarget, TargetError};

use super::live::Notion;

/// The mapping of an export and a database, when none is named.
pub(in crate::cmd) const DEFAULT_MAPPING: &str = "tomos";
/// The mapping of the embedded world.
pub(in crate::cmd) const SANDBOX_MAPPING: &str = "sandbox";
/// Where the runs' folders are made.
const DEFAULT_OUTPUT: &str = "reports";

/// Why it is not clear what to compare.
#[derive(Debug, Error)]
pub(in crate::cmd) enum IntentError {
    /// A file is not valid.
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    File(Diagnostics),
    #[error(
        "nothing says what to compare; give --export FILE with --database URL, --config FILE with \
         `[backups] export` or with --live, or --sandbox"
    )]
    Nothing,
    #[error(
        "--live reads the Notion of a configuration; give --config FILE with a table `[baseline.notion]`, or \
         with a baseline of the driver `notion`"
    )]
    NoNotion,
    #[error(
        "--live needs the id of each database, and the configuration lacks that of {}; add it to `databases` in \
         `[baseline.notion]`, or as `tasks_database` to `[baseline.variables]` of a baseline that is Notion",
        .0.join(" and ")
    )]
    NoDatabases(Vec<String>),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("--plant works on the sandbox only; leave it out, or add --sandbox")]
    PlantWithoutSandbox,
    #[error(
        "nothing says where the rows are; give --database with a URL or with env:NAME, the variable that \
         holds it"
    )]
    NoDatabase,
    #[error(
        "the candidate is reached by the driver `{0}`, which tells no rows; name its database: `direct` in \
         `[candidate.database]`, or --database"
    )]
    NotADatabase(&'static str),
    #[error("--database env:{0}: there is no such variable in the environment")]
    Variable(String),
    #[error(transparent)]
    Url(#[from] DatabaseError),
    #[error("{what} {path} cannot be read: {source}")]
    Unreadable {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("--mapping {0}: there is no such file, and no such mapping is built in; there are {known}", known = known())]
    NoSuchMapping(String),
    #[error("{path}: {source}")]
    IdMap { path: PathBuf, source: IdMapError },
}

fn known() -> String {
    BUILT_IN.map(|(name, _)| name).join(" and ")
}

/// What is compared.
#[derive(Debug)]
pub(super) enum Ground {
    /// The embedded world.
    Sandbox { plant: Option<Plant> },
    /// Pages and a database.
    Stores { pages: Pages, database: Box<Given> },
}

/// Where pages come from.
#[derive(Debug)]
pub(super) enum Pages {
    /// A file, which is there.
    Export(PathBuf),
    /// Notion itself.
    Live(Box<Notion>),
}

/// Everything that the verb needs to know.
#[derive(Debug)]
pub(super) struct Intent {
    pub(super) ground: Ground,
    pub(super) mapping: Mapping,
    pub(super) ids: Option<IdMap>,
    /// Whether the text inside pages is compared.
    pub(super) bodies: bool,
    pub(super) output: PathBuf,
    /// Those of the configuration that concern this gate.
    pub(super) waivers: Vec<WaiverConfig>,
}

impl Intent {
    /// Resolves flags and files.
    pub(super) fn resolve(args: &IntegrityArgs) -> Result<Self, IntentError> {
        if args.plant.is_some() && !args.sandbox {
            return Err(IntentError::PlantWithoutSandbox);
        }
        let usual = if args.sandbox {
            SANDBOX_MAPPING
        } else {
            DEFAULT_MAPPING
        };
        let environment = |name: &str| std::env::var(name).ok();
        let config = args
            .config
            .as_deref()
            .map(|path| config::load(path, gates::NAMES, &environment))
            .transpose()
            .map_err(IntentError::File)?;
        let named = config.as_ref().map(|config| &config.integrity);
        let of_file = named.and_then(|named| named.mapping.as_deref());
        let mapping = mapping(args.mapping.as_deref().or(of_file).unwrap_or(usual))?;
        let of_file = named.and_then(|named| named.id_map.as_deref());
        let ids = args.id_map.as_deref().or(of_file).map(id_map).transpose()?;
        let bodies = !args.no_bodies && !named.is_some_and(|named| named.no_bodies);
        let ground = if args.sandbox {
            Ground::Sandbox { plant: args.plant }
        } else {
            stores(args, config.as_ref(), &mapping)?
        };
        let output = args.output.clone();
        let waivers = config.into_iter().flat_map(|config| config.gates.waivers);
        Ok(Self {
            ground,
            mapping,
            ids,
            bodies,
            waivers: waivers
                .filter(|waiver| waiver.gate == gates::INTEGRITY)
                .collect(),
            output: output.unwrap_or_else(|| DEFAULT_OUTPUT.into()),
        })
    }
}

/// The pages and the database that flags and configuration name.
fn stores(
    args: &IntegrityArgs,
    config: Option<&Config>,
    mapping: &Mapping,
) -> Result<Ground, IntentError> {
    let backups = config.and_then(|config| config.backups.as_ref());
    let of_backups = backups.and_then(|backups| backups.export.as_ref());
    let own = config.and_then(|config| config.integrity.export.as_ref());
    let backed_up = own.or(of_backups);
    let pages = match args.export.as_ref().or(backed_up) {
        _ if args.live => {
            let config = config.ok_or(IntentError::NoNotion)?;
            Pages::Live(Box::new(notion_of(config, mapping)?))
        }
        Some(export) => {
            drop(open("the export", export)?);
            Pages::Export(export.clone())
        }
        None => return Err(IntentError::Nothing),
    };
    Ok(Ground::Stores {
        pages,
        database: database(args, config)?,
    })
}

/// A mapping by its name, or from a file.
pub(in crate::cmd) fn mapping(name: &str) -> Result<Mapping, IntentError> {
    if let Some(mapping) = Mapping::built_in(name) {
        return mapping.map_err(IntentError::File);
    }
    let path = Path::new(name);
    match fs::read_to_string(path) {
        Ok(text) => Mapping::read(path, &text).map_err(IntentError::File),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(IntentError::NoSuchMapping(name.to_owned()))
        }
        Err(source) => Err(unreadable("the mapping", path)(source)),
    }
}

pub(in crate::cmd) fn id_map(path: &Path) -> Result<IdMap, IntentError> {
    let file = io::BufReader::new(open("the id map", path)?);
    IdMap::read(file).map_err(|source| IntentError::IdMap {
        path: path.to_owned(),
        source,
    })
}

/// The database that was given, that the named variable holds, or that the configuration names.
fn database(args: &IntegrityArgs, config: Option<&Config>) -> Result<Box<Given>, IntentError> {
    let url = match (&args.database, config) {
        (Some(given), _) => match given.strip_prefix("env:") {
            None => SecretString::from(given.as_str()),
            Some(name) => std::env::var(name)
                .map(SecretString::from)
                .map_err(|_| IntentError::Variable(name.to_owned()))?,
        },
        (None, Some(config)) => {
            let driver = config.candidate.driver().name();
            database_of(config).ok_or(IntentError::NotADatabase(driver))?
        }
        (None, None) => return Err(IntentError::NoDatabase),
    };
    Ok(Box::new(Given::parse(&url)?))
}

/// The candidate's database, directly where that is named: rows are read in one long transaction, which a
/// pooler would rather not keep.
pub(in crate::cmd) fn database_of(config: &Config) -> Option<SecretString> {
    let named = config.database.as_ref();
    let named = named.and_then(|named| named.direct.as_ref().or(named.pooled.as_ref()));
    match &config.candidate.access {
        _ if named.is_some() => named.cloned(),
        Access::Postgres { url } => Some(url.clone()),
        Access::Http { .. } | Access::Notion { .. } => None,
    }
}

/// The Notion behind the baseline, or the baseline where it is Notion itself, with the databases that the
/// mapping names.
pub(in crate::cmd) fn notion_of(config: &Config, mapping: &Mapping) -> Result<Notion, IntentError> {
    let Some(stores::Notion {
        target,
        databases: known,
    }) = stores::notion_of(config)?
    else {
        return Err(IntentError::NoNotion);
    };
    let (mut databases, mut lacking) = (Vec::new(), Vec::new());
    for record in &mapping.records {
        match known.iter().find(|(name, _)| *name == record.name) {
            Some(named) => databases.push(named.clone()),
            None => lacking.push(record.name.clone()),
        }
    }
    if !lacking.is_empty() {
        return Err(IntentError::NoDatabases(lacking));
    }
    Ok(Notion {
        target: AnyTarget::Notion(target),
        databases,
        budget: config.budget,
        run: config.run.clone(),
    })
}

pub(super) fn open(what: &'static str, path: &Path) -> Result<File, IntentError> {
    File::open(path).map_err(unreadable(what, path))
}

fn unreadable(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IntentError {
    let path = path.to_owned();
    move |source| IntentError::Unreadable { what, path, source }
}
