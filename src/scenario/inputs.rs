//! What an iteration's templates are filled with, so that both sides are asked the same.
//!
//! Everything random follows from the seed, the scenario's name and the iteration's number, never
//! from the side or from the time. Rendering is pure: a step that is rendered again for another
//! attempt gives the same request, because its random calls start anew from the step's own stream
//! and depend only on their order within the step.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, Serde};
use minijinja::{Error, ErrorKind};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::Value;

use super::Scenario;

/// The names that templates know beside `data.<list>`, the functions and the captures.
pub(super) const VARIABLES: [&str; 4] = ["seed", "iteration", "run", "marker"];
/// The name under which templates know the variables of the side that they are rendered for.
pub(super) const TARGET: &str = "target";
/// What stands before such a variable in a list of used names.
pub(super) const TARGET_PREFIX: &str = "target.";
/// The random functions.
pub(super) const FUNCTIONS: [&str; 3] = ["word", "words", "integer"];
/// The most words that one call gives.
const MOST_WORDS: usize = 10_000;

/// Plain words for titles and texts; none of them needs escaping anywhere.
const WORDS: [&str; 48] = [
    "agenda",
    "answer",
    "archive",
    "budget",
    "calendar",
    "camera",
    "chapter",
    "checklist",
    "client",
    "coffee",
    "contract",
    "deadline",
    "delivery",
    "design",
    "draft",
    "email",
    "estimate",
    "feedback",
    "garden",
    "holiday",
    "invoice",
    "journal",
    "kitchen",
    "launch",
    "letter",
    "library",
    "meeting",
    "message",
    "notebook",
    "office",
    "order",
    "paper",
    "parcel",
    "payment",
    "photo",
    "planner",
    "printer",
    "project",
    "receipt",
    "recipe",
    "report",
    "review",
    "schedule",
    "summary",
    "ticket",
    "travel",
    "update",
    "window",
];

/// The values for one iteration of one scenario on one side.
#[derive(Debug, Clone)]
pub struct Inputs {
    scenario: String,
    run: String,
    seed: u64,
    iteration: u32,
    marker: String,
    data: BTreeMap<String, Value>,
    captured: BTreeMap<String, Value>,
    target: Arc<TargetVariables>,
}

/// What `{{ target.<name> }}` stands for.
#[derive(Debug)]
enum TargetVariables {
    /// Any name, for checking templates before it is known where they are sent.
    Any,
    /// Those of one side.
    Of(BTreeMap<String, String>),
}

impl Object for TargetVariables {
    fn get_value(self: &Arc<Self>, name: &minijinja::Value) -> Option<minijinja::Value> {
        match &**self {
            Self::Any => Some("x".into()),
            Self::Of(variables) => variables
                .get(name.as_str()?)
                .map(|value| value.as_str().into()),
        }
    }
}

impl Inputs {
    /// Draws the inputs of an iteration: one item of each data list, each list by itself.
    #[must_use]
    pub fn draw(scenario: &Scenario, run: &str, seed: u64, iteration: u32, marker: String) -> Self {
        let mut inputs = Self {
            scenario: scenario.name.clone(),
            run: run.to_owned(),
            seed,
            iteration,
            marker,
            data: BTreeMap::new(),
            captured: BTreeMap::new(),
            target: Arc::new(TargetVariables::Of(BTreeMap::new())),
        };
        for (list, items) in &scenario.data {
            let mut stream = inputs.stream(&["data", list]);
            if !items.is_empty() {
                let item = items[stream.random_range(0..items.len())].clone();
                inputs.data.insert(list.clone(), item);
            }
        }
        inputs
    }

    /// Stand-ins for checking templates when they are loaded: the first item of each list.
    pub(super) fn sample(data: &BTreeMap<String, Vec<Value>>) -> Self {
        let first = |(list, items): (&String, &Vec<Value>)| {
            Some((list.clone(), items.first().cloned().unwrap_or(Value::Null)))
        };
        Self {
            scenario: String::new(),
            run: "run".to_owned(),
            seed: 0,
            iteration: 0,
            marker: "marker".to_owned(),
            data: data.iter().filter_map(first).collect(),
            captured: BTreeMap::new(),
            target: Arc::new(TargetVariables::Any),
        }
    }

    /// The same inputs for a side with these variables.
    #[must_use]
    pub fn at_target(&self, variables: &BTreeMap<String, String>) -> Self {
        Self {
            target: Arc::new(TargetVariables::Of(variables.clone())),
            ..self.clone()
        }
    }

    /// Keeps a captured value for the steps that follow; a later one of the same name replaces it.
    pub fn capture(&mut self, name: impl Into<String>, value: Value) {
        self.captured.insert(name.into(), value);
    }

    /// A captured value.
    #[must_use]
    pub fn captured(&self, name: &str) -> Option<&Value> {
        self.captured.get(name)
    }

    /// The number of the iteration, from 0.
    #[must_use]
    pub fn iteration(&self) -> u32 {
        self.iteration
    }

    /// What marks everything that this iteration creates.
    #[must_use]
    pub fn marker(&self) -> &str {
        &self.marker
    }

    pub(super) fn captured_names(&self) -> impl Iterator<Item = &str> {
        self.captured.keys().map(String::as_str)
    }

    pub(super) fn lists(&self) -> impl Iterator<Item = &str> {
        self.data.keys().map(String::as_str)
    }

    /// The variables of a template, without the random functions.
    pub(super) fn context(&self) -> minijinja::Value {
        minijinja::Value::from_pairs(self.variables())
    }

    /// The variables of a template with the random functions, which draw from the stream `name`.
    pub(super) fn random_context(&self, name: &str) -> minijinja::Value {
        let mut variables = self.variables();
        variables.extend(random_functions(self.stream(&["step", name])));
        minijinja::Value::from_pairs(variables)
    }

    fn variables(&self) -> Vec<(String, minijinja::Value)> {
        let mut all: Vec<(String, minijinja::Value)> = self
            .captured
            .iter()
            .map(|(name, value)| (name.clone(), Serde(value).into()))
            .collect();
        all.extend([
            ("seed".to_owned(), self.seed.into()),
            ("iteration".to_owned(), self.iteration.into()),
            ("run".to_owned(), self.run.as_str().into()),
            ("marker".to_owned(), self.marker.as_str().into()),
            ("data".to_owned(), Serde(&self.data).into()),
            (
                TARGET.to_owned(),
                minijinja::Value::from_dyn_object(Arc::clone(&self.target)),
            ),
        ]);
        all
    }

    /// A stream of random numbers of its own for each name.
    fn stream(&self, name: &[&str]) -> Xoshiro256PlusPlus {
        let iteration = self.iteration.to_le_bytes();
        let seed = self.seed.to_le_bytes();
        let parts = [seed.as_slice(), self.scenario.as_bytes(), &iteration];
        let names = name.iter().map(|part| part.as_bytes());
        Xoshiro256PlusPlus::seed_from_u64(fnv1a(parts.into_iter().chain(names)))
    }
}

/// FNV-1a, 64 bits (draft-eastlake-fnv): the standard library's hash may change with its version,
/// and a seed must mean the same inputs for ever. Each part ends with a byte that UTF-8 never has.
fn fnv1a<'p>(parts: impl Iterator<Item = &'p [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain([&0xff]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

fn random_functions(stream: Xoshiro256PlusPlus) -> [(String, minijinja::Value); 3] {
    let stream = Arc::new(Mutex::new(stream));
    let draw = move |low: i64, high: i64| {
        let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.random_range(low..=high)
    };
    let pick = {
        let draw = draw.clone();
        move || {
            let last = i64::try_from(WORDS.len() - 1).unwrap_or(0);
            let index = usize::try_from(draw(0, last)).unwrap_or(0);
            WORDS[index]
        }
    };
    let word = {
        let pick = pick.clone();
        move || pick().to_owned()
    };
    let words = move |count: usize| {
        if count > MOST_WORDS {
            let reason = format!("words(n) gives at most {MOST_WORDS}");
            return Err(Error::new(ErrorKind::InvalidOperation, reason));
        }
        Ok((0..count).map(|_| pick()).collect::<Vec<_>>().join(" "))
    };
    let integer = move |low: i64, high: i64| {
        if low > high {
            let reason = format!("integer({low}, {high}) is upside down");
            return Err(Error::new(ErrorKind::InvalidOperation, reason));
        }
        Ok(draw(low, high))
    };
    [
        ("word".to_owned(), minijinja::Value::from_function(word)),
        ("words".to_owned(), minijinja::Value::from_function(words)),
        (
            "integer".to_owned(),
            minijinja::Value::from_function(integer),
        ),
    ]
}
