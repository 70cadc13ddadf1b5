//! Why it is not clear which builds are to be compared, and how.

use std::path::PathBuf;

use thiserror::Error;

use crate::cmd::intent::IntentError;
use crate::diagnostic::{Colour, Diagnostics};
use crate::plan::MOST_ITERATIONS;
use crate::sandbox::profile::ProfileError;

/// Why it is not clear what to do; every one is wrong usage or an invalid file.
#[derive(Debug, Error)]
pub(super) enum RegressIntentError {
    /// As of every verb.
    #[error(transparent)]
    Shared(#[from] IntentError),
    /// A URL is none.
    #[error("{}", .0.render(Colour::for_stderr()).trim_end())]
    Files(Diagnostics),
    /// The latency profile is not valid.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Files without a format, most likely.
    #[error(
        "{option} names {count} things; give one URL, or with --from FORMAT the files or folders of another \
         program's results"
    )]
    OneUrl { option: &'static str, count: usize },
    /// Half of another way of naming the builds.
    #[error("{option} belongs to {owner}, which is not given; leave it out")]
    Stray {
        option: &'static str,
        owner: &'static str,
    },
    /// Something about requests, where there are none.
    #[error("{option} means nothing beside --from: {reason}; leave it out")]
    Ignored {
        option: &'static str,
        reason: &'static str,
    },
    /// A format where requests are made.
    #[error(
        "--from is for results of another program: give them with --old and --new, or the commands with \
         --old-bench and --new-bench"
    )]
    FromAlone,
    /// The configured side is not reached by HTTP.
    #[error(
        "{}: [candidate] has the driver `{driver}`, and builds are compared by HTTP requests; give a configuration \
         whose [candidate] has `driver = \"http\"`",
        path.display()
    )]
    Driver { path: PathBuf, driver: &'static str },
    /// No scenario is left.
    #[error(
        "nothing is left to measure. {reasons} Choose other scenarios with --only or --scenarios"
    )]
    NothingLeft { reasons: String },
    /// More than a run can number.
    #[error(
        "--blocks {blocks} of --samples {samples} are more than {MOST_ITERATIONS} iterations of a build; take fewer"
    )]
    TooMany { blocks: u32, samples: u32 },
    /// Not a path.
    #[error("--ready-path {0} must begin with `/`, like /api/health")]
    ReadyPath(String),
}
