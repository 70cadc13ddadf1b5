//! Whether anything was compared at all: one store that answers for both sides agrees with itself, and
//! a cache agrees with whatever was true when it was filled.
//!
//! Neither shows in a difference, so these speak for themselves. They prove no defect either: the verdict
//! cannot be known, hence they doubt.

use std::collections::{BTreeMap, BTreeSet};

use super::Answered;
use super::tally::Tally;
use crate::record::is_cache_hit;

/// What the two sides' answers to one step say about the stores behind them.
#[derive(Debug, Default)]
pub(super) struct Stores {
    /// Names of stores, of the baseline and of the candidate.
    named: Vec<(String, String)>,
}

/// The stores that each step's answers name.
#[derive(Debug, Default)]
pub(super) struct Named(BTreeMap<String, Stores>);

impl Named {
    /// Notes what both answers to a step call their store.
    pub(super) fn add(&mut self, step: &str, left: &[String], right: &[String]) {
        let both = left.iter().cloned().zip(right.iter().cloned());
        self.0
            .entry(step.to_owned())
            .or_default()
            .named
            .extend(both);
    }

    /// Whether all answers to a step name one store; nothing when none names any.
    fn one(&self, step: &str) -> Option<&str> {
        let named = &self.0.get(step)?.named;
        let (first, _) = named.first()?;
        named
            .iter()
            .all(|(left, right)| left == right)
            .then_some(first)
    }

    /// Two names that the answers to a step have for their stores, where they ever differ.
    fn two(&self, step: &str) -> Option<&(String, String)> {
        let named = &self.0.get(step)?.named;
        named.iter().find(|(left, right)| left != right)
    }
}

/// Why a step's answers seem to come from one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OneStore {
    pub(super) step: String,
    /// How many ids were the same, of how many.
    pub(super) ids: (u64, u64),
    /// One of them.
    pub(super) example: Option<(String, String)>,
    /// What both call their store.
    pub(super) named: Option<String>,
    /// What each calls its store, where that differs.
    pub(super) named_two: Option<(String, String)>,
}

/// The steps whose answers seem to come from one store: both name the same one, or every id that should
/// be each store's own is the same. Names may come from a flag instead of a store, so two of them
/// outweigh no more than a single id, which may be the same by chance.
pub(super) fn one_store(tally: &Tally, named: &Named) -> Vec<OneStore> {
    let judge = |step: &String| {
        let links = || tally.links.iter().filter(|link| link.place.step == *step);
        let all = links().count() as u64;
        let same = links().filter(|link| link.left == link.right).count() as u64;
        let ids: BTreeSet<&String> = links().map(|link| &link.left).collect();
        let (one, two) = (named.one(step), named.two(step));
        let by_ids = all > 0 && same == all && (two.is_none() || ids.len() > 1);
        let first = links().next().filter(|_| by_ids);
        (one.is_some() || by_ids).then(|| OneStore {
            step: step.clone(),
            ids: (same, all),
            example: first.map(|link| (link.record.clone(), link.left.clone())),
            named: one.map(str::to_owned),
            named_two: two.cloned(),
        })
    };
    tally.extents.keys().filter_map(judge).collect()
}

/// The header of a cache among an answer's.
pub(super) fn cached<'a>(answer: &'a Answered<'_>) -> Option<&'a str> {
    let mut headers = answer.cache_headers.iter();
    headers
        .find(|header| is_cache_hit(header))
        .map(String::as_str)
}
