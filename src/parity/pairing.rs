//! Which record of one list is which record of the other.
//!
//! By key where the rules give one, else by equal content and then by place. A key that several records
//! of a side share says nothing of which is which: equal ones go together first. From ids is learnt only
//! where a key, or a content, stands once on each side.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::canonical::Canonical;
use crate::scenario::{Compare, ListRule, Order};

/// Two records that are taken for the same one, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) left: usize,
    pub(super) right: usize,
    /// Whether no other pairing would have been as good.
    pub(super) certain: bool,
}

/// How two lists lie side by side: `pairs + missing` are all on the left, `pairs + extra + duplicated` all
/// on the right.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// In the order of the left list.
    pub(super) pairs: Vec<Pair>,
    /// On the left only.
    pub(super) missing: Vec<usize>,
    /// On the right only.
    pub(super) extra: Vec<usize>,
    /// On the right once more than on the left, by their key.
    pub(super) duplicated: Vec<usize>,
}

/// Lays two lists side by side.
pub(super) fn pair(
    rule: Option<&ListRule>,
    left: &[Canonical],
    right: &[Canonical],
    rules: &Compare,
) -> Pairing {
    let key: &[String] = rule.map_or(&[], |rule| &rule.key);
    let mut pairing = if key.is_empty() {
        let by_place = rule.is_none_or(|rule| rule.order == Order::Kept);
        by_content(left, right, by_place, rules)
    } else {
        by_key(key, left, right, rules)
    };
    pairing.pairs.sort_by_key(|pair| pair.left);
    pairing.missing.sort_unstable();
    pairing.extra.sort_unstable();
    pairing.duplicated.sort_unstable();
    pairing
}

/// The key of a record as a text; a value that is no object is its own key.
pub(super) fn key_of(record: &Canonical, key: &[String]) -> String {
    let value = |name: &String| record.field(name).map_or(Value::Null, Canonical::json);
    match record {
        Canonical::Fields(_) => Value::from_iter(key.iter().map(value)).to_string(),
        other => Value::from(vec![other.json()]).to_string(),
    }
}

fn by_key(key: &[String], left: &[Canonical], right: &[Canonical], rules: &Compare) -> Pairing {
    let mut groups: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (at, record) in left.iter().enumerate() {
        groups.entry(key_of(record, key)).or_default().0.push(at);
    }
    for (at, record) in right.iter().enumerate() {
        groups.entry(key_of(record, key)).or_default().1.push(at);
    }
    let mut pairing = Pairing::default();
    for (lefts, rights) in groups.into_values() {
        if let ([left], [right]) = (lefts.as_slice(), rights.as_slice()) {
            pairing.pairs.push(Pair {
                left: *left,
                right: *right,
                certain: true,
            });
            continue;
        }
        let known = !lefts.is_empty();
        let (pairs, lefts, rights) = equal_first(lefts, rights, left, right, rules);
        let (more, lefts, rights) = in_turn(lefts, rights);
        pairing.pairs.extend(pairs.into_iter().chain(more));
        pairing.missing.extend(lefts);
        let excess = if known {
            &mut pairing.duplicated
        } else {
            &mut pairing.extra
        };
        excess.extend(rights);
    }
    pairing
}

fn by_content(left: &[Canonical], right: &[Canonical], by_place: bool, rules: &Compare) -> Pairing {
    let all = |list: &[Canonical]| (0..list.len()).collect();
    let (mut pairs, mut missing, mut extra) =
        equal_first(all(left), all(right), left, right, rules);
    if by_place {
        let (more, lefts, rights) = in_turn(missing, extra);
        pairs.extend(more);
        (missing, extra) = (lefts, rights);
    }
    Pairing {
        pairs,
        missing,
        extra,
        duplicated: Vec::new(),
    }
}

type Split = (Vec<Pair>, Vec<usize>, Vec<usize>);

/// Pairs those of equal content, surely where it stands once on each side; what is left of both.
fn equal_first(
    lefts: Vec<usize>,
    rights: Vec<usize>,
    left: &[Canonical],
    right: &[Canonical],
    rules: &Compare,
) -> Split {
    let mut open: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
    for at in rights {
        open.entry(right[at].content(rules))
            .or_default()
            .push_back(at);
    }
    let contents: Vec<String> = lefts.iter().map(|at| left[*at].content(rules)).collect();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for content in &contents {
        *times.entry(content).or_default() += 1;
    }
    let mut pairs = Vec::new();
    let mut alone = Vec::new();
    for (at, content) in lefts.into_iter().zip(&contents) {
        let equal = open.get_mut(content);
        let is_only = equal.as_ref().is_some_and(|equal| equal.len() == 1);
        match equal.and_then(VecDeque::pop_front) {
            Some(right) => pairs.push(Pair {
                left: at,
                right,
                certain: is_only && times.get(content.as_str()) == Some(&1),
            }),
            None => alone.push(at),
        }
    }
    let mut rights: Vec<usize> = open.into_values().flatten().collect();
    rights.sort_unstable();
    (pairs, alone, rights)
}

/// Pairs the first with the first and so on; what is left of the longer one.
fn in_turn(lefts: Vec<usize>, rights: Vec<usize>) -> Split {
    let both = lefts.len().min(rights.len());
    let pair = |(&left, &right): (&usize, &usize)| Pair {
        left,
        right,
        certain: false,
    };
    let pairs = lefts.iter().zip(&rights).map(pair).collect();
    (pairs, lefts[both..].to_vec(), rights[both..].to_vec())
}
