//! Can both stores be reached as they must be? What a cutover needs of its connections, looked at before
//! anything is measured or moved.
//!
//! Why: a table that a migration never made, a pooler that forgets prepared statements, a certificate
//! that nobody checks and a token that was revoked are all found by users if they are not found here. Nothing
//! is written anywhere: every statement runs in a transaction that is read-only.
//!
//! ```text
//! pooled and direct URL ─ reach ─ tls ─ pooler ─┐
//! one session ─ server ─ schema <- Requirements ├─> Inspection
//! Notion's token ─ notion (within the budget) ──┘
//! ```

mod looking;
mod notion;
mod pooler;
mod reach;
mod requirements;
mod schema;
mod server;
mod tls;

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::database::Given;
use crate::record::Inspection;
use looking::Looking;
use reach::Way;

pub use notion::Notion;
pub use requirements::{RequiredForeignKey, RequiredTable, Requirements};

/// How far a server's clock may be from ours: the day and the minute of a task are then right.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(2);

/// What is looked at, and with what.
pub struct Asked<'a> {
    /// The URL that the application uses, through a pooler (`DATABASE_URL`). `None` is told as not looked
    /// at, which makes the gate INCONCLUSIVE. Where there is one URL only, as in the sandbox, it is given as
    /// both: that no pooler stands between is then told, and doubts nothing.
    pub pooled: Option<&'a Given>,
    /// The URL that migrations use (`DIRECT_URL`).
    pub direct: Option<&'a Given>,
    /// What must be in the database; [`Requirements::tomos`] where nobody names a file.
    pub required: &'a Requirements,
    /// How long a connection may take to be made, and each statement; about ten seconds.
    pub limit: Duration,
    /// Our clock, for the server's to be held against.
    pub clock: &'a dyn Fn() -> Timestamp,
    /// How far they may be apart; [`CLOCK_TOLERANCE`] by default.
    pub clock_tolerance: Duration,
    /// The Notion behind the baseline. `None` is told as not looked at.
    pub notion: Option<Notion<'a>>,
}

/// Looks at everything, one after the other, and never fails: what cannot be looked at is told as such. A sound
/// PostgreSQL near by takes less than a second, and Notion a request for the token and one a database.
pub async fn look(asked: Asked<'_>) -> Inspection {
    let began = Instant::now();
    let mut seen = Inspection::default();
    let looking = Looking {
        limit: asked.limit,
        clock: asked.clock,
        clock_tolerance: asked.clock_tolerance,
    };
    let mut pooled = reach::connect(asked.pooled, Way::Pooled, &looking, &mut seen).await;
    let mut direct = reach::connect(asked.direct, Way::Direct, &looking, &mut seen).await;
    for (session, way, other) in [
        (&mut pooled, Way::Pooled, asked.direct),
        (&mut direct, Way::Direct, asked.pooled),
    ] {
        let Some(session) = session else { continue };
        tls::look(&session.given().clone(), way, &looking, &mut seen).await;
        pooler::look(session, way, other, &looking, &mut seen).await;
    }
    if let (Some(pooled), Some(direct)) = (&mut pooled, &mut direct) {
        reach::same_database(pooled, direct, &looking, &mut seen).await;
    }
    // The application's own way; where it cannot be gone, the other one shows as much.
    if let Some(session) = pooled.as_mut().or(direct.as_mut()) {
        server::look(session, &looking, &mut seen).await;
        schema::look(session, asked.required, &looking, &mut seen).await;
    }
    for session in [pooled, direct].into_iter().flatten() {
        session.close().await;
    }
    notion::look(asked.notion, &mut seen).await;
    seen.sort();
    seen.elapsed_s = began.elapsed().as_secs_f64();
    seen
}
