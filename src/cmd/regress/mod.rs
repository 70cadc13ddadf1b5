//! `cutover regress`: is the new build slower than the old one?
//!
//! One stored run cannot answer that: another hour, another neighbour, another machine. So both builds are
//! measured now and in turns, block by block, and the run ends as soon as every scenario is decided.
//!
//! ```text
//! flags -> Intent -> measuring (requests)  \
//!                    benches (files, or     > BlockRecord -> judge_blocks -> writing
//!                      commands in turns)  /
//! ```
//!
//! However it is measured, it is the same evidence, kept in `blocks.json`, from which `judge` and `report` make
//! the same verdict again ([`again`]).

pub(super) mod again;
mod benches;
mod frame;
mod intent;
mod intent_error;
mod measuring;
mod running;
mod writing;

use thiserror::Error;
use tokio::runtime;

use super::artefacts::ArtefactError;
use super::check_error::CheckError;
use super::complaint::{complain, say};
use super::embedded::EmbeddedError;
use super::intent::IntentError;
use super::run_folder::RunFolder;
use super::signals;
use crate::builds::BuildError;
use crate::cli::RegressArgs;
use crate::exit::Exit;
use crate::record::{BlockRecord, RecordError, Side, write_blocks};
use crate::run::{JournalError, RunError};
use crate::target::TargetError;

use again::BLOCKS_FILE;
use benches::BenchesError;
use frame::Frame;
use intent::{Intent, Source};
use intent_error::RegressIntentError;

/// Why builds could not be compared, or not to the end.
#[derive(Debug, Error)]
enum RegressError {
    /// It is not clear what to do.
    #[error(transparent)]
    Intent(#[from] RegressIntentError),
    /// The folder of the run, or the runtime.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// The sandbox.
    #[error(transparent)]
    Sandbox(#[from] EmbeddedError),
    /// A build could not be made, started or ended.
    #[error("the {build} build: {source}")]
    Build {
        /// `old` or `new`.
        build: &'static str,
        /// Why.
        source: BuildError,
    },
    /// A build cannot be asked as it was said.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A build did not answer as it must to be measured at all.
    #[error("{0}")]
    Run(String),
    /// The journal cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The evidence cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A report cannot be written.
    #[error(transparent)]
    Artefact(#[from] ArtefactError),
    /// Another program's results cannot be had, or not be used.
    #[error(transparent)]
    Benches(#[from] BenchesError),
    /// It was asked to stop before there was anything to keep.
    #[error("stopped before the first block was measured; nothing is kept")]
    Interrupted,
}

impl RegressError {
    fn exit(&self) -> Exit {
        match self {
            Self::Intent(_) => Exit::Usage,
            Self::Check(error) => error.exit(),
            Self::Artefact(error) => error.exit(),
            Self::Benches(error) => error.exit(),
            Self::Interrupted => Exit::Interrupted,
            _ => Exit::World,
        }
    }
}

/// The build on a side, in the words of this verb: there is no baseline and no candidate here.
fn build_of(side: Side) -> &'static str {
    match side {
        Side::Baseline => "old build",
        Side::Candidate => "new build",
    }
}

/// What a run says of a side, in the words of this verb.
impl From<RunError> for RegressError {
    fn from(error: RunError) -> Self {
        Self::Run(match error {
            RunError::Journal(error) => return Self::Journal(error),
            RunError::Unreachable { side, url, detail } => format!(
                "the {} at {url} cannot be reached: {detail}; start it, or correct its URL",
                build_of(side)
            ),
            RunError::Refused { side, url, status } => format!(
                "the {} at {url} refuses the credentials (status {status}); give headers in [candidate] of a \
                 configuration, with --config",
                build_of(side)
            ),
            RunError::CannotRecover {
                side,
                url,
                step,
                detail,
            } => format!(
                "the {} at {url} does not answer the step `{step}` of `recover` as expected: {detail}. It finds \
                 what a run creates, for its removal, so nothing was created; correct the step, or leave the \
                 scenario out with --only",
                build_of(side)
            ),
            RunError::Lag(error) => error.to_string(),
        })
    }
}

/// What was measured, and why the rest was not, if it was not.
struct Measured {
    record: BlockRecord,
    stopped_by: Option<RegressError>,
}

/// Runs the verb.
pub(super) fn regress(args: &RegressArgs) -> Exit {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(|source| CheckError::Runtime(source).into())
        .and_then(|runtime| runtime.block_on(run(args)));
    ended.unwrap_or_else(|error| {
        match &error {
            // It comes with its own headings, one for each mistake.
            RegressError::Intent(RegressIntentError::Files(_))
            | RegressError::Intent(RegressIntentError::Shared(IntentError::Files(_))) => {
                say(&error);
            }
            _ => complain(&error),
        }
        error.exit()
    })
}

async fn run(args: &RegressArgs) -> Result<Exit, RegressError> {
    let intent = Intent::resolve(args)?;
    let interrupt = signals::listen();
    let folder = RunFolder::create(&intent.output)?;
    let frame = Frame::new(args, &folder, intent.seed, interrupt);
    let measured = match intent.source {
        Source::Requests(requests) => measuring::of_requests(&requests, &frame).await,
        Source::Files(format) => benches::of_files(&frame, format),
        Source::Commands(format) => benches::of_commands(&frame, format).await,
    };
    let Measured { record, stopped_by } = match measured {
        Ok(measured) => measured,
        Err(error) => {
            // A folder without evidence is of no use to anybody; one with logs is kept.
            folder.remove_if_empty();
            return Err(error);
        }
    };
    let path = folder.path.join(BLOCKS_FILE);
    write_blocks(&record, &path)?;
    if let Some(error) = stopped_by {
        say(format_args!(
            "What was measured until then: {}",
            path.display()
        ));
        return Err(error);
    }
    writing::conclude(&record, &folder, args.output_style)
}
