//! `cutover sandbox`: the embedded world, for as long as somebody wants it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Serialize;
use thiserror::Error;
use tokio::runtime;

use super::complaint::complain;
use super::exported;
use super::signals;
use crate::cli::{NotionLimit, SandboxArgs};
use crate::exit::Exit;
use crate::sandbox::alone::NotionAlone;
use crate::sandbox::notion::{DEFAULT_BURST, ExportError, LimitSettings};
use crate::sandbox::profile::{Profile, ProfileError};
use crate::sandbox::{Options, Plant, Sandbox, SandboxError};
use crate::units::Rate;

/// Why the world did not come, or did not go.
#[derive(Debug, Error)]
enum Failure {
    #[error(transparent)]
    Profile(#[from] ProfileError),
    #[error(transparent)]
    World(#[from] SandboxError),
    #[error("cannot take the world from {}", path.display())]
    Export { path: PathBuf, source: ExportError },
    #[error("cannot write the {what} to {}", path.display())]
    Written {
        what: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("cannot write that the sandbox is ready")]
    Ready(#[source] io::Error),
    #[error("the asynchronous runtime cannot be set up")]
    Runtime(#[source] io::Error),
}

impl Failure {
    fn exit(&self) -> Exit {
        match self {
            Self::Profile(_) | Self::Export { .. } | Self::Written { .. } => Exit::Usage,
            Self::World(_) | Self::Ready(_) | Self::Runtime(_) => Exit::World,
        }
    }
}

/// Runs the world until Ctrl-C or SIGTERM, which is its normal end.
#[must_use]
pub(super) fn sandbox(args: &SandboxArgs) -> Exit {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(Failure::Runtime)
        .and_then(|runtime| runtime.block_on(run(args)));
    match ended {
        Ok(()) => Exit::Success,
        Err(failure) => {
            complain(&failure);
            failure.exit()
        }
    }
}

/// A server to use instead of starting one, from the environment.
#[must_use]
pub(super) fn database_url() -> Option<SecretString> {
    let url = std::env::var("DATABASE_URL").ok()?;
    (!url.is_empty()).then(|| SecretString::from(url))
}

/// The limits by their name on the command line: those that Notion publishes.
#[must_use]
pub(super) fn limit_settings(limit: NotionLimit) -> LimitSettings {
    let window = Some(Rate::NOTION_WINDOW);
    let average = Some((Rate::NOTION, DEFAULT_BURST));
    match limit {
        NotionLimit::Window => LimitSettings {
            window,
            ..LimitSettings::default()
        },
        NotionLimit::Average => LimitSettings {
            average,
            ..LimitSettings::default()
        },
        NotionLimit::Both => LimitSettings {
            window,
            average,
            workspace: None,
        },
    }
}

async fn run(args: &SandboxArgs) -> Result<(), Failure> {
    let stop_is_asked = signals::wait();
    tokio::pin!(stop_is_asked);
    let options = Options {
        profile: Profile::load(&args.profile)?,
        seed: args.seed,
        limit: LimitSettings {
            workspace: args.notion_workspace_limit,
            ..limit_settings(args.notion_limit)
        },
        database_url: database_url(),
        postgres_bin: args.postgres_bin.clone(),
        plant: args.plant,
    };
    if let Some(path) = &args.notion_export {
        let export = exported::read(path).map_err(|source| Failure::Export {
            path: path.clone(),
            source,
        })?;
        let alone = NotionAlone::start(options, export).await?;
        let told = exported::tell(args.json, &alone).map_err(Failure::Ready);
        if told.is_ok() {
            stop_is_asked.await;
        }
        alone.stop().await;
        return told;
    }
    let sandbox = tokio::select! {
        // In this order, so that no signal finds a half-made world and nobody to end it.
        biased;
        () = &mut stop_is_asked => return Ok(()),
        started = Sandbox::start(options) => started?,
    };
    let told = tell(args, &sandbox);
    if told.is_ok() {
        stop_is_asked.await;
    }
    sandbox.stop().await?;
    told
}

fn tell(args: &SandboxArgs, sandbox: &Sandbox) -> Result<(), Failure> {
    let export = || sandbox.notion_export();
    write_if_asked("export", args.write_export.as_deref(), export)?;
    write_if_asked("id map", args.id_map.as_deref(), || id_map(sandbox))?;
    let mut out = io::stdout().lock();
    let written = if args.json {
        serde_json::to_string(&Ready::of(args, sandbox))
            .map_err(io::Error::from)
            .and_then(|line| writeln!(out, "{line}"))
    } else {
        out.write_all(text(args, sandbox).as_bytes())
    };
    written.and_then(|()| out.flush()).map_err(Failure::Ready)
}

fn write_if_asked(
    what: &'static str,
    path: Option<&Path>,
    content: impl FnOnce() -> io::Result<Vec<u8>>,
) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let written = content().and_then(|bytes| std::fs::write(path, bytes));
    written.map_err(|source| Failure::Written {
        what,
        path: path.to_owned(),
        source,
    })
}

fn id_map(sandbox: &Sandbox) -> io::Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(&sandbox.id_map())?;
    json.push(b'\n');
    Ok(json)
}

/// The line that says that all is ready.
#[derive(Serialize)]
struct Ready<'s> {
    baseline_url: &'s str,
    candidate_url: &'s str,
    notion_url: &'s str,
    notion_token: &'s str,
    notion_counters_url: String,
    notion_faults_url: String,
    notion_snapshot_url: String,
    tasks_database_id: &'s str,
    projects_database_id: &'s str,
    tags_database_id: &'s str,
    database_url: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notion_export: Option<&'s Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plant: Option<&'static str>,
    profile: &'s str,
    seed: u64,
}

impl<'s> Ready<'s> {
    fn of(args: &'s SandboxArgs, sandbox: &'s Sandbox) -> Self {
        Self {
            baseline_url: sandbox.baseline_url(),
            candidate_url: sandbox.candidate_url(),
            notion_url: sandbox.notion_url(),
            notion_token: sandbox.notion_token(),
            notion_counters_url: sandbox.notion_counters_url(),
            notion_faults_url: sandbox.notion_faults_url(),
            notion_snapshot_url: sandbox.notion_snapshot_url(),
            tasks_database_id: sandbox.tasks_database_id(),
            projects_database_id: sandbox.projects_database_id(),
            tags_database_id: sandbox.tags_database_id(),
            database_url: sandbox.database_url(),
            notion_export: args.write_export.as_deref(),
            plant: args.plant.map(Plant::name),
            profile: &sandbox.profile().name,
            seed: sandbox.seed(),
        }
    }
}

fn text(args: &SandboxArgs, sandbox: &Sandbox) -> String {
    let facts = sandbox.postgres_facts();
    let mut text = format!(
        "The sandbox is ready. Its Notion is simulated; Ctrl-C stops it and removes everything.\n\n  \
         baseline (Notion-backed)     {}\n  \
         candidate (Postgres-backed)  {}\n  \
         Notion, simulated            {}\n    \
         token                      {}\n    \
         database of tasks          {}\n    \
         database of projects       {}\n    \
         database of tags           {}\n    \
         counters (GET)             {}\n    \
         faults (GET, PUT, DELETE)  {}\n    \
         snapshot (GET)             {}\n  \
         PostgreSQL                   {}\n    \
         version                    {}\n  \
         seed                         {}\n",
        sandbox.baseline_url(),
        sandbox.candidate_url(),
        sandbox.notion_url(),
        sandbox.notion_token(),
        sandbox.tasks_database_id(),
        sandbox.projects_database_id(),
        sandbox.tags_database_id(),
        sandbox.notion_counters_url(),
        sandbox.notion_faults_url(),
        sandbox.notion_snapshot_url(),
        sandbox.database_url(),
        facts.version,
        sandbox.seed(),
    );
    if let Some(path) = &args.write_export {
        text += &format!("  export                       {}\n", path.display());
    }
    if let Some(plant) = args.plant {
        text += &format!("  planted, {:<19} {}\n", plant.name(), plant.says());
    }
    text += "\nAssumed, not measured:\n";
    for line in sandbox.profile().assumptions() {
        text += &format!("  {line}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_does_not_exist_is_wrong_usage() {
        let args = SandboxArgs {
            profile: "giude".to_owned(),
            seed: 1,
            notion_limit: NotionLimit::Both,
            notion_workspace_limit: None,
            notion_export: None,
            write_export: None,
            id_map: None,
            postgres_bin: None,
            plant: None,
            json: true,
        };
        assert_eq!(sandbox(&args), Exit::Usage);
    }

    #[test]
    fn every_limit_that_can_be_asked_for_limits_something() {
        let limits = |limit| {
            let settings = limit_settings(limit);
            (settings.window.is_some(), settings.average.is_some())
        };
        assert_eq!(limits(NotionLimit::Window), (true, false));
        assert_eq!(limits(NotionLimit::Average), (false, true));
        assert_eq!(limits(NotionLimit::Both), (true, true));
    }
}
