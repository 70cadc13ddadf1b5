//! From the form of a file to a scenario: the rules that concern it as a whole.
//!
//! The rules about writing exist because a run leaves nothing behind. What a scenario creates must
//! carry the marker, must be removed by its clean-up, and must be found again by the marker after a
//! run that was killed, without anything else being found.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use serde_json::Value;

use super::Scenario;
use super::compare::{self, Compare};
use super::compile::{List, Placed, Scopes, is_identifier, steps};
use super::form::Form;
use super::inputs::Inputs;
use super::template::Scope;
use super::wire::{PromiseTable, ScenarioFile};
use crate::diagnostic::{At, Complaints, Entries, Tree};
use crate::driver::Driver;
use crate::promise::Promise;

const STEPS: List = List {
    key: "steps",
    may_find_nothing: false,
};
const READBACK: List = List {
    key: "readback",
    may_find_nothing: false,
};
const CLEANUP: List = List {
    key: "cleanup",
    may_find_nothing: false,
};
const FRESHNESS: List = List {
    key: "freshness",
    may_find_nothing: false,
};
const RECOVER: List = List {
    key: "recover",
    may_find_nothing: true,
};

/// The four lists of steps.
struct Lists<S> {
    steps: Vec<S>,
    cleanup: Vec<S>,
    freshness: Vec<S>,
    recover: Vec<S>,
}

impl Lists<Placed> {
    /// The forms for one driver; `None` when a step has none, so that no such side can run them.
    fn forms(&self, driver: Driver) -> Option<Lists<At<&Form>>> {
        fn of(steps: &[Placed], driver: Driver) -> Option<Vec<At<&Form>>> {
            steps.iter().map(|step| step.form(driver)).collect()
        }
        Some(Lists {
            steps: of(&self.steps, driver)?,
            cleanup: of(&self.cleanup, driver)?,
            freshness: of(&self.freshness, driver)?,
            recover: of(&self.recover, driver)?,
        })
    }
}

/// The scenario of a file; `None` after a complaint.
pub(super) fn scenario(
    path: &Path,
    file: ScenarioFile,
    complaints: &Complaints,
) -> Option<Scenario> {
    has_purpose_and_steps(&file, complaints);
    let names = step_names(&file);
    let name = file.name.and_then(|name| kebab_case(name, complaints));
    let promise = file.promise.map(|promise| promised(promise.value));
    let notion_version = file
        .notion_version
        .and_then(|version| notion_version(version, complaints));
    let writes = file.writes.as_ref().is_some_and(|writes| writes.value);
    let rules_of = |table: At<_>| compare::compare(table.value, writes, &names, complaints);
    let compare: Option<Compare> = file.compare.map(rules_of);
    let data = data(file.data, complaints);
    let scope = Scope {
        sample: Inputs::sample(&data),
        random: true,
    };
    let mut scopes = Scopes {
        notion: scope.clone(),
        sql: scope.clone(),
        http: scope,
    };
    let compile = |tables: Option<At<Vec<_>>>, list, scopes: &mut Scopes| {
        let tables = tables.map(|tables| tables.value).unwrap_or_default();
        steps(tables, list, scopes, complaints)
    };
    let mut after_steps = scopes.clone();
    let timed = compile(file.steps, STEPS, &mut after_steps);
    let readback = compile(file.readback, READBACK, &mut after_steps);
    only_reads(&readback, &timed, complaints);
    let freshness = compile(file.freshness, FRESHNESS, &mut scopes.clone());
    let recover = compile(file.recover, RECOVER, &mut scopes.clone());
    for list in [&timed, &freshness, &recover] {
        know_captures(list, &mut scopes);
    }
    let lists = Lists {
        cleanup: compile(file.cleanup, CLEANUP, &mut scopes),
        steps: timed,
        freshness,
        recover,
    };
    for driver in Driver::ALL {
        // A step that is wrong is not in its list, and rules about the whole would blame the others.
        if let (true, Some(forms)) = (complaints.is_empty(), lists.forms(driver)) {
            rules(
                &forms,
                file.writes.as_ref(),
                file.leaves.as_ref(),
                complaints,
            );
        }
    }
    let plain = |steps: Vec<Placed>| steps.into_iter().map(|step| step.step).collect();
    let scenario = Scenario {
        text: complaints.source().text().to_owned(),
        name: name?,
        summary: file.summary?.value,
        file: path.to_owned(),
        // A promise that is there and wrong has been complained about.
        promise: promise.flatten(),
        compare,
        writes,
        leaves: file.leaves.map(|leaves| leaves.value),
        notion_version,
        steps: plain(lists.steps),
        readback: plain(readback),
        cleanup: plain(lists.cleanup),
        freshness: plain(lists.freshness),
        recover: plain(lists.recover),
        data,
    };
    complaints.is_empty().then_some(scenario)
}

fn has_purpose_and_steps(file: &ScenarioFile, complaints: &Complaints) {
    let has_purpose = file.promise.is_some() || file.compare.is_some();
    if let (Some(name), false) = (&file.name, has_purpose) {
        complaints.add(
            &name.span,
            "nothing says what this scenario is for",
            "to measure it, add `[promise]` with `source`, `before`, `after` and `speedup`; to compare its \
             answers only, add `[compare]`",
        );
    }
    let no_steps = file.steps.as_ref().filter(|steps| steps.value.is_empty());
    if let Some(steps) = no_steps {
        complaints.add(&steps.span, "there is no step", "add a `[[steps]]`");
    }
}

/// The names of the steps whose answers are compared.
fn step_names(file: &ScenarioFile) -> Vec<String> {
    let lists = [&file.steps, &file.readback].into_iter().flatten();
    let steps = lists.flat_map(|list| &list.value);
    let names = steps.filter_map(|step| step.value.name.as_ref());
    names.map(|name| name.value.clone()).collect()
}

fn kebab_case(name: At<String>, complaints: &Complaints) -> Option<String> {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if name.value.split('-').all(part) {
        return Some(name.value);
    }
    complaints.add(
        &name.span,
        format!("`{}` cannot be the name of a scenario", name.value),
        "use small letters, digits and single hyphens: `dashboard-load`",
    );
    None
}

fn notion_version(version: At<String>, complaints: &Complaints) -> Option<String> {
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = version.value.split('-').collect();
    if matches!(parts[..], [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2))
    {
        return Some(version.value);
    }
    complaints.add(
        &version.span,
        format!("`{}` is no version of Notion's API", version.value),
        "write the date that Notion calls it by: `notion_version = \"2022-06-28\"`",
    );
    None
}

fn promised(table: PromiseTable) -> Option<Promise> {
    Some(Promise {
        source: table.source?.value,
        before: table.before?.value,
        after: table.after?.value,
        speedup: table.speedup?.value,
    })
}

fn data(
    lists: Option<At<Entries<Vec<At<Tree>>>>>,
    complaints: &Complaints,
) -> BTreeMap<String, Vec<Value>> {
    let lists = lists.map(|lists| lists.value.0).unwrap_or_default();
    for (name, items) in &lists {
        if !is_identifier(&name.value) {
            complaints.add(
                &name.span,
                format!("`{}` cannot be the name of a list", name.value),
                "use small letters, digits and `_`, and begin with a letter: `topics`",
            );
        }
        if items.value.is_empty() {
            complaints.add(&items.span, "this list is empty", "add an item to draw");
        }
    }
    lists
        .into_iter()
        .map(|(name, items)| {
            let items = items.value.into_iter().map(|item| item.value.into());
            (name.value, items.collect())
        })
        .collect()
}

fn rules(
    lists: &Lists<At<&Form>>,
    writes: Option<&At<bool>>,
    leaves: Option<&At<String>>,
    complaints: &Complaints,
) {
    let declared = writes.filter(|writes| writes.value);
    let unsafe_step = |steps: &[At<&Form>]| {
        let found = steps.iter().find(|step| !step.value.safe);
        found.map(|step| step.span.clone())
    };
    let (writing, probing) = (unsafe_step(&lists.steps), unsafe_step(&lists.freshness));
    match (declared, &writing) {
        (None, Some(span)) => {
            complaints.add(
                span,
                "this step may change something, but the scenario does not say that it writes",
                "add `writes = true` at the top of the file, or `safe = true` to a step that reads",
            );
            return; // What follows from writing is asked for once the intent is clear.
        }
        (Some(declared), None) => complaints.add(
            &declared.span,
            "the scenario says that it writes, but none of its steps does",
            "remove `writes`, or add `safe = false` to the step that writes",
        ),
        (None, None) | (Some(_), Some(_)) => {}
    }
    if let (Some(leaves), None, None) = (leaves, &writing, &probing) {
        complaints.add(
            &leaves.span,
            "only a scenario that writes can leave something",
            "remove `leaves`",
        );
    }
    for (span, steps, key) in [
        (&writing, &lists.steps, STEPS.key),
        (&probing, &lists.freshness, FRESHNESS.key),
    ] {
        let marked = |step: &At<&Form>| !step.value.safe && step.value.sends_marker();
        if let (Some(span), false) = (span, steps.iter().any(marked)) {
            complaints.add(
                span,
                format!("no step of `{key}` that changes something sends `{{{{ marker }}}}`"),
                "put `{{ marker }}` where `recover` can find it, for example into the title",
            );
        }
    }
    if let Some(span) = writing.or(probing) {
        rules_of_removal(lists, &span, complaints);
    }
}

/// What a scenario that creates something needs, so that nothing is left and nothing else removed.
fn rules_of_removal(lists: &Lists<At<&Form>>, creates: &Range<usize>, complaints: &Complaints) {
    for (steps, key, purpose) in [
        (
            &lists.cleanup,
            CLEANUP.key,
            "removes what an iteration created",
        ),
        (
            &lists.recover,
            RECOVER.key,
            "finds by `{{ marker }}` what a killed run left",
        ),
    ] {
        if steps.is_empty() {
            complaints.add(
                creates,
                format!("the scenario creates something here, but has no `{key}`"),
                format!("add a `[[{key}]]` step that {purpose}"),
            );
        }
    }
    for step in &lists.recover {
        if !step.value.safe {
            complaints.add(
                &step.span,
                "a step of `recover` only looks, but this one may change something",
                "remove in `cleanup`, or add `safe = true` to a step that only reads",
            );
        }
        for name in step.value.captures_without_marker() {
            complaints.add(
                &step.span,
                format!("`{name}` takes every match, also what no run has created"),
                "select by the marker in its path, in case the target ignores the query: \
                 `$.tasks[?search(@.title, '{{ marker }}')].id`",
            );
        }
    }
    let own: BTreeSet<&str> = captures(&lists.cleanup).collect();
    let found: BTreeSet<&str> = captures(&lists.recover).collect();
    for step in &lists.cleanup {
        for name in step.value.needs() {
            if !lists.recover.is_empty() && !found.contains(name) && !own.contains(name) {
                complaints.add(
                    &step.span,
                    format!("this needs `{name}`, which `recover` does not capture"),
                    format!("capture `{name}` in a step of `recover` too"),
                );
            }
        }
    }
}

/// Lets later templates use what these steps capture.
fn know_captures(steps: &[Placed], scopes: &mut Scopes) {
    for form in steps.iter().flat_map(|step| step.step.forms()) {
        let known = scopes.of(form.driver);
        for name in form.captures() {
            known.sample.capture(name, "x".into());
        }
    }
}

/// What reads back runs after all that is compared was done, and must not change it. Answers are compared
/// by the names of their steps, which are one list then.
fn only_reads(readback: &[Placed], timed: &[Placed], complaints: &Complaints) {
    for step in readback {
        let name = &step.step.name;
        if timed.iter().any(|timed| timed.step.name == *name) {
            complaints.add(
                &step.http,
                format!("`steps` and `readback` both have a step that is called `{name}`"),
                "give the one that reads back another name",
            );
        }
        let mut forms = Driver::ALL
            .into_iter()
            .filter_map(|driver| step.form(driver));
        if let Some(form) = forms.find(|form| !form.value.safe) {
            complaints.add(
                &form.span,
                "a step of `readback` only looks, but this one may change something",
                "change in `steps`, or add `safe = true` to a step that only reads",
            );
        }
    }
}

fn captures<'f>(steps: &[At<&'f Form>]) -> impl Iterator<Item = &'f str> {
    steps.iter().flat_map(|step| step.value.captures())
}
