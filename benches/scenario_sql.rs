//! What each shipped scenario asks of PostgreSQL, by the statements of its `sql` forms, against the sandbox's
//! own database as a run fills it: one after the other on one connection, without the application. What a
//! scenario creates is removed again outside of the time.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark: what cannot be had must end it"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use criterion::Criterion;
use cutover::driver::Driver;
use cutover::sandbox::notion::LimitSettings;
use cutover::sandbox::profile::Profile;
use cutover::sandbox::{Options, Sandbox};
use cutover::scenario::{self, Call, Inputs, Scenario, SqlCall, SqlValue, Step};
use cutover::target::{
    PostgresOptions, PostgresTarget, Request, SqlParameter, SqlRequest, Target as _,
};
use tokio::runtime::{Builder, Runtime};

const LIMIT: Duration = Duration::from_secs(20);

fn main() {
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let options = Options {
        profile: Profile::none(),
        seed: 1,
        limit: LimitSettings::default(),
        database_url: None,
        postgres_bin: None,
        plant: None,
    };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    let target = PostgresTarget::new(&PostgresOptions {
        url: sandbox.database_url().to_owned().into(),
        timeout: LIMIT,
        connect_timeout: LIMIT,
    })
    .unwrap();
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let scenarios = scenario::built_in().unwrap();
    // What is compared and never measured (edit-task) has no statements.
    let are_asked = |scenario: &&Scenario| {
        let obstacles = scenario.obstacles(Driver::Postgres, &BTreeMap::new());
        obstacles.is_empty()
    };
    for scenario in scenarios.iter().filter(are_asked) {
        let mut asking = Asking {
            runtime: &runtime,
            target: &target,
            scenario,
            iteration: 0,
        };
        criterion.bench_function(&format!("sql: {}", scenario.name), |b| {
            b.iter_custom(|times| (0..times).map(|_| asking.once()).sum());
        });
    }
    criterion.final_summary();
    runtime.block_on(sandbox.stop()).unwrap();
}

/// A scenario that is asked over and over, each time with inputs of its own.
struct Asking<'b> {
    runtime: &'b Runtime,
    target: &'b PostgresTarget,
    scenario: &'b Scenario,
    iteration: u32,
}

impl Asking<'_> {
    /// The time of its steps, without what cleans up after them.
    fn once(&mut self) -> Duration {
        self.iteration += 1;
        let marker = format!("bench-{}", self.iteration);
        let mut inputs = Inputs::draw(self.scenario, "bench", 1, self.iteration, marker);
        let took = self.ask(&self.scenario.steps, &mut inputs);
        // What reads has nothing to remove: its clean-up is that of the probe before a run.
        if self.scenario.writes {
            self.ask(&self.scenario.cleanup, &mut inputs);
        }
        took
    }

    fn ask(&self, steps: &[Step], inputs: &mut Inputs) -> Duration {
        let one = |step: &Step| {
            let form = step.form(Driver::Postgres).unwrap();
            let Call::Sql(call) = form.render(inputs).unwrap() else {
                unreachable!("a form for PostgreSQL is a statement")
            };
            let exchange = self.runtime.block_on(self.target.send(request(call)));
            let took = exchange.duration();
            let answer = exchange.result.unwrap();
            // What is timed must be the right answer.
            let seen = form.examine(answer.status, &answer.body, inputs);
            assert!(seen.is_right(), "{}: {:?}", step.name, seen.problems);
            for (name, value) in seen.captured {
                inputs.capture(name, value);
            }
            took
        };
        steps.iter().map(one).sum()
    }
}

fn request(call: SqlCall) -> Request {
    let parameter = |value| match value {
        SqlValue::Bool(value) => SqlParameter::Bool(value),
        SqlValue::Integer(value) => SqlParameter::Integer(value),
        SqlValue::Float(value) => SqlParameter::Float(value),
        SqlValue::Text(value) => SqlParameter::Text(value),
    };
    Request::Sql(SqlRequest {
        statement: call.statement,
        params: call.params.into_iter().map(parameter).collect(),
        writes: call.writes,
    })
}
