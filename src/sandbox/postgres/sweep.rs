//! What a power cut left, or a SIGKILL of both the harness and its watchdog, is removed at the next
//! start: every folder of ours whose owner no longer lives, after its server.

use std::path::Path;

use super::home::Home;
use super::{PostgresError, account, watchdog};

/// Clears the orphans in `scratch` and says how many there were. One that cannot be cleared is
/// reported in the log and does not keep a new server from starting.
pub(super) async fn run(scratch: &Path) -> Result<usize, PostgresError> {
    let uid = account::effective_uid().await?;
    let mut cleared = 0;
    for orphan in Home::orphans(scratch, uid) {
        match watchdog::clear(orphan.path()).await {
            Ok(()) => cleared += 1,
            Err(error) => tracing::warn!("an earlier run's PostgreSQL stays: {error}"),
        }
    }
    Ok(cleared)
}
