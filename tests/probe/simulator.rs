//! The real program against the simulator over real sockets: a known profile comes back.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cutover::pace::Pace;
use cutover::probe::{Asking, Measured, Origin, Probe, profile_text};
use cutover::run::interrupt;
use cutover::sandbox::notion::{
    Delay, LatencyProfile, LimitSettings, Running, Settings, Workspace, start,
};
use cutover::sandbox::profile::Profile;
use cutover::sandbox::world::{self, World};
use cutover::target::{HttpOptions, HttpTarget};
use secrecy::SecretString;

const TOKEN: &str = "secret_of_the_probe";

fn delay(ms: u64) -> Delay {
    Delay {
        median: Duration::from_millis(ms),
        per_row: Duration::ZERO,
        sigma: 0.05,
    }
}

/// Apart from each other by more than the tolerance, so that no two can be confused.
fn known() -> LatencyProfile {
    LatencyProfile {
        query: Delay {
            per_row: Duration::from_millis(1),
            ..delay(20)
        },
        query_by_text: delay(60),
        retrieve_page: delay(15),
        create_page: delay(80),
        update_page: delay(40),
        retrieve_database: delay(8),
    }
}

async fn simulator(latency: LatencyProfile) -> (Running, String) {
    let world = World::new(7);
    let workspace: Workspace = world::notion::workspace(&world).unwrap();
    let settings = Settings {
        token: TOKEN.to_owned(),
        seed: 7,
        limit: LimitSettings::default(),
        latency: Some(latency),
    };
    let running = start(settings, workspace).await.unwrap();
    (running, world::notion::TASKS.to_string())
}
