//! The state behind the routes, and what every request passes before it costs anything: it is
//! counted, its token is checked, its limit, its version - in this order, as one look at the clock.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use tokio::time::Instant;
use uuid::{Builder, Uuid};

use super::Settings;
use super::door::counters::{Counters, Endpoint, Meter};
use super::door::latency::{Latency, LatencyError, Work};
use super::door::limit::Limiter;
use super::errors::NotionError;
use super::store::Workspace;
use super::version::Version;

/// Keeps the ids made here apart from those that a world makes from the same seed.
const ID_STREAM: u64 = 0x6e6f_7469_6f6e_2d73;

/// A running simulator without its socket.
#[derive(Debug)]
pub(super) struct Simulator {
    authorization: String,
    started: Instant,
    door: Mutex<Door>,
    latency: Option<Latency>,
    new_ids: Mutex<Xoshiro256PlusPlus>,
    request_ids: Mutex<Xoshiro256PlusPlus>,
    /// Held for the few milliseconds of a request's work, never while waiting.
    workspace: RwLock<Workspace>,
}

/// What arrivals change; under one lock, so that the clock never seems to go back.
#[derive(Debug)]
struct Door {
    meter: Meter,
    limiter: Limiter,
}

/// The two headers that decide whether a request is let in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Credentials<'h> {
    pub(super) authorization: Option<&'h str>,
    pub(super) version: Option<&'h str>,
}

impl Simulator {
    /// # Errors
    /// When the latency profile makes no sense.
    pub(super) fn new(settings: &Settings, workspace: Workspace) -> Result<Self, LatencyError> {
        let latency = settings.latency.as_ref();
        let latency = latency.map(|profile| Latency::new(profile, settings.seed));
        let new_ids = Xoshiro256PlusPlus::seed_from_u64(settings.seed ^ ID_STREAM);
        let mut request_ids = new_ids.clone();
        request_ids.jump();
        Ok(Self {
            authorization: format!("Bearer {}", settings.token),
            started: Instant::now(),
            door: Mutex::new(Door {
                meter: Meter::new(),
                limiter: Limiter::new(settings.limit),
            }),
            latency: latency.transpose()?,
            new_ids: Mutex::new(new_ids),
            request_ids: Mutex::new(request_ids),
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
    ) -> Result<Version, NotionError> {
        let mut door = self.door();
        let now = self.started.elapsed();
        door.meter.arrived(endpoint, now);
        if credentials.authorization != Some(self.authorization.as_str()) {
            return Err(NotionError::Unauthorized);
        }
        if let Err(refused) = door.limiter.admit(now) {
            door.meter.refused();
            return Err(NotionError::RateLimited {
                retry_after_s: refused.retry_after_s,
            });
        }
        Version::of(credentials.version)
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
