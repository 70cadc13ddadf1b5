//! Any record: every part of it drawn from a seed, extremes included.

use cutover::promise::Promise;
use cutover::record::{
    self, BudgetFacts, Capacity, Checks, Direct, Distinctness, Failure, FailureKind, FormFacts,
    Freshness, GateSettings, Iteration, Iterations, LagFacts, LoadEnded, Loaded, Machine,
    NotionFacts, Outside, PostgresFacts, Preflight, ProfileFacts, Record, Requests, SandboxFacts,
    ScenarioRecord, SideFinding, SideOutside, StepFacts, StepRecord, Stopped, TargetFacts, Tool,
    World,
};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The record that follows from a seed.
pub(crate) fn drawn(seed: u64) -> Record {
    Draw(Xoshiro256PlusPlus::seed_from_u64(seed)).record()
}

struct Draw(Xoshiro256PlusPlus);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n)
    }

    fn flag(&mut self) -> bool {
        self.0.random()
    }

    fn count(&mut self) -> u32 {
        self.0.random()
    }

    fn large(&mut self) -> u64 {
        self.0.random()
    }

    /// Any finite number that is no less than 0, from its bits.
    fn seconds(&mut self) -> f64 {
        loop {
            let number = f64::from_bits(self.0.random::<u64>() >> 1);
            if number.is_finite() {
                return number;
            }
        }
    }

    fn text(&mut self) -> String {
        let characters = [
            'a', 'Z', '0', ' ', '"', '\\', '\n', '\u{1b}', '\0', 'é', '你', '🙂', '\u{202e}',
        ];
        let length = self.below(12);
        (0..length)
            .map(|_| characters[self.below(characters.len())])
            .collect()
    }

    fn some<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| draw(self))
    }

    fn many<T>(&mut self, most: usize, mut draw: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let n = self.below(most + 1);
        (0..n).map(|_| draw(self)).collect()
    }

    /// Some scenarios; two of one name are refused as no record of a run.
    fn scenarios(&mut self) -> Vec<ScenarioRecord> {
        let mut scenarios = self.many(3, Self::scenario);
        for (number, scenario) in scenarios.iter_mut().enumerate() {
            scenario.name += &number.to_string();
        }
        scenarios
    }

    fn record(&mut self) -> Record {
        Record {
            schema_version: record::SCHEMA_VERSION,
            run: self.text(),
            command: self.text(),
            tool: Tool {
                version: self.text(),
                commit: self.some(Self::text),
                build: self.text(),
            },
            started: self.text(),
            elapsed_s: self.seconds(),
            seed: self.large(),
            machine: Machine {
                os: self.text(),
                arch: self.text(),
                cores: self.count(),
                cpu: self.some(Self::text),
                memory_bytes: self.some(Self::large),
            },
            world: self.world(),
            baseline: self.target(),
            candidate: self.target(),
            budget: BudgetFacts {
                rate: self.text(),
                headroom: self.seconds(),
            },
            gates: GateSettings {
                required: self.many(9, Self::text),
                max_baseline_iterations: self.count(),
                max_writes: self.count(),
                candidate_per_baseline: self.count(),
                waivers: vec![],
            },
            scenarios: self.scenarios(),
            checks: Checks {
                rate_limit: self.some(Self::capacity),
                ..Checks::default()
            },
            interrupted: self.flag(),
            leftovers: self.many(3, Self::text),
        }
    }

    fn capacity(&mut self) -> Capacity {
        let ended = [
            LoadEnded::Time,
            LoadEnded::Errors,
            LoadEnded::Interrupted,
            LoadEnded::Refused(self.text()),
        ];
        Capacity {
            rate: "30/s".to_owned(),
            asked_s: self.seconds(),
            lasted_s: self.seconds(),
            ended: ended[self.below(ended.len())].clone(),
            scenarios: self.many(3, |draw| Loaded {
                scenario: draw.text(),
                after: "20ms..50ms".parse().unwrap(),
                iterations: draw.iterations(2),
            }),
            unsent: self.large(),
            most_at_once: self.count(),
            lag: LagFacts {
                count: self.large(),
                p95_s: self.seconds(),
                ..LagFacts::default()
            },
        }
    }

    fn world(&mut self) -> World {
        if self.flag() {
            return World::Live;
        }
        World::Sandbox(Box::new(SandboxFacts {
            profile: ProfileFacts {
                name: self.text(),
                source: self.text(),
                assumptions: self.many(3, Self::text),
            },
            postgres: PostgresFacts {
                version: self.text(),
                origin: self.text(),
                durability: self.many(4, Self::text),
                filesystem: self.some(Self::text),
            },
            notion: self.some(|draw| NotionFacts {
                limit: draw.text(),
                requests: draw.large(),
                rate_limited: draw.large(),
                busiest_minute: draw.large(),
            }),
        }))
    }

    fn target(&mut self) -> TargetFacts {
        TargetFacts {
            driver: self.text(),
            base_url: self.text(),
            header_names: self.many(3, Self::text),
            notion_version: self.some(Self::text),
            timeout_s: self.seconds(),
        }
    }

    fn step_facts(&mut self) -> StepFacts {
        StepFacts {
            name: self.text(),
            method: self.text(),
            path: self.text(),
            cost: self.count(),
            baseline: self.some(Self::form_facts),
            candidate: self.some(Self::form_facts),
        }
    }

    fn form_facts(&mut self) -> FormFacts {
        FormFacts {
            driver: self.text(),
            method: self.text(),
            path: self.text(),
        }
    }

    fn side_outside(&mut self) -> SideOutside {
        SideOutside {
            preflight: self.requests(),
            clean_up: self.requests(),
            interrupted: self.requests(),
        }
    }

    fn requests(&mut self) -> Requests {
        Requests {
            sent: self.large(),
            notion_requests: self.large(),
            rate_limited: self.large(),
            overloaded: self.large(),
            retried: self.large(),
        }
    }

    fn scenario(&mut self) -> ScenarioRecord {
        let distinct = [
            Distinctness::Proven,
            Distinctness::Same,
            Distinctness::Unproven,
        ];
        let stopped = [
            Stopped::Decided,
            Stopped::Cap,
            Stopped::Preflight,
            Stopped::TimeLimit,
            Stopped::PauseTooLong,
            Stopped::CleanUp,
            Stopped::Interrupted,
        ];
        // A scenario without a step is refused as no record of a run.
        let steps: Vec<StepFacts> = (0..=self.below(3)).map(|_| self.step_facts()).collect();
        ScenarioRecord {
            name: self.text(),
            summary: self.text(),
            file: self.text(),
            promise: self.promise(),
            writes: self.flag(),
            preflight: Preflight {
                distinct: distinct[self.below(3)](self.text()),
                baseline: self.finding(),
                candidate: self.finding(),
            },
            baseline: self.iterations(steps.len()),
            candidate: self.iterations(steps.len()),
            outside: Outside {
                baseline: self.side_outside(),
                candidate: self.side_outside(),
            },
            lag: LagFacts {
                count: self.large(),
                p50_s: self.seconds(),
                p95_s: self.seconds(),
                p99_s: self.seconds(),
                max_s: self.seconds(),
            },
            stopped: stopped[self.below(stopped.len())],
            direct: self.some(|draw| Direct {
                baseline: draw.iterations(steps.len()),
                candidate: draw.iterations(steps.len()),
            }),
            steps,
        }
    }

    /// As people write them: at most six decimals of the unit.
    fn promise(&mut self) -> Promise {
        let (low, more) = (1 + self.below(9_999_999), self.below(9_999_999));
        Promise {
            source: self.text(),
            before: format!("{low}us..{}us", low + more).parse().unwrap(),
            after: format!("{low}ms").parse().unwrap(),
            speedup: format!("{}x..{}x", low as f64 / 1e3, (low + more) as f64 / 1e3)
                .parse()
                .unwrap(),
        }
    }

    fn finding(&mut self) -> SideFinding {
        let freshness = [Freshness::Fresh, Freshness::Stale, Freshness::NotProbed];
        SideFinding {
            freshness: freshness[self.below(3)](self.text()),
            notion_requests: self.count(),
        }
    }

    /// Few that have nothing in common, or some that have nearly all in common.
    fn iterations(&mut self, steps: usize) -> Iterations {
        let n = self.below(5);
        if n < 4 {
            return (0..n).map(|_| self.iteration(steps)).collect();
        }
        let usual = self.iteration(steps);
        let mut iterations = Iterations::new();
        for n in 0..60 {
            iterations.push(match self.below(20) {
                0 => self.iteration(steps),
                _ => Iteration { n, ..usual.clone() },
            });
        }
        iterations
    }

    fn iteration(&mut self, steps: usize) -> Iteration {
        let attempts = self.many(3, |draw| draw.step(steps));
        let sent_at_s = attempts.first().map(|step| step.sent_at_s);
        Iteration {
            n: self.count(),
            intended_at_s: self.seconds(),
            sent_at_s: sent_at_s
                .filter(|_| self.flag())
                .unwrap_or_else(|| self.seconds()),
            finished_at_s: self.seconds(),
            budget_wait_s: self.some(Self::seconds).unwrap_or_default(),
            pause_s: self.some(Self::seconds).unwrap_or_default(),
            notion_requests: self.some(Self::count).unwrap_or_default(),
            steps: attempts,
            cleanup_failures: self.many(2, Self::failure),
        }
    }

    fn step(&mut self, steps: usize) -> StepRecord {
        StepRecord {
            step: u32::try_from(self.below(steps)).unwrap(),
            attempt: self.count(),
            sent_at_s: self.seconds(),
            duration_s: self.seconds(),
            connect_s: self.some(Self::seconds),
            status: self.some(|draw| draw.0.random()),
            bytes: self.large(),
            notion_requests: self.some(Self::count).unwrap_or_default(),
            retry_after_s: self.some(Self::seconds),
            cache_headers: self.many(2, Self::text),
            store_s: self.some(Self::seconds),
            model_s: self.some(Self::seconds),
            failure: self.some(Self::failure),
            page: self.some(Self::count).unwrap_or_default(),
            look_up: self.flag(),
            superseded: self.flag(),
        }
    }

    fn failure(&mut self) -> Failure {
        let kinds = [
            FailureKind::Timeout,
            FailureKind::Connect,
            FailureKind::Transport,
            FailureKind::RateLimited,
            FailureKind::Status,
            FailureKind::Body,
            FailureKind::Template,
        ];
        Failure {
            kind: kinds[self.below(kinds.len())],
            detail: self.text(),
        }
    }
}
