//! From what was counted to what is told. The more telling kind replaces the plainer one: whoever reads
//! that every status became `todo` need not read that 66 of them differ.

use std::collections::HashSet;

use super::export::{ExportFacts, ListEnd};
use super::links::LinkTally;
use super::mapping::From;
use super::moments;
use super::side::Side;
use super::tally::{Bucket, FieldTally};
use super::value::Value;
use super::words::{About, finding};
use crate::record::{Example, Finding, FindingKind, Inspection, Looked, Weight};

/// From how many old values on a single new one is a collapse: two may fall together by chance.
const COLLAPSED_VALUES: usize = 3;
/// From how many records on.
const COLLAPSED_RECORDS: u64 = 10;
/// The share of times of completion that are the last edit, from which they are a guess: some tasks are
/// edited last when they are done.
const GUESSED_SHARE: f64 = 0.9;
/// From how many on; fewer may be chance.
const GUESSED_RECORDS: u64 = 5;
/// The share of records that are there again, from which an import ran twice.
const TWICE_SHARE: f64 = 0.9;
/// An import of one record is not told from a record that was made again.
const TWICE_RECORDS: u64 = 2;
/// Above this share of records with a later edit, the rows' times say nothing of the import.
const MOST_DRIFTED: f64 = 0.5;
/// The lengths at which lists of the application and of Notion end.
const CAPS: [usize; 2] = [50, 100];

/// As many pages tells an answer of Notion at most; a script that asks no further ends there.
const ANSWER: usize = 100;

/// What people want to know first.
const ORDER: [FindingKind; 22] = [
    FindingKind::ImportedTwice,
    FindingKind::ListCapped,
    FindingKind::FieldCollapsed,
    FindingKind::EmptyTitleLost,
    FindingKind::BodyLost,
    FindingKind::DayShifted,
    FindingKind::MomentShifted,
    FindingKind::EndDropped,
    FindingKind::ZoneDropped,
    FindingKind::CompletionGuessed,
    FindingKind::EditedAfterImport,
    FindingKind::HalfWritten,
    FindingKind::RelationCut,
    FindingKind::Orphan,
    FindingKind::RecordMissing,
    FindingKind::RecordExtra,
    FindingKind::RecordDuplicated,
    FindingKind::FieldChanged,
    FindingKind::LinkElsewhere,
    FindingKind::LinkMissing,
    FindingKind::LinkExtra,
    FindingKind::PropertyNotReceived,
];

/// What is told of one comparison.
pub(super) struct Telling<'a> {
    pub(super) facts: &'a ExportFacts,
    /// The mapping's zone, by its name.
    pub(super) zone: String,
    /// Whether bodies shall be looked at.
    pub(super) bodies: bool,
    pub(super) inspection: Inspection,
}

impl Telling<'_> {
    /// Tells what one kind of record came to.
    pub(super) fn record(&mut self, side: &mut Side<'_>, links: Vec<LinkTally>) {
        // A list that is there and empty is one that Notion has no page of.
        if side.seen.is_empty() && !self.facts.lists.contains_key(&side.record.name) {
            self.not_looked(
                &side.record.name,
                "the export has no page of it",
                "Export this database too, or take the record out of the mapping.",
            );
            return;
        }
        self.looked(side, &links);
        self.untold(side, &links);
        let cut = self.is_cut(side);
        self.fields(side);
        self.missing(side);
        self.links(side, &links);
        let half = links.iter().flat_map(|tally| &tally.half_rows).copied();
        self.extra(side, &half.collect(), cut);
        self.bodies(side);
        let mut properties: Vec<_> = side.not_received.iter().collect();
        properties.sort_by_key(|(name, _)| name.as_str());
        for (name, bucket) in properties {
            self.tell(
                FindingKind::PropertyNotReceived,
                side,
                name,
                side.pages(),
                bucket,
            );
        }
    }

    /// Puts the most telling findings first.
    pub(super) fn finish(mut self) -> Inspection {
        let place = |kind: FindingKind| ORDER.iter().position(|known| *known == kind);
        self.inspection
            .findings
            .sort_by_key(|finding| place(finding.kind));
        self.inspection.sort();
        self.inspection
    }

    pub(super) fn tell(
        &mut self,
        kind: FindingKind,
        side: &Side<'_>,
        part: &str,
        of: u64,
        seen: &Bucket,
    ) {
        self.tell_more(kind, side, (part, ""), of, seen);
    }

    fn tell_more(
        &mut self,
        kind: FindingKind,
        side: &Side<'_>,
        (part, more): (&str, &str),
        of: u64,
        seen: &Bucket,
    ) {
        let record = side.record.name.as_str();
        let about = About {
            record,
            part,
            of,
            more,
        };
        self.inspection.findings.extend(finding(kind, about, seen));
    }

    fn looked(&mut self, side: &Side<'_>, tallies: &[LinkTally]) {
        let (pages, rows) = (side.pages(), side.rows.len());
        let (fields, links) = (side.record.fields.len(), side.record.links.len());
        let left_out = match tallies.iter().map(|tally| tally.left_out).sum::<u64>() {
            0 => String::new(),
            count => format!(", {count} of them to pages that were left out"),
        };
        let skipped = match (&side.record.skip_archived, side.skipped) {
            (Some(reason), skipped) if skipped > 0 => format!(", {skipped} left out: {reason}"),
            _ => String::new(),
        };
        self.inspection.looked_at.push(Looked {
            what: side.record.name.clone(),
            count: pages,
            detail: format!(
                "{pages} pages against {rows} rows, {} matched; {fields} fields, {links} links{left_out}{skipped}",
                side.pairs.len()
            ),
        });
    }

    /// Whether the export itself ends before the list does, or may: then nobody knows which rows are too many.
    fn is_cut(&mut self, side: &Side<'_>) -> bool {
        let (record, pages) = (&side.record.name, side.seen.len());
        let lists = &self.facts.lists;
        let end = lists.get(record).or_else(|| lists.get(""));
        // Its pages may stand under a name that is not the record's.
        let (words, next) = match end.or_else(|| lists.values().max()) {
            Some(ListEnd::More) => (
                format!("the export of {record} ends after {pages} pages although Notion has more"),
                "Follow `next_cursor` until `has_more` is false, ask in parts where Notion ends a query at 10,000 \
                 results, and export again.",
            ),
            Some(ListEnd::NotTold) if pages == ANSWER => (
                format!(
                    "the export of {record} has exactly {ANSWER} pages, at which an answer of Notion ends, and does \
                     not say whether there are more"
                ),
                "Compare with --live, which asks for all; or export each answer as it is, with its `results` and \
                 `has_more`, until that is false.",
            ),
            _ => return false,
        };
        self.inspection.findings.push(Finding {
            kind: FindingKind::ListCapped,
            weight: Weight::Doubts,
            subject: record.clone(),
            count: pages as u64,
            of: pages as u64,
            words,
            example: None,
            next: next.to_owned(),
        });
        true
    }

    fn fields(&mut self, side: &mut Side<'_>) {
        let pairs = side.pairs.len() as u64;
        let mut apart = std::mem::take(&mut side.drifted_fields);
        let drifted = std::mem::take(&mut side.drifted);
        if share(drifted.count, pairs) > MOST_DRIFTED {
            for (tally, apart) in side.fields.iter_mut().zip(apart.drain(..)) {
                tally.merge(apart);
            }
        } else {
            side.drifted = drifted;
        }
        let mut fields = std::mem::take(&mut side.fields);
        for (place, tally) in fields.iter_mut().enumerate() {
            self.field(side, place, tally);
        }
    }

    fn field(&mut self, side: &Side<'_>, place: usize, tally: &mut FieldTally) {
        let map = &side.record.fields[place];
        let (column, of, zone) = (map.column.as_str(), tally.compared, self.zone.clone());
        if let Some(value) = collapsed(tally) {
            let value = value
                .shown()
                .map_or("empty".to_owned(), |value| format!("`{value}`"));
            let more = match tally.old_values.count() {
                64 => format!("{value}; Notion has more than 60 different values"),
                count => format!("{value}; Notion has {count} different values"),
            };
            let mut all = std::mem::take(&mut tally.differ);
            for other in [&mut tally.day_shifted, &mut tally.moved, &mut tally.guessed] {
                all.merge(std::mem::take(other));
            }
            self.tell_more(FindingKind::FieldCollapsed, side, (column, &more), of, &all);
        }
        self.guessed(side, place, tally);
        let zone = zone.as_str();
        self.tell_more(
            FindingKind::DayShifted,
            side,
            (column, zone),
            of,
            &tally.day_shifted,
        );
        self.tell_more(
            FindingKind::MomentShifted,
            side,
            (column, zone),
            of,
            &tally.moved,
        );
        self.tell(
            FindingKind::EndDropped,
            side,
            column,
            of,
            &tally.end_dropped,
        );
        self.tell(
            FindingKind::ZoneDropped,
            side,
            column,
            of,
            &tally.zone_dropped,
        );
        self.tell(FindingKind::FieldChanged, side, column, of, &tally.differ);
    }

    /// Times of completion that are only the last edit: told where they are nearly all, else each is a
    /// value that differs, or chance where Notion does not know better.
    fn guessed(&mut self, side: &Side<'_>, place: usize, tally: &mut FieldTally) {
        let map = &side.record.fields[place];
        let guessed = std::mem::take(&mut tally.guessed);
        let unknown = map.from == From::Nothing;
        let of = if unknown {
            tally.set
        } else {
            guessed.count + tally.differ.count
        };
        if guessed.count >= GUESSED_RECORDS && share(guessed.count, of) >= GUESSED_SHARE {
            self.tell(
                FindingKind::CompletionGuessed,
                side,
                &map.column,
                of,
                &guessed,
            );
        } else if !unknown {
            tally.differ.merge(guessed);
        }
    }

    fn missing(&mut self, side: &mut Side<'_>) {
        let (mut missing, mut untitled) = (Bucket::default(), Bucket::default());
        let newest = newest_row(side);
        for page in &side.missing {
            let made = page.created.map(moments::minute);
            let later = newest.zip(made).is_some_and(|(newest, made)| made > newest);
            let bucket = match (page.title.is_empty() && side.title.is_some(), later) {
                (true, _) => &mut untitled,
                (false, true) => &mut side.drifted,
                (false, false) => &mut missing,
            };
            bucket.add(page.id, || Side::lonely(page));
        }
        let (pages, rows) = (side.pages(), side.rows.len());
        self.tell(FindingKind::EmptyTitleLost, side, "", pages, &untitled);
        self.tell(
            FindingKind::EditedAfterImport,
            side,
            "",
            pages,
            &side.drifted,
        );
        let kind = if CAPS.contains(&rows) && pages > rows as u64 {
            FindingKind::ListCapped
        } else {
            FindingKind::RecordMissing
        };
        self.tell_more(kind, side, ("", &rows.to_string()), pages, &missing);
    }

    /// Rows too many. Of a list that is cut only those are told that are there twice, and nearly all are.
    fn extra(&mut self, side: &Side<'_>, half: &HashSet<usize>, cut: bool) {
        let (mut extra, mut twice) = (Bucket::default(), Bucket::default());
        let contents: HashSet<u64> = side
            .pairs
            .iter()
            .map(|pair| side.content(pair.row))
            .collect();
        let left = (0..side.rows.len()).filter(|row| !side.taken[*row] && !half.contains(row));
        for row in left {
            let again = contents.contains(&side.content(row));
            let bucket = if again { &mut twice } else { &mut extra };
            let order = u128::from(super::value::hash_of(side.id(row)));
            bucket.add(order, || {
                Example::new(&side.row_key(row), None, Some("a row"))
            });
        }
        let pairs = side.pairs.len() as u64;
        let all = twice.count >= TWICE_RECORDS && share(twice.count, pairs) >= TWICE_SHARE;
        let kind = if all {
            FindingKind::ImportedTwice
        } else {
            FindingKind::RecordDuplicated
        };
        let rows = side.rows.len() as u64;
        if all || !cut {
            self.tell(kind, side, "", rows, &twice);
        }
        if cut {
            return;
        }
        self.tell(FindingKind::RecordExtra, side, "", rows, &extra);
    }

    fn links(&mut self, side: &Side<'_>, tallies: &[LinkTally]) {
        for (place, (map, tally)) in side.record.links.iter().zip(tallies).enumerate() {
            let (name, of) = (map.name.as_str(), tally.linked);
            self.told_in_part(side, place, name);
            self.tell(FindingKind::RelationCut, side, name, of, &tally.cut);
            self.tell(FindingKind::HalfWritten, side, name, of, &tally.half);
            self.tell(FindingKind::Orphan, side, name, of, &tally.orphans);
            self.tell(FindingKind::LinkElsewhere, side, name, of, &tally.elsewhere);
            self.tell(FindingKind::LinkMissing, side, name, of, &tally.missing);
            self.tell(FindingKind::LinkExtra, side, name, of, &tally.extra);
        }
    }
}

/// The value that is left of a column's.
fn collapsed(tally: &FieldTally) -> Option<&Value> {
    let many = tally.old_values.count() >= COLLAPSED_VALUES && tally.compared >= COLLAPSED_RECORDS;
    tally.new_values.only().filter(|_| many)
}

/// When the newest row was made, where the mapping can tell what came after the import.
fn newest_row(side: &Side<'_>) -> Option<i64> {
    side.record.edited.as_ref()?;
    let field = side
        .record
        .fields
        .iter()
        .find(|field| field.from == From::CreatedTime)?;
    let column = side.rows.column(&field.column)?;
    let times = side
        .rows
        .cells(column)
        .flatten()
        .filter_map(moments::of_cell);
    times.map(moments::minute).max()
}

fn share(part: u64, of: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of records are below 2^52"
    )]
    let share = part as f64 / of.max(1) as f64;
    share
}
