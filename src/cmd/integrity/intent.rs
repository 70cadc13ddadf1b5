//! What `cutover integrity` shall compare, resolved from flags and files before anything is started.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use thiserror::Error;

use crate::cli::IntegrityArgs;
use crate::cmd::{gates, targets};
use crate::config::{self, Access, Config};
use crate::database::{DatabaseError, Given};
use crate::diagnostic::{Colour, Diagnostics};
use crate::driver::Driver;
use crate::integrity::mapping::BUILT_IN;
use crate::integrity::{IdMap, IdMapError, Mapping};
use crate::sandbox::Plant;
use crate::target::TargetError;

use super::live::Notion;

/// The mapping of an export and a database, when none is named.
const DEFAULT_MAPPING: &str = "tomos";
/// The mapping of the embedded world.
const SANDBOX_MAPPING: &str = "sandbox";
/// Where the runs' folders are made.
const DEFAULT_OUTPUT: &str = "reports";

/// Why it is not clear what to compare.
#[derive(Debug, Error)]
pub(super) enum IntentError {
    /// A file is not valid.
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    File(Diagnostics),
    #[error(
        "nothing says what to compare; give --export FILE with --database URL (or with --config FILE), \
         --live with --config FILE, or --sandbox"
    )]
    Nothing,
    #[error(
        "--live reads Notion as the baseline of a configuration reaches it; add --config FILE, whose \
         baseline has the driver `notion`"
    )]
    NoNotion,
    #[error(
        "--live needs the id of each database, and the configuration lacks `{}`; add them to \
         `[baseline.variables]`",
        .0.join("`, `")
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
        "{path} reaches its candidate by the driver `{driver}`, which tells no rows; give --database, or \
         `driver = \"postgres\"`"
    )]
    NotADatabase { path: PathBuf, driver: &'static str },
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
    pub(super) output: PathBuf,
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
        let mapping = mapping(args.mapping.as_deref().unwrap_or(usual))?;
        let ids = args.id_map.as_deref().map(id_map).transpose()?;
        let ground = match &args.export {
            _ if args.sandbox => Ground::Sandbox { plant: args.plant },
            Some(export) => {
                drop(open("the export", export)?);
                Ground::Stores {
                    pages: Pages::Export(export.clone()),
                    database: database(args)?,
                }
            }
            None if args.live => Ground::Stores {
                pages: Pages::Live(Box::new(notion(args, &mapping)?)),
                database: database(args)?,
            },
            None => return Err(IntentError::Nothing),
        };
        let output = args.output.clone();
        Ok(Self {
            ground,
            mapping,
            ids,
            output: output.unwrap_or_else(|| DEFAULT_OUTPUT.into()),
        })
    }
}

/// A mapping by its name, or from a file.
fn mapping(name: &str) -> Result<Mapping, IntentError> {
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

fn id_map(path: &Path) -> Result<IdMap, IntentError> {
    let file = io::BufReader::new(open("the id map", path)?);
    IdMap::read(file).map_err(|source| IntentError::IdMap {
        path: path.to_owned(),
        source,
    })
}

/// The URL that was given, that the named variable holds, or that the configuration has for the candidate.
fn database(args: &IntegrityArgs) -> Result<Box<Given>, IntentError> {
    let url = match (&args.database, &args.config) {
        (Some(given), _) => match given.strip_prefix("env:") {
            None => SecretString::from(given.as_str()),
            Some(name) => std::env::var(name)
                .map(SecretString::from)
                .map_err(|_| IntentError::Variable(name.to_owned()))?,
        },
        (None, Some(path)) => of_candidate(path)?,
        (None, None) => return Err(IntentError::NoDatabase),
    };
    Ok(Box::new(Given::parse(&url)?))
}

fn configuration(path: &Path) -> Result<Config, IntentError> {
    let environment = |name: &str| std::env::var(name).ok();
    config::load(path, gates::NAMES, &environment).map_err(IntentError::File)
}

/// Notion as the baseline of the configuration reaches it, with the databases that the mapping names.
fn notion(args: &IntegrityArgs, mapping: &Mapping) -> Result<Notion, IntentError> {
    let path = args.config.as_deref().ok_or(IntentError::NoNotion)?;
    let config = configuration(path)?;
    if config.baseline.driver() != Driver::Notion {
        return Err(IntentError::NoNotion);
    }
    let (mut databases, mut lacking) = (Vec::new(), Vec::new());
    for record in &mapping.records {
        let variable = format!("{}_database", record.name);
        match config.baseline.variables.get(&variable) {
            Some(id) => databases.push((record.name.clone(), id.clone())),
            None => lacking.push(variable),
        }
    }
    if !lacking.is_empty() {
        return Err(IntentError::NoDatabases(lacking));
    }
    Ok(Notion {
        target: targets::configured(&config.baseline)?,
        databases,
        budget: config.budget,
        run: config.run,
    })
}

fn of_candidate(path: &Path) -> Result<SecretString, IntentError> {
    let config = configuration(path)?;
    let driver = config.candidate.driver().name();
    match config.candidate.access {
        Access::Postgres { url } => Ok(url),
        Access::Http { .. } | Access::Notion { .. } => Err(IntentError::NotADatabase {
            path: path.to_owned(),
            driver,
        }),
    }
}

pub(super) fn open(what: &'static str, path: &Path) -> Result<File, IntentError> {
    File::open(path).map_err(unreadable(what, path))
}

fn unreadable(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IntentError {
    let path = path.to_owned();
    move |source| IntentError::Unreadable { what, path, source }
}
