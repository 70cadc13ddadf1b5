//! Scenarios: named workloads that stand in files, so that what was measured can be read, reviewed
//! and changed without reading code.
//!
//! A file is read into a private, strict wire form (`wire`), checked as a whole (`compile`, `check`),
//! and converted once into the types here, which are valid by construction. Every step states its
//! expected answer, so that every benchmark is also a test. In a run, [`Inputs`] are drawn for an
//! iteration, each [`Step`] renders its request from them and examines the answer, and what it
//! captures goes into the inputs for the steps that follow.
//!
//! A step has a [`Form`] for each driver: its own keys say what an application's API is sent, and
//! `notion` in it what Notion itself is sent, and `sql` what a PostgreSQL is. The forms serve one purpose, each with an expected answer
//! and captures of its own, so that one file measures both.

mod answer;
mod check;
mod compare;
mod compile;
mod form;
mod inputs;
mod json;
mod load;
mod notion;
mod parts;
mod route;
mod sql;
mod step;
mod template;
#[cfg(test)]
mod tests;
mod wire;

pub use answer::{Examination, Problem, ProblemKind};
pub use compare::{
    CAPS, Compare, DRAWS, FieldPath, FieldRule, ListRule, Order, Part, PathError, SortField,
    Treatment,
};
pub use form::{Call, Form, HttpCall, SqlCall, StepError};
pub use inputs::Inputs;
pub use load::{ScenarioErrors, built_in, load};
pub use sql::SqlValue;
pub use step::Step;
pub use wire::schema;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::PathBuf;

use serde_json::Value;

use crate::driver::Driver;
use crate::promise::Promise;

/// A named workload.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name, unique among the scenarios of a run.
    pub name: String,
    /// What it stands for, in a sentence.
    pub summary: String,
    /// The file that defines it.
    pub file: PathBuf,
    /// That file's text, to be kept beside what was measured.
    pub text: String,
    /// What the migration guide claims of it; one without a promise is compared and never measured, see
    /// [`Measured`].
    pub promise: Option<Promise>,
    /// By which rules the answers of the two sides are compared, where its file says so.
    pub compare: Option<Compare>,
    /// Whether it creates objects.
    pub writes: bool,
    /// What stays behind after clean-up because the API cannot delete, if anything.
    pub leaves: Option<String>,
    /// The version of Notion's API that its forms for Notion are written for; `None` when it says none.
    pub notion_version: Option<String>,
    /// The timed steps, at least one.
    pub steps: Vec<Step>,
    /// Steps that read what `steps` left, where answers are compared.
    pub readback: Vec<Step>,
    /// Steps that run after each iteration, also after a failed one.
    pub cleanup: Vec<Step>,
    /// Steps that prove once, before the run, that a read shows what was just written.
    pub freshness: Vec<Step>,
    /// Steps that find by its marker what a killed run left, for the clean-up to remove.
    pub recover: Vec<Step>,
    /// Lists to draw inputs from.
    pub data: BTreeMap<String, Vec<Value>>,
}

impl Scenario {
    /// The steps of all its lists.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        [
            &self.steps,
            &self.readback,
            &self.cleanup,
            &self.freshness,
            &self.recover,
        ]
        .into_iter()
        .flatten()
    }

    /// Whether its freshness probe creates an object, on a side of any driver.
    #[must_use]
    pub fn probe_writes(&self) -> bool {
        let mut forms = self.freshness.iter().flat_map(Step::forms);
        forms.any(|form| !form.safe)
    }

    /// The most that one request to a side of this driver costs, in Notion requests.
    #[must_use]
    pub fn largest_cost(&self, driver: Driver) -> u32 {
        let forms = self.all_steps().filter_map(|step| step.form(driver));
        forms.map(|form| form.cost).max().unwrap_or(1)
    }

    /// Why its forms for Notion cannot be sent with this version of Notion's API, if they cannot.
    #[must_use]
    pub fn version_obstacle(&self, version: &str) -> Option<String> {
        let own = self
            .notion_version
            .as_deref()
            .filter(|own| *own != version)?;
        Some(format!(
            "{}: its forms are written for version {own} of Notion's API, and the configuration has {version}; \
             set `version = \"{own}\"`, or rewrite the forms and their `notion_version`",
            self.name
        ))
    }

    /// Why it cannot be measured on a side of this driver with these variables: every form that is missing
    /// and every variable that is not there. Nothing, when it can.
    #[must_use]
    pub fn obstacles(&self, driver: Driver, variables: &BTreeMap<String, String>) -> Vec<String> {
        let lists = [
            ("steps", &self.steps),
            ("cleanup", &self.cleanup),
            ("freshness", &self.freshness),
            ("recover", &self.recover),
        ];
        self.obstacles_in(&lists, driver, variables)
    }

    /// Why its answers cannot be compared on a side of this driver with these variables, in the same form.
    #[must_use]
    pub fn obstacles_to_comparing(
        &self,
        driver: Driver,
        variables: &BTreeMap<String, String>,
    ) -> Vec<String> {
        let lists = [
            ("steps", &self.steps),
            ("readback", &self.readback),
            ("cleanup", &self.cleanup),
            ("recover", &self.recover),
        ];
        self.obstacles_in(&lists, driver, variables)
    }

    fn obstacles_in(
        &self,
        lists: &[(&str, &Vec<Step>)],
        driver: Driver,
        variables: &BTreeMap<String, String>,
    ) -> Vec<String> {
        let mut obstacles = Vec::new();
        for (list, step) in lists
            .iter()
            .flat_map(|(list, steps)| steps.iter().map(move |step| (list, step)))
        {
            let place = format!("{}: `{}` of `{list}`", self.name, step.name);
            let Some(form) = step.form(driver) else {
                let key = driver.form_key().unwrap_or_else(|| driver.name());
                obstacles.push(format!("{place} has no form `[{list}.{key}]`"));
                continue;
            };
            let missing = form
                .target_variables()
                .filter(|name| !variables.contains_key(*name));
            obstacles.extend(missing.map(|name| format!("{place} uses `target.{name}`")));
        }
        obstacles
    }
}

/// A scenario that promises something, and so is measured.
#[derive(Debug, Clone)]
pub struct Measured {
    scenario: Scenario,
    /// What the migration guide claims of it.
    pub promise: Promise,
}

impl Measured {
    /// The scenario, when it promises something.
    #[must_use]
    pub fn of(scenario: Scenario) -> Option<Self> {
        let promise = scenario.promise.clone()?;
        Some(Self { scenario, promise })
    }
}

impl Deref for Measured {
    type Target = Scenario;

    fn deref(&self) -> &Scenario {
        &self.scenario
    }
}
