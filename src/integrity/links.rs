//! The links between records: what relations and options say, against foreign keys and tables of pairs.
//!
//! They are compared when all records have found their rows, since a link leads to the row that a page
//! became. Two rows that say the same are one here: that a record is there twice is told elsewhere.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::expected::{End, Links, page_key};
use super::mapping::{Kept, LinkMap, Mapping};
use super::side::{Pair, Side};
use super::table::Rows;
use super::tables::Tables;
use super::tally::Bucket;
use super::value::hash_of;
use crate::record::Example;

/// As many links of one relation tells an answer of Notion; a script that asks no further cuts there.
pub(super) const RELATION_CAP: usize = 25;
/// Up to this share of the linked records, those with some of their links are told as half written; more
/// of them are the work of an importer, not of a crash.
const MOST_HALF_WRITTEN: f64 = 0.1;

/// What comparing one link of one record came to.
#[derive(Debug, Default)]
pub(super) struct LinkTally {
    /// Records that have such a link in Notion.
    pub(super) linked: u64,
    pub(super) missing: Bucket,
    pub(super) extra: Bucket,
    pub(super) elsewhere: Bucket,
    pub(super) cut: Bucket,
    pub(super) half: Bucket,
    /// Rows without a page that are told as half written.
    pub(super) half_rows: HashSet<usize>,
    pub(super) orphans: Bucket,
    /// Links to pages that are not in the export.
    pub(super) unknown: u64,
    /// Links to pages that the mapping leaves out.
    pub(super) left_out: u64,
    /// Whether a record of the mapping has the table that they lead to.
    pub(super) has_record: bool,
}

/// The links that rows have: the other rows' ids, by the row's own.
type Kinds<'m> = HashMap<&'m str, Vec<&'m str>>;

/// The table that a link leads to.
struct Target<'s, 'm> {
    rows: &'m Rows,
    by: Option<usize>,
    /// Whether rows are known by a name, not by their id.
    by_name: bool,
    ids: HashMap<&'m str, usize>,
    side: Option<&'s Side<'m>>,
    homes: HashMap<u128, usize>,
    /// Rows that say the same as a page's row, with that row.
    twins: HashMap<usize, usize>,
}

/// Where a page's link leads.
enum Lead {
    /// To a row, or a name.
    To(u64),
    /// To a page that has no row, which is told of that page.
    NoRow,
    /// To a page that must have none.
    LeftOut,
    /// To a page that nobody gave.
    Unknown,
}

/// Compares one link of one kind of record.
pub(super) fn compare<'m>(
    sides: &[Side<'m>],
    own: usize,
    link: usize,
    tables: &'m Tables,
    mapping: &'m Mapping,
) -> LinkTally {
    let mut tally = LinkTally::default();
    let Some((side, map)) = sides
        .get(own)
        .and_then(|side| Some((side, side.record.links.get(link)?)))
    else {
        return tally;
    };
    let Some(target) = Target::new(sides, map, tables, mapping) else {
        return tally;
    };
    tally.has_record = target.side.is_some();
    let actual = kept(side, map, tables);
    orphans(side, map, &actual, &target, &mut tally);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for other in actual.values().flatten() {
        *counts.entry(other).or_default() += 1;
    }
    for pair in &side.pairs {
        if let Some(links) = pair.links.get(link) {
            let others = actual.get(side.id(pair.row)).map_or(&[][..], Vec::as_slice);
            One {
                pair,
                links,
                others,
                map,
                target: &target,
                counts: &counts,
            }
            .compare(&mut tally);
        }
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of records is below 2^52"
    )]
    let most = (tally.linked as f64 * MOST_HALF_WRITTEN).max(1.0);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a count of records is below 2^52"
    )]
    if tally.half.count as f64 > most {
        let half = std::mem::take(&mut tally.half);
        tally.missing.merge(half);
    }
    half_written_rows(side, map, &actual, &mut tally);
    tally
}

/// The links that rows have.
fn kept<'m>(side: &Side<'m>, map: &'m LinkMap, tables: &'m Tables) -> Kinds<'m> {
    let mut kept: Kinds<'m> = HashMap::new();
    match &map.kept {
        Kept::Column(column) => {
            let column = side.rows.column(column);
            for row in 0..side.rows.len() {
                let cell = column.and_then(|column| side.rows.cell(row, column));
                if let Some(cell) = cell.filter(|cell| !cell.is_empty()) {
                    kept.entry(side.id(row)).or_default().push(cell);
                }
            }
        }
        Kept::Through { table, own, other } => {
            let rows = tables.get(table);
            let columns = rows.and_then(|rows| Some((rows.column(own)?, rows.column(other)?)));
            let Some((rows, (own, other))) = rows.zip(columns) else {
                return kept;
            };
            for row in 0..rows.len() {
                if let Some((own, other)) = rows.cell(row, own).zip(rows.cell(row, other)) {
                    kept.entry(own).or_default().push(other);
                }
            }
        }
    }
    kept
}

/// How many links each row has in tables of pairs, by its id.
pub(super) fn counts<'m>(side: &Side<'m>, tables: &'m Tables) -> HashMap<&'m str, usize> {
    let mut counts = HashMap::new();
    for map in &side.record.links {
        if let Kept::Through { .. } = map.kept {
            for (own, others) in kept(side, map, tables) {
                *counts.entry(own).or_default() += others.len();
            }
        }
    }
    counts
}

/// Links to rows that are not there, and of rows that are not there.
fn orphans(
    side: &Side<'_>,
    map: &LinkMap,
    actual: &Kinds<'_>,
    target: &Target<'_, '_>,
    tally: &mut LinkTally,
) {
    let own: HashMap<&str, usize> = (0..side.rows.len())
        .map(|row| (side.id(row), row))
        .collect();
    for (from, others) in actual {
        let row = own.get(from);
        for other in others {
            if row.is_some() && target.ids.contains_key(other) {
                continue;
            }
            let key = row.map_or_else(
                || format!("row {from}, which is not in {}", side.record.table),
                |row| side.row_key(*row),
            );
            let led = format!("row {other} of {}", map.table);
            let order = u128::from(hash_of((from, other)));
            tally
                .orphans
                .add(order, || Example::new(&key, None, Some(&led)));
        }
    }
}

/// Rows without a page that say the same as a row with one, or at least have its title, and have some of
/// its links only: what a crash leaves before somebody tries again.
fn half_written_rows(side: &Side<'_>, map: &LinkMap, actual: &Kinds<'_>, tally: &mut LinkTally) {
    let (Kept::Through { .. }, Some(title)) = (&map.kept, side.title) else {
        return;
    };
    let links = |row: usize| -> BTreeSet<&str> {
        let others = actual.get(side.id(row));
        others.into_iter().flatten().copied().collect()
    };
    // Of rows with one title only what their links differ in is kept: there may be many such rows.
    let mut titles: HashMap<u64, BTreeSet<BTreeSet<&str>>> = HashMap::new();
    for row in (0..side.rows.len()).filter(|row| side.taken[*row]) {
        let title = hash_of(side.cell(row, title));
        titles.entry(title).or_default().insert(links(row));
    }
    for row in (0..side.rows.len()).filter(|row| !side.taken[*row]) {
        let some = links(row);
        let twins = titles.get(&hash_of(side.cell(row, title)));
        // The same links again are the same record again, whatever another record of this title has.
        let Some(twins) = twins.filter(|twins| !some.is_empty() && !twins.contains(&some)) else {
            continue;
        };
        let whole = twins.iter().filter(|all| some.is_subset(all));
        if let Some(all) = whole.max_by_key(|all| all.len()) {
            let (has, whole) = (
                format!("{} links", some.len()),
                format!("{} links", all.len()),
            );
            let example = || Example::new(&side.row_key(row), Some(&whole), Some(&has));
            tally.half.add(u128::from(hash_of(side.id(row))), example);
            tally.half_rows.insert(row);
        }
    }
}

impl<'s, 'm> Target<'s, 'm> {
    fn new(
        sides: &'s [Side<'m>],
        map: &'m LinkMap,
        tables: &'m Tables,
        mapping: &'m Mapping,
    ) -> Option<Self> {
        let rows = tables.get(&map.table)?;
        let id_name = mapping.id_of(&map.table);
        let id = rows.column(id_name)?;
        let ids = rows.cells(id).enumerate();
        let side = sides.iter().find(|side| side.record.table == map.table);
        let pairs = side.map_or(&[][..], |side| side.pairs.as_slice());
        let mut twins = HashMap::new();
        if let Some(side) = side {
            let taken = pairs.iter().map(|pair| (side.content(pair.row), pair.row));
            let taken: HashMap<u64, usize> = taken.collect();
            for row in (0..rows.len()).filter(|row| !side.taken[*row]) {
                twins.extend(taken.get(&side.content(row)).map(|twin| (row, *twin)));
            }
        }
        Some(Self {
            rows,
            by: rows.column(&map.by),
            by_name: map.by != id_name,
            ids: ids.filter_map(|(row, id)| Some((id?, row))).collect(),
            homes: pairs.iter().map(|pair| (pair.page, pair.row)).collect(),
            side,
            twins,
        })
    }

    fn key(&self, row: usize) -> u64 {
        if self.by_name {
            return hash_of(
                self.by
                    .and_then(|by| self.rows.cell(row, by))
                    .unwrap_or_default(),
            );
        }
        hash_of(self.twins.get(&row).unwrap_or(&row))
    }

    fn lead(&self, end: &End) -> Lead {
        let page = match end {
            End::Page(page) => page,
            End::Name(name) => return Lead::To(hash_of(&**name)),
        };
        if let Some(row) = self.homes.get(page) {
            return Lead::To(self.key(*row));
        }
        match self.side.and_then(|side| side.seen.get(page)) {
            None => Lead::Unknown,
            Some(None) => Lead::LeftOut,
            Some(Some(_)) => Lead::NoRow,
        }
    }

    fn label(&self, row: usize) -> String {
        match (self.by_name, self.side) {
            (false, Some(side)) => side.row_key(row),
            _ => self
                .by
                .and_then(|by| self.rows.cell(row, by))
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

/// The links of one record.
struct One<'c, 's, 'm> {
    pair: &'c Pair,
    links: &'c Links,
    others: &'c [&'m str],
    map: &'c LinkMap,
    target: &'c Target<'s, 'm>,
    /// How many rows lead to each.
    counts: &'c HashMap<&'m str, usize>,
}

impl One<'_, '_, '_> {
    fn compare(&self, tally: &mut LinkTally) {
        let mut wanted: HashSet<u64> = HashSet::new();
        let mut not_told = self.links.has_more || self.links.is_unsaid;
        for end in &self.links.ends {
            match self.target.lead(end) {
                Lead::To(row) => {
                    wanted.insert(row);
                }
                Lead::NoRow => not_told = true,
                Lead::LeftOut => tally.left_out += 1,
                Lead::Unknown => {
                    not_told = true;
                    tally.unknown += 1;
                }
            }
        }
        tally.linked += u64::from(!wanted.is_empty());
        let rows = self
            .others
            .iter()
            .filter_map(|other| self.target.ids.get(other));
        let found: Vec<u64> = rows.map(|row| self.target.key(*row)).collect();
        let orphans = self.others.len() - found.len();
        let found: HashSet<u64> = found.into_iter().collect();
        // A link to nothing is told as such.
        let missing = wanted.difference(&found).count().saturating_sub(orphans);
        let extra = if not_told {
            0
        } else {
            found.difference(&wanted).count()
        };
        let capped = self.others.len() == RELATION_CAP;
        let id = self.pair.page;
        let through = matches!(self.map.kept, Kept::Through { .. });
        let bucket = match (missing, extra) {
            _ if through && capped && (self.links.has_more || missing > 0) => &mut tally.cut,
            (0, 0) => return,
            (0, _) => &mut tally.extra,
            (_, 0) if through && !found.is_empty() && !self.pair.differs => &mut tally.half,
            (_, 0) if !through && self.is_cut(&wanted) => &mut tally.cut,
            (_, 0) => &mut tally.missing,
            (_, _) => &mut tally.elsewhere,
        };
        bucket.add(id, || self.example());
    }

    /// Whether exactly as many rows lead where this one should as one answer of Notion tells.
    fn is_cut(&self, wanted: &HashSet<u64>) -> bool {
        let leads = |(other, count): (&&str, &usize)| {
            let row = self.target.ids.get(*other);
            *count == RELATION_CAP && row.is_some_and(|row| wanted.contains(&self.target.key(*row)))
        };
        self.counts.iter().any(leads)
    }

    fn example(&self) -> Example {
        let name = |end: &End| match end {
            End::Name(name) => name.to_string(),
            End::Page(page) => match self.target.homes.get(page) {
                Some(row) => self.target.label(*row),
                None => page_key("", *page),
            },
        };
        let wanted: Vec<String> = self.links.ends.iter().map(name).collect();
        let found = self
            .others
            .iter()
            .map(|other| match self.target.ids.get(other) {
                Some(row) => self.target.label(*row),
                None => format!("row {other}, which is not there"),
            });
        let found: Vec<String> = found.collect();
        let shown = |names: Vec<String>| match names.len() {
            0 => None,
            1 => names.into_iter().next(),
            count => Some(format!("{count}: {}", names.join(", "))),
        };
        let key = page_key(&self.pair.title, self.pair.page);
        Example::new(&key, shown(wanted).as_deref(), shown(found).as_deref())
    }
}
