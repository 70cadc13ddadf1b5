//! A page beside its row: each field, the ends and zones of its dates, and the text inside it.
//!
//! A difference is counted where it tells most: as a shifted day, as a guess, as an edit that came after
//! the import; only what has no such reason is a value that differs.

use super::expected::{DateFacts, Expected};
use super::mapping::{Body, Form, From};
use super::moments::{self, When};
use super::side::Side;
use super::tally::{Bucket, FieldTally};
use super::value::Value;

impl<'m> Side<'m> {
    /// Whether a field differs.
    pub(super) fn compare(&mut self, page: &Expected, row: usize) -> bool {
        let drifted = self.is_older(row, page);
        let mut tallies = std::mem::take(&mut self.fields);
        let mut apart = std::mem::take(&mut self.drifted_fields);
        let mut first = None;
        for (field, wanted) in page.cells.iter().enumerate() {
            // What the page does not tell is not held against the row.
            let unknown = self.record.fields[field].from == From::Nothing;
            if *wanted == Value::Anything && !unknown {
                continue;
            }
            let cell = self.cell(row, field);
            let tally = &mut tallies[field];
            tally.compared += 1;
            tally.new_values.add(&cell);
            if !matches!(wanted, Value::Empty | Value::Set | Value::Anything) {
                tally.old_values.add(wanted);
            }
            let raw = self.raw(row, field);
            if matches!(wanted, Value::Set | Value::Anything) {
                tally.set += u64::from(cell != Value::Empty);
                if self.guesses(field, page, raw) {
                    tally.guessed.add(page.id, || page.example(None, raw));
                    continue;
                }
            }
            let dates = page.dates.iter().find(|(place, _)| *place == field);
            if let Some((_, date)) = dates {
                let start_differs = !wanted.allows(&cell);
                self.compare_end(field, page, date, (row, start_differs), tally);
                self.compare_zone(field, page, date, row, tally);
            }
            // No later edit explains an end or a zone that is nowhere; a value that differs it may.
            let tally = if drifted { &mut apart[field] } else { tally };
            if !wanted.allows(&cell) {
                // A date is shown as it stands in Notion: whether it has a time is the point.
                let told = dates.map(|(_, date)| date.value.start.clone());
                let told = told.or_else(|| wanted.shown());
                let example = || page.example(told.as_deref(), raw.filter(|raw| !raw.is_empty()));
                first.get_or_insert_with(example);
                let date = dates.map(|(_, date)| date);
                self.bucket(field, page, (wanted, raw), date, tally)
                    .add(page.id, example);
            }
        }
        self.fields = tallies;
        self.drifted_fields = apart;
        let differs = first.is_some();
        if let Some(example) = first.filter(|_| drifted) {
            self.drifted.add(page.id, || example);
        }
        differs
    }

    /// Whether the page was edited after its row was.
    fn is_older(&self, row: usize, page: &Expected) -> bool {
        let column = self
            .record
            .edited
            .as_ref()
            .and_then(|name| self.rows.column(name));
        let cell = column.and_then(|column| self.rows.cell(row, column));
        let row = cell.and_then(moments::of_cell).map(moments::minute);
        row.zip(page.edited.map(moments::minute))
            .is_some_and(|(row, page)| page > row)
    }

    /// Whether a cell is only the page's last edit, where that is a guess.
    fn guesses(&self, field: usize, page: &Expected, raw: Option<&str>) -> bool {
        let at = raw.and_then(moments::of_cell).map(moments::minute);
        self.record.fields[field].never_last_edit
            && at.is_some()
            && at == page.edited.map(moments::minute)
    }

    /// Where a difference is counted: the kind that tells most.
    fn bucket<'t>(
        &self,
        field: usize,
        page: &Expected,
        (wanted, raw): (&Value, Option<&str>),
        date: Option<&DateFacts>,
        tally: &'t mut FieldTally,
    ) -> &'t mut Bucket {
        // A completion that must be gone is no guess: it was not cleared when the task was reopened.
        let must_be_gone =
            *wanted == Value::Empty && self.record.fields[field].from == From::Nothing;
        if !must_be_gone && self.guesses(field, page, raw) {
            return &mut tally.guessed;
        }
        let day = date.filter(|date| date.is_day);
        self.shift(field, day.map(|date| date.value.start.as_str()), raw, tally)
    }

    /// Where it is counted that a day became another moment: as a shift, as far as it may be one.
    fn shift<'t>(
        &self,
        field: usize,
        day: Option<&str>,
        raw: Option<&str>,
        tally: &'t mut FieldTally,
    ) -> &'t mut Bucket {
        let day = day.and_then(|day| day.parse::<jiff::civil::Date>().ok());
        let Some((day, at)) = day.zip(raw.and_then(moments::of_cell)) else {
            return &mut tally.differ;
        };
        // A shift is at most the distance of two zones; a day further off is another date.
        match (moments::day_of(at, self.zone) - day).get_days().abs() {
            0 if self.record.fields[field].form != Form::Day => &mut tally.moved,
            1 => &mut tally.day_shifted,
            _ => &mut tally.differ,
        }
    }

    /// Whether the end of a date arrived. One that is there and wrong is told with the start, once.
    fn compare_end(
        &self,
        field: usize,
        page: &Expected,
        date: &DateFacts,
        (row, start_differs): (usize, bool),
        tally: &mut FieldTally,
    ) {
        let map = &self.record.fields[field];
        let Some(end) = &date.value.end else { return };
        let when = When::read(end, &date.value, self.zone);
        let wanted = when.and_then(|when| Value::of_when(when, map.form, self.zone));
        // A column of texts holds the end as a text too.
        let wanted = wanted.unwrap_or_else(|| Value::of_cell(Some(end), map.form, self.zone));
        let raw = self.named(row, map.end_column.as_ref());
        if wanted == Value::of_cell(raw, map.form, self.zone) {
            return;
        }
        let span = format!("{} to {end}", date.value.start);
        let bucket = match raw {
            None => &mut tally.end_dropped,
            Some(_) if start_differs => return,
            Some(_) => self.shift(field, Some(end), raw, tally),
        };
        bucket.add(page.id, || page.example(Some(&span), raw));
    }

    /// Whether the zone of a date arrived.
    fn compare_zone(
        &self,
        field: usize,
        page: &Expected,
        date: &DateFacts,
        row: usize,
        tally: &mut FieldTally,
    ) {
        let column = self.record.fields[field].zone_column.as_ref();
        let raw = self.named(row, column);
        let named = date.value.time_zone.as_deref();
        // An offset is all that Notion says of a zone that it does not name. Only a column that was made for
        // zones is asked for it: the moment itself is right without.
        let offset = || moments::offset_of(&date.value.start).filter(|_| column.is_some());
        let Some(wanted) = named.or_else(offset) else {
            return;
        };
        let same_offset = || raw.is_some_and(|raw| moments::has_offset(raw, &date.value.start));
        if raw != Some(wanted) && (named.is_some() || !same_offset()) {
            let zone = &mut tally.zone_dropped;
            zone.add(page.id, || page.example(Some(wanted), raw));
        }
    }

    /// The cell of a column that a rule names beside its own.
    fn named(&self, row: usize, column: Option<&String>) -> Option<&'m str> {
        let column = self.rows.column(column?)?;
        self.rows.cell(row, column)
    }

    /// Whether the text inside the page arrived: each of its lines, wherever the importer put it.
    pub(super) fn compare_body(&mut self, page: &Expected, row: usize) {
        let column = match &self.record.body {
            Body::Ignored(_) => return,
            Body::Nowhere => None,
            Body::Column(name) => Some(name),
        };
        let Some(body) = &page.body else {
            self.without_text += 1;
            return;
        };
        self.has_bodies = true;
        self.without_text += u64::from(!body.is_whole);
        let lines: Vec<String> = body.text.lines().map(words).collect();
        if lines.iter().all(String::is_empty) {
            return;
        }
        self.with_body += 1;
        let cell = self.named(row, column);
        let arrived = cell.map(words).is_some_and(|cell| {
            let mut lines = lines.iter().filter(|line| !line.is_empty());
            lines.all(|line| stands_in(line, &cell))
        });
        if !arrived {
            let text = lines.join(" ");
            self.body_lost
                .add(page.id, || page.example(Some(text.trim()), cell));
        }
    }
}

/// The words of a text with one space between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a line stands in a text, not as a part of longer words: `call` does not stand in `recall`.
fn stands_in(line: &str, text: &str) -> bool {
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let (first, last) = (line.chars().next(), line.chars().next_back());
    let mut from = 0;
    while let Some(at) = text[from..].find(line).map(|at| from + at) {
        let before = text[..at].chars().next_back();
        let after = text[at + line.len()..].chars().next();
        let goes_on = is_word(first) && is_word(before) || is_word(last) && is_word(after);
        if !goes_on {
            return true;
        }
        from = at + first.map_or(1, char::len_utf8);
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_line_stands_among_other_words_and_not_in_the_middle_of_one(
            line in "[a-c]{1,3}( [a-c]{1,3}){0,2}", before in "[a-c ]{0,6}", after in "[a-c ]{0,6}",
        ) {
            for text in [format!("{before} {line} {after}"), format!("- **{line}**")] {
                prop_assert!(stands_in(&line, &text), "{text}");
            }
            for text in [format!("d{line}"), format!("{line}ä")] {
                prop_assert!(!stands_in(&line, &text), "{text}");
            }
        }

        #[test]
        fn no_text_makes_looking_for_a_line_panic(line in "\\PC{1,4}", text in "\\PC{0,9}") {
            let _ = stands_in(&line, &text);
        }
    }
}
