//! From two canonical answers to their differences, counted by general path.
//!
//! Two stores that differ in one column differ in every record, and nobody reads that 150 times: a
//! difference is told once for its path, with how often it was seen, how often it could have been, and
//! one case of it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::canonical::{Canonical, Leaf};
use super::ids::Link;
use super::moment;
use super::order;
use super::pairing::{self, Pairing};
use super::tally::{By, Extent, MOST_PAIRS, Place, RuleField, Tally};
use crate::record::{Example, FindingKind};
use crate::scenario::{Compare, FieldPath, ListRule, Order, Treatment};

/// Lays the answers of one step side by side.
pub(super) struct Differ<'t> {
    pub(super) rules: &'t Compare,
    pub(super) step: &'t str,
    pub(super) tally: &'t mut Tally,
}

/// Which record a value belongs to.
#[derive(Clone)]
struct Record {
    /// As a person finds it.
    name: String,
    /// Whether both sides' records are surely the same one.
    certain: bool,
}

impl Differ<'_> {
    /// Compares two answers.
    pub(super) fn answers(&mut self, left: &Canonical, right: &Canonical) {
        self.extent().answers += 1;
        let record = Record {
            name: "the answer".to_owned(),
            certain: true,
        };
        self.values(&FieldPath::root(), &record, left, right);
    }

    pub(super) fn extent(&mut self) -> &mut Extent {
        self.tally.extents.entry(self.step.to_owned()).or_default()
    }

    fn place(&self, path: &FieldPath, kind: FindingKind) -> Place {
        Place {
            step: self.step.to_owned(),
            path: path.clone(),
            kind,
        }
    }

    fn values(&mut self, path: &FieldPath, record: &Record, left: &Canonical, right: &Canonical) {
        match (left, right) {
            (Canonical::Fields(left), Canonical::Fields(right)) => {
                let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
                for name in names {
                    self.field(&path.child(name), record, left.get(name), right.get(name));
                }
            }
            (Canonical::List(left), Canonical::List(right)) => {
                self.lists(path, record, left, right)
            }
            _ => {
                self.extent().values += 1;
                self.tally.chance(self.place(path, FindingKind::Value), 1);
                self.single(path, record, left, right);
            }
        }
    }

    fn field(
        &mut self,
        path: &FieldPath,
        record: &Record,
        left: Option<&Canonical>,
        right: Option<&Canonical>,
    ) {
        let (kind, there) = match (left, right) {
            (Some(left), Some(right)) => return self.both(path, record, left, right),
            (Some(left), None) => (FindingKind::FieldMissing, left),
            (None, Some(right)) => (FindingKind::FieldExtra, right),
            (None, None) => return,
        };
        self.tally.chance(self.place(path, kind), 1);
        let shown = there.shown();
        let (left, right) = match kind {
            FindingKind::FieldMissing => (Some(shown.as_str()), None),
            _ => (None, Some(shown.as_str())),
        };
        let example = || Example::new(&record.name, left, right);
        self.tally.add(self.place(path, kind), example);
    }

    /// A field that both have: an id of each store's own is laid by for the bijection.
    fn both(&mut self, path: &FieldPath, record: &Record, left: &Canonical, right: &Canonical) {
        let own = path.field().is_some_and(|name| self.rules.is_own_id(name));
        if let (true, Canonical::Leaf(left), Canonical::Leaf(right)) = (own, left, right)
            && !left.value.is_null()
            && !right.value.is_null()
        {
            if record.certain {
                self.tally
                    .chance(self.place(path, FindingKind::LinkElsewhere), 1);
                let first = self.rules.own_ids.first().map(String::as_str);
                self.tally.links.push(Link {
                    own: path.field() == first,
                    place: self.place(path, FindingKind::LinkElsewhere),
                    record: record.name.clone(),
                    left: left.value.to_string(),
                    right: right.value.to_string(),
                });
            } else {
                self.extent().ids_passed_over += 1;
            }
            return;
        }
        self.values(path, record, left, right);
    }

    fn single(&mut self, path: &FieldPath, record: &Record, left: &Canonical, right: &Canonical) {
        let (kind, seconds) = match (left, right) {
            (Canonical::Leaf(a), Canonical::Leaf(b)) => match self.leaves(path, a, b) {
                Some(difference) => difference,
                None => return,
            },
            (Canonical::Leaf(leaf), _) | (_, Canonical::Leaf(leaf)) if leaf.value.is_null() => {
                (FindingKind::Value, None)
            }
            _ => (FindingKind::TypeChanged, None),
        };
        let (says, answers) = (left.shown(), right.shown());
        let example = || Example::new(&record.name, Some(&says), Some(&answers));
        let place = self.place(path, kind);
        let zone = &self.rules.zone;
        let found = self.tally.add(place, example);
        if let Some(seconds) = seconds {
            if found.shifts.len() < MOST_PAIRS {
                *found.shifts.entry(seconds).or_default() += 1;
            }
            if let (Canonical::Leaf(a), Canonical::Leaf(b)) = (left, right) {
                found.remark = found.remark.take().or_else(|| day_told(a, b, zone));
            }
        } else if kind == FindingKind::TypeChanged {
            let kinds = format!("{} became {}", left.kind(), right.kind());
            found.remark.get_or_insert(kinds);
        } else if found.pairs.len() < MOST_PAIRS {
            let said = |value: &Canonical| match value {
                Canonical::Leaf(leaf) => leaf.said.to_string(),
                other => other.shown(),
            };
            *found.pairs.entry((said(left), said(right))).or_default() += 1;
        }
    }

    /// In which way two single values differ, if they do, and by how many seconds.
    fn leaves(&self, path: &FieldPath, a: &Leaf, b: &Leaf) -> Option<(FindingKind, Option<i64>)> {
        if a.value == b.value {
            return None;
        }
        if let (Some(a), Some(b)) = (a.moment, b.moment) {
            return Some((
                FindingKind::MomentShifted,
                Some(moment::seconds_between(a, b)),
            ));
        }
        if let Some(Treatment::Tolerance(width)) = self.rules.field(path)
            && let (Some(a), Some(b)) = (a.value.as_f64(), b.value.as_f64())
            && (a - b).abs() <= *width
        {
            return None;
        }
        let kind = |value: &Value| std::mem::discriminant(value);
        let empty = a.value.is_null() || b.value.is_null();
        let same_type = empty || kind(&a.value) == kind(&b.value);
        Some((
            if same_type {
                FindingKind::Value
            } else {
                FindingKind::TypeChanged
            },
            None,
        ))
    }

    fn lists(
        &mut self,
        path: &FieldPath,
        record: &Record,
        left: &[Canonical],
        right: &[Canonical],
    ) {
        let rules = self.rules;
        let rule = rules.list(path);
        if let Some(rule) = rule {
            self.rule_fields(path, rule, (left, right));
        }
        let pairing = pairing::pair(rule, left, right, rules);
        let names = |list: &[Canonical]| -> Vec<String> {
            let named = list.iter().enumerate();
            named
                .map(|(at, item)| name(record, rule, item, at))
                .collect()
        };
        let (left_names, right_names) = (names(left), names(right));
        self.extent().records += pairing.pairs.len() as u64;
        self.tally
            .chance(self.place(path, FindingKind::RecordMissing), left.len());
        self.tally
            .chance(self.place(path, FindingKind::RecordExtra), right.len());
        for &at in &pairing.missing {
            let example = || Example::new(&left_names[at], Some(&left[at].shown()), None);
            self.tally
                .add(self.place(path, FindingKind::RecordMissing), example);
        }
        let more = [
            (FindingKind::RecordExtra, &pairing.extra),
            (FindingKind::RecordDuplicated, &pairing.duplicated),
        ];
        for (kind, places) in more {
            for &at in places {
                let example = || Example::new(&right_names[at], None, Some(&right[at].shown()));
                self.tally.add(self.place(path, kind), example);
            }
        }
        self.caps(path, left.len(), right.len());
        self.order(path, rule, &pairing, left, right, &right_names);
        for pair in &pairing.pairs {
            let inner = Record {
                name: left_names[pair.left].clone(),
                certain: record.certain && pair.certain,
            };
            self.values(&path.items(), &inner, &left[pair.left], &right[pair.right]);
        }
    }

    /// Notes which of the fields that a rule names are there.
    fn rule_fields(
        &mut self,
        path: &FieldPath,
        rule: &ListRule,
        (left, right): (&[Canonical], &[Canonical]),
    ) {
        let records = || left.iter().chain(right);
        if records().next().is_none() {
            return;
        }
        let by_key = rule.key.iter().map(|name| (By::Key, name));
        let by_order = match &rule.order {
            Order::By(sorted) => sorted.as_slice(),
            Order::Kept | Order::Free => &[],
        };
        let by_order = by_order.iter().map(|field| (By::Order, &field.name));
        for (by, name) in by_key.chain(by_order) {
            let has = |record: &Canonical| match record {
                Canonical::Fields(fields) => fields.contains_key(name),
                // What is no object is its own key.
                _ => by == By::Key,
            };
            let field = RuleField {
                step: self.step.to_owned(),
                list: path.clone(),
                by,
                name: name.clone(),
            };
            self.tally.rule_field(field, records().any(has));
        }
    }

    /// Whether a list ends where lists are cut. Two that are cut alike are a doubt only, where the noise
    /// shows that they hold the same records.
    fn caps(&mut self, path: &FieldPath, left: usize, right: usize) {
        self.tally
            .chance(self.place(path, FindingKind::CappedBothSides), 1);
        let is_cap = |length: usize| self.rules.caps.contains(&length);
        let example = |text: &str| {
            let said = |length: usize| format!("{length} records");
            Example::new(text, Some(&said(left)), Some(&said(right)))
        };
        let (kind, remark) = if left == right && is_cap(left) {
            (
                FindingKind::CappedBothSides,
                format!("both lists end at {left}"),
            )
        } else if is_cap(right) && left > right {
            let remark = format!(
                "the candidate's list ends at {right} while the baseline's goes on to {left}"
            );
            (FindingKind::CappedOneSide, remark)
        } else if is_cap(left) && right > left {
            let remark = format!(
                "the baseline's list ends at {left} while the candidate's goes on to {right}"
            );
            (FindingKind::CappedOneSide, remark)
        } else {
            return;
        };
        let place = self.place(path, kind);
        let found = self.tally.add(place, || example("the length"));
        found.remark.get_or_insert(remark);
    }

    fn order(
        &mut self,
        path: &FieldPath,
        rule: Option<&ListRule>,
        pairing: &Pairing,
        left: &[Canonical],
        right: &[Canonical],
        right_names: &[String],
    ) {
        let place = self.place(path, FindingKind::Order);
        let (out, remark): (Vec<(String, String, String)>, _) = match rule.map(|rule| &rule.order) {
            Some(Order::Free) => return,
            Some(Order::By(by)) => {
                self.tally.chance(place.clone(), right.len());
                let own = order::unsorted(left, by).len();
                let wrong = order::unsorted(right, by);
                // What the baseline itself does not keep is not asked of the candidate; that is told, for
                // then the order of the list is not compared at all.
                if wrong.len() <= own {
                    if !wrong.is_empty() {
                        let unkept = (self.step.to_owned(), path.clone());
                        self.tally.unkept_orders.insert(unkept);
                    }
                    return;
                }
                let case = |at: usize| {
                    let behind = format!("place {}, behind {}", at + 1, right_names[at - 1]);
                    (
                        right_names[at].clone(),
                        "sorted before it".to_owned(),
                        behind,
                    )
                };
                let fields: Vec<&str> = by.iter().map(|field| field.name.as_str()).collect();
                let remark = format!(
                    "the candidate's list is not sorted by {}",
                    fields.join(", ")
                );
                (wrong.into_iter().map(case).collect(), Some(remark))
            }
            Some(Order::Kept) | None => {
                self.tally.chance(place.clone(), pairing.pairs.len());
                let case = |at: usize| {
                    let pair = pairing.pairs[at];
                    let at = |place: usize| format!("place {}", place + 1);
                    (
                        right_names[pair.right].clone(),
                        at(pair.left),
                        at(pair.right),
                    )
                };
                let out = order::out_of_place(&pairing.pairs);
                let remark = (!out.is_empty())
                    .then(|| order::sorted_as_text(left, right))
                    .flatten();
                (out.into_iter().map(case).collect(), remark)
            }
        };
        for (record, says, answers) in out {
            let example = || Example::new(&record, Some(&says), Some(&answers));
            let found = self.tally.add(place.clone(), example);
            found.remark = found.remark.take().or_else(|| remark.clone());
        }
    }
}

/// What a date without a time became, in the zone.
fn day_told(left: &Leaf, right: &Leaf, zone: &jiff::tz::TimeZone) -> Option<String> {
    if left.without_time == right.without_time {
        return None;
    }
    let zone_name = moment::name(zone);
    Some(if left.without_time {
        let time = moment::time_of_day(right.moment?, zone);
        format!("the baseline says a day without a time, the candidate {time} in {zone_name}")
    } else {
        let time = moment::time_of_day(left.moment?, zone);
        format!("the baseline says {time} in {zone_name}, the candidate a day without a time")
    })
}

/// What a person finds a record by: its key, or its place in the list.
fn name(outer: &Record, rule: Option<&ListRule>, item: &Canonical, at: usize) -> String {
    let plain = |value: &Canonical| match value {
        Canonical::Leaf(leaf) => match leaf.said.as_str() {
            Some("") => "(empty)".to_owned(),
            Some(text) => text.to_owned(),
            None => leaf.said.to_string(),
        },
        other => other.shown(),
    };
    let key = rule.map_or(&[][..], |rule| &rule.key);
    let parts: Vec<String> = key
        .iter()
        .filter_map(|name| item.field(name))
        .map(plain)
        .collect();
    let own = match (parts.is_empty(), item) {
        (false, _) => parts.join(", "),
        (true, Canonical::Leaf(leaf)) => leaf.said.to_string(),
        (true, _) => format!("record {}", at + 1),
    };
    match outer.name.as_str() {
        "the answer" => own,
        outer => format!("{outer} > {own}"),
    }
}
