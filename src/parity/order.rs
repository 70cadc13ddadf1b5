//! The order of a list: how many records stand elsewhere, and what a side seems to sort by.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::Value;

use super::canonical::{Canonical, Leaf};
use super::pairing::Pair;
use crate::scenario::SortField;

/// The fewest records whose sorting is more than chance.
const FEWEST: usize = 4;

/// How many of the pairs would have to be moved for both sides to have one order: those that are not in
/// the longest sequence that rises on both sides (patience sorting).
pub(super) fn out_of_place(pairs: &[Pair]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].right < pair.right);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut kept = BTreeSet::new();
    let mut next = ends.last().copied();
    while let Some(at) = next {
        kept.insert(at);
        next = before[at];
    }
    (0..pairs.len()).filter(|at| !kept.contains(at)).collect()
}

/// The places of the records that should stand before the one before them.
pub(super) fn unsorted(list: &[Canonical], by: &[SortField]) -> Vec<usize> {
    let wrong = |at: &usize| compare(&list[at - 1], &list[*at], by) == Ordering::Greater;
    (1..list.len()).filter(wrong).collect()
}

fn compare(a: &Canonical, b: &Canonical, by: &[SortField]) -> Ordering {
    let null = Leaf {
        value: Value::Null,
        said: Value::Null,
        moment: None,
        without_time: false,
    };
    let leaf = |record: &Canonical, name: &str| match record.field(name) {
        Some(Canonical::Leaf(leaf)) => leaf.clone(),
        _ => null.clone(),
    };
    let one = |field: &SortField| {
        let order = leaf(a, &field.name).order(&leaf(b, &field.name));
        if field.descending {
            order.reverse()
        } else {
            order
        }
    };
    by.iter()
        .map(one)
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Which field's text one side sorts by while the other has another order of it, in words: a word like
/// `high` sorted as a text stands below `low`.
pub(super) fn sorted_as_text(left: &[Canonical], right: &[Canonical]) -> Option<String> {
    let Some(Canonical::Fields(first)) = right.first() else {
        return None;
    };
    first.keys().find_map(|name| {
        let (left, right) = (values_in_turn(left, name), values_in_turn(right, name)?);
        let sorted = right.is_sorted() || right.iter().rev().is_sorted();
        // Two words are in some order by chance.
        let telling = right.len() >= 3 && sorted;
        let words = |of: &[String]| of.iter().cloned().collect::<BTreeSet<_>>();
        let baseline = match left {
            Some(left) if left == right || words(&left) != words(&right) => return None,
            Some(left) => format!("the baseline by its meaning ({})", left.join(", ")),
            None => "the baseline by something else".to_owned(),
        };
        let way = if right.is_sorted() {
            "ascending"
        } else {
            "descending"
        };
        telling.then(|| {
            let order = right.join(", ");
            format!("the candidate sorts by `{name}` as a text, {way} ({order}), {baseline}")
        })
    })
}

/// The words of a field in the order in which they come, when each comes in one run.
fn values_in_turn(list: &[Canonical], name: &str) -> Option<Vec<String>> {
    if list.len() < FEWEST {
        return None;
    }
    let mut runs: Vec<String> = Vec::new();
    for record in list {
        let Canonical::Leaf(leaf) = record.field(name)? else {
            return None;
        };
        let word = leaf.value.as_str()?;
        if runs.last().is_none_or(|last| last != word) {
            if runs.iter().any(|earlier| earlier == word) {
                return None;
            }
            runs.push(word.to_owned());
        }
    }
    // A field that is different in each record has no classes.
    (runs.len() < list.len()).then_some(runs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(rights: &[usize]) -> Vec<Pair> {
        let pair = |(left, &right): (usize, &usize)| Pair {
            left,
            right,
            certain: true,
        };
        rights.iter().enumerate().map(pair).collect()
    }

    proptest! {
        #[test]
        fn without_those_out_of_place_the_rest_rises(rights in Just((0..12).collect::<Vec<usize>>()).prop_shuffle()) {
            let pairs = pairs(&rights);
            let out = out_of_place(&pairs);
            let rest: Vec<usize> = (0..12).filter(|at| !out.contains(at)).map(|at| rights[at]).collect();
            prop_assert!(rest.is_sorted());
            prop_assert_eq!(out.is_empty(), rights.is_sorted());
        }

        #[test]
        fn one_record_that_moved_is_one_out_of_place(from in 0usize..20, to in 0usize..20) {
            let mut rights: Vec<usize> = (0..20).collect();
            let moved = rights.remove(from);
            rights.insert(to, moved);
            prop_assert_eq!(out_of_place(&pairs(&rights)).len(), usize::from(from != to));
        }
    }
}
