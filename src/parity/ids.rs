//! Ids that are each store's own: what has one id on one side has one id on the other.
//!
//! The texts of such ids always differ, so they are not compared; what is learnt from the records that
//! surely are the same ones is which id stands for which. A pair of ids that does not fit to the rest is
//! a link that leads elsewhere: a task under another project.

use std::collections::HashMap;

use super::tally::Place;

/// Two ids in the same field of two records that surely are the same one.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) place: Place,
    pub(super) record: String,
    pub(super) left: String,
    pub(super) right: String,
    /// Whether it is the record's own id, which says more than a link to another record.
    pub(super) own: bool,
}

/// How many records' own ids, and how many links, speak for a pair of ids.
type Votes = (u64, u64);

/// The links that lead elsewhere: those whose pair of ids is not the best one of both its ids. The one
/// that more records have as their own is better, then the more frequent one, then the first.
pub(super) fn elsewhere(links: &[Link]) -> Vec<&Link> {
    let mut votes: HashMap<(&str, &str), Votes> = HashMap::new();
    for link in links {
        let (own, all) = votes.entry((&link.left, &link.right)).or_default();
        *own += u64::from(link.own);
        *all += 1;
    }
    let mut of_left: HashMap<&str, (&str, Votes)> = HashMap::new();
    let mut of_right: HashMap<&str, (&str, Votes)> = HashMap::new();
    for link in links {
        let count = votes[&(link.left.as_str(), link.right.as_str())];
        let best = of_left.entry(&link.left).or_insert((&link.right, count));
        if count > best.1 {
            *best = (&link.right, count);
        }
        let best = of_right.entry(&link.right).or_insert((&link.left, count));
        if count > best.1 {
            *best = (&link.left, count);
        }
    }
    let wrong = |link: &&Link| {
        let image = of_left.get(link.left.as_str()).map(|(right, _)| *right);
        let origin = of_right.get(link.right.as_str()).map(|(left, _)| *left);
        image != Some(&link.right) || origin != Some(&link.left)
    };
    links.iter().filter(wrong).collect()
}
