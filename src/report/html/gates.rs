//! Every gate with its evidence. A gate is data: one that is added later is shown like the others.

use maud::{Markup, html};

use super::room::{Room, Space};
use super::words::{badge, class, code, foreign, sentence};
use crate::report::figure::{bounded_number, show_number};
use crate::report::names::each_once;
use crate::report::summary::{Bounded, Summary, WHOLE_RUN};
use crate::verdict::{Fact, FactValue, Gate, Interval, Outcome};

/// All gates, by scenario, or those that do not hold where there is room for no more.
pub(super) fn gates(summary: &Summary<'_>, space: &Space<'_, '_>) -> Markup {
    let is_short = space.room >= Room::OpenGates;
    let is_shown =
        |gate: &&Gate| space.shows(&gate.scenario) && (!is_short || gate.outcome != Outcome::Go);
    let gates: Vec<&Gate> = summary.gates.iter().filter(is_shown).collect();
    let scenarios = each_once(gates.iter().map(|gate| &gate.scenario));
    html! {
        @if !summary.gates.is_empty() {
            section aria-labelledby="gates" {
                h2 id="gates" { @if is_short { "The gates that do not hold" } @else { "Every gate" } }
                p {
                    (summary.held) " of " (summary.gates.len()) " gates hold."
                    @if is_short {
                        " This page has no room for those, and for no figures: "
                        code { "verdict.json" } " has them."
                    }
                }
                @if !is_short {
                    p.on-paper {
                        "On paper the figures behind the gates and the charts are folded away: the page on a screen \
                        and " code { "verdict.json" } " have them."
                    }
                }
                @for scenario in scenarios {
                    section {
                        h3 {
                            @if scenario.is_empty() {
                                (WHOLE_RUN)
                            } @else {
                                span.unseen { "Gates of " } (foreign(scenario))
                            }
                        }
                        ul.gates {
                            @for gate in gates.iter().filter(|gate| gate.scenario == *scenario) {
                                (gate_item(gate, is_short))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn gate_item(gate: &Gate, is_short: bool) -> Markup {
    html! {
        li.(class(gate.outcome)) {
            (badge(gate.outcome))
            div {
                h4 { (foreign(&gate.title)) }
                @if let Some(next) = &gate.next { p { (sentence(next)) } }
                p {
                    (sentence(&gate.reason))
                    @if !gate.required { span.aside { " (not required)" } }
                }
                @if is_short { p.aside { (code(&gate.id)) } } @else { (evidence(gate)) }
            }
        }
    }
}

/// The figures behind a gate, folded away: they are for who wants to work it out again.
fn evidence(gate: &Gate) -> Markup {
    html! {
        @if gate.interval.is_none() && gate.facts.is_empty() {
            p.aside { (code(&gate.id)) }
        } @else {
            details {
                summary { "The figures of " (code(&gate.id)) }
                dl {
                    @if let Some(found) = &gate.interval { (interval(found)) }
                    @for fact in &gate.facts { (fact_item(fact)) }
                }
            }
        }
    }
}

fn interval(interval: &Interval) -> Markup {
    let measured = Bounded {
        point: interval.point,
        low: interval.low,
        high: interval.high,
    };
    html! {
            dt { "measured [bounds], held against" }
            dd {
                (bounded_number(&measured, interval.unit)) ", "
                (show_number(Some(interval.threshold), interval.unit))
            }
    }
}

fn fact_item(fact: &Fact) -> Markup {
    html! {
        dt { (foreign(&fact.name)) }
        @match &fact.value {
            FactValue::Text(text) => dd { (sentence(text)) },
            FactValue::Number { number, unit } => dd { (show_number(*number, *unit)) },
        }
    }
}
