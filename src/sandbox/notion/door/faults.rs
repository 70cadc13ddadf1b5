//! Which fault a request meets: a pure function of the plan, the random streams, and what the request
//! asks for.
//!
//! Each kind has a stream of random numbers of its own, and draws one for every request that it
//! applies to, whatever else happens to that request. So a kind's pattern follows from the seed alone,
//! and neither another kind nor the limit of another's count moves it.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::counters::Endpoint;
use super::fault_plan::{Fault, FaultKind, FaultPlan};

/// Keeps these streams apart from those of ids and delays of the same seed.
const FAULT_STREAM: u64 = 0x6661_756c_7473_2121;

/// When a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before anything is done.
    BeforeWork,
    /// After a write was saved.
    AfterSaving,
    /// While the answer is sent.
    InAnswer,
}

/// The faults drawn for one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    plan: u64,
    kinds: Vec<FaultKind>,
}

/// A plan with its streams.
#[derive(Debug)]
pub(crate) struct Injector {
    seed: u64,
    /// Which plan this is, so that a request that drew from an earlier one spends no count of it.
    number: u64,
    plan: FaultPlan,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    kind: FaultKind,
    fault: Fault,
    left: Option<u64>,
    random: Xoshiro256PlusPlus,
}

impl Injector {
    pub(crate) fn new(plan: FaultPlan, seed: u64) -> Self {
        let mut injector = Self {
            seed,
            number: 0,
            plan: FaultPlan::default(),
            rules: Vec::new(),
        };
        injector.replace(plan);
        injector
    }

    /// Puts another plan in the place of this one; its streams begin anew.
    pub(crate) fn replace(&mut self, plan: FaultPlan) {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed ^ FAULT_STREAM);
        let streams = FaultKind::ALL.map(|kind| {
            random.jump();
            (kind, random.clone())
        });
        let rule = |(kind, fault): (FaultKind, &Fault)| {
            let (_, random) = streams.iter().find(|(of, _)| *of == kind)?;
            Some(Rule {
                kind,
                fault: fault.clone(),
                left: fault.count,
                random: random.clone(),
            })
        };
        self.rules = plan.iter().filter_map(rule).collect();
        self.plan = plan;
        self.number += 1;
    }

    pub(crate) fn plan(&self) -> &FaultPlan {
        &self.plan
    }

    /// What every kind draws for a request.
    pub(crate) fn draw(&mut self, endpoint: Endpoint, method: &str) -> Drawn {
        let draws = |rule: &mut Rule| {
            (rule.fault.applies(rule.kind, endpoint, method)
                && unit(&mut rule.random) < rule.fault.rate)
                .then_some(rule.kind)
        };
        Drawn {
            plan: self.number,
            kinds: self.rules.iter_mut().filter_map(draws).collect(),
        }
    }

    /// The first of the drawn faults that happens at this moment, if its count is not spent, which
    /// it then is by one.
    pub(crate) fn take(&mut self, drawn: &Drawn, moment: Moment) -> Option<(FaultKind, Fault)> {
        if drawn.plan != self.number {
            return None;
        }
        let rule = self.rules.iter_mut().find(|rule| {
            moment_of(rule.kind) == moment
                && drawn.kinds.contains(&rule.kind)
                && rule.left != Some(0)
        })?;
        rule.left = rule.left.map(|left| left - 1);
        Some((rule.kind, rule.fault.clone()))
    }
}

fn moment_of(kind: FaultKind) -> Moment {
    match kind {
        FaultKind::Conflict
        | FaultKind::BadGateway
        | FaultKind::Unavailable
        | FaultKind::Overload
        | FaultKind::InternalError
        | FaultKind::GatewayTimeout
        | FaultKind::Cut
        | FaultKind::Stall => Moment::BeforeWork,
        FaultKind::UnavailableAfterSaving => Moment::AfterSaving,
        FaultKind::CutInBody | FaultKind::SlowBody => Moment::InAnswer,
    }
}

/// A number in [0, 1), so that rate 0 is never and rate 1 is always.
fn unit(random: &mut Xoshiro256PlusPlus) -> f64 {
    /// 2⁻³², exact.
    const STEP: f64 = 1.0 / 4_294_967_296.0;
    f64::from(random.next_u32()) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REQUESTS: [(Endpoint, &str); 4] = [
        (Endpoint::CreatePage, "POST"),
        (Endpoint::QueryDatabase, "POST"),
        (Endpoint::RetrievePage, "GET"),
        (Endpoint::UpdatePage, "PATCH"),
    ];

    fn kinds() -> impl Strategy<Value = FaultKind> {
        prop::sample::select(FaultKind::ALL.to_vec())
    }

    fn requests() -> impl Strategy<Value = Vec<(Endpoint, &'static str)>> {
        prop::collection::vec(prop::sample::select(REQUESTS.to_vec()), 0..60)
    }

    fn injector(faults: &[(FaultKind, Fault)], seed: u64) -> Injector {
        Injector::new(FaultPlan::new(faults.iter().cloned()).unwrap(), seed)
    }

    /// What happens to each request, at whichever moment comes first.
    fn happens(
        injector: &mut Injector,
        requests: &[(Endpoint, &'static str)],
    ) -> Vec<Option<FaultKind>> {
        let each = |(endpoint, method): &(Endpoint, &str)| {
            let drawn = injector.draw(*endpoint, method);
            [Moment::BeforeWork, Moment::AfterSaving, Moment::InAnswer]
                .into_iter()
                .find_map(|moment| injector.take(&drawn, moment))
                .map(|(kind, _)| kind)
        };
        requests.iter().map(each).collect()
    }

    proptest! {
        #[test]
        fn rate_0_is_never_and_rate_1_is_always_where_it_applies(
            kind in kinds(), seed: u64, requests in requests(),
        ) {
            let never = happens(&mut injector(&[(kind, Fault::at(kind, 0.0))], seed), &requests);
            prop_assert!(never.iter().all(Option::is_none));
            let always = Fault::at(kind, 1.0);
            let seen = happens(&mut injector(&[(kind, always.clone())], seed), &requests);
            for ((endpoint, method), seen) in requests.iter().zip(seen) {
                prop_assert_eq!(seen.is_some(), always.applies(kind, *endpoint, method));
            }
        }

        #[test]
        fn a_count_is_exact_and_comes_first(
            kind in kinds(), seed: u64, count in 0u64..9, rate in 0.0..=1.0, requests in requests(),
        ) {
            let endless = Fault::at(kind, rate);
            let counted = Fault { count: Some(count), ..endless.clone() };
            let all = happens(&mut injector(&[(kind, endless)], seed), &requests);
            let some = happens(&mut injector(&[(kind, counted)], seed), &requests);
            let mut left = count;
            for (all, some) in all.into_iter().zip(some) {
                let expected = all.filter(|_| left > 0);
                left -= u64::from(expected.is_some());
                prop_assert_eq!(some, expected);
            }
        }

        /// What is drawn for a kind is the same, whatever the other kinds of the plan are.
        #[test]
        fn a_seed_repeats_and_no_kind_moves_another(
            seed: u64, rates in prop::collection::btree_map(kinds(), (0.0..=1.0, prop::option::of(0u64..5)), 1..11), requests in requests(),
        ) {
            let faults: Vec<_> = rates
                .iter()
                .map(|(kind, (rate, count))| (*kind, Fault { count: *count, ..Fault::at(*kind, *rate) }))
                .collect();
            let mut together = injector(&faults, seed);
            let mut again = injector(&faults, seed);
            let mut alone: Vec<_> = faults.iter().map(|fault| injector(std::slice::from_ref(fault), seed)).collect();
            for (endpoint, method) in requests {
                let drawn = together.draw(endpoint, method);
                prop_assert_eq!(&drawn, &again.draw(endpoint, method));
                let apart: Vec<_> = alone.iter_mut().flat_map(|one| one.draw(endpoint, method).kinds).collect();
                prop_assert_eq!(&drawn.kinds, &apart);
                // Taking moves no stream either.
                together.take(&drawn, Moment::BeforeWork);
            }
        }
    }

    #[test]
    fn a_rate_is_the_share_of_the_requests() {
        let kind = FaultKind::BadGateway;
        let mut injector = injector(&[(kind, Fault::at(kind, 0.1))], 3);
        let seen = happens(&mut injector, &[REQUESTS[2]; 10_000]);
        let share = seen.iter().flatten().count();
        // 1,000 expected; 30 is one standard deviation.
        assert!((850..1_150).contains(&share), "{share}");
    }

    #[test]
    fn of_two_drawn_faults_the_first_happens_and_the_other_keeps_its_count() {
        let (first, second) = (FaultKind::Conflict, FaultKind::Unavailable);
        let once = |kind| Fault {
            count: Some(1),
            ..Fault::at(kind, 1.0)
        };
        let mut injector = injector(&[(second, once(second)), (first, once(first))], 1);
        let seen = happens(&mut injector, &[REQUESTS[0]; 3]);
        assert_eq!(seen, [Some(first), Some(second), None]);
    }

    #[test]
    fn a_fault_keeps_to_its_endpoints_and_methods() {
        let kind = FaultKind::Cut;
        let fault = Fault {
            endpoints: [Endpoint::CreatePage, Endpoint::RetrievePage].into(),
            methods: ["GET".to_owned()].into(),
            ..Fault::at(kind, 1.0)
        };
        let seen = happens(&mut injector(&[(kind, fault)], 1), &REQUESTS);
        assert_eq!(seen, [None, None, Some(kind), None]);
    }

    #[test]
    fn a_request_of_an_earlier_plan_spends_nothing_of_the_next() {
        let kind = FaultKind::Cut;
        let once = Fault {
            count: Some(1),
            ..Fault::at(kind, 1.0)
        };
        let mut injector = injector(&[(kind, once)], 1);
        let early = injector.draw(Endpoint::RetrievePage, "GET");
        let plan = injector.plan().clone();
        injector.replace(plan);
        assert_eq!(injector.take(&early, Moment::BeforeWork), None);
        let late = injector.draw(Endpoint::RetrievePage, "GET");
        assert!(injector.take(&late, Moment::BeforeWork).is_some());
    }
}
