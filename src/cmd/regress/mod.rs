//! `cutover regress`: the old build against the new one, in turns.

use crate::cli::RegressArgs;
use crate::exit::Exit;

/// Compares two builds.
pub(super) fn regress(args: &RegressArgs) -> Exit {
    let _ = args;
    Exit::Usage
}
