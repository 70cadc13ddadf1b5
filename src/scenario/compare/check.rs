//! From the form of `[compare]` to rules that make sense together.
//!
//! A rule that can never take hold (a map for a field that is ignored, a key that no two stores share)
//! would be believed to hold, so it is a mistake.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::wire::{CompareTable, FieldTable, ListTable};
use super::{CAPS, Compare, DRAWS, FieldPath, FieldRule, ListRule, Order, SortField, Treatment};
use crate::diagnostic::{At, Complaints, Entries, OneOrMany, Tree, nearest, suggest};

const MOST_DRAWS: u32 = 20;
const MEANINGS: [&str; 4] = ["instant", "date", "own-moment", "store"];

/// The rules of a table of a scenario with these steps; what is wrong in it has been complained about.
pub(in crate::scenario) fn compare(
    table: CompareTable,
    writes: bool,
    steps: &[String],
    complaints: &Complaints,
) -> Compare {
    let zone = table.zone.and_then(|zone| known_zone(&zone, complaints));
    let own_ids = names(table.own_ids, complaints);
    let fields: Vec<At<FieldRule>> = items(table.fields)
        .filter_map(|rule| field(rule, complaints))
        .collect();
    let lists: Vec<At<ListRule>> = items(table.lists)
        .filter_map(|rule| list(rule, complaints))
        .collect();
    each_once(&fields, &lists, complaints);
    inside_of_ignored(&fields, complaints);
    renamed_alike(&fields, complaints);
    with_own_ids(&own_ids, &fields, &lists, complaints);
    of_ignored(&fields, &lists, complaints);
    Compare {
        zone: zone.unwrap_or(TimeZone::UTC),
        draws: draws(table.draws, writes, complaints),
        own_ids,
        lists: lists.into_iter().map(|rule| rule.value).collect(),
        fields: fields.into_iter().map(|rule| rule.value).collect(),
        caps: caps(table.caps, complaints),
        storeless: storeless(table.storeless, steps, complaints),
    }
}

fn items<T>(list: Option<At<Vec<At<T>>>>) -> impl Iterator<Item = At<T>> {
    list.map(|list| list.value).unwrap_or_default().into_iter()
}

fn known_zone(zone: &At<String>, complaints: &Complaints) -> Option<TimeZone> {
    let found = TimeZone::get(&zone.value).ok();
    if found.is_none() {
        let known: Vec<String> = jiff::tz::db()
            .available()
            .map(|name| name.to_string())
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let help = match nearest(&zone.value, &known) {
            Some(name) => format!("did you mean `{name}`?"),
            None => {
                "write a name of the IANA database, like `Australia/Sydney` or `UTC`".to_owned()
            }
        };
        let message = format!("there is no time zone `{}`", zone.value);
        complaints.add(&zone.span, message, help);
    }
    found
}

fn draws(said: Option<At<u32>>, writes: bool, complaints: &Complaints) -> u32 {
    let Some(draws) = said else {
        return if writes { 1 } else { DRAWS };
    };
    if !(1..=MOST_DRAWS).contains(&draws.value) {
        let message = format!("{} is not a number of draws", draws.value);
        complaints.add(
            &draws.span,
            message,
            format!("write one from 1 to {MOST_DRAWS}"),
        );
    } else if writes && draws.value > 1 {
        complaints.add(
            &draws.span,
            "a scenario that writes is compared once",
            "leave `draws` out",
        );
    }
    draws.value
}

fn caps(said: Option<At<Vec<At<u32>>>>, complaints: &Complaints) -> Vec<usize> {
    if said.is_none() {
        return CAPS.to_vec();
    }
    let cap = |cap: At<u32>| {
        if cap.value == 0 {
            complaints.add(&cap.span, "no list is cut to nothing", "write at least 1");
        }
        usize::try_from(cap.value).ok()
    };
    items(said).filter_map(cap).collect()
}

fn storeless(
    list: Option<At<Vec<At<String>>>>,
    steps: &[String],
    complaints: &Complaints,
) -> Vec<String> {
    let named = list.iter().flat_map(|list| &list.value);
    let unknown =
        |name: &&At<String>| !name.value.trim().is_empty() && !steps.contains(&name.value);
    for name in named.filter(unknown) {
        let message = format!("there is no step `{}` in `steps` or `readback`", name.value);
        let help = suggest(&name.value, steps.iter().map(String::as_str));
        complaints.add(&name.span, message, help);
    }
    names(list, complaints)
}

fn names(list: Option<At<Vec<At<String>>>>, complaints: &Complaints) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in items(list) {
        if not_empty(&name, "this is no name", complaints) {
            if names.contains(&name.value) {
                let message = format!("`{}` stands here twice", name.value);
                complaints.add(&name.span, message, "leave the second one out");
            }
            names.push(name.value);
        }
    }
    names
}

fn not_empty(text: &At<String>, message: &str, complaints: &Complaints) -> bool {
    let empty = text.value.trim().is_empty();
    if empty {
        complaints.add(&text.span, message, "write at least a word");
    }
    !empty
}

fn path(text: Option<At<String>>, complaints: &Complaints) -> Option<At<FieldPath>> {
    let At { value, span } = text?;
    match value.parse() {
        Ok(value) => Some(At { value, span }),
        Err(error) => {
            let error: super::PathError = error;
            complaints.add(
                &span,
                error.to_string(),
                "write names and `[*]` for every item of a list, like `$.tasks[*].status`",
            );
            None
        }
    }
}

fn list(rule: At<ListTable>, complaints: &Complaints) -> Option<At<ListRule>> {
    let path = path(rule.value.path, complaints);
    let key = rule.value.key.map(At::into_list).unwrap_or_default();
    let right = |name: &At<String>| not_empty(name, "this is no field", complaints);
    let key: Vec<String> = key
        .into_iter()
        .filter(right)
        .map(|name| name.value)
        .collect();
    let order = match rule.value.order {
        None => Some(Order::Kept),
        Some(order) => self::order(order, complaints),
    };
    let At { value: path, span } = path?;
    let value = ListRule {
        path,
        key,
        order: order?,
    };
    Some(At { value, span })
}

fn order(said: At<OneOrMany<String>>, complaints: &Complaints) -> Option<Order> {
    let fields = match said.value {
        OneOrMany::One(word) => {
            return match word.as_str() {
                "kept" => Some(Order::Kept),
                "free" => Some(Order::Free),
                _ => {
                    let help = suggest(&word, ["kept", "free"]);
                    let help = format!("{help}, or a list of fields: `order = [\"-createdAt\"]`");
                    complaints.add(&said.span, format!("`{word}` is not an order"), help);
                    None
                }
            };
        }
        OneOrMany::Many(fields) => fields,
    };
    if fields.is_empty() {
        let help = "name a field, or write `order = \"free\"`";
        complaints.add(&said.span, "this sorts by nothing", help);
        return None;
    }
    let sort = |field: At<String>| {
        let (descending, name) = match field.value.strip_prefix('-') {
            Some(name) => (true, name.to_owned()),
            None => (false, field.value),
        };
        let span = field.span;
        let value = name.clone();
        let right = not_empty(&At { value, span }, "this is no field", complaints);
        right.then_some(SortField { name, descending })
    };
    let fields: Vec<Option<SortField>> = fields.into_iter().map(sort).collect();
    fields.into_iter().collect::<Option<_>>().map(Order::By)
}

fn field(rule: At<FieldTable>, complaints: &Complaints) -> Option<At<FieldRule>> {
    let At { value: table, span } = rule;
    let path = path(table.path, complaints);
    let named = path.as_ref().map(|path| path.value.to_string());
    let named = named.unwrap_or_else(|| "this field".to_owned());
    let ignored = table.ignore.is_some();
    let given: Vec<Option<Treatment>> = [
        table.ignore.map(|reason| ignore(reason, complaints)),
        table.meaning.map(|meaning| means(&meaning, complaints)),
        table.map.map(|map| mapped(map, complaints)),
        table.rename.map(|name| renamed(name, complaints)),
        table.tolerance.map(|width| tolerance(&width, complaints)),
    ]
    .into_iter()
    .flatten()
    .collect();
    if given.len() > 1 {
        let (message, help) = if ignored {
            let message = format!("{named} is ignored, so nothing else can be done with it");
            (message, "leave `ignore` out, or the other key")
        } else {
            let message = format!("two things cannot be done with {named} at once");
            (
                message,
                "keep one of the keys; after a `rename`, a rule of its own names the new field",
            )
        };
        complaints.add(&span, message, help);
        return None;
    }
    let Some(treatment) = given.into_iter().next() else {
        let help = "add one of `as`, `map`, `rename`, `tolerance`, `ignore`";
        complaints.add(&span, format!("this says nothing of {named}"), help);
        return None;
    };
    let (At { value: path, span }, treatment) = (path?, treatment?);
    let whole = !matches!(
        treatment,
        Treatment::Instant
            | Treatment::Day
            | Treatment::OwnMoment
            | Treatment::Map(_)
            | Treatment::Tolerance(_)
    );
    if path.parts().is_empty() || whole && path.field().is_none() {
        let help = "write the path of a field, like `$.tasks[*].status`";
        complaints.add(&span, format!("`{path}` is not a field"), help);
        return None;
    }
    let value = FieldRule { path, treatment };
    Some(At { value, span })
}

fn ignore(reason: At<String>, complaints: &Complaints) -> Option<Treatment> {
    let message = "what is ignored needs a reason, which will stand in the report";
    not_empty(&reason, message, complaints).then_some(Treatment::Ignore(reason.value))
}

fn means(meaning: &At<String>, complaints: &Complaints) -> Option<Treatment> {
    match meaning.value.as_str() {
        "instant" => Some(Treatment::Instant),
        "date" => Some(Treatment::Day),
        "own-moment" => Some(Treatment::OwnMoment),
        "store" => Some(Treatment::Store),
        other => {
            let message = format!("a field cannot be compared as `{other}`");
            complaints.add(&meaning.span, message, suggest(other, MEANINGS));
            None
        }
    }
}

fn mapped(map: At<Entries<Tree>>, complaints: &Complaints) -> Option<Treatment> {
    if map.value.0.is_empty() {
        let help = "write a pair: `map = { \"To Do\" = \"todo\" }`";
        complaints.add(&map.span, "this maps nothing", help);
        return None;
    }
    let mut values = BTreeMap::new();
    let mut right = true;
    for (from, At { value, span }) in map.value.0 {
        if matches!(value, Tree::List(_) | Tree::Table(_)) {
            let help = "write a text, a number or a truth value";
            complaints.add(&span, "a text cannot stand for a list or a table", help);
            right = false;
        }
        values.insert(from.value, Value::from(value));
    }
    right.then_some(Treatment::Map(values))
}

fn renamed(name: At<String>, complaints: &Complaints) -> Option<Treatment> {
    let message = "this is no name";
    not_empty(&name, message, complaints).then_some(Treatment::Rename(name.value))
}

fn tolerance(width: &At<f64>, complaints: &Complaints) -> Option<Treatment> {
    if width.value.is_finite() && width.value >= 0.0 {
        return Some(Treatment::Tolerance(width.value));
    }
    let message = format!("`{}` is not a distance", width.value);
    complaints.add(&width.span, message, "write a number from 0 on");
    None
}

fn each_once(fields: &[At<FieldRule>], lists: &[At<ListRule>], complaints: &Complaints) {
    let fields = fields.iter().map(|rule| (&rule.value.path, &rule.span));
    let lists = lists.iter().map(|rule| (&rule.value.path, &rule.span));
    let once = |rules: Vec<(&FieldPath, &Range<usize>)>| {
        for (at, (path, span)) in rules.iter().enumerate() {
            if rules[..at].iter().any(|(earlier, _)| earlier == path) {
                let help = "keep one of them";
                complaints.add(span, format!("`{path}` has a second rule"), help);
            }
        }
    };
    once(fields.collect());
    once(lists.collect());
}

fn inside_of_ignored(fields: &[At<FieldRule>], complaints: &Complaints) {
    for rule in fields {
        let outer = fields.iter().find(|other| {
            let hides = matches!(
                other.value.treatment,
                Treatment::Ignore(_) | Treatment::Store
            );
            hides
                && rule.value.path != other.value.path
                && rule.value.path.is_within(&other.value.path)
        });
        if let Some(outer) = outer {
            let message = format!("`{}` is ignored with all that is in it", outer.value.path);
            complaints.add(&rule.span, message, "leave this rule out, or that one");
        }
    }
}

/// Two fields of one object cannot have one new name: one of them would be lost.
fn renamed_alike(fields: &[At<FieldRule>], complaints: &Complaints) {
    let mut taken: Vec<FieldPath> = Vec::new();
    for rule in fields {
        let Treatment::Rename(name) = &rule.value.treatment else {
            continue;
        };
        let new = rule.value.path.parent().child(name);
        if taken.contains(&new) {
            let message = format!("another field is called `{new}` already by a rule");
            let help = "give each of them a name of its own, or ignore one of them";
            complaints.add(&rule.span, message, help);
        }
        taken.push(new);
    }
}

/// Ids that are each store's own are no values, and no two records find each other by them.
fn with_own_ids(
    own_ids: &[String],
    fields: &[At<FieldRule>],
    lists: &[At<ListRule>],
    complaints: &Complaints,
) {
    let own = |name: &str| own_ids.iter().any(|own| own == name);
    for rule in fields {
        let free = matches!(
            rule.value.treatment,
            Treatment::Ignore(_) | Treatment::Rename(_)
        );
        if let Some(name) = rule.value.path.field().filter(|name| own(name) && !free) {
            let message = format!("`{name}` is one of `own_ids`, so its text is not compared");
            complaints.add(
                &rule.span,
                message,
                "leave this rule out, or the name in `own_ids`",
            );
        }
    }
    for rule in lists {
        if let Some(name) = rule.value.key.iter().find(|name| own(name)) {
            let message =
                format!("each store has its own `{name}`, so no record would find its partner");
            complaints.add(&rule.span, message, "take another field for the key");
        }
    }
}

/// A key or an order by a field that is ignored would be by nothing.
fn of_ignored(fields: &[At<FieldRule>], lists: &[At<ListRule>], complaints: &Complaints) {
    for rule in lists {
        let sorted: &[SortField] = match &rule.value.order {
            Order::By(sorted) => sorted,
            _ => &[],
        };
        let items = rule.value.path.items();
        let used = sorted
            .iter()
            .map(|field| &field.name)
            .chain(&rule.value.key);
        for name in used {
            let path = items.child(name);
            let gone = fields.iter().any(|field| {
                let hides = matches!(
                    field.value.treatment,
                    Treatment::Ignore(_) | Treatment::Store
                );
                hides && path.is_within(&field.value.path)
            });
            if gone {
                let message = format!(
                    "`{path}` is ignored, so `{}` cannot use it",
                    rule.value.path
                );
                complaints.add(
                    &rule.span,
                    message,
                    "take another field, or compare this one",
                );
            }
        }
    }
}
