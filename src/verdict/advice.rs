//! What to do next. Whoever reads it may be about to do something that cannot be undone, so each
//! line says one thing to do, and the most important stands first.

use crate::figure;
use crate::record::{Record, ScenarioRecord, Stopped, World};

use super::gate::{Gate, Outcome, ReachClaim};
use super::overall::{is_blank, is_interrupted, is_simulated, required};
use super::{HARNESS, LIKELY_MORE};
use super::{reach, remedy, waivers};

pub(super) fn next(
    record: &Record,
    verdict: Outcome,
    gates: &[Gate],
    claims: &[ReachClaim],
) -> Vec<String> {
    let mut next = match verdict {
        Outcome::Go | Outcome::GoWithWaivers => after_go(record, gates),
        Outcome::NoGo => after_no_go(record, gates),
        Outcome::Inconclusive => after_inconclusive(record, gates),
    };
    if matches!(verdict, Outcome::NoGo | Outcome::Inconclusive) {
        // After the first line, which says what not to do.
        let at = next.len().min(1);
        next.splice(at..at, reach::advice(record, gates, claims));
    }
    next.extend(waivers::expired(&record.gates.waivers));
    if !record.leftovers.is_empty() {
        let objects = figure::count(record.leftovers.len(), "object");
        next.push(format!(
            "Remove {objects} that the run could not confirm as deleted: `cutover clean`."
        ));
    }
    next
}

fn after_go(record: &Record, gates: &[Gate]) -> Vec<String> {
    let mut next = Vec::new();
    let waived = required(gates, Outcome::GoWithWaivers);
    next.extend(waived.iter().map(|gate| {
        let repair = gate
            .next
            .as_deref()
            .unwrap_or("Make it hold, then measure again.");
        format!("`{}` was waived and does not hold. {repair}", gate.id)
    }));
    if let World::Sandbox(sandbox) = &record.world {
        next.push(format!(
            "Do not cut over on this alone: Notion was simulated, with the latencies that the \
             profile `{}` assumes. Name the two real deployments in a cutover.toml (`cutover \
             init`) and run `cutover check` against them.",
            sandbox.profile.name
        ));
    }
    next.extend(unseen(gates));
    next.push(
        "Keep this run's folder: `cutover judge` on it comes to the same verdict from the record."
            .to_owned(),
    );
    next
}

/// What this GO does not speak of.
fn unseen(gates: &[Gate]) -> Option<String> {
    let holds = |id: &str| {
        let mut gates = gates.iter().filter(|gate| gate.id == id).peekable();
        gates.peek().is_some() && gates.all(|gate| gate.outcome == Outcome::Go)
    };
    match (holds("backups"), holds("integrity")) {
        (true, true) => None,
        (true, false) => Some(
            "Before the cutover see to it that all data arrived: this verdict does not speak of \
             completeness."
                .to_owned(),
        ),
        (false, true) => Some(
            "Before the cutover back up both stores: this verdict does not speak of a way back."
                .to_owned(),
        ),
        (false, false) => Some(
            "Before the cutover back up both stores, and see to it that all data arrived: this \
             verdict is about speed and answers, not about completeness."
                .to_owned(),
        ),
    }
}

fn after_no_go(record: &Record, gates: &[Gate]) -> Vec<String> {
    let not_on = if record.scenarios.is_empty() {
        "Do not cut over: what was looked at does not hold."
    } else {
        "Do not cut over on the strength of these promises."
    };
    let mut next = vec![not_on.to_owned()];
    next.extend(required(gates, Outcome::NoGo).into_iter().filter_map(step));
    next.push(again(record));
    if is_simulated(record) {
        next.push(
            "Notion was simulated: a real one that is slower than the assumed latencies can come \
             to another verdict."
                .to_owned(),
        );
    }
    next
}

fn again(record: &Record) -> String {
    let again = if record.scenarios.is_empty() {
        "look"
    } else {
        "measure"
    };
    format!("Then {again} again: `{}`.", record.command)
}

fn after_inconclusive(record: &Record, gates: &[Gate]) -> Vec<String> {
    let mut next = vec!["Do not cut over on this: nothing is shown yet.".to_owned()];
    if is_interrupted(record) {
        next.push(format!("Let it run to its end: `{}`.", record.command));
        return next;
    }
    if is_blank(record) {
        next.push("Give the run at least one scenario, then measure.".to_owned());
        return next;
    }
    if record.gates.required.is_empty() {
        next.push("Require at least one gate; by default all are required.".to_owned());
        return next;
    }
    let open = required(gates, Outcome::Inconclusive);
    // What more samples do not help.
    let repairs = open.iter().filter(|gate| remedy::is_repair(gate));
    for line in repairs.filter_map(|gate| step(gate)) {
        if !next.contains(&line) {
            next.push(line);
        }
    }
    let paused = record.scenarios.iter();
    next.extend(
        paused
            .filter(|one| one.stopped == Stopped::PauseTooLong)
            .map(|one| {
                format!(
                    "Wait before {} is measured again: a target asked for a longer pause than the \
             configuration allows.",
                    one.name
                )
            }),
    );
    let uncleaned = record
        .scenarios
        .iter()
        .filter(|one| one.stopped == Stopped::CleanUp);
    next.extend(uncleaned.map(|one| {
        format!(
            "Find out why what {} creates cannot be removed, then remove it: `cutover clean`. \
             Measuring stopped there.",
            one.name
        )
    }));
    let waiting = record.scenarios.iter();
    next.extend(waiting.filter_map(|scenario| measure_on(record, scenario, &open)));
    next.push(again(record));
    if is_simulated(record) {
        next.push(
            "Notion was simulated: a verdict on the real one takes a run against it.".to_owned(),
        );
    }
    next
}

/// What to do about a gate, with its scenario.
fn step(gate: &Gate) -> Option<String> {
    let next = gate.next.as_ref()?;
    Some(match gate.scenario.as_str() {
        "" => next.clone(),
        scenario => format!("{scenario}: {next}"),
    })
}

/// How many more baseline iterations a scenario's open promises likely take, and how long that is.
fn measure_on(record: &Record, scenario: &ScenarioRecord, open: &[&Gate]) -> Option<String> {
    let name = &scenario.name;
    let of_scenario = || open.iter().filter(|gate| gate.scenario == *name);
    if let Some(more) = of_scenario()
        .filter_map(|gate| gate.number(LIKELY_MORE))
        .reduce(f64::max)
    {
        let total = scenario.baseline.len() as f64 + more;
        let cap = f64::from(record.gates.max_baseline_iterations);
        let raise = if total > cap {
            format!("; raise --max-baseline-iterations to {}", round_up(total))
        } else {
            String::new()
        };
        return Some(format!(
            "Measure {name} on: likely about {more} more baseline iterations{}{raise}.",
            duration(scenario, more)
        ));
    }
    if let Some(more) = of_scenario()
        .filter_map(|gate| gate.number("likely_more_candidate"))
        .reduce(f64::max)
    {
        return Some(format!(
            "Measure {name} on: likely about {more} more candidate iterations."
        ));
    }
    let measured = |gate: &&&Gate| gate.interval.is_some_and(|found| found.point.is_some());
    let too_close = of_scenario()
        .filter(measured)
        .any(|gate| gate.id != HARNESS);
    too_close.then(|| {
        format!("Measure {name} on; how long it takes cannot be told from its samples so far.")
    })
}

/// `, about 4 min`: at the pace so far.
fn duration(scenario: &ScenarioRecord, more: f64) -> String {
    let (Some(first), Some(last)) = (scenario.baseline.first(), scenario.baseline.last()) else {
        return String::new();
    };
    let each = (last.finished_at_s() - first.intended_at_s()) / scenario.baseline.len() as f64;
    let minutes = (each * more / 60.0).ceil();
    if minutes.is_finite() && minutes >= 1.0 {
        format!(", about {minutes} min")
    } else {
        String::new()
    }
}

/// A cap that leaves some room: the next ten.
fn round_up(total: f64) -> f64 {
    (total * 1.2 / 10.0).ceil() * 10.0
}
