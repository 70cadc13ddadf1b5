//! One kind of record: its pages find their rows, and each pair is compared at once, so that a page need
//! not be kept.
//!
//! A page that finds a row which says all that it says takes it. Another one waits until all pages were
//! there: then it takes the nearest of the rows that are left. So neither the order of the pages nor
//! that of the rows decides who belongs to whom.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::alike::{Alike, Index};
use super::asked::Asked;
use super::expected::{Expected, Links, page_key};
use super::ids::IdMap;
use super::mapping::{Form, From, RecordMap, Way};
use super::table::Rows;
use super::tally::{Bucket, FieldTally};
use super::value::{Value, hash_of};
use crate::record::Example;

/// Among so many different contents an equal row is looked for one by one: a value may allow more than what
/// equals it.
const MOST_LOOKED_AT: usize = 16;

/// A page and its row.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) page: u128,
    pub(super) title: Box<str>,
    pub(super) row: usize,
    pub(super) links: Vec<Links>,
    /// Whether a field differs.
    pub(super) differs: bool,
}

/// How pages find rows here.
#[derive(Debug)]
enum Key<'i> {
    /// By the row's id, as the id map tells it.
    IdMap(&'i HashMap<u128, String>),
    /// By this column with the page's id.
    Column(usize),
    /// By these fields.
    Content(Vec<usize>),
}

/// One kind of record.
#[derive(Debug)]
pub(super) struct Side<'m> {
    pub(super) record: &'m RecordMap,
    pub(super) rows: &'m Rows,
    pub(super) zone: &'m TimeZone,
    /// The column of each field.
    columns: Vec<Option<usize>>,
    /// The field that holds the title.
    pub(super) title: Option<usize>,
    key: Key<'m>,
    index: Index,
    /// How many links each row has, by its id.
    links: HashMap<&'m str, usize>,
    pub(super) taken: Vec<bool>,
    waiting: Vec<Expected>,
    /// The pages that came by, with a number for what each says; none for what is left out.
    pub(super) seen: HashMap<u128, Option<u64>>,
    /// Pages that came again with something else.
    pub(super) told_twice: Bucket,
    pub(super) asked: Asked<'m>,
    pub(super) skipped: u64,
    pub(super) pairs: Vec<Pair>,
    pub(super) missing: Vec<Expected>,
    pub(super) fields: Vec<FieldTally>,
    /// The differences of pages that were edited after their rows.
    pub(super) drifted_fields: Vec<FieldTally>,
    pub(super) drifted: Bucket,
    pub(super) body_lost: Bucket,
    pub(super) with_body: u64,
    /// Whether blocks of any page were exported.
    pub(super) has_bodies: bool,
    /// Pages whose blocks were not exported, or not all of them.
    pub(super) without_text: u64,
    pub(super) not_received: HashMap<String, Bucket>,
}

impl<'m> Side<'m> {
    pub(super) fn new(record: &'m RecordMap, rows: &'m Rows, zone: &'m TimeZone) -> Self {
        let columns = record.fields.iter().map(|field| rows.column(&field.column));
        Self {
            record,
            rows,
            zone,
            columns: columns.collect(),
            title: title_field(record),
            key: Key::Content(Vec::new()),
            index: Index::default(),
            links: HashMap::new(),
            taken: vec![false; rows.len()],
            waiting: Vec::new(),
            seen: HashMap::new(),
            told_twice: Bucket::default(),
            asked: Asked::new(record),
            skipped: 0,
            pairs: Vec::new(),
            missing: Vec::new(),
            fields: vec![FieldTally::default(); record.fields.len()],
            drifted_fields: vec![FieldTally::default(); record.fields.len()],
            drifted: Bucket::default(),
            body_lost: Bucket::default(),
            with_body: 0,
            has_bodies: false,
            without_text: 0,
            not_received: HashMap::new(),
        }
    }

    /// Makes ready to take pages, knowing how many links each row has.
    pub(super) fn begin(&mut self, ids: Option<&'m IdMap>, links: HashMap<&'m str, usize>) {
        self.links = links;
        self.key = self.usable_key(ids);
        self.index = self.index();
    }

    /// The first way that can be used here; by everything that is said where there is none.
    fn usable_key(&self, ids: Option<&'m IdMap>) -> Key<'m> {
        for way in &self.record.ways {
            match way {
                Way::IdMap(name) => {
                    if let Some(map) = ids.and_then(|ids| ids.of(name)) {
                        return Key::IdMap(map);
                    }
                }
                Way::Column(name) => {
                    let column = self.rows.column(name);
                    let used = |column: &usize| self.rows.cells(*column).any(|cell| cell.is_some());
                    if let Some(column) = column.filter(used) {
                        return Key::Column(column);
                    }
                }
                Way::Content(_) => break,
            }
        }
        self.content_key()
    }

    fn content_key(&self) -> Key<'m> {
        let fields = &self.record.fields;
        let named = self.record.ways.iter().find_map(|way| match way {
            Way::Content(columns) => Some(columns),
            Way::IdMap(_) | Way::Column(_) => None,
        });
        let place = |column: &String| fields.iter().position(|field| field.column == *column);
        match named {
            Some(columns) => Key::Content(columns.iter().filter_map(place).collect()),
            None => Key::Content(
                (0..fields.len())
                    .filter(|place| fields[*place].from != From::Nothing)
                    .collect(),
            ),
        }
    }

    /// The rows that nobody has, by the key; of those that say the same the one with the most links is taken
    /// first, then the one with the smallest id.
    fn index(&self) -> Index {
        let id = self.rows.column(&self.record.id);
        let rows = (0..self.rows.len()).filter(|row| !self.taken[*row]);
        let keyed = rows.filter_map(|row| {
            let key = match &self.key {
                Key::IdMap(_) => id.and_then(|id| self.rows.cell(row, id)).map(hash_of),
                Key::Column(column) => {
                    let cell = self.rows.cell(row, *column);
                    let id = cell.and_then(|cell| cell.parse::<uuid::Uuid>().ok());
                    id.map(|id| hash_of(id.as_u128()))
                }
                Key::Content(fields) => {
                    let cells: Vec<Value> =
                        fields.iter().map(|field| self.cell(row, *field)).collect();
                    Some(hash_of(cells))
                }
            };
            Some((key?, row))
        });
        let said = |row| {
            let cells = (0..self.columns.len()).map(|field| self.cell(row, field));
            let cells: Vec<Value> = cells.collect();
            (self.told(&cells), cells)
        };
        let place = |row| (self.link_count(row), Reverse(self.id(row)), Reverse(row));
        Index::new(keyed, said, place)
    }

    /// A number for all that a page can tell of a row: of some columns only whether they are set.
    fn told(&self, cells: &[Value]) -> u64 {
        const NOTHING: Value = Value::Empty;
        let fields = self.record.fields.iter().zip(cells);
        let told = fields.filter_map(|(field, cell)| match (&field.set_when, &field.from) {
            (Some(_), _) if *cell != NOTHING => Some(&Value::Set),
            (Some(_), _) => Some(&NOTHING),
            (None, From::Nothing) => None,
            (None, _) => Some(cell),
        });
        hash_of(told.collect::<Vec<&Value>>())
    }

    fn link_count(&self, row: usize) -> usize {
        self.links.get(self.id(row)).copied().unwrap_or(0)
    }

    fn key_of(&self, page: &Expected) -> Option<u64> {
        match &self.key {
            Key::IdMap(map) => map.get(&page.id).map(|id| hash_of(id.as_str())),
            Key::Column(_) => Some(hash_of(page.id)),
            Key::Content(fields) => {
                let cells = fields.iter().map(|field| &page.cells[*field]);
                // What a page does not tell finds no row, and says of none that it is not there.
                let told = cells.map(|cell| (*cell != Value::Anything).then_some(cell));
                let cells: Option<Vec<&Value>> = told.collect();
                cells.map(hash_of)
            }
        }
    }

    /// A cell in the form of its field.
    pub(super) fn cell(&self, row: usize, field: usize) -> Value {
        let form = self.record.fields[field].form;
        Value::of_cell(self.raw(row, field), form, self.zone)
    }

    pub(super) fn raw(&self, row: usize, field: usize) -> Option<&'m str> {
        self.rows.cell(row, self.columns[field]?)
    }

    /// A number for all that a row says of itself.
    pub(super) fn content(&self, row: usize) -> u64 {
        let cells: Vec<Value> = (0..self.columns.len())
            .map(|field| self.cell(row, field))
            .collect();
        hash_of(cells)
    }

    /// The row's own id.
    pub(super) fn id(&self, row: usize) -> &'m str {
        let column = self.rows.column(&self.record.id);
        column
            .and_then(|column| self.rows.cell(row, column))
            .unwrap_or_default()
    }

    /// A row as a person finds it.
    pub(super) fn row_key(&self, row: usize) -> String {
        let title = self
            .title
            .and_then(|field| self.raw(row, field))
            .unwrap_or_default();
        let title: String = title.chars().take(60).collect();
        format!(
            "\"{title}\" (row {} of {})",
            self.id(row),
            self.record.table
        )
    }

    /// Takes a page: compares it with its row, or lets it wait.
    pub(super) fn take(&mut self, page: Expected) {
        let key = self.key_of(&page);
        let found = key.and_then(|key| Some((key, self.equal(&page, key)?)));
        match found.and_then(|(key, group)| self.index.take(key, group)) {
            Some(row) => self.pair(page, row),
            None => self.waiting.push(page),
        }
    }

    /// The rows that say all that a page says.
    fn equal(&self, page: &Expected, key: u64) -> Option<usize> {
        let groups = self.index.of(key);
        let told = (groups.len() > 1).then(|| self.told(&page.cells));
        let known = told.and_then(|told| self.index.saying(key, told));
        let is_equal =
            |group: &Alike| group.first().is_some() && self.differences(page, group) == 0;
        if let Some(known) = known.filter(|known| is_equal(&groups[*known])) {
            return Some(known);
        }
        if groups.len() > MOST_LOOKED_AT {
            return None;
        }
        self.nearest(page, key)
            .filter(|group| is_equal(&groups[*group]))
    }

    /// The nearest of the rows of a key: the fewest differences, then the most links, then the smallest id.
    fn nearest(&self, page: &Expected, key: u64) -> Option<usize> {
        let groups = self.index.of(key).iter().enumerate();
        let free = groups.filter_map(|(place, group)| Some((place, group, group.first()?)));
        let nearest = free.min_by_key(|(_, group, row)| {
            let links = Reverse(self.link_count(*row));
            (self.differences(page, group), links, self.id(*row), *row)
        });
        Some(nearest?.0)
    }

    /// In how many fields rows that say the same are not what a page says.
    fn differences(&self, page: &Expected, group: &Alike) -> usize {
        let fields = page.cells.iter().enumerate();
        let differs = |(field, value): &(usize, &Value)| match (group.cells(), group.first()) {
            (Some(cells), _) => !value.allows(&cells[*field]),
            (None, Some(row)) => !value.allows(&self.cell(row, *field)),
            (None, None) => true,
        };
        fields.filter(differs).count()
    }

    /// Gives rows to those that wait; who finds none is missing. False, when it was asked to stop before.
    pub(super) fn settle(&mut self, stopped: &dyn Fn() -> bool) -> bool {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|page| page.id);
        self.missing = self.settle_by_key(waiting, stopped);
        if !matches!(self.key, Key::Content(_)) {
            self.key = self.content_key();
            self.index = self.index();
            let left = std::mem::take(&mut self.missing);
            self.missing = self.settle_by_key(left, stopped);
        }
        self.settle_by_what_is_told(stopped);
        self.index = Index::default();
        !stopped()
    }

    /// Gives rows to pages that lack a part of the key, by the parts that all of these pages tell. Only they
    /// are matched so: a page that tells the whole key and finds no row has none.
    fn settle_by_what_is_told(&mut self, stopped: &dyn Fn() -> bool) {
        let Key::Content(fields) = &self.key else {
            return;
        };
        let lacks = |page: &Expected, field: &usize| page.cells[*field] == Value::Anything;
        let missing = std::mem::take(&mut self.missing).into_iter();
        let (in_part, missing): (Vec<_>, Vec<_>) =
            missing.partition(|page| fields.iter().any(|field| lacks(page, field)));
        self.missing = missing;
        if in_part.is_empty() {
            return;
        }
        let told = |field: &&usize| !in_part.iter().any(|page| lacks(page, field));
        self.key = Key::Content(fields.iter().filter(told).copied().collect());
        self.index = self.index();
        for page in in_part {
            self.take(page);
        }
        let waiting = std::mem::take(&mut self.waiting);
        let left = self.settle_by_key(waiting, stopped);
        self.missing.extend(left);
    }

    fn settle_by_key(
        &mut self,
        waiting: Vec<Expected>,
        stopped: &dyn Fn() -> bool,
    ) -> Vec<Expected> {
        let mut left = Vec::new();
        for page in waiting {
            let key = self.key_of(&page).filter(|_| !stopped());
            let found = key.and_then(|key| Some((key, self.nearest(&page, key)?)));
            match found.and_then(|(key, group)| self.index.take(key, group)) {
                Some(row) => self.pair(page, row),
                None => left.push(page),
            }
        }
        left
    }

    fn pair(&mut self, page: Expected, row: usize) {
        self.taken[row] = true;
        let differs = self.compare(&page, row);
        self.compare_body(&page, row);
        self.pairs.push(Pair {
            page: page.id,
            title: page.title,
            row,
            links: page.links,
            differs,
        });
    }

    /// How many pages should have a row.
    pub(super) fn pages(&self) -> u64 {
        (self.pairs.len() + self.missing.len()) as u64
    }

    /// The example of a page or row that stands alone.
    pub(super) fn lonely(page: &Expected) -> Example {
        Example::new(&page_key(&page.title, page.id), Some("a page"), None)
    }
}

/// The first field that is a text of a property: the first of those by which pages are matched, if any.
fn title_field(record: &RecordMap) -> Option<usize> {
    let is_text = |place: &usize| {
        let field = &record.fields[*place];
        field.form == Form::Text && matches!(field.from, From::Property(_))
    };
    let matched = record.ways.iter().find_map(|way| match way {
        Way::Content(columns) => Some(columns.as_slice()),
        Way::IdMap(_) | Way::Column(_) => None,
    });
    let place = |column: &String| {
        record
            .fields
            .iter()
            .position(|field| field.column == *column)
    };
    let named = matched
        .unwrap_or_default()
        .iter()
        .filter_map(place)
        .find(is_text);
    named.or_else(|| (0..record.fields.len()).find(is_text))
}
