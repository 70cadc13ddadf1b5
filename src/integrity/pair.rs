//! A page beside its row: each field, the ends and zones of its dates, and the text inside it.
//!
//! A difference is counted where it tells most: as a shifted day, as a guess, as an edit that came after
//! the import; only what has no such reason is a value that differs.

use super::expected::{DateFacts, Expected};
use super::mapping::{Body, Form};
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
            let cell = self.cell(row, field);
            let tally = &mut tallies[field];
            tally.compared += 1;
            tally.new_values.add(&cell);
            if !matches!(wanted, Value::Empty | Value::Set | Value::Anything) {
                tally.old_values.add(wanted);
            }
            let raw = self.raw(row, field);
            if self.guesses(field, page, raw) {
                tally.set += 1;
                if *wanted == Value::Set || *wanted == Value::Anything {
                    tally.guessed.add(page.id, || page.example(None, raw));
                    continue;
                }
            } else if cell != Value::Empty {
                tally.set += 1;
            }
            let tally = if drifted { &mut apart[field] } else { tally };
            let dates = page.dates.iter().find(|(place, _)| *place == field);
            if let Some((_, date)) = dates {
                let start_differs = !wanted.allows(&cell);
                self.compare_end(field, page, date, (row, start_differs), tally);
                self.compare_zone(field, page, date, row, tally);
            }
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
        (_, raw): (&Value, Option<&str>),
        date: Option<&DateFacts>,
        tally: &'t mut FieldTally,
    ) -> &'t mut Bucket {
        if self.guesses(field, page, raw) {
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
        let raw = self.named(row, map.end_column.as_ref());
        if wanted.is_none_or(|wanted| wanted == Value::of_cell(raw, map.form, self.zone)) {
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

    /// Whether the text inside the page arrived.
    pub(super) fn compare_body(&mut self, page: &Expected, row: usize) {
        let Some(body) = page.body.as_deref() else {
            return;
        };
        self.has_bodies = true;
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let body_words = words(body);
        if body_words.is_empty() {
            return;
        }
        self.with_body += 1;
        let cell = match &self.record.body {
            Body::Ignored(_) => return,
            Body::Nowhere => None,
            Body::Column(name) => {
                let column = self.rows.column(name);
                column.and_then(|column| self.rows.cell(row, column))
            }
        };
        if !cell.is_some_and(|cell| words(cell).contains(&body_words)) {
            self.body_lost
                .add(page.id, || page.example(Some(&body_words), cell));
        }
    }
}
