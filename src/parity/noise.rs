//! What the baseline's answers differ in from themselves, and what is left beyond that.
//!
//! An answer holds things that change from one request to the next: the server's clock, a list whose
//! order was never fixed, a record that somebody just edited. So the baseline is asked twice, before and
//! after the candidate, and what differs there is noise (the idea of Twitter's Diffy). A path is not
//! excused for ever by it: only the same kind of difference, and only while it is not more frequent
//! between the sides than within the baseline. The comparison is of the plain rates, without a margin: a
//! margin would hide the small defect beside a large noise. (A guess; the report shows both figures.)
//!
//! What is excused is told all the same, once for its place and with both figures: noise may hide a
//! defect. Where the baseline hardly ever says the same twice, anything could hide, so that nothing is
//! known of the place.

use super::tally::{Found, Place, Tally};
use super::words;
use crate::record::{Example, Finding, FindingKind, Weight};

/// From which share of its chances on the baseline's differences from itself leave nothing to compare:
/// nine of ten. (A guess: below it at least a tenth was compared.) What stands once and differs once is
/// beyond it, too: nothing tells the server's clock from a value that was wrong once.
const NEARLY_ALL: (u64, u64) = (9, 10);

/// A difference beyond noise.
#[derive(Debug)]
pub(super) struct Beyond {
    pub(super) place: Place,
    pub(super) found: Found,
    pub(super) of: u64,
    /// How often the baseline differed from itself so, of how many.
    pub(super) noise: (u64, u64),
}

/// A difference that is no more than noise.
#[derive(Debug)]
pub(super) struct Excused {
    pub(super) place: Place,
    example: Option<Example>,
    /// How often the sides differed so, of how many.
    seen: (u64, u64),
    /// How often the baseline differed from itself so, of how many.
    noise: (u64, u64),
}

/// The differences that are more than noise, and those that are not.
pub(super) fn split(sides: &Tally, itself: &Tally) -> (Vec<Beyond>, Vec<Excused>) {
    let (mut beyond, mut excused) = (Vec::new(), Vec::new());
    for (place, found) in &sides.found {
        let of = sides.of(place).max(found.count);
        let count = itself.found.get(place).map_or(0, |found| found.count);
        let noise = (count, itself.of(place).max(count));
        let (place, seen) = (place.clone(), (found.count, of));
        if !never_noise(place.kind) && is_noise(seen, noise) {
            let example = found.example.clone();
            excused.push(Excused {
                place,
                example,
                seen,
                noise,
            });
        } else {
            let found = found.clone();
            beyond.push(Beyond {
                place,
                found,
                of,
                noise,
            });
        }
    }
    // Two lists that are cut alike are a defect where they hold different records, and else a doubt: nobody
    // saw what comes after.
    let others = beyond.iter().filter(|one| is_member(one.place.kind));
    let others: Vec<Place> = others.map(|one| one.place.clone()).collect();
    for one in &mut beyond {
        let differ = |other: &Place| other.step == one.place.step && other.path == one.place.path;
        if one.place.kind == FindingKind::CappedBothSides && !others.iter().any(differ) {
            one.found.weight = Weight::Doubts;
        }
    }
    (beyond, excused)
}

impl Excused {
    /// What it means for the verdict, in words.
    pub(super) fn finding(&self) -> Finding {
        let Place { path, kind, .. } = &self.place;
        let (named, (count, of), (own, own_of)) = (words::named(path), self.seen, self.noise);
        let at_least = |(part, whole): (u64, u64)| own * whole >= own_of * part;
        let (weight, words, next) = if at_least(NEARLY_ALL) {
            let words = format!(
                "nothing can be said of {named}: the baseline differs from itself in {own} of {own_of} \
                 ({}), as the sides do in {count} of {of}",
                kind.words()
            );
            (Weight::Doubts, words, self.remedy())
        } else {
            let words = format!(
                "excused as noise ({}): the sides differ in {count} of {of}, and the baseline from itself in \
                 {own} of {own_of}",
                kind.words()
            );
            let next =
                "Compare again while nobody writes to the baseline, for noise may hide a defect.";
            (Weight::Tells, words, next.to_owned())
        };
        Finding {
            kind: *kind,
            weight,
            subject: words::subject(&self.place),
            count,
            of,
            words,
            example: self.example.clone(),
            next,
        }
    }

    fn remedy(&self) -> String {
        let path = &self.place.path;
        let means = match self.place.kind {
            FindingKind::StatusDiffers | FindingKind::Unexpected => {
                return "Find out why the baseline does not answer alike each time, and compare again."
                    .to_owned();
            }
            // The records are what the answer is for: no rule may leave them out.
            kind if is_member(kind) => {
                return "Compare again while nobody writes to the baseline, until it answers with the same \
                        records each time."
                    .to_owned();
            }
            FindingKind::Order => {
                format!(
                    "the order means nothing, write `{{ path = \"{path}\", order = \"free\" }}`"
                )
            }
            _ => format!(
                "it is another one at each request, write `{{ path = \"{path}\", ignore = \"why\" }}`"
            ),
        };
        format!("Compare again while nobody writes to the baseline; if {means} in `[compare]`.")
    }
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
