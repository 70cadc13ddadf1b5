//! Assumed delays around real answers: the way from the client to the API, and the way from the API to
//! its database. (The way to Notion is the simulator's own.)

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use rand::SeedableRng;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::super::notion::Delay;
use super::super::profile::PostgresDelays;
use super::answer::Rows;
use super::server_timing::in_store;

/// Seeded noise that several delays draw from.
#[derive(Debug)]
pub(super) struct Noise(Mutex<Xoshiro256PlusPlus>);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(Xoshiro256PlusPlus::seed_from_u64(seed)))
    }

    /// A log-normal draw: the median times e to the power of sigma times a standard normal draw.
    fn draw(&self, delay: Delay, rows: usize) -> Duration {
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let median = delay
            .median
            .saturating_add(delay.per_row.saturating_mul(rows));
        if median.is_zero() {
            return Duration::ZERO;
        }
        let normal: f64 = {
            let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            StandardNormal.sample(&mut *random)
        };
        let seconds = median.as_secs_f64() * (delay.sigma * normal).exp();
        Duration::try_from_secs_f64(seconds).unwrap_or(median)
    }

    async fn wait(&self, delay: Delay, rows: usize) {
        let duration = self.draw(delay, rows);
        if !duration.is_zero() {
            tokio::time::sleep(duration).await;
        }
    }
}

/// Holds a request on its way from the client.
pub(super) async fn client_to_api(
    State((delay, noise)): State<(Delay, Arc<Noise>)>,
    request: Request,
    next: Next,
) -> Response {
    noise.wait(delay, 0).await;
    next.run(request).await
}

/// Holds an answer on its way from the database, by what the request does.
pub(super) async fn api_to_database(
    State((delays, noise)): State<(PostgresDelays, Arc<Noise>)>,
    request: Request,
    next: Next,
) -> Response {
    let delay = match *request.method() {
        Method::GET | Method::HEAD if asks_for_text(request.uri().query()) => delays.search,
        Method::GET | Method::HEAD => delays.read,
        _ => delays.write,
    };
    let response = next.run(request).await;
    let rows = response.extensions().get::<Rows>().map_or(0, |rows| rows.0);
    in_store(noise.wait(delay, rows)).await;
    response
}

fn asks_for_text(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("q=")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay(sigma: f64) -> Delay {
        Delay {
            median: Duration::from_millis(20),
            per_row: Duration::from_millis(1),
            sigma,
        }
    }

    #[test]
    fn without_noise_a_delay_is_its_median_and_its_rows() {
        let noise = Noise::new(1);
        assert_eq!(noise.draw(delay(0.0), 5), Duration::from_millis(25));
    }

    #[test]
    fn half_of_the_draws_lie_below_the_median_and_the_seed_repeats_them() {
        let (one, two) = (Noise::new(7), Noise::new(7));
        let draws: Vec<Duration> = (0..4_000).map(|_| one.draw(delay(0.15), 0)).collect();
        assert!(draws.iter().all(|draw| *draw == two.draw(delay(0.15), 0)));
        let below = draws
            .iter()
            .filter(|draw| **draw < Duration::from_millis(20))
            .count();
        // Four standard errors of a fair coin are 126.
        assert!((1_874..=2_126).contains(&below), "{below}");
    }

    #[test]
    fn only_a_query_with_q_searches() {
        assert!(asks_for_text(Some("status=todo&q=plan")));
        assert!(!asks_for_text(Some("sequence=1&status=todo")));
        assert!(!asks_for_text(None));
    }
}
