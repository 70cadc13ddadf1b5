//! How late the harness itself is: the time from an event to the moment at which the loop that
//! measures handles it. An answer that waits that long looks slower than it was.
//!
//! A thread beside the loop sends it the time, again and again; what it reads on arrival, less what
//! was sent, is the lag. Timers would not do: their own grain is coarser than what is looked for.

use std::thread;
use std::time::{Duration, Instant};

use hdrhistogram::{CreationError, Histogram};
use tokio::sync::mpsc;

use crate::record::LagFacts;

/// Often enough for a p95 within seconds, seldom enough to cost nothing.
const INTERVAL: Duration = Duration::from_millis(5);

/// Measures until it is stopped.
#[derive(Debug)]
pub(crate) struct LagProbe {
    pings: mpsc::UnboundedReceiver<Instant>,
    lag_us: Histogram<u64>,
}

impl LagProbe {
    /// Starts the thread; it ends by itself when the probe is dropped.
    ///
    /// # Errors
    /// Never with the bounds that stand here; the histogram's constructor cannot know that.
    pub(crate) fn start() -> Result<Self, CreationError> {
        let lag_us = Histogram::new_with_max(60_000_000, 3)?;
        let (send, pings) = mpsc::unbounded_channel();
        thread::spawn(move || {
            while send.send(Instant::now()).is_ok() {
                thread::sleep(INTERVAL);
            }
        });
        Ok(Self { pings, lag_us })
    }

    /// Handles pings for ever; meant to run beside the lanes and to be dropped with them.
    pub(crate) async fn listen(&mut self) {
        while let Some(sent) = self.pings.recv().await {
            let micros = u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.lag_us.saturating_record(micros.max(1));
        }
    }

    /// What was measured.
    pub(crate) fn facts(&self) -> LagFacts {
        let seconds = |micros: u64| Duration::from_micros(micros).as_secs_f64();
        LagFacts {
            count: self.lag_us.len(),
            p50_s: seconds(self.lag_us.value_at_quantile(0.50)),
            p95_s: seconds(self.lag_us.value_at_quantile(0.95)),
            p99_s: seconds(self.lag_us.value_at_quantile(0.99)),
            max_s: seconds(self.lag_us.max()),
        }
    }
}
