//! What is found, in words for somebody who has been at it for twelve hours: what is wrong, and what to
//! do next.

use crate::record::{Finding, FindingKind, Weight};

use super::tally::Bucket;

/// What a sentence speaks of.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    /// The record: `tasks`.
    pub(super) record: &'a str,
    /// The column, link or property, where it is one.
    pub(super) part: &'a str,
    /// Of how many.
    pub(super) of: u64,
    /// What else the sentence needs: a zone, a value.
    pub(super) more: &'a str,
}

/// A finding with its sentences; `None` when nothing was seen.
pub(super) fn finding(kind: FindingKind, about: About<'_>, seen: &Bucket) -> Option<Finding> {
    if seen.count == 0 {
        return None;
    }
    let (words, next) = sentences(kind, about, seen.count);
    let subject = match about.part {
        "" => about.record.to_owned(),
        part => format!("{}.{part}", about.record),
    };
    Some(Finding {
        kind,
        weight: Weight::Refutes,
        subject,
        count: seen.count,
        of: about.of,
        words,
        example: seen.example(),
        next,
    })
}

fn sentences(kind: FindingKind, about: About<'_>, count: u64) -> (String, String) {
    let words = of_values(kind, about, count)
        .or_else(|| of_records(kind, about, count))
        .or_else(|| of_parts(kind, about, count));
    let (words, next) = words.unwrap_or_else(|| {
        let (record, of) = (about.record, about.of);
        let words = format!("{}: {count} of {of} {record}", kind.words());
        (words, "Look at the example.")
    });
    (words, next.to_owned())
}

/// `all ` or `3 of `, before how many there are.
fn share(count: u64, of: u64) -> String {
    if count == of {
        "all ".to_owned()
    } else {
        format!("{count} of ")
    }
}

/// Sentences about what columns say.
fn of_values(kind: FindingKind, about: About<'_>, count: u64) -> Option<(String, &'static str)> {
    let About {
        record,
        part,
        of,
        more,
    } = about;
    let all = share(count, of);
    Some(match kind {
        FindingKind::FieldCollapsed => (
            format!("every `{part}` of {record} is {more}"),
            "Look at how the importer reads this property, for instance whether it asks for the type \
             that it has in Notion; then import again.",
        ),
        FindingKind::DayShifted => (
            format!("the day in `{part}` of {all}{of} {record} is another day in {more}"),
            "Let the importer write the midnight of the mapping's zone, and check that the mapping names \
             the zone in which you live.",
        ),
        FindingKind::MomentShifted => (
            format!(
                "a day without a time became a time of day in {more} in `{part}` of {all}{of} {record}"
            ),
            "Let the importer write the midnight of your zone instead of UTC's, or keep days in a column \
             of type date.",
        ),
        FindingKind::EndDropped => (
            format!("the end of the dates in `{part}` is lost in {count} of {of} {record}"),
            "Add a column for the end, let the importer fill it, and name it in the mapping as \
             `end_column`.",
        ),
        FindingKind::ZoneDropped => (
            format!("the time zone of the dates in `{part}` is lost in {count} of {of} {record}"),
            "Add a column for the zone, let the importer fill it, and name it in the mapping as \
             `zone_column`.",
        ),
        FindingKind::CompletionGuessed => (
            format!(
                "`{part}` is only the time of the last edit in {all}{of} {record} that have one"
            ),
            "Leave the column empty where Notion does not know the time: a guess looks like a fact.",
        ),
        FindingKind::FieldChanged => (
            format!("`{part}` differs from Notion in {all}{of} {record}"),
            "Compare the importer's rule for this column with the mapping's; put right the one that is \
             wrong.",
        ),
        _ => return None,
    })
}

/// Sentences about whole records.
fn of_records(kind: FindingKind, about: About<'_>, count: u64) -> Option<(String, &'static str)> {
    let About {
        record, of, more, ..
    } = about;
    let all = share(count, of);
    Some(match kind {
        FindingKind::EmptyTitleLost => (
            format!(
                "{count} of {of} {record} have no title, and no row: the importer left them out"
            ),
            "Give these pages a title in Notion, or let the importer take them; then import again.",
        ),
        FindingKind::ImportedTwice => (
            format!("{record} were imported twice: {count} of {of} rows say again what others say"),
            "Empty the tables and import once; and keep each page's id in its row, so that a second \
             import changes rows and makes none.",
        ),
        FindingKind::RecordDuplicated => (
            format!("{count} of {of} rows of {record} say the same as another one"),
            "Remove the rows that are too many, after looking at what links to them.",
        ),
        FindingKind::RecordMissing => (
            format!("{all}{of} {record} of Notion have no row"),
            "Find these pages in the importer's log, and import them.",
        ),
        FindingKind::RecordExtra => (
            format!("{count} of {of} rows of {record} belong to no page of Notion"),
            "Find out who wrote them: a test, the application before the cutover, or an import of pages \
             that are gone since.",
        ),
        FindingKind::ListCapped => (
            format!(
                "{record} end at exactly {more} rows, and {count} pages have none: a list was cut"
            ),
            "Follow `next_cursor` until `has_more` is false, and import again.",
        ),
        FindingKind::EditedAfterImport => (
            format!("{count} of {of} {record} were changed in Notion after the import"),
            "Let nobody write to Notion any more, find the routes that still do, and import again.",
        ),
        _ => return None,
    })
}

/// Sentences about what hangs on a record: its text, its links, what no column received.
fn of_parts(kind: FindingKind, about: About<'_>, count: u64) -> Option<(String, &'static str)> {
    let About {
        record, part, of, ..
    } = about;
    let all = share(count, of);
    Some(match kind {
        FindingKind::BodyLost => (
            format!("the text inside {all}{of} {record} with a body did not arrive"),
            "Export the blocks of each page too, write their text into a column, and name it in the \
             mapping as `body`.",
        ),
        FindingKind::HalfWritten => (
            format!(
                "{count} of {of} {record} with {part} have only some of them: half of the record was \
                 written"
            ),
            "Write a record and its links in one transaction, and put these right by hand.",
        ),
        FindingKind::RelationCut => (
            format!(
                "{count} of {of} {record} with {part} lack it: a list of exactly 25 links arrived, and \
                 was cut there"
            ),
            "Read long relations page by page (`GET /v1/pages/{id}/properties/{property}`): Notion tells \
             25 links with a page.",
        ),
        FindingKind::LinkMissing => (
            format!("{all}{of} {record} with {part} lack links that Notion has"),
            "Import the links again; a record that was linked must have its row first.",
        ),
        FindingKind::LinkExtra => (
            format!("{part}: {count} of {of} {record} have links that Notion does not have"),
            "Find out who wrote these links; remove them if nobody needs them.",
        ),
        FindingKind::LinkElsewhere => (
            format!("the {part} of {all}{of} {record} lead elsewhere than in Notion"),
            "Check by what the importer finds the linked row: names need not be unique, ids are.",
        ),
        FindingKind::Orphan => (
            format!(
                "{part}: {count} links of {record} lead to a row that is not there, or come from one"
            ),
            "Remove these links or bring the rows back, and add the foreign key so that it cannot happen \
             again.",
        ),
        FindingKind::PropertyNotReceived => (
            format!(
                "{count} of {of} {record} have a value in the property `{part}`, which no column received"
            ),
            "Give it a column and a rule in the mapping, or name it under `ignored` with the reason.",
        ),
        _ => return None,
    })
}
