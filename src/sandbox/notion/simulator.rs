//! The state behind the routes, and what every request passes before it costs anything: it is
//! counted, its token is checked, its limit, its version, and its faults are drawn - in this order,
//! as one look at the clock.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::{Builder, Uuid};

use super::door::broken::Stopped;
use super::door::counters::{Counters, Endpoint, Meter};
use super::door::fault_plan::{Fault, FaultKind, FaultPlan};
use super::door::faults::{Drawn, Injector, Moment};
use super::door::latency::{Latency, Work};
use super::door::limit::Limits;
use super::errors::NotionError;
use super::settings::{Settings, SettingsError, Token};
use super::store::Workspace;
use super::version::Version;

/// Keeps the ids made here apart from those that a world makes from the same seed.
const ID_STREAM: u64 = 0x6e6f_7469_6f6e_2d73;

/// A running simulator without its socket.
#[derive(Debug)]
pub(super) struct Simulator {
    tokens: Vec<Token>,
    started: Instant,
    door: Mutex<Door>,
    latency: Option<Latency>,
    new_ids: Mutex<Xoshiro256PlusPlus>,
    request_ids: Mutex<Xoshiro256PlusPlus>,
    stopped: watch::Sender<bool>,
    /// Held for the few milliseconds of a request's work, never while waiting.
    workspace: RwLock<Workspace>,
}

/// What arrivals change; under one lock, so that the clock never seems to go back.
#[derive(Debug)]
struct Door {
    meter: Meter,
    limits: Limits,
    injector: Injector,
}

/// What decides whether a request is let in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credentials<'h> {
    pub(super) method: &'h str,
    pub(super) authorization: Option<&'h str>,
    pub(super) version: Option<&'h str>,
}

/// A request that was let in.
#[derive(Debug)]
pub(super) struct Admitted<'s> {
    pub(super) version: Version,
    /// The token that it bore.
    pub(super) token: &'s Token,
    pub(super) faults: Drawn,
}

impl Simulator {
    /// # Errors
    /// When the tokens or the latency profile make no sense.
    pub(super) fn new(
        settings: &Settings,
        mut workspace: Workspace,
    ) -> Result<Self, SettingsError> {
        settings.check_tokens()?;
        workspace.set_search_lag(settings.search_lag);
        for token in &settings.tokens {
            workspace.add_bot(token.bot_id, &token.name);
        }
        let latency = settings.latency.as_ref();
        let latency = latency.map(|profile| Latency::new(profile, settings.seed));
        let new_ids = Xoshiro256PlusPlus::seed_from_u64(settings.seed ^ ID_STREAM);
        let mut request_ids = new_ids.clone();
        request_ids.jump();
        Ok(Self {
            tokens: settings.tokens.clone(),
            started: Instant::now(),
            door: Mutex::new(Door {
                meter: Meter::new(),
                limits: Limits::new(settings.limit, settings.tokens.len()),
                injector: Injector::new(settings.faults.clone(), settings.seed),
            }),
            latency: latency.transpose()?,
            new_ids: Mutex::new(new_ids),
            request_ids: Mutex::new(request_ids),
            stopped: watch::Sender::new(false),
            workspace: RwLock::new(workspace),
        })
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request that leads nowhere.
    pub(super) fn turn_away(&self) {
        let mut door = self.door();
        door.meter
            .arrived(Endpoint::Unknown, self.started.elapsed());
    }

    /// Counts a request and lets it in, or says why not. One with a wrong token spends no limit;
    /// one with a wrong version does.
    pub(super) fn admit(
        &self,
        endpoint: Endpoint,
        credentials: Credentials<'_>,
    ) -> Result<Admitted<'_>, NotionError> {
        let mut door = self.door();
        let now = self.started.elapsed();
        door.meter.arrived(endpoint, now);
        let secret = credentials
            .authorization
            .and_then(|header| header.strip_prefix("Bearer "));
        let bears = |token: &Token| secret == Some(token.secret.as_str());
        let Some(place) = self.tokens.iter().position(bears) else {
            return Err(NotionError::Unauthorized);
        };
        if let Err(refused) = door.limits.admit(place, now) {
            door.meter.refused();
            return Err(NotionError::RateLimited {
                retry_after_s: refused.retry_after_s,
                spent: refused.spent,
            });
        }
        Ok(Admitted {
            version: Version::of(credentials.version)?,
            token: &self.tokens[place],
            faults: door.injector.draw(endpoint, credentials.method),
        })
    }

    /// The fault that happens to a request at this moment, counted.
    pub(super) fn fault(&self, drawn: &Drawn, moment: Moment) -> Option<(FaultKind, Fault)> {
        let mut door = self.door();
        let taken = door.injector.take(drawn, moment)?;
        door.meter.injected(taken.0);
        Some(taken)
    }

    /// What is asked to go wrong.
    pub(super) fn faults(&self) -> FaultPlan {
        self.door().injector.plan().clone()
    }

    /// Asks for these faults instead of those before.
    pub(super) fn replace_faults(&self, plan: FaultPlan) {
        self.door().injector.replace(plan);
    }

    /// Ends what is held back on request, and the server.
    pub(super) fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Ready once [`Self::stop`] was called.
    pub(super) fn stopped(&self) -> Stopped {
        let mut stopped = self.stopped.subscribe();
        Box::pin(async move {
            // An error means that the simulator is gone, which is an end too.
            drop(stopped.wait_for(|stopped| *stopped).await);
        })
    }

    pub(super) fn counters(&self) -> Counters {
        self.door().meter.counters()
    }

    /// How long a call takes, when there is a profile.
    pub(super) fn delay(&self, work: Work, rows: usize) -> Option<Duration> {
        let latency = self.latency.as_ref();
        latency.map(|latency| latency.draw(work, rows))
    }

    /// The id of an answer.
    pub(super) fn request_id(&self) -> Uuid {
        draw_id(&self.request_ids)
    }

    /// The workspace, to look at.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Workspace> {
        self.workspace
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The workspace, to change.
    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Workspace> {
        self.workspace
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// An id at random, for what is told apart from the others where it is kept.
    pub(super) fn random_id(&self) -> Uuid {
        draw_id(&self.new_ids)
    }

    /// The id of something new.
    pub(super) fn new_id(&self, workspace: &Workspace) -> Uuid {
        loop {
            let id = draw_id(&self.new_ids);
            if !workspace.is_taken(id) {
                return id;
            }
        }
    }
}

fn draw_id(random: &Mutex<Xoshiro256PlusPlus>) -> Uuid {
    let mut bytes = [0; 16];
    random
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .fill_bytes(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}
