//! Do both sides give the same answers? A candidate that is ten times as fast and answers with other
//! tasks is no success, and the real cutover passed its own verification with every status lost.
//!
//! ```text
//! Answered x 3 -> canonical (rules) -> pairing, differ -> noise -> words, unseen -> record::Inspection
//! baseline, candidate, baseline again      └ ids, order ┘   └ itself ┘
//! ```
//!
//! Each step's answers are brought into one form by the scenario's rules ([`Compare`]), their records are
//! paired by key, and differences are counted by general path (`$.tasks[*].dueDate`) with one case of
//! each. The baseline is compared with itself first, and a difference between the sides counts only
//! beyond what that shows. Beside the differences it is looked at whether anything was compared: one
//! store that answers for both sides, or a cache, would agree with itself; two empty answers or two login
//! pages agree, too. So a step whose answer from the baseline is not what the scenario expects, one of whose
//! answers nothing is compared, and a rule that never takes hold were not looked at. Where neither side's
//! answer is the expected one, what differs in them is told all the same.
//!
//! Nothing here asks anybody: the answers are given, so that the same ones give the same findings.

mod canonical;
mod differ;
mod ids;
mod itself;
mod moment;
mod noise;
mod order;
mod pairing;
mod tally;
#[cfg(test)]
mod tests;
mod unseen;
mod words;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::Value;

use crate::record::{Example, FindingKind, Inspection, NotLooked};
use crate::scenario::{Compare, FieldPath, Treatment};
use canonical::{Speaks, canonical};
use differ::Differ;
use tally::{Place, Tally};

/// What one side answered to one step.
#[derive(Debug, Clone)]
pub struct Answered<'a> {
    /// The step's name; a pass has each once.
    pub step: &'a str,
    /// The status.
    pub status: u16,
    /// What is wrong with it, where it is not what its step expects. An error that is expected is `None`
    /// here, and compared like any other answer.
    pub unexpected: Option<&'a str>,
    /// The body; what is no JSON, as a text.
    pub body: Cow<'a, Value>,
    /// The marker that the requests of this pass carried, which differs between the passes; empty when
    /// they carried none.
    pub marker: &'a str,
    /// Its cache headers as `name: value`, whatever they say.
    pub cache_headers: &'a [String],
}

/// One draw of inputs, asked three times. The baseline's second pass comes last, so that what changes in
/// between is seen as noise, too.
#[derive(Debug, Clone, Default)]
pub struct Passes<'a> {
    /// The baseline's answers, in the order of the steps.
    pub baseline: Vec<Answered<'a>>,
    /// The candidate's. After a step that it refused, answers that show what that left behind (those of
    /// `recover`) may follow.
    pub candidate: Vec<Answered<'a>>,
    /// The baseline's, asked once more; empty where nobody asked, because nothing was to be excused.
    pub again: Vec<Answered<'a>>,
}

/// What was seen of the stores while the candidate was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How many statements reached the candidate's database that were not ours; `None`: nobody could tell.
    pub statements: Option<u64>,
    /// The steps that the candidate answered while no statement reached its database; those that
    /// need no record are named by the rules (`storeless`).
    pub silent: BTreeSet<String>,
    /// Why nobody could tell, though a database is named; a sentence without a full stop.
    pub untold: Option<String>,
}

/// Compares the answers of two sides to one scenario's steps.
///
/// What is in `elapsed_s` is for the caller to fill in: no clock is read here.
///
/// ```
/// use std::borrow::Cow;
/// use cutover::parity::{Answered, Passes, Seen, compare};
/// use cutover::record::FindingKind;
/// use cutover::scenario::{Compare, FieldRule, Treatment};
/// use serde_json::json;
///
/// let answer = |body| Answered {
///     step: "task",
///     status: 200,
///     unexpected: None,
///     body: Cow::Owned(body),
///     marker: "",
///     cache_headers: &[],
/// };
/// let passes = Passes {
///     baseline: vec![answer(json!({ "title": "Plan", "dueDate": "2026-11-12" }))],
///     candidate: vec![answer(json!({ "title": "Plan", "dueDate": "2026-11-12T09:00:00Z" }))],
///     again: vec![answer(json!({ "title": "Plan", "dueDate": "2026-11-12" }))],
/// };
/// let rules = Compare {
///     fields: vec![FieldRule {
///         path: "$.dueDate".parse()?,
///         treatment: Treatment::Instant,
///     }],
///     ..Compare::default()
/// };
/// let inspection = compare(&rules, &[passes], &Seen::default());
/// let [finding] = inspection.findings.as_slice() else { unreachable!() };
/// assert_eq!(finding.kind, FindingKind::MomentShifted);
/// assert!(finding.words.contains("9 h later"), "{}", finding.words);
/// # Ok::<(), cutover::scenario::PathError>(())
/// ```
#[must_use]
pub fn compare(rules: &Compare, draws: &[Passes<'_>], seen: &Seen) -> Inspection {
    let mut work = Work {
        rules,
        sides: Tally::default(),
        itself: Tally::default(),
        named: itself::Named::default(),
        unexpected: BTreeSet::new(),
        expected: BTreeSet::new(),
        inspection: Inspection::default(),
    };
    for passes in draws {
        work.passes(passes);
    }
    work.finish(seen)
}

struct Work<'r> {
    rules: &'r Compare,
    /// The baseline against the candidate.
    sides: Tally,
    /// The baseline against itself.
    itself: Tally,
    named: itself::Named,
    /// The steps of which it is told that the baseline does not answer them as it should: one draw that
    /// shows it is enough.
    unexpected: BTreeSet<String>,
    /// The steps of which an answer that is as expected was compared: their agreement shows something.
    expected: BTreeSet<String>,
    inspection: Inspection,
}

impl Work<'_> {
    fn passes(&mut self, passes: &Passes<'_>) {
        let find = |answers: &'_ [Answered<'_>], step: &str| {
            answers.iter().position(|answer| answer.step == step)
        };
        let (mut unanswered, mut not_again) = (Vec::new(), Vec::new());
        for baseline in &passes.baseline {
            let step = baseline.step;
            let again = find(&passes.again, step).map(|at| &passes.again[at]);
            let is_compared = match find(&passes.candidate, step) {
                None => {
                    unanswered.push(step);
                    false
                }
                Some(at) => {
                    let (candidate, after) = (&passes.candidate[at], &passes.candidate[at + 1..]);
                    self.sides(baseline, candidate, after, again)
                }
            };
            match again {
                None if passes.again.is_empty() => {}
                None => not_again.push(step),
                // What the sides do not differ in needs no excuse: both tallies hold the same draws.
                Some(again) if is_compared => self.noise(baseline, again),
                Some(_) => {}
            }
        }
        let again = "the baseline, when it was asked again for its noise,";
        for (steps, who) in [(unanswered, "the candidate"), (not_again, again)] {
            if let Some(missed) = unseen::not_answered(&steps, who) {
                self.not_looked(missed);
            }
        }
    }

    fn not_looked(&mut self, what: NotLooked) {
        if !self.inspection.not_looked_at.contains(&what) {
            self.inspection.not_looked_at.push(what);
        }
    }

    /// Compares the two sides' answers to a step; whether it did.
    fn sides(
        &mut self,
        left: &Answered<'_>,
        right: &Answered<'_>,
        after: &[Answered<'_>],
        again: Option<&Answered<'_>>,
    ) -> bool {
        let mut is_cached = false;
        for (who, answer) in [("baseline", left), ("candidate", right)] {
            if let Some(header) = itself::cached(answer) {
                is_cached = true;
                let finding = words::frozen(answer.step, who, header);
                if !self.inspection.findings.contains(&finding) {
                    self.inspection.findings.push(finding);
                }
            }
        }
        // What a cache once heard says nothing of the store behind it, alike or not.
        if is_cached {
            return false;
        }
        // Nor does an answer that is not the one that was asked for: a candidate that is right has nothing
        // to be like. Two that are wrong in their content may still differ, as their stores do.
        if let Some(wrong) = left.unexpected {
            if self.unexpected.insert(left.step.to_owned()) {
                self.not_looked(unseen::unexpected(left, right, wrong));
            }
            let is_alike = |other: &Answered<'_>| other.unexpected.is_some() && is_success(other);
            if !(is_success(left) && is_alike(right) && again.is_none_or(is_alike)) {
                return false;
            }
        } else {
            self.expected.insert(left.step.to_owned());
        }
        let languages = (Speaks::Baseline, Speaks::Candidate);
        let outcome = laid_side_by_side((left, right), languages, self.rules, &mut self.sides);
        match outcome {
            Outcome::Compared(stores) => self.named.add(left.step, &stores.0, &stores.1),
            Outcome::Statuses => {
                let left_behind = |answer: &&Answered<'_>| {
                    let body =
                        canonical(&answer.body, answer.marker, Speaks::Candidate, self.rules);
                    !is_error(answer.status) && body.carries_marker
                };
                let refused = is_error(right.status) && !is_error(left.status);
                if let Some(rest) = after.iter().find(left_behind).filter(|_| refused) {
                    let finding = words::refused_half_way(left, right, rest);
                    self.inspection.findings.push(finding);
                }
            }
        }
        true
    }

    fn noise(&mut self, first: &Answered<'_>, again: &Answered<'_>) {
        if itself::cached(again).is_some() {
            return;
        }
        if let (None, Some(wrong)) = (first.unexpected, again.unexpected) {
            if self.unexpected.insert(again.step.to_owned()) {
                self.not_looked(unseen::unexpected_again(again, wrong));
            }
            // It excuses another such answer, and nothing that an expected one holds.
            has_one_status((first, again), &mut self.itself);
            return;
        }
        let languages = (Speaks::Baseline, Speaks::Baseline);
        laid_side_by_side((first, again), languages, self.rules, &mut self.itself);
    }

    fn finish(mut self, seen: &Seen) -> Inspection {
        for tally in [&mut self.sides, &mut self.itself] {
            link_elsewhere(tally);
        }
        let one_store = itself::one_store(&self.sides, &self.named);
        let found = &mut self.inspection.findings;
        found.extend(one_store.iter().map(|one| words::one_store(one, seen)));
        if seen.statements != Some(0) {
            let is_named = |step: &&String| one_store.iter().any(|one| one.step == **step);
            let silent = seen.silent.iter().filter(|step| !is_named(step));
            let silent = silent.filter(|step| !self.rules.is_storeless(step));
            let compared = silent.filter(|step| self.sides.extents.contains_key(*step));
            found.extend(compared.map(|step| words::no_statement(Some(step))));
        } else if one_store.is_empty()
            && let mut compared = self.sides.extents.keys()
            && compared.any(|step| !self.rules.is_storeless(step))
        {
            found.push(words::no_statement(None));
        }
        let (mut beyond, excused) = noise::split(&self.sides, &self.itself);
        // The most telling first, whichever step shows it; what is seen more often says more.
        beyond.sort_by_cached_key(|one| {
            let Place { step, kind, .. } = &one.place;
            (words::rank(*kind), Reverse(one.found.count), step.clone())
        });
        let renames = words::Renames::of(&beyond);
        found.extend(
            beyond
                .iter()
                .map(|one| words::difference(one, &renames, self.rules)),
        );
        found.extend(excused.iter().map(noise::Excused::finding));
        for looked in words::looked_at(&self.sides.extents, self.rules) {
            let differs = |place: &Place| place.step == looked.what;
            if !self.expected.contains(&looked.what) && !self.sides.found.keys().any(differs) {
                // Two login pages are alike; it is told already that they were not expected.
                continue;
            }
            if self.sides.holds_nothing(&looked.what) {
                self.not_looked(unseen::nothing_compared(&looked));
            } else {
                self.inspection.looked_at.push(looked);
            }
        }
        for (step, list) in std::mem::take(&mut self.sides.unkept_orders) {
            self.not_looked(unseen::unkept_order(step, &list));
        }
        for field in self.sides.idle_rules() {
            self.not_looked(unseen::idle_rule(&field));
        }
        // By itself it is no evidence of anything.
        if let (Some(why), false) = (&seen.untold, self.inspection.looked_at.is_empty()) {
            self.inspection.looked_at.push(words::untold(why));
        }
        self.inspection.sort();
        self.inspection
    }
}

enum Outcome {
    /// The stores that both named.
    Compared((Vec<String>, Vec<String>)),
    /// The statuses differ.
    Statuses,
}

fn is_error(status: u16) -> bool {
    status >= 400
}

/// Neither an error nor a redirect (to a login page, say).
fn is_success(answer: &Answered<'_>) -> bool {
    (200..300).contains(&answer.status)
}

/// Compares two answers to one step as wholes into the tally: whether they have one status, with which
/// their bodies can be compared.
fn has_one_status((left, right): (&Answered<'_>, &Answered<'_>), tally: &mut Tally) -> bool {
    let place = |kind| Place {
        step: left.step.to_owned(),
        path: FieldPath::root(),
        kind,
    };
    tally.chance(place(FindingKind::StatusDiffers), 1);
    if left.status != right.status {
        let example = || words::statuses(left, right);
        tally.add(place(FindingKind::StatusDiffers), example);
        return false;
    }
    tally.chance(place(FindingKind::Unexpected), 1);
    if let (None, Some(wrong)) = (left.unexpected, right.unexpected) {
        let example = || Example::new("the answer", Some("as expected"), Some(wrong));
        tally.add(place(FindingKind::Unexpected), example);
    }
    true
}

/// Compares two answers to one step into the tally.
fn laid_side_by_side(
    (left, right): (&Answered<'_>, &Answered<'_>),
    languages: (Speaks, Speaks),
    rules: &Compare,
    tally: &mut Tally,
) -> Outcome {
    if !has_one_status((left, right), tally) {
        return Outcome::Statuses;
    }
    let a = canonical(&left.body, left.marker, languages.0, rules);
    let b = canonical(&right.body, right.marker, languages.1, rules);
    let mut differ = Differ {
        rules,
        step: left.step,
        tally,
    };
    differ.answers(&a.tree, &b.tree);
    let ignored = rules
        .fields
        .iter()
        .filter_map(|rule| match &rule.treatment {
            Treatment::Ignore(reason) => Some((rule.path.clone(), reason.clone())),
            _ => None,
        });
    differ.extent().ignored.extend(ignored);
    Outcome::Compared((a.stores, b.stores))
}

/// Turns links that lead elsewhere into differences.
fn link_elsewhere(tally: &mut Tally) {
    let links = std::mem::take(&mut tally.links);
    for link in ids::elsewhere(&links) {
        tally.add(link.place.clone(), || words::link(link));
    }
    tally.links = links;
}
