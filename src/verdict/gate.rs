//! What a gate, a claim and a verdict are. Gates are data: a renderer shows one that it has never
//! heard of by its title, reason, facts and interval.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The outcome of a gate, of a scenario, and of a whole run. The better ones come first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// The evidence shows that the condition holds.
    Go,
    /// Of a scenario or a run: it would be GO, but for gates that somebody waived. A gate itself never has it.
    GoWithWaivers,
    /// The evidence does not decide.
    Inconclusive,
    /// The evidence shows that the condition does not hold.
    NoGo,
}

impl Outcome {
    /// The words that people read: `GO`, `GO WITH WAIVERS`, `NO-GO`, `INCONCLUSIVE`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "GO",
            Self::GoWithWaivers => "GO WITH WAIVERS",
            Self::NoGo => "NO-GO",
            Self::Inconclusive => "INCONCLUSIVE",
        }
    }
}

/// One condition of the verdict, with the evidence for its outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// What kind of gate it is: `speedup-p50`, `target-p95`, ... as in the list of required gates.
    pub id: String,
    /// The scenario it belongs to.
    pub scenario: String,
    /// Whether the verdict needs it.
    pub required: bool,
    /// Its outcome.
    pub outcome: Outcome,
    /// The condition, in a few words: `p50 at least 20x faster`.
    pub title: String,
    /// Why the outcome is what it is, in a sentence.
    pub reason: String,
    /// What to do next, a sentence; none of a gate that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Who may go on without it, why and how long, when somebody waived it and it does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
    /// Whether measuring on for this gate's sake is a waste: its outcome is final, or it only
    /// watches for a fault (a failed answer, a 429, a slow harness) and has seen none so far.
    pub settled: bool,
    /// The measured interval against its threshold, where the gate has one.
    pub interval: Option<Interval>,
    /// The figures behind it, in reading order.
    pub facts: Vec<Fact>,
}

impl Gate {
    /// What the verdict makes of it.
    #[must_use]
    pub fn counts_as(&self) -> Outcome {
        match self.waived {
            Some(_) => Outcome::GoWithWaivers,
            None => self.outcome,
        }
    }

    /// The number of the fact with this name, when it is there and finite.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        let fact = self.facts.iter().find(|fact| fact.name == name)?;
        match fact.value {
            FactValue::Number { number, .. } => number,
            FactValue::Text(_) => None,
        }
    }
}

/// A measured interval and the threshold that it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// What the numbers are.
    pub unit: Unit,
    /// The lower bound; `null` when there is none yet.
    pub low: Option<f64>,
    /// The upper bound; `null` when there is none yet.
    pub high: Option<f64>,
    /// The point estimate, when there is a sample.
    pub point: Option<f64>,
    /// The value that decides.
    pub threshold: f64,
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// How many times faster.
    Ratio,
    /// A count.
    Count,
    /// A number without a unit.
    Plain,
}

/// One figure or remark behind a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// Its name in the field's words: `n_baseline`, `vif`, `ln_e`.
    pub name: String,
    /// Its value.
    pub value: FactValue,
}

impl Fact {
    /// A number; one that is infinite, or no number, is kept as `null`.
    #[must_use]
    pub fn number(name: &str, number: f64, unit: Unit) -> Self {
        Self {
            name: name.to_owned(),
            value: FactValue::Number {
                number: number.is_finite().then_some(number),
                unit,
            },
        }
    }

    /// A remark.
    #[must_use]
    pub fn text(name: &str, text: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: FactValue::Text(text.into()),
        }
    }
}

/// The value of a [`Fact`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FactValue {
    /// A number with its unit; an infinite one is `null`.
    Number {
        /// The number.
        number: Option<f64>,
        /// What it is.
        unit: Unit,
    },
    /// A remark, or one example of what was seen.
    Text(String),
}

/// Whether the `before` that the guide claims was true: reported, never gated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BeforeClaim {
    /// The scenario.
    pub scenario: String,
    /// What was found.
    pub finding: BeforeFinding,
    /// The finding in a sentence, with the figures.
    pub sentence: String,
    /// The baseline's median against the claimed range.
    pub point_s: Option<f64>,
    /// Lower bound of the baseline's median.
    pub low_s: Option<f64>,
    /// Upper bound of the baseline's median.
    pub high_s: Option<f64>,
}

/// How far the cutover of a scenario can reach, by the store's share of its time: reported, never gated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReachClaim {
    /// The scenario.
    pub scenario: String,
    /// The claim in a sentence without a full stop, with the figures.
    pub sentence: String,
    /// The store's share of the baseline's mean time, from 0 to 1.
    pub store_share: f64,
    /// The highest speedup of the mean; `null` where nothing but the store takes time.
    pub highest: Option<f64>,
    /// The speedup with the candidate's store, when its time is known.
    pub expected: Option<f64>,
    /// The highest speedup without the language model, where there is one; `null` as well where nothing
    /// would bound it.
    pub without_model: Option<f64>,
    /// Whether the promised speedup cannot be reached.
    pub falls_short: bool,
}

/// What was found of a claimed `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeforeFinding {
    /// The median lies inside the claimed range, bounds and all.
    True,
    /// The median is certainly below the range: the guide makes the baseline slower than it is.
    Overstated,
    /// The median is certainly above the range.
    Understated,
    /// The bounds reach across an end of the range.
    Undecided,
}

/// A waiver, with what came of it: reported whether it was needed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverClaim {
    /// The gate's id.
    pub gate: String,
    /// The scenario; every one when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Why it may be done without.
    pub reason: String,
    /// The last day on which it counts, in UTC: `2027-01-31`.
    pub expires: String,
    /// What came of it.
    pub state: WaiverState,
}

/// What came of a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaiverState {
    /// A gate does not hold, and counts as waived.
    Used,
    /// All that it waives holds.
    NotNeeded,
    /// Its last day was over.
    Expired,
    /// The run has no required gate that it concerns.
    MatchesNothing,
}

impl WaiverState {
    /// The state in a few words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::NotNeeded => "not needed",
            Self::Expired => "expired",
            Self::MatchesNothing => "concerns no required gate of this run",
        }
    }
}

/// What a run comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// The version of this form.
    pub schema_version: u32,
    /// The run that was judged.
    pub run: String,
    /// The command that made the record.
    pub command: String,
    /// The outcome.
    pub verdict: Outcome,
    /// The outcome in one sentence.
    pub sentence: String,
    /// What to do next, the most important first.
    pub next: Vec<String>,
    /// True when a simulated Notion stood for the real one.
    pub notion_is_simulated: bool,
    /// Every gate of every scenario.
    pub gates: Vec<Gate>,
    /// Every waiver, needed or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverClaim>,
    /// Whether the guide's `before` was true.
    pub before: Vec<BeforeClaim>,
    /// How far each scenario's cutover can reach, where somebody told where its time goes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reach: Vec<ReachClaim>,
}
