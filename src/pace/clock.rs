//! The run's clock: seconds since its start, on tokio's time so that a test can drive it.

use std::time::Duration;

use tokio::time::Instant;

/// Counts from the start of a run.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// Starts counting now.
    #[must_use]
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The place of an instant on this clock; zero for one before the start.
    #[must_use]
    pub fn place(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.start)
    }

    /// Sleeps until the given time since the start; at once when that is over.
    pub async fn sleep_until(&self, since_start: Duration) {
        tokio::time::sleep_until(self.start + since_start).await;
    }
}
