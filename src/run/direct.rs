//! A scenario asked of the store itself, past the application: how much of the application's time is the
//! store's, where its answers do not say so themselves.
//!
//! Only what reads is asked: the same object made once more would be evidence of nothing. It goes through the
//! lane of its own driver, so that Notion's budget holds for it as for all else.

use super::iteration::Ended;
use super::{Lane, RunError, Session};
use crate::record::Iterations;
use crate::scenario::Scenario;
use crate::target::Target;

/// Asks the store so many times; fewer, when the run is asked to stop or the store to wait for too long. None, when the
/// scenario writes or has a step without a form for the store's driver.
///
/// # Errors
/// When the journal cannot be kept.
pub async fn ask_store<T: Target>(
    session: &Session<'_>,
    scenario: &Scenario,
    store: &Lane<T>,
    times: u32,
) -> Result<Iterations, RunError> {
    let mut asked = Iterations::new();
    let obstacles = scenario.obstacles(store.target.driver(), &store.variables);
    let reads = scenario.steps.iter().all(|step| store.is_safe(step));
    if scenario.writes || !reads || !obstacles.is_empty() {
        return Ok(asked);
    }
    for n in 0..times {
        if session.interrupt.requested() {
            break;
        }
        match store.iterate(session, scenario, n).await {
            Ok(iteration) => asked.push(iteration),
            Err(Ended::Halted(_)) => break,
            Err(Ended::Failed(error)) => return Err(error),
        }
    }
    Ok(asked)
}
