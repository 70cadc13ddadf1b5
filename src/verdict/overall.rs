//! What all gates of all scenarios come to, in one word and one sentence.

use crate::figure::{self, Rounding};
use crate::record::{Checks, GateSettings, Record, Stopped, World};

use super::evidence::Evidence;
use super::gate::{BeforeClaim, Gate, Outcome, ReachClaim, Verdict};
use super::{advice, before, gates, inspections, reach, remedy, scenario_outcome, waivers};

/// The version of the verdict's form on disk.
pub const SCHEMA_VERSION: u32 = 1;

/// Judges a record: the same record gives the same verdict, whenever it is judged.
///
/// GO needs every required gate of every scenario and of the run GO; NO-GO needs one required gate NO-GO. A record
/// without any required gate that was looked at, or of a run that was interrupted, is INCONCLUSIVE.
#[must_use]
pub fn judge(record: &Record) -> Verdict {
    // The samples of a scenario are sorted once, and let go before the next one's.
    let (by_scenario, before): (Vec<Vec<Gate>>, Vec<BeforeClaim>) = record
        .scenarios
        .iter()
        .map(|scenario| {
            let evidence = Evidence::new(scenario, &record.gates);
            (gates(&evidence), before::claim(scenario, &evidence.test))
        })
        .unzip();
    let of_the_run = run_gates(&record.checks, &record.gates);
    let verdict = outcome(record, &by_scenario, &of_the_run);
    let all = [by_scenario.concat(), of_the_run].concat();
    let reach: Vec<ReachClaim> = record.scenarios.iter().filter_map(reach::claim).collect();
    Verdict {
        schema_version: SCHEMA_VERSION,
        run: record.run.clone(),
        command: record.command.clone(),
        verdict,
        sentence: sentence(record, verdict, &all),
        next: advice::next(record, verdict, &all, &reach),
        notion_is_simulated: is_simulated(record),
        waivers: waivers::claims(&all, &record.gates.waivers),
        gates: all,
        before,
        reach,
    }
}

/// Evaluates the gates of the whole run that have evidence or are required.
#[must_use]
pub fn run_gates(checks: &Checks, settings: &GateSettings) -> Vec<Gate> {
    let mut gates = inspections::gates(checks, settings);
    remedy::apply(&mut gates);
    waivers::apply(&mut gates, &settings.waivers);
    gates
}

fn outcome(record: &Record, by_scenario: &[Vec<Gate>], of_the_run: &[Gate]) -> Outcome {
    if is_interrupted(record) {
        return Outcome::Inconclusive;
    }
    let of_scenarios = by_scenario.iter().map(|gates| scenario_outcome(gates));
    let required = of_the_run.iter().filter(|gate| gate.required);
    // Without a scenario nothing answers for a gate of scenarios.
    let unanswered = |id: &&String| !of_the_run.iter().any(|gate| gate.id == **id);
    let unanswered = record.gates.required.iter().filter(unanswered);
    let unanswered = unanswered.filter(|_| by_scenario.is_empty());
    // The worst of them decides.
    let outcomes = of_scenarios
        .chain(required.map(Gate::counts_as))
        .chain(unanswered.map(|_| Outcome::Inconclusive));
    outcomes.max().unwrap_or(Outcome::Inconclusive)
}

pub(super) fn is_simulated(record: &Record) -> bool {
    matches!(record.world, World::Sandbox(_))
}

/// Whether nothing was measured and nothing looked at.
pub(super) fn is_blank(record: &Record) -> bool {
    record.scenarios.is_empty() && record.checks.is_empty()
}

pub(super) fn is_interrupted(record: &Record) -> bool {
    let stopped = |why| {
        record
            .scenarios
            .iter()
            .any(|scenario| scenario.stopped == why)
    };
    record.interrupted || stopped(Stopped::Interrupted)
}

/// The required gates that count as this.
pub(super) fn required(gates: &[Gate], outcome: Outcome) -> Vec<&Gate> {
    let wanted = |gate: &&Gate| gate.required && gate.counts_as() == outcome;
    gates.iter().filter(wanted).collect()
}

fn sentence(record: &Record, verdict: Outcome, gates: &[Gate]) -> String {
    let mut sentence = match verdict {
        Outcome::Go => confirmed(record, gates),
        Outcome::GoWithWaivers => waived(gates),
        Outcome::NoGo => refuted(&required(gates, Outcome::NoGo)),
        Outcome::Inconclusive => undecided(record, gates),
    };
    let optional: Vec<String> = gates
        .iter()
        .filter(|gate| !gate.required && gate.outcome != Outcome::Go)
        .map(|gate| format!("{} ({})", place(gate), gate.outcome.word()))
        .collect();
    let goes = matches!(verdict, Outcome::Go | Outcome::GoWithWaivers);
    if goes && !optional.is_empty() {
        sentence += &format!(" Not required, and not shown: {}.", figure::list(&optional));
    }
    if is_simulated(record) {
        sentence += " Notion was simulated: this says nothing of the real one.";
    }
    sentence
}

fn confirmed(record: &Record, gates: &[Gate]) -> String {
    let promises: Vec<String> = record
        .scenarios
        .iter()
        .map(|scenario| {
            let confirmed: Vec<String> = gates
                .iter()
                .filter(|gate| gate.required && gate.scenario == scenario.name)
                .filter_map(confirmed_bound)
                .collect();
            if confirmed.is_empty() {
                return scenario.name.clone();
            }
            format!("{} ({})", scenario.name, figure::list(&confirmed))
        })
        .collect();
    let held = required(gates, Outcome::Go);
    let said = if promises.is_empty() {
        // Without a scenario the gates of the run are all there is.
        let reasons = held
            .iter()
            .map(|gate| format!("{}: {}", place(gate), gate.reason));
        reasons.collect::<Vec<_>>().join("; ")
    } else {
        figure::list(&promises)
    };
    format!("Every required gate holds ({}): {said}.", held.len())
}

/// Each waiver stands in the sentence, so that no report can leave it out.
fn waived(gates: &[Gate]) -> String {
    let waived = required(gates, Outcome::GoWithWaivers);
    let held = required(gates, Outcome::Go).len();
    let each: Vec<String> = waived
        .iter()
        .map(|gate| {
            let reason = gate.waived.as_deref().unwrap_or_default();
            format!("{} ({}), {reason}", place(gate), gate.outcome.word())
        })
        .collect();
    format!(
        "{held} of {} hold, and the rest was waived: {}.",
        figure::count(held + waived.len(), "required gate"),
        each.join("; ")
    )
}

/// `p50 at least 23.7x faster`: what is certain, where the title says what was asked.
fn confirmed_bound(gate: &Gate) -> Option<String> {
    let interval = gate.interval?;
    match gate.id.as_str() {
        "speedup-p50" => Some(format!(
            "p50 at least {} faster",
            figure::ratio(interval.low?, Rounding::Down)
        )),
        "speedup-p95" => Some(format!(
            "p95 at least {} faster",
            figure::ratio(interval.low?, Rounding::Down)
        )),
        "target-p95" => Some(format!(
            "p95 at most {}",
            figure::seconds(interval.high?, Rounding::Up)
        )),
        _ => None,
    }
}

fn refuted(gates: &[&Gate]) -> String {
    let Some((first, others)) = gates.split_first() else {
        return "A required gate is refuted.".to_owned();
    };
    let mut sentence = format!("{} is refuted: {}.", place(first), first.reason);
    if !others.is_empty() {
        let others: Vec<String> = others.iter().map(|gate| place(gate)).collect();
        sentence += &format!(" Refuted as well: {}.", figure::list(&others));
    }
    sentence
}

fn undecided(record: &Record, gates: &[Gate]) -> String {
    if is_interrupted(record) {
        let refuted = required(gates, Outcome::NoGo);
        let so_far = refuted.first().map_or_else(String::new, |gate| {
            format!(" So far {} is refuted: {}.", place(gate), gate.reason)
        });
        return format!("The run was interrupted, so its evidence is not whole.{so_far}");
    }
    if is_blank(record) {
        return "The record holds no scenario, so nothing was measured.".to_owned();
    }
    if record.gates.required.is_empty() {
        return "No gate is required, so nothing was decided.".to_owned();
    }
    let open = required(gates, Outcome::Inconclusive);
    let Some((first, others)) = most_telling(&open) else {
        return "No scenario was measured, and required gates ask for one.".to_owned();
    };
    let count = gates.iter().filter(|gate| gate.required).count();
    let mut sentence = format!(
        "{} of {} not decided. {}: {}.",
        open.len(),
        figure::count(count, "required gate"),
        place(first),
        first.reason
    );
    if !others.is_empty() {
        // The reader finds the rest in the list of gates; here it would bury the first.
        const NAMED: usize = 3;
        let mut named: Vec<String> = others.iter().take(NAMED).map(|gate| place(gate)).collect();
        if others.len() > NAMED {
            named.push(format!("{} more", others.len() - NAMED));
        }
        sentence += &format!(" Open as well: {}.", figure::list(&named));
    }
    sentence
}

/// What more samples cannot repair comes first: it makes the others' figures worthless.
fn most_telling<'g>(open: &[&'g Gate]) -> Option<(&'g Gate, Vec<&'g Gate>)> {
    let at = open.iter().position(|gate| gate.settled).unwrap_or(0);
    let first = open.get(at)?;
    let others = open.iter().enumerate().filter(|(index, _)| *index != at);
    Some((first, others.map(|(_, gate)| *gate).collect()))
}

/// `dashboard-load speedup-p50`, and `integrity` of the whole run.
fn place(gate: &Gate) -> String {
    if gate.scenario.is_empty() {
        return gate.id.clone();
    }
    format!("{} {}", gate.scenario, gate.id)
}
