//! Findings in plain words: what is different, one case of it, and what to do next. They are read late
//! in the evening before a cutover, by somebody who did not write the rules.

use std::collections::{BTreeMap, BTreeSet};

use super::Answered;
use super::Seen;
use super::ids::Link;
use super::itself::OneStore;
use super::moment;
use super::noise::Beyond;
use super::tally::{Extent, Found, Place};
use crate::record::{Example, Finding, FindingKind, Looked, Weight};
use crate::scenario::{Compare, FieldPath};

/// The more telling kinds first.
pub(super) fn rank(kind: FindingKind) -> u8 {
    use FindingKind as K;
    match kind {
        K::StatusDiffers => 0,
        // What it is that is not as expected says more.
        K::Unexpected => 12,
        K::CappedOneSide | K::CappedBothSides => 1,
        K::RecordDuplicated => 2,
        K::RecordMissing => 3,
        K::RecordExtra => 4,
        K::LinkElsewhere => 5,
        K::Value => 6,
        K::MomentShifted => 7,
        K::TypeChanged => 8,
        K::FieldMissing => 9,
        K::FieldExtra => 10,
        _ => 11,
    }
}

/// What was looked at, step by step.
pub(super) fn looked_at(extents: &BTreeMap<String, Extent>, rules: &Compare) -> Vec<Looked> {
    let looked = |(step, extent): (&String, &Extent)| {
        let mut detail = format!(
            "{}, {}, {}",
            plural(extent.answers, "answer"),
            plural(extent.records, "record"),
            plural(extent.values, "value")
        );
        if extent.ids_passed_over > 0 {
            let ids = plural(extent.ids_passed_over, "id");
            detail.push_str(&format!(
                "; {ids} not compared, for no `key` and no content tells which record is which"
            ));
        }
        for (path, reason) in &extent.ignored {
            detail.push_str(&format!("; `{path}` left out: {reason}"));
        }
        if rules.is_storeless(step) {
            detail.push_str("; whether its database was asked left out: named in `storeless`");
        }
        Looked {
            what: step.clone(),
            count: extent.answers,
            detail,
        }
    };
    extents.iter().map(looked).collect()
}

fn plural(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// The example of two statuses.
pub(super) fn statuses(left: &Answered<'_>, right: &Answered<'_>) -> Example {
    let said = |answer: &Answered<'_>| format!("{} {}", answer.status, answer.body);
    Example::new("the answer", Some(&said(left)), Some(&said(right)))
}

/// The example of a link.
pub(super) fn link(link: &Link) -> Example {
    Example::new(&link.record, Some(&link.left), Some(&link.right))
}

/// An answer that came from a cache.
pub(super) fn frozen(step: &str, side: &str, header: &str) -> Finding {
    let (baseline, candidate) = match side {
        "baseline" => (Some(header), None),
        _ => (None, Some(header)),
    };
    Finding {
        kind: FindingKind::Frozen,
        weight: Weight::Doubts,
        subject: step.to_owned(),
        count: 1,
        of: 1,
        words: format!(
            "the {side}'s answer came from a cache ({header}), so its store was not asked"
        ),
        example: Some(Example::new("its header", baseline, candidate)),
        next: format!(
            "Let the {side} answer this route at each request (in Next.js `dynamic = \"force-dynamic\"`), build it anew, and compare again."
        ),
    }
}

/// A step that both sides answer from one store.
pub(super) fn one_store(one: &OneStore, seen: &Seen) -> Finding {
    let mut signs = Vec::new();
    if let Some(name) = &one.named {
        signs.push(format!("both say that `{name}` answered"));
    }
    if one.ids.1 > 0 && one.ids.0 == one.ids.1 {
        let ids = plural(one.ids.1, "id");
        signs.push(format!(
            "{ids} that each store makes for itself are the same"
        ));
    }
    if let Some((left, right)) = &one.named_two {
        signs.push(format!("though they name two, `{left}` and `{right}`"));
    }
    match seen.statements {
        Some(0) => signs.push("no statement reached the candidate's database".to_owned()),
        Some(count) => {
            signs.push(format!(
                "yet {} reached the candidate's database",
                plural(count, "statement")
            ));
        }
        None => {}
    }
    Finding {
        kind: FindingKind::ComparedWithItself,
        weight: Weight::Doubts,
        subject: one.step.clone(),
        count: one.ids.0.max(1),
        of: one.ids.1.max(1),
        words: format!("one store seems to answer for both sides: {}", signs.join(", ")),
        example: one.example.as_ref().map(|(record, id)| Example::new(record, Some(id), Some(id))),
        next: "Find out which store this route of the candidate reads, and switch it over; if the import kept the ids, \
               take them out of `own_ids`."
            .to_owned(),
    }
}

/// A candidate that answered, to one step or to all, while its database was not asked.
pub(super) fn no_statement(step: Option<&str>) -> Finding {
    let words = match step {
        Some(_) => {
            "the candidate answered this step, and no statement reached its database meanwhile"
        }
        None => "the candidate answered, and no statement reached its database",
    };
    Finding {
        kind: FindingKind::ComparedWithItself,
        weight: Weight::Doubts,
        subject: step.unwrap_or("the candidate's database").to_owned(),
        count: 1,
        of: 1,
        words: words.to_owned(),
        example: None,
        next: "Find out what the candidate reads: another database, Notion, or a cache. A step that needs no record can \
               be named in `storeless` of `[compare]`."
            .to_owned(),
    }
}

/// That the candidate's database does not tell whether it was asked.
pub(super) fn untold(why: &str) -> Looked {
    Looked {
        what: "the candidate's database".to_owned(),
        count: 0,
        detail: format!("nobody could tell whether it was asked ({why})"),
    }
}

/// A write that was refused and left something.
pub(super) fn refused_half_way(
    left: &Answered<'_>,
    right: &Answered<'_>,
    rest: &Answered<'_>,
) -> Finding {
    Finding {
        kind: FindingKind::RefusedHalfWay,
        weight: Weight::Refutes,
        subject: right.step.to_owned(),
        count: 1,
        of: 1,
        words: format!(
            "the candidate refused with {}, where the baseline answered {}, and yet left something behind",
            right.status, left.status
        ),
        example: Some(Example::new(
            &format!(
                "what `{}` then finds",
                rest.step.trim_start_matches("recover/")
            ),
            None,
            Some(&rest.body.to_string()),
        )),
        next: "Let the candidate write all of it in one transaction.".to_owned(),
    }
}

/// A field that only one side has: in which way, its name, and how often.
type OneSided = (FindingKind, String, u64);

/// Which field that is missing may be which one that is too much: the only one of each in an object, by
/// step and path.
pub(super) struct Renames(BTreeMap<(String, FieldPath), Vec<OneSided>>);

impl Renames {
    pub(super) fn of(found: &[Beyond]) -> Self {
        let mut fields: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for one in found {
            let kind = one.place.kind;
            if let (FindingKind::FieldMissing | FindingKind::FieldExtra, Some(name)) =
                (kind, one.place.path.field())
            {
                let object = (one.place.step.clone(), one.place.path.parent());
                let entry = (kind, name.to_owned(), one.found.count);
                fields.entry(object).or_default().push(entry);
            }
        }
        Self(fields)
    }

    /// The old and the new name.
    fn at(&self, one: &Beyond) -> Option<(&str, &str)> {
        let object = (one.place.step.clone(), one.place.path.parent());
        match self.0.get(&object)?.as_slice() {
            [
                (FindingKind::FieldMissing, old, n),
                (FindingKind::FieldExtra, new, m),
            ]
            | [
                (FindingKind::FieldExtra, new, m),
                (FindingKind::FieldMissing, old, n),
            ] if n == m => Some((old, new)),
            _ => None,
        }
    }
}

/// Where it is: the step, and the path in its answer.
pub(super) fn subject(place: &Place) -> String {
    match place.kind {
        FindingKind::StatusDiffers | FindingKind::Unexpected => place.step.clone(),
        _ => format!("{} {}", place.step, place.path),
    }
}

/// A place as people say it: its last name.
pub(super) fn named(path: &FieldPath) -> String {
    let mut inner = path.clone();
    while !inner.parts().is_empty() {
        if let Some(name) = inner.field() {
            return format!("`{name}`");
        }
        inner = inner.parent();
    }
    "the answer".to_owned()
}

/// A difference in words.
pub(super) fn difference(one: &Beyond, renames: &Renames, rules: &Compare) -> Finding {
    let (place, found) = (&one.place, &one.found);
    let path = place.path.to_string();
    let (mut words, next) = match place.kind {
        FindingKind::FieldMissing | FindingKind::FieldExtra => shape(one, &path, renames),
        FindingKind::RecordMissing | FindingKind::RecordExtra | FindingKind::RecordDuplicated => {
            members(one)
        }
        FindingKind::Value => value(one, &path),
        kind => other(kind, one, rules),
    };
    if one.noise.0 > 0 {
        let (count, of) = one.noise;
        words.push_str(&format!(
            "; the baseline differs from itself so in {count} of {of}"
        ));
    }
    Finding {
        kind: place.kind,
        weight: found.weight,
        subject: subject(place),
        count: found.count,
        of: one.of,
        words,
        example: found.example.clone(),
        next,
    }
}

fn shape(one: &Beyond, path: &str, renames: &Renames) -> (String, String) {
    let (count, of) = (one.found.count, one.of);
    let renamed = renames.at(one).map(|(old, new)| {
        let old = one.place.path.parent().child(old);
        format!(" If `{new}` is its new name and every client knows it, write `{{ path = \"{old}\", rename = \"{new}\" }}`.")
    });
    if one.place.kind == FindingKind::FieldMissing {
        let words = format!(
            "the candidate's answer lacks {}, which the baseline's has, in {count} of {of}",
            named(&one.place.path)
        );
        let next = "Let the candidate answer with it: clients that read it will break.".to_owned();
        return (words, next + &renamed.unwrap_or_default());
    }
    let words = format!(
        "the candidate's answer has {}, which the baseline's lacks, in {count} of {of}",
        named(&one.place.path)
    );
    let leave = format!(
        " If no client minds, write `{{ path = \"{path}\", ignore = \"why\" }}` in `[compare]`."
    );
    let next = "Find out whether it is meant.".to_owned();
    (words, next + &renamed.unwrap_or(leave))
}

fn members(one: &Beyond) -> (String, String) {
    let (count, of) = (one.found.count, one.of);
    let path = named(&one.place.path);
    let are = if count == 1 { "is" } else { "are" };
    match one.place.kind {
        FindingKind::RecordMissing => (
            format!("{count} of the baseline's {of} records in {path} {are} missing on the candidate"),
            "Look for the example in the candidate's tables: either the import lost it, or the route does not show it.".to_owned(),
        ),
        FindingKind::RecordDuplicated => (
            format!("{count} of the candidate's {of} records in {path} {are} there once more than on the baseline"),
            "See whether the import ran twice, and give each row a key that ties it to its page.".to_owned(),
        ),
        _ => (
            format!("{count} of the candidate's {of} records in {path} {are} not on the baseline"),
            "Find out who wrote the example into the candidate: records that only one store has mean that the two have drifted apart.".to_owned(),
        ),
    }
}

fn value(one: &Beyond, path: &str) -> (String, String) {
    let (found, of) = (&one.found, one.of);
    let name = named(&one.place.path);
    let mut words = format!("{name} has another value in {} of {of}", found.count);
    let lefts: BTreeSet<&String> = found.pairs.keys().map(|(left, _)| left).collect();
    let rights: BTreeSet<&String> = found.pairs.keys().map(|(_, right)| right).collect();
    let (mut sides, each_has_one) = (lefts.len(), lefts.len() == found.pairs.len());
    if let (Some(only), 1, 2..) = (rights.first(), rights.len(), lefts.len()) {
        sides = usize::MAX;
        let has = lefts.len();
        words.push_str(&format!(
            ": there the candidate always says {only}, and the baseline {has} different values"
        ));
    }
    let mut next = "Correct the import or the candidate.".to_owned();
    let texts = found
        .pairs
        .keys()
        .all(|(left, right)| left.starts_with('"') && right.starts_with('"'));
    // Few words, each with one image: a translation that may be meant.
    if texts && each_has_one && sides <= 6 && found.count > sides as u64 {
        let map: Vec<String> = found
            .pairs
            .keys()
            .map(|(left, right)| format!("{left} = {right}"))
            .collect();
        let map = map.join(", ");
        next.push_str(&format!(" If the words are meant to change and every client knows it, write `{{ path = \"{path}\", map = {{ {map} }} }}`."));
    }
    (words, next)
}

fn other(kind: FindingKind, one: &Beyond, rules: &Compare) -> (String, String) {
    let (found, of) = (&one.found, one.of);
    let path = named(&one.place.path);
    let (count, remark) = (found.count, found.remark.clone().unwrap_or_default());
    match kind {
        FindingKind::StatusDiffers => (
            format!("the candidate answers with another status in {count} of {of}"),
            "Look into the candidate's log for this request.".to_owned(),
        ),
        FindingKind::Unexpected => (
            format!("the candidate's answer is not the expected one, and the baseline's is, in {count} of {of}"),
            "Look at what the candidate's answer lacks, or what it has too much.".to_owned(),
        ),
        FindingKind::TypeChanged => (
            format!("{path} is of another type in {count} of {of}: {remark}"),
            "Let the candidate answer with the baseline's type: clients that read it will break.".to_owned(),
        ),
        FindingKind::MomentShifted => moments(found, of, &path, rules),
        FindingKind::LinkElsewhere => (
            format!("{path} leads to another record in {count} of {of}"),
            "Follow the example's id on both sides, and correct the import's table of ids.".to_owned(),
        ),
        FindingKind::CappedOneSide => (
            format!("{path} is cut on one side: {remark}"),
            "Let both sides answer with the whole list, or with a cursor that goes on.".to_owned(),
        ),
        FindingKind::CappedBothSides if found.weight == Weight::Refutes => (
            format!("{path} is cut on both sides ({remark}), and what they show of the whole differs"),
            "Let both sides answer with the whole list, or with a cursor that goes on, and cut in the same order.".to_owned(),
        ),
        FindingKind::CappedBothSides => (
            format!("{path} may be cut: {remark}, and hold the same records"),
            "Ask both sides for what comes after: nobody saw whether it is the same. Where the lists are whole, or \
             the step itself asks for so many, take that number out of `caps` in `[compare]`."
                .to_owned(),
        ),
        _ => {
            let why = if remark.is_empty() { String::new() } else { format!("; {remark}") };
            (
                format!("{path} comes in another order: {count} of {of} records stand elsewhere{why}"),
                "Let the candidate sort as the baseline does, by what the values mean; where the order means nothing, write `order = \"free\"`.".to_owned(),
            )
        }
    }
}

fn moments(found: &Found, of: u64, path: &str, rules: &Compare) -> (String, String) {
    let count = found.count;
    let most = found.shifts.iter().max_by_key(|(_, times)| **times);
    let shifted = match most {
        Some((seconds, times)) if *times == count => {
            let by = moment::shift(*seconds);
            format!("{path} is {by} on the candidate, in {count} of {of}")
        }
        Some((seconds, times)) if times.saturating_mul(2) >= count => {
            let by = moment::shift(*seconds);
            format!("{path} is another moment in {count} of {of}, mostly {by} on the candidate")
        }
        _ => format!("{path} is another moment in {count} of {of}, each by another amount"),
    };
    let why = found
        .remark
        .as_ref()
        .map(|remark| format!("; {remark}"))
        .unwrap_or_default();
    let words = shifted + &why;
    let zone = moment::name(&rules.zone);
    let next = if found.remark.is_some() {
        format!(
            "Let the import read a date without a time as midnight in {zone}, or keep it as a date; people will see another day or hour."
        )
    } else {
        "Look at how the import and the candidate read the zone of a time.".to_owned()
    };
    (words, next)
}
