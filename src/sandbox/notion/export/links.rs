//! Where relations lead, told by the pages that they name; and which two relations are halves of one:
//! those that say the same from both sides, as far as answers tell. An answer lists 25 links and none
//! to archived pages.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::super::properties::kind::{Kind, Relation};
use super::columns::Table;
use super::losses::Losses;
use super::shapes::{Sheet, id_of};

/// The ids that a relation's value names, and whether there are more.
pub(super) fn named(told: &Value) -> (Vec<Uuid>, bool) {
    let links = told["relation"].as_array();
    let ids = links
        .into_iter()
        .flatten()
        .filter_map(|link| id_of(&link["id"]));
    (ids.collect(), told["has_more"] == true)
}

/// Whether a page is in the trash, in the words of any version.
pub(super) fn is_archived(page: &Value) -> bool {
    ["archived", "in_trash", "is_archived"]
        .iter()
        .any(|mark| page[mark] == true)
}

/// One relation of the file.
#[derive(Debug)]
struct Found {
    table: usize,
    column: usize,
    target: Option<usize>,
    /// From page to page.
    links: HashSet<(Uuid, Uuid)>,
    /// Pages that have more links than the file tells.
    cut: HashSet<Uuid>,
}

/// Gives every relation its data source, and halves each other.
pub(super) fn lead(tables: &mut [Table<'_>], losses: &mut Losses) {
    let mut homes: HashMap<Uuid, (usize, bool)> = HashMap::new();
    for (place, table) in tables.iter().enumerate() {
        let archived = |sheet: &Sheet<'_>| (sheet.id, (place, is_archived(sheet.page)));
        homes.extend(table.sheets.iter().map(archived));
    }
    let mut found = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        for (index, column) in table.columns.iter().enumerate() {
            if let Some(Kind::Relation(_)) = column.kind {
                found.push(Found::read((place, index), tables, &homes));
            }
        }
    }
    let halves = halves(&found, &homes);
    for (place, one) in found.iter().enumerate() {
        let synced = halves.get(&place).map(|other| {
            let other: &Found = &found[*other];
            tables[other.table].columns[other.column].id.clone()
        });
        let target = one.target.map(|target| tables[target].data_source);
        let table = &mut tables[one.table];
        let column = &mut table.columns[one.column];
        if target.is_none() {
            let why = "no link tells where it leads: to its own database";
            losses.note(&table.title, &column.name, why);
        }
        column.kind = Some(Kind::Relation(Relation {
            data_source: target.unwrap_or(table.data_source),
            synced,
        }));
    }
}

impl Found {
    fn read(
        (table, column): (usize, usize),
        tables: &[Table<'_>],
        homes: &HashMap<Uuid, (usize, bool)>,
    ) -> Self {
        let (home, name) = (&tables[table], &tables[table].columns[column].name);
        let (mut links, mut cut) = (HashSet::new(), HashSet::new());
        let declared = home
            .object
            .map(|object| &object["properties"][name]["relation"]);
        let mut target = declared.and_then(|told| {
            let ids = ["data_source_id", "database_id"].map(|key| id_of(&told[key]));
            let leads = |table: &Table<'_>| {
                let own = [Some(table.data_source), Some(table.database)];
                own.iter().any(|id| ids.contains(id))
            };
            tables.iter().position(leads)
        });
        for sheet in &home.sheets {
            let (ids, more) = named(&sheet.page["properties"][name]);
            if more {
                cut.insert(sheet.id);
            }
            for id in ids {
                if let Some((there, _)) = homes.get(&id) {
                    target = target.or(Some(*there));
                    links.insert((sheet.id, id));
                }
            }
        }
        Self {
            table,
            column,
            target,
            links,
            cut,
        }
    }

    /// Whether the other one tells each of these links, unless it could not.
    fn is_told_by(&self, other: &Self, homes: &HashMap<Uuid, (usize, bool)>) -> bool {
        self.links.iter().all(|(from, to)| {
            let hidden = homes.get(from).is_some_and(|(_, archived)| *archived);
            hidden || other.cut.contains(to) || other.links.contains(&(*to, *from))
        })
    }
}

/// For each half its other half, by their places; only where there is no doubt.
fn halves(found: &[Found], homes: &HashMap<Uuid, (usize, bool)>) -> HashMap<usize, usize> {
    let fits = |one: usize, other: usize| {
        let (a, b) = (&found[one], &found[other]);
        let shared = a
            .links
            .iter()
            .any(|(from, to)| b.links.contains(&(*to, *from)));
        one != other
            && a.target == Some(b.table)
            && b.target == Some(a.table)
            && shared
            && a.is_told_by(b, homes)
            && b.is_told_by(a, homes)
    };
    let only = |one: usize| {
        let mut fitting = (0..found.len()).filter(|other| fits(one, *other));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    };
    (0..found.len())
        .filter_map(|one| Some((one, only(one)?)))
        .filter(|(one, other)| only(*other) == Some(*one))
        .collect()
}
