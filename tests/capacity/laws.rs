//! What is about time, on a clock that the test drives.

use std::time::Duration;

use cutover::record::{FailureKind, LagFacts, LoadEnded};
use cutover::run::interrupt;
use cutover::verdict::Outcome;
use proptest::prelude::*;

use crate::world::{Api, Does, Load, OPEN, SEARCH, client, gate, judged, sorted};

const QUICK: Duration = Duration::from_millis(1);

/// A server that answers at once, but stalls for the last of every five seconds.
fn stalls(at: Duration, _: u64) -> Does {
    let within = Duration::from_nanos(u64::try_from(at.as_nanos() % 5_000_000_000).unwrap());
    let over = Duration::from_secs(5).saturating_sub(within);
    let stalled = within >= Duration::from_secs(4);
    Does::Answer(if stalled { over + QUICK } else { QUICK }, 200)
}

/// A fifth of all that come wait, from a second down to nothing; so the ninth in ten waits 500 ms. A loop
/// that waits for each answer would see one slow answer in some thousands.
#[tokio::test(start_paused = true)]
async fn a_stall_of_one_second_in_five_is_half_a_second_at_p90() {
    let api = Api::new(stalls);
    let capacity = Load::of(&[SEARCH], "30/s", 20)
        .bear(|| Ok(client(&api)))
        .await
        .unwrap();
    let seconds = sorted(&capacity);
    assert_eq!(seconds.len(), 600, "every one is kept");
    let p90 = seconds[540];
    assert!((0.45..=0.55).contains(&p90), "p90 is {p90}");
    assert!(
        seconds[300] < 0.005,
        "the median knows nothing of it: {}",
        seconds[300]
    );
    assert_eq!((capacity.unsent, capacity.ended), (0, LoadEnded::Time));
    assert!(
        (29..=32).contains(&capacity.most_at_once),
        "{}",
        capacity.most_at_once
    );
    assert!((capacity.lasted_s - 20.0).abs() < 0.01);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the answers do, requests come when they are due: never more than `rate * t + 1` by any time
    /// t, and each at most two grains of the timer late.
    #[test]
    fn no_answer_moves_an_arrival(count in 1u32..60, delays in prop::collection::vec(0u64..1500, 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let api = Api::new(move |_, n| {
                let delay = delays[usize::try_from(n).unwrap() % delays.len()];
                // 60 a second for at most a second each fit into the clients that there are.
                Does::Answer(Duration::from_millis(delay.min(1000)), 200)
            });
            let rate: &'static str = Box::leak(format!("{count}/s").into_boxed_str());
            let load = Load::of(&[SEARCH], rate, 4);
            let capacity = load.bear(|| Ok(client(&api))).await.unwrap();
            let seen = api.seen.borrow();
            // The first is the look before the load; the first of the load is due when that is answered.
            let began = seen[1].0;
            assert_eq!(seen.len() as u64 - 1, u64::from(count) * 4);
            assert_eq!(capacity.unsent, 0);
            for (n, (at, _)) in seen.iter().skip(1).enumerate() {
                let due = n as f64 / f64::from(count);
                let late = (*at - began).as_secs_f64() - due;
                assert!((-1e-3..=2e-3).contains(&late), "{n}: {late} s late");
            }
            for one in capacity.scenarios[0].iterations.iter() {
                assert!(one.sent_at_s() >= one.intended_at_s() - 1e-6);
                assert!(one.finished_at_s() >= one.sent_at_s());
            }
        });
    }
}

#[tokio::test(start_paused = true)]
async fn scenarios_take_turns_and_each_request_counts() {
    let api = Api::new(|_, _| Does::Answer(QUICK, 200));
    let load = Load::of(&[SEARCH, OPEN], "30/s", 10);
    let capacity = load.bear(|| Ok(client(&api))).await.unwrap();
    let counts: Vec<(&str, usize)> = capacity
        .scenarios
        .iter()
        .map(|one| (one.scenario.as_str(), one.iterations.len()))
        .collect();
    assert_eq!(counts, [("search", 100), ("open", 100)]);
    let seen = api.seen.borrow();
    assert_eq!(
        seen.len(),
        300 + 2,
        "300 requests in 10 s, and one look at each"
    );
    let captured = seen.iter().filter(|(_, path)| path == "/tasks/c1").count();
    assert_eq!(captured, 100);
    let numbers = capacity.scenarios[1].iterations.iter();
    assert!(numbers.enumerate().all(|(at, one)| one.n() as usize == at));
}

/// Never more clients than there are; what could not be begun is counted, and what was begun is kept.
#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_leaves_nothing_unseen() {
    let api = Api::new(|_, n| {
        if n == 0 {
            Does::Answer(QUICK, 200)
        } else {
            Does::Hang
        }
    });
    // A promise for which the least number of clients is enough.
    let search = SEARCH.replace("after = \"3s\"", "after = \"500ms\"");
    let load = Load::of(&[&search], "30/s", 20);
    let began = tokio::time::Instant::now();
    let mut capacity = load.bear(|| Ok(client(&api))).await.unwrap();
    assert_eq!(
        began.elapsed().as_secs(),
        25,
        "the answers are not waited for for ever"
    );
    assert_eq!(api.most_at_once.get(), 64);
    let iterations = &capacity.scenarios[0].iterations;
    assert_eq!((iterations.len(), capacity.unsent), (64, 536));
    for one in iterations.iter() {
        let failure = one.failure().unwrap();
        assert_eq!(failure.kind, FailureKind::Timeout);
        assert!(one.latency_s() > 20.0);
    }
    capacity.lag = LagFacts {
        count: 100,
        ..LagFacts::default()
    };
    let verdict = judged(&capacity);
    assert_eq!(verdict.verdict, Outcome::NoGo, "{}", verdict.sentence);
    assert!(
        verdict
            .sentence
            .contains("536 iterations could not be begun at 30/s: 64 were")
    );
    // A harness that was late may have been the cause.
    capacity.lag.p95_s = 0.5;
    assert_eq!(judged(&capacity).verdict, Outcome::Inconclusive);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_does_harm_ends_after_five_seconds() {
    let api = Api::new(|_, n| Does::Answer(QUICK, if n % 15 == 7 { 500 } else { 200 }));
    let capacity = Load::of(&[SEARCH], "30/s", 20)
        .bear(|| Ok(client(&api)))
        .await
        .unwrap();
    assert_eq!(capacity.ended, LoadEnded::Errors);
    assert!(
        (5.0..5.1).contains(&capacity.lasted_s),
        "{}",
        capacity.lasted_s
    );
    // One in twenty-five is borne to the end.
    let api = Api::new(|_, n| Does::Answer(QUICK, if n % 25 == 7 { 500 } else { 200 }));
    let capacity = Load::of(&[SEARCH], "30/s", 20)
        .bear(|| Ok(client(&api)))
        .await
        .unwrap();
    assert_eq!(capacity.ended, LoadEnded::Time);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_was_closed_meanwhile_is_no_failure_and_its_time_counts() {
    let api = Api::new(|_, n| {
        if n % 2 == 1 {
            Does::Close
        } else {
            Does::Answer(QUICK, 200)
        }
    });
    let capacity = Load::of(&[SEARCH], "30/s", 4)
        .bear(|| Ok(client(&api)))
        .await
        .unwrap();
    assert_eq!(capacity.ended, LoadEnded::Time);
    let iterations = &capacity.scenarios[0].iterations;
    assert_eq!(iterations.len(), 120);
    assert!(
        iterations
            .iter()
            .all(|one| one.failure().is_none() && one.steps().len() == 2)
    );
    // Closed twice is a failure as any other.
    let api = Api::new(|_, n| {
        if n > 0 {
            Does::Close
        } else {
            Does::Answer(QUICK, 200)
        }
    });
    let capacity = Load::of(&[SEARCH], "30/s", 20)
        .bear(|| Ok(client(&api)))
        .await
        .unwrap();
    assert_eq!(capacity.ended, LoadEnded::Errors);
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_ends_it_and_what_was_begun_is_kept() {
    let (interrupter, wish) = interrupt();
    let api = Api::new(|_, _| Does::Answer(Duration::from_millis(100), 200));
    let mut load = Load::of(&[SEARCH], "30/s", 20);
    load.interrupt = Some(wish);
    let stop = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        interrupter.interrupt();
    };
    let (capacity, ()) = tokio::join!(load.bear(|| Ok(client(&api))), stop);
    let capacity = capacity.unwrap();
    assert_eq!(capacity.ended, LoadEnded::Interrupted);
    assert!(
        (capacity.lasted_s - 2.9).abs() < 0.05,
        "{}",
        capacity.lasted_s
    );
    let iterations = &capacity.scenarios[0].iterations;
    assert_eq!(iterations.len() + 1, api.seen.borrow().len());
    assert!(iterations.iter().all(|one| one.failure().is_none()));
    assert_eq!(judged(&capacity).verdict, Outcome::Inconclusive);
}

#[tokio::test(start_paused = true)]
async fn a_slow_candidate_misses_its_promise_under_load() {
    let api = Api::new(|_, _| Does::Answer(Duration::from_secs(4), 200));
    let load = Load::of(&[SEARCH], "15/s", 10);
    let mut capacity = load.bear(|| Ok(client(&api))).await.unwrap();
    // How late the machine that runs the test was is none of the test's business.
    capacity.lag = LagFacts {
        count: 1,
        ..LagFacts::default()
    };
    assert_eq!((capacity.unsent, &capacity.ended), (0, &LoadEnded::Time));
    let slow = gate(&capacity);
    assert_eq!(slow.outcome, Outcome::NoGo, "{}", slow.reason);
    assert!(
        slow.reason
            .starts_with("only 0 of 150 iterations of search took at most 3s")
    );
    assert!(slow.next.unwrap().starts_with("Make search faster at 15/s"));
    // A harness that was late may have made it look slow; few samples decide nothing.
    let mut late = capacity.clone();
    late.lag.p95_s = 0.5;
    assert_eq!(gate(&late).outcome, Outcome::Inconclusive);
    let mut short = capacity;
    let few = short.scenarios[0].iterations.iter().take(2);
    short.scenarios[0].iterations = few.map(|one| one.to_owned()).collect();
    let open = gate(&short);
    assert_eq!(open.outcome, Outcome::Inconclusive);
    assert!(open.next.unwrap().contains("`cutover capacity --for`"));
}

/// A promise of a second and 200 requests in one take 200 connections at once, and no fewer are had.
#[tokio::test(start_paused = true)]
async fn a_candidate_that_keeps_its_promise_never_waits_for_a_connection_of_ours() {
    let search = SEARCH.replace("after = \"3s\"", "after = \"1s\"");
    let bear = async |rate: &'static str, answer_ms| {
        let api = Api::new(move |_, _| Does::Answer(Duration::from_millis(answer_ms), 200));
        let mut capacity = Load::of(&[&search], rate, 20)
            .bear(|| Ok(client(&api)))
            .await
            .unwrap();
        capacity.lag = LagFacts {
            count: 100,
            ..LagFacts::default()
        };
        (judged(&capacity), capacity)
    };
    let (verdict, capacity) = bear("200/s", 400).await;
    assert_eq!(capacity.unsent, 0);
    assert_eq!(verdict.verdict, Outcome::Go, "{}", verdict.sentence);
    let (verdict, _) = bear("200/s", 1_100).await;
    assert_eq!(verdict.verdict, Outcome::NoGo, "{}", verdict.sentence);
    // A thousand in a second would take 900: more than one machine may have, which is not the candidate's fault.
    let (verdict, capacity) = bear("1000/s", 900).await;
    assert!(capacity.unsent > 0);
    assert_eq!(capacity.most_at_once, 512);
    assert_eq!(
        verdict.verdict,
        Outcome::Inconclusive,
        "{}",
        verdict.sentence
    );
    assert!(
        verdict.sentence.contains("512 connections were too few"),
        "{}",
        verdict.sentence
    );
    let (verdict, _) = bear("1000/s", 1_100).await;
    assert_eq!(verdict.verdict, Outcome::NoGo, "{}", verdict.sentence);
}
