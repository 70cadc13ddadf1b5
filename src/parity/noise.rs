//! What the baseline's answers differ in from themselves, and what is left beyond that.
//!
//! An answer holds things that change from one request to the next: the server's clock, a list whose
//! order was never fixed, a record that somebody just edited. So the baseline is asked twice, before and
//! after the candidate, and what differs there is noise (the idea of Twitter's Diffy). A path is not
//! excused for ever by it: only the same kind of difference, and only while it is not more frequent
//! between the sides than within the baseline. The comparison is of the plain rates, without a margin: a
//! margin would hide the small defect beside a large noise. (A guess; the report shows both figures.)

use super::tally::{Found, Place, Tally};
use crate::record::{FindingKind, Weight};

/// A difference beyond noise.
#[derive(Debug)]
pub(super) struct Beyond {
    pub(super) place: Place,
    pub(super) found: Found,
    pub(super) of: u64,
    /// How often the baseline differed from itself so, of how many.
    pub(super) noise: (u64, u64),
}

/// The differences that are more than noise.
pub(super) fn beyond(sides: &Tally, itself: &Tally) -> Vec<Beyond> {
    let judged = sides.found.iter().filter_map(|(place, found)| {
        let of = sides.of(place).max(found.count);
        let count = itself.found.get(place).map_or(0, |found| found.count);
        let noise = (count, itself.of(place).max(count));
        let excused = !never_noise(place.kind) && is_noise((found.count, of), noise);
        (!excused).then(|| Beyond {
            place: place.clone(),
            found: found.clone(),
            of,
            noise,
        })
    });
    let mut all: Vec<Beyond> = judged.collect();
    // Two lists that are cut alike are a defect where they hold different records, and else a doubt: nobody
    // saw what comes after.
    let others = all.iter().filter(|one| is_member(one.place.kind));
    let others: Vec<Place> = others.map(|one| one.place.clone()).collect();
    for one in &mut all {
        let differ = |other: &Place| other.step == one.place.step && other.path == one.place.path;
        if one.place.kind == FindingKind::CappedBothSides && !others.iter().any(differ) {
            one.found.weight = Weight::Doubts;
        }
    }
    all
}

/// That a list is cut is as true of the baseline's second answer.
fn never_noise(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::CappedOneSide | FindingKind::CappedBothSides
    )
}

fn is_member(kind: FindingKind) -> bool {
    use FindingKind as K;
    matches!(
        kind,
        K::RecordMissing | K::RecordExtra | K::RecordDuplicated
    )
}

/// Whether the first rate is at most the second.
fn is_noise(seen: (u64, u64), noise: (u64, u64)) -> bool {
    let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
    noise.0 > 0 && product(seen.0, noise.1) <= product(noise.0, seen.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_rate_is_its_own_noise_and_more_is_not(count in 1u64..1000, more in 1u64..1000, of in 2000u64..4000) {
            prop_assert!(is_noise((count, of), (count, of)));
            prop_assert!(is_noise((count, of), (count + more, of)));
            prop_assert!(!is_noise((count + more, of), (count, of)));
            prop_assert!(!is_noise((count, of), (0, of)));
        }
    }
}
