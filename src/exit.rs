//! The exit codes: what a script or a CI job learns of a run without reading anything.

use std::process::ExitCode;

/// How a command ended. The numbers are a published interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// GO, or OK.
    Success,
    /// NO-GO, or REGRESSION.
    NoGo,
    /// Wrong usage, or a scenario or configuration file that is not valid.
    Usage,
    /// The evidence does not decide.
    Inconclusive,
    /// A target out of reach, no PostgreSQL to be had, credentials refused.
    World,
    /// Ended by Ctrl-C or SIGTERM; what was measured is on disk.
    Interrupted,
}

impl Exit {
    /// The number that the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::NoGo => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::World => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
