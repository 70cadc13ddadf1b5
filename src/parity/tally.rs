//! Differences as they are counted: by step, general path and kind, with how many there could have been.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::Link;
use crate::record::{Example, FindingKind, Weight};
use crate::scenario::FieldPath;

/// The most different pairs of values that are remembered of one place.
pub(super) const MOST_PAIRS: usize = 24;

/// One kind of difference in one place of one step's answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) step: String,
    pub(super) path: FieldPath,
    pub(super) kind: FindingKind,
}

/// How often a difference was seen, and what it looks like.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) count: u64,
    pub(super) weight: Weight,
    /// The first one.
    pub(super) example: Option<Example>,
    /// What more there is to say of it.
    pub(super) remark: Option<String>,
    /// The pairs of values as they were said, up to a number of different ones.
    pub(super) pairs: BTreeMap<(String, String), u64>,
    /// By how many seconds moments were shifted, up to a number of different ones.
    pub(super) shifts: BTreeMap<i64, u64>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            count: 0,
            weight: Weight::Tells,
            example: None,
            remark: None,
            pairs: BTreeMap::new(),
            shifts: BTreeMap::new(),
        }
    }
}

/// What was compared of one step.
#[derive(Debug, Clone, Default)]
pub(super) struct Extent {
    pub(super) answers: u64,
    pub(super) records: u64,
    pub(super) values: u64,
    /// Ids of each store's own in records of which nobody knows which is which.
    pub(super) ids_passed_over: u64,
    /// What the rules left out of it, with the reason.
    pub(super) ignored: BTreeSet<(FieldPath, String)>,
}

/// What the rule of a list takes a field for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// Records find their partners by it.
    Key,
    /// The list is sorted by it.
    Order,
}

/// A field that the rule of a list names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RuleField {
    pub(super) step: String,
    pub(super) list: FieldPath,
    pub(super) by: By,
    pub(super) name: String,
}

/// All differences between answers that were laid side by side.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) found: BTreeMap<Place, Found>,
    /// How many differences there could have been, by step, path and class of kinds.
    chances: BTreeMap<Place, u64>,
    pub(super) links: Vec<Link>,
    pub(super) extents: BTreeMap<String, Extent>,
    /// The fields that rules of lists name, where there were records; whether any record has it.
    rule_fields: BTreeMap<RuleField, bool>,
    /// The lists, by step and path, that the left side does not sort by their rule either.
    pub(super) unkept_orders: BTreeSet<(String, FieldPath)>,
}

impl Tally {
    /// Notes a field that a rule names, and whether one of the records has it.
    pub(super) fn rule_field(&mut self, field: RuleField, is_there: bool) {
        *self.rule_fields.entry(field).or_default() |= is_there;
    }

    /// The fields that a rule names and no record has: such a rule is believed to hold, and holds nothing.
    pub(super) fn idle_rules(&self) -> Vec<RuleField> {
        let idle = self.rule_fields.iter().filter(|(_, is_there)| !**is_there);
        idle.map(|(field, _)| field.clone()).collect()
    }

    /// Whether answers to this step were laid side by side, and there was nothing in them that could
    /// have differed.
    pub(super) fn holds_nothing(&self, step: &str) -> bool {
        let is_empty = |extent: &Extent| extent.records == 0 && extent.values == 0;
        self.extents.get(step).is_some_and(is_empty)
            && !self.links.iter().any(|link| link.place.step == step)
            && !self.found.keys().any(|place| place.step == step)
    }

    /// How many differences of this kind there could have been.
    pub(super) fn of(&self, place: &Place) -> u64 {
        self.chances
            .get(&class(place.clone()))
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn chance(&mut self, place: Place, count: usize) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        *self.chances.entry(class(place)).or_default() += count;
    }

    /// Adds one difference.
    pub(super) fn add(&mut self, place: Place, example: impl FnOnce() -> Example) -> &mut Found {
        let found = self.found.entry(place).or_default();
        found.count += 1;
        found.weight = Weight::Refutes;
        found.example.get_or_insert_with(example);
        found
    }
}

/// The place under the kind by which chances are counted: a value that is there can differ in one way only.
fn class(mut place: Place) -> Place {
    use FindingKind as K;
    place.kind = match place.kind {
        K::TypeChanged | K::FieldMissing | K::FieldExtra | K::MomentShifted | K::LinkElsewhere => {
            K::Value
        }
        K::RecordDuplicated => K::RecordExtra,
        K::CappedOneSide => K::CappedBothSides,
        kind => kind,
    };
    place
}
