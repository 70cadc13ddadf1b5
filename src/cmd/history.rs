//! `cutover history`: keeps runs, and tells when they changed.

use crate::cli::HistoryCommand;
use crate::exit::Exit;

/// Does what the command line says.
pub(super) fn history(command: &HistoryCommand) -> Exit {
    let _ = command;
    Exit::Usage
}
