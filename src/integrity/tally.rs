//! Counting differences, with one example of each kind. The example is that of the smallest page id, so
//! that the order of pages and rows changes nothing.

use super::value::Value;
use crate::record::Example;

/// The most values of a field that are told apart.
const MOST_VALUES: usize = 64;

/// How often something was seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Bucket {
    pub(super) count: u64,
    first: Option<(u128, Example)>,
}

impl Bucket {
    /// Counts one; `id` is the page's, or another number that orders examples.
    pub(super) fn add(&mut self, id: u128, example: impl FnOnce() -> Example) {
        self.count += 1;
        if self.first.as_ref().is_none_or(|(first, _)| id < *first) {
            self.first = Some((id, example()));
        }
    }

    /// Takes over what another one counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.count += other.count;
        if let Some((id, example)) = other.first
            && self.first.as_ref().is_none_or(|(first, _)| id < *first)
        {
            self.first = Some((id, example));
        }
    }

    /// The example.
    pub(super) fn example(&self) -> Option<Example> {
        self.first.as_ref().map(|(_, example)| example.clone())
    }
}

/// The different values of a field, up to 64.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(Vec<Value>);

impl Values {
    pub(super) fn add(&mut self, value: &Value) {
        if self.0.len() < MOST_VALUES && !self.0.contains(value) {
            self.0.push(value.clone());
        }
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn only(&self) -> Option<&Value> {
        match self.0.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }
}

/// What one column's comparisons came to.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldTally {
    pub(super) differ: Bucket,
    /// A day of Notion that is another day in the row.
    pub(super) day_shifted: Bucket,
    /// A day of Notion that has a time of day in the row.
    pub(super) moved: Bucket,
    pub(super) end_dropped: Bucket,
    pub(super) zone_dropped: Bucket,
    /// Differences whose cell is the page's last edit.
    pub(super) guessed: Bucket,
    /// Cells that are set, of a column that nothing in Notion fills.
    pub(super) set: u64,
    pub(super) compared: u64,
    pub(super) old_values: Values,
    pub(super) new_values: Values,
}

impl FieldTally {
    /// Takes over the differences of another tally.
    pub(super) fn merge(&mut self, other: Self) {
        self.differ.merge(other.differ);
        self.day_shifted.merge(other.day_shifted);
        self.moved.merge(other.moved);
        self.end_dropped.merge(other.end_dropped);
        self.zone_dropped.merge(other.zone_dropped);
        self.guessed.merge(other.guessed);
    }
}
