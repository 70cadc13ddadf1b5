//! `probe`: measure Notion's endpoints a few times within the budget, and write a latency profile.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use thiserror::Error;
use tokio::runtime;
use url::Url;

use super::complaint::{complain, give, say};
use super::gates;
use super::signals;
use crate::cli::ProbeArgs;
use crate::config::{
    self, Access, BudgetConfig, DEFAULT_CONNECT_TIMEOUT, DEFAULT_TIMEOUT, NOTION_URL, RunConfig,
};
use crate::diagnostic::{Colour, Diagnostics};
use crate::exit::Exit;
use crate::pace::{BudgetError, Pace};
use crate::probe::{
    Asking, Left, Measured, NOTION_VERSION, Origin, Probe, ProbeError, profile_text,
};
use crate::sandbox::profile::{Profile, ProfileError};
use crate::target::{NotionOptions, NotionTarget, TargetError};
use crate::whole_file::{self, WriteError};

/// Where the token comes from.
const TOKEN: &str = "NOTION_TOKEN";

/// Why there is no profile.
#[derive(Debug, Error)]
enum ProbeFailure {
    #[error(
        "there is no token; set {TOKEN} to the secret of a Notion integration that may see the database"
    )]
    NoToken,
    #[error("`{0}` is not the id of a database; copy the 32 hexadecimal digits from its address")]
    DatabaseId(String),
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    Config(Diagnostics),
    #[error(
        "the baseline of {} is not Notion itself; leave --config out and set {TOKEN}, or write `driver = \"notion\"` there",
        .0.display()
    )]
    NotNotion(PathBuf),
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Budget(#[from] BudgetError),
    #[error(transparent)]
    Probe(#[from] ProbeError),
    #[error("{}", left(.0))]
    Left(Box<Left>),
    #[error("cannot write the profile to {}: {source}; name a file that can be written", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("no random number for the page's marker: {0}")]
    Random(getrandom::Error),
    #[error("the asynchronous runtime cannot be set up: {0}")]
    Runtime(io::Error),
}

fn left(left: &Left) -> String {
    let Left {
        marker,
        page,
        error,
    } = left;
    match page {
        Some(id) => {
            format!("the page {id} ({marker}) is left, and must be archived by hand: {error}")
        }
        None => format!(
            "a page with the title {marker} may be left; look for it in the database in a few minutes, and archive \
             it by hand if it is there: {error}"
        ),
    }
}

impl ProbeFailure {
    fn exit(&self) -> Exit {
        match self {
            Self::NoToken
            | Self::DatabaseId(_)
            | Self::Config(_)
            | Self::NotNotion(_)
            | Self::Profile(_)
            | Self::Write { .. } => Exit::Usage,
            Self::Probe(ProbeError::Interrupted) => Exit::Interrupted,
            _ => Exit::World,
        }
    }
}

/// What to ask, how, and within which budget.
struct Intent {
    options: NotionOptions,
    host: String,
    budget: BudgetConfig,
    max_pause: Duration,
    probe: Probe,
}

/// Runs the verb.
#[must_use]
pub(super) fn probe(args: &ProbeArgs) -> Exit {
    match measure_and_write(args) {
        Ok(()) => Exit::Success,
        Err(failure) => {
            match &failure {
                ProbeFailure::Config(_) => say(&failure),
                _ => complain(&failure),
            }
            failure.exit()
        }
    }
}

fn measure_and_write(args: &ProbeArgs) -> Result<(), ProbeFailure> {
    let intent = resolve(args)?;
    // Before anything is asked: nothing of the budget is to be spent in vain.
    let folder = args.output.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        return Err(ProbeFailure::Write {
            path: args.output.clone(),
            source: io::ErrorKind::NotFound.into(),
        });
    }
    let assumed = Profile::load("guide")?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ProbeFailure::Runtime)?;
    let (measured, origin) = runtime.block_on(measure(&intent))?;
    let text = profile_text(&measured, &origin, &assumed);
    let path = &args.output;
    let written: Result<(), WriteError<io::Error>> =
        whole_file::write(path, |out| out.write_all(text.as_bytes()));
    written.map_err(|error| ProbeFailure::Write {
        path: path.clone(),
        source: match error {
            WriteError::Open(source) | WriteError::Made(source) => source,
        },
    })?;
    let (sent, refused) = origin.counts;
    give(format_args!(
        "wrote {}: {sent} requests, {refused} of them refused (429 or 529); use it with `cutover check --sandbox {0}`",
        path.display(),
    ));
    Ok(())
}

async fn measure(intent: &Intent) -> Result<(Measured, Origin), ProbeFailure> {
    let interrupt = signals::listen();
    let date = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let pace = Pace::limited(intent.budget.rate, intent.budget.headroom, 1)?;
    let target = NotionTarget::new(intent.options.clone())?;
    let mut asking = Asking::new(target, pace, &interrupt, intent.max_pause);
    say(format_args!(
        "At most {} requests are sent; those that Notion refuses or fails are sent again on top of that.",
        intent.probe.most_requests()
    ));
    if let Some(marker) = &intent.probe.marker {
        say(format_args!(
            "One page with the title {marker} is created, changed, commented on, and archived at the end."
        ));
    }
    let probed = intent.probe.run(&mut asking).await;
    if let Some(left) = probed.left {
        return Err(ProbeFailure::Left(Box::new(left)));
    }
    let origin = Origin {
        date: date.to_string(),
        host: intent.host.clone(),
        samples: intent.probe.samples,
        counts: asking.counts(),
    };
    Ok((probed.measured?, origin))
}

fn resolve(args: &ProbeArgs) -> Result<Intent, ProbeFailure> {
    let database = uuid::Uuid::try_parse(&args.database)
        .map_err(|_| ProbeFailure::DatabaseId(args.database.clone()))?;
    let (options, budget, max_pause) = match &args.config {
        Some(path) => by_configuration(path)?,
        None => (
            by_environment(args.base_url.as_deref().unwrap_or(NOTION_URL))?,
            BudgetConfig::default(),
            RunConfig::default().max_pause,
        ),
    };
    let marker = if args.allow_writes {
        let salt = getrandom::u32().map_err(ProbeFailure::Random)?;
        Some(format!("cutover-probe-{salt:08x}"))
    } else {
        None
    };
    Ok(Intent {
        host: host(&options.base_url),
        options,
        budget,
        max_pause,
        probe: Probe {
            database: database.to_string(),
            samples: args.samples,
            marker,
        },
    })
}

/// The host as it stands in the profile.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Notion with the token of the environment.
fn by_environment(base_url: &str) -> Result<NotionOptions, ProbeFailure> {
    let base_url = config::notion_url("--base-url", base_url).map_err(ProbeFailure::Config)?;
    let token = std::env::var(TOKEN).ok().filter(|token| !token.is_empty());
    Ok(NotionOptions {
        base_url,
        token: SecretString::from(token.ok_or(ProbeFailure::NoToken)?),
        version: NOTION_VERSION.to_owned(),
        timeout: DEFAULT_TIMEOUT,
        connect_timeout: DEFAULT_CONNECT_TIMEOUT,
    })
}

/// The baseline of a configuration, with its budget. The version is the probe's own, whose requests are
/// written for it.
fn by_configuration(path: &Path) -> Result<(NotionOptions, BudgetConfig, Duration), ProbeFailure> {
    let environment = |name: &str| std::env::var(name).ok();
    let config = config::load(path, gates::NAMES, &environment).map_err(ProbeFailure::Config)?;
    let target = config.baseline;
    let Access::Notion { token, .. } = target.access else {
        return Err(ProbeFailure::NotNotion(path.to_owned()));
    };
    let options = NotionOptions {
        base_url: target.base_url,
        token,
        version: NOTION_VERSION.to_owned(),
        timeout: target.timeout,
        connect_timeout: target.connect_timeout,
    };
    Ok((options, config.budget, config.run.max_pause))
}
