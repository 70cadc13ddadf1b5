//! An answer under the rules: what is the same has the same form.
//!
//! The marker of a run, which differs between the sides, becomes a word; fields that are ignored are
//! gone; the baseline's names and values are said in the candidate's; moments and days have one way of
//! writing; lists whose order means nothing are sorted. What a side really said is kept beside it,
//! because that is what a person wants to see.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Number, Value};

use super::moment;
use crate::scenario::{Compare, FieldPath, Order, Treatment};

/// What stands for the marker.
const MARKER: &str = "{{ marker }}";

/// What stands for a moment of a side's own.
const OWN_MOMENT: &str = "(a moment of its own)";

/// Up to here every whole number is exact in both of JSON's ways to write it.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whose answer it is: names and values are translated from the baseline's to the candidate's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// The baseline's language.
    Baseline,
    /// The candidate's.
    Candidate,
}

/// An answer, or a part of it, in the form in which it is compared.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Canonical {
    /// A text, a number, a truth value or null.
    Leaf(Leaf),
    /// A list.
    List(Vec<Canonical>),
    /// An object.
    Fields(BTreeMap<String, Canonical>),
}

/// A single value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Leaf {
    /// In the form in which it is compared.
    pub(super) value: Value,
    /// As the side said it.
    pub(super) said: Value,
    /// The moment that it means, where a rule says that it means one.
    pub(super) moment: Option<Timestamp>,
    /// Whether that moment was said as a date without a time.
    pub(super) without_time: bool,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// In the form in which it is compared.
    pub(super) tree: Canonical,
    /// The stores that it names.
    pub(super) stores: Vec<String>,
    /// Whether it carries the marker, and with it something that this pass created.
    pub(super) carries_marker: bool,
}

/// Brings an answer into the form in which it is compared.
pub(super) fn canonical(body: &Value, marker: &str, speaks: Speaks, rules: &Compare) -> Body {
    let mut work = Canonicaliser {
        rules,
        marker,
        speaks,
        stores: Vec::new(),
        carries_marker: false,
    };
    let tree = work.value(body, &FieldPath::root());
    Body {
        tree: tree.unwrap_or_else(|| Canonical::plain(Value::Null)),
        stores: work.stores,
        carries_marker: work.carries_marker,
    }
}

struct Canonicaliser<'r> {
    rules: &'r Compare,
    marker: &'r str,
    speaks: Speaks,
    stores: Vec<String>,
    carries_marker: bool,
}

impl Canonicaliser<'_> {
    /// The value at a path; nothing when it is not compared.
    fn value(&mut self, value: &Value, path: &FieldPath) -> Option<Canonical> {
        let treatment = self.rules.field(path);
        match treatment {
            Some(Treatment::Ignore(_)) => return None,
            Some(Treatment::Store) => {
                self.stores.extend(value.as_str().map(str::to_owned));
                return None;
            }
            _ => {}
        }
        Some(match value {
            Value::Array(items) => self.list(items, path),
            Value::Object(fields) => {
                let mut known = BTreeMap::new();
                for (name, value) in fields {
                    let new = self.name(name, path);
                    // Where an answer has the new name beside the old one, neither stands for the other; nor
                    // do two old ones that have one new name.
                    let name = if fields.contains_key(&new) || known.contains_key(&new) {
                        name
                    } else {
                        &new
                    };
                    let path = path.child(name);
                    if let Some(value) = self.value(value, &path) {
                        known.insert(name.clone(), value);
                    }
                }
                Canonical::Fields(known)
            }
            plain => Canonical::Leaf(self.leaf(plain, treatment)),
        })
    }

    /// What the candidate calls this field.
    fn name(&self, name: &str, object: &FieldPath) -> String {
        match self.rules.field(&object.child(name)) {
            Some(Treatment::Rename(new)) if self.speaks == Speaks::Baseline => new.clone(),
            _ => name.to_owned(),
        }
    }

    fn list(&mut self, items: &[Value], path: &FieldPath) -> Canonical {
        let inner = path.items();
        let items = items.iter().filter_map(|item| self.value(item, &inner));
        let mut items: Vec<Canonical> = items.collect();
        let rule = self.rules.list(path);
        if rule.is_some_and(|rule| rule.order == Order::Free) {
            items.sort_by_cached_key(|item| item.content(self.rules));
        }
        Canonical::List(items)
    }

    fn leaf(&mut self, value: &Value, treatment: Option<&Treatment>) -> Leaf {
        let said = self.unmarked(value);
        let mut leaf = Leaf {
            value: said.clone(),
            said,
            moment: None,
            without_time: false,
        };
        let zone = &self.rules.zone;
        let text = leaf.said.as_str();
        match treatment {
            Some(Treatment::Instant) => {
                if let Some((moment, without_time)) =
                    text.and_then(|text| moment::moment(text, zone))
                {
                    leaf.value = Value::from(moment.to_string());
                    leaf.moment = Some(moment);
                    leaf.without_time = without_time;
                }
            }
            Some(Treatment::Day) => {
                if let Some(text) = text
                    && let Some(day) = moment::day(text, zone)
                {
                    leaf.moment = moment::moment(text, zone).map(|(moment, _)| moment);
                    leaf.value = Value::from(day.to_string());
                }
            }
            Some(Treatment::OwnMoment) => {
                if let Some((moment, _)) = text.and_then(|text| moment::moment(text, zone)) {
                    leaf.value = Value::from(OWN_MOMENT);
                    leaf.moment = Some(moment);
                }
            }
            Some(Treatment::Map(map)) if self.speaks == Speaks::Baseline => {
                if let Some(image) = text.and_then(|text| map.get(text)) {
                    leaf.value = image.clone();
                }
            }
            _ => {}
        }
        leaf
    }

    /// A value without the marker, and a number in one way of writing.
    fn unmarked(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) if !self.marker.is_empty() && text.contains(self.marker) => {
                self.carries_marker = true;
                Value::from(text.replace(self.marker, MARKER))
            }
            Value::Number(number) => Value::Number(plain_number(number)),
            other => other.clone(),
        }
    }
}

/// `2.0` and `2` are one number.
fn plain_number(number: &Number) -> Number {
    let whole = number
        .as_f64()
        .filter(|float| number.is_f64() && float.fract() == 0.0);
    match whole.filter(|float| float.abs() < EXACT) {
        // Its digits, which a whole number of this size has exactly.
        Some(whole) => format!("{whole:.0}")
            .parse::<i64>()
            .map_or_else(|_| number.clone(), Number::from),
        None => number.clone(),
    }
}

impl Canonical {
    pub(super) fn plain(value: Value) -> Self {
        Self::Leaf(Leaf {
            said: value.clone(),
            value,
            moment: None,
            without_time: false,
        })
    }

    /// The JSON that it stands for.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Leaf(leaf) => leaf.value.clone(),
            Self::List(items) => items.iter().map(Self::json).collect(),
            Self::Fields(fields) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| (name.clone(), value.json()));
                Value::Object(fields.collect())
            }
        }
    }

    /// Its content as a text that is equal for equal contents: without the ids that are each store's own.
    pub(super) fn content(&self, rules: &Compare) -> String {
        fn without_ids(part: &Canonical, rules: &Compare) -> Value {
            match part {
                Canonical::Leaf(leaf) => leaf.value.clone(),
                Canonical::List(items) => {
                    items.iter().map(|item| without_ids(item, rules)).collect()
                }
                Canonical::Fields(fields) => {
                    let kept = fields.iter().filter(|(name, _)| !rules.is_own_id(name));
                    let kept = kept.map(|(name, value)| (name.clone(), without_ids(value, rules)));
                    Value::Object(kept.collect())
                }
            }
        }
        without_ids(self, rules).to_string()
    }

    /// The field of this name, when it is an object that has it.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Fields(fields) => fields.get(name),
            _ => None,
        }
    }

    /// What kind of value it is, as people call it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::List(_) => "a list",
            Self::Fields(_) => "an object",
            Self::Leaf(leaf) => match leaf.value {
                Value::Bool(_) => "true or false",
                Value::Number(_) => "a number",
                Value::String(_) => "a text",
                _ => "null",
            },
        }
    }

    /// It as a person should see it: what the side said, and what that was taken for.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Leaf(leaf) if leaf.moment.is_none() && leaf.said != leaf.value => {
                format!("{}, mapped to {}", leaf.said, leaf.value)
            }
            Self::Leaf(leaf) => leaf.said.to_string(),
            other => other.json().to_string(),
        }
    }
}

impl Leaf {
    /// The order of two values as a list is sorted: null first, then by kind, moments as moments.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        if let (Some(a), Some(b)) = (self.moment, other.moment) {
            return a.cmp(&b);
        }
        match (&self.value, &other.value) {
            (Value::String(a), Value::String(b)) => a.cmp(b),
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(a), Value::Number(b)) => {
                let float = |number: &Number| number.as_f64().unwrap_or(0.0);
                float(a).total_cmp(&float(b))
            }
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}
