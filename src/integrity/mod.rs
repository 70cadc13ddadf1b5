//! Is all the data there? Every page of Notion against its row.
//!
//! Why: the real cutover passed its own verification with every status lost, since that script counted
//! rows with the importer's own rules. Here the rules are written down apart ([`Mapping`]), each page is
//! held against its row, and what no single row shows is looked for too: a field that collapsed, bodies
//! that nobody exported, an import that ran twice.
//!
//! ```text
//! tables (all rows, in columns) ────────┐
//! export ─ page by page ─> Expected ────┴─> Side: matched, compared, counted ─┐
//!                                              links, when all have rows ─────┴─> Inspection
//! ```
//!
//! Pages are a stream, so that memory holds the rows and what waits for one, not the export. Nothing here
//! reads a clock, a file or a database: whoever calls gives readers and rows.

mod alike;
mod asked;
mod expected;
pub mod export;
mod findings;
mod ids;
mod links;
mod lists;
pub mod mapping;
mod moments;
mod pair;
mod side;
mod table;
mod tables;
mod tally;
mod untold;
mod value;
mod words;

use std::collections::BTreeMap;

pub use export::{ExportError, ExportFacts, ListEnd, OTHER_PAGES, Page, read_export};
pub use ids::{IdMap, IdMapError};
pub use mapping::{Mapping, TableQuery};
pub use table::Rows;
pub use tables::Tables;
pub use untold::text_not_exported;

use crate::record::{Inspection, NotLooked};
use expected::Expected;
use findings::Telling;
use mapping::From;
use side::Side;

/// A comparison under way.
#[derive(Debug)]
pub struct Comparison<'m> {
    mapping: &'m Mapping,
    tables: &'m Tables,
    sides: Vec<Side<'m>>,
    /// Lists of the export that no record of the mapping names, with their pages.
    strange: BTreeMap<String, u64>,
    bodies: bool,
}

impl<'m> Comparison<'m> {
    /// Begins with the tables that the mapping's queries ask for, the id map if there is one, and whether
    /// the text inside pages shall be compared.
    #[must_use]
    pub fn new(
        mapping: &'m Mapping,
        tables: &'m Tables,
        ids: Option<&'m IdMap>,
        bodies: bool,
    ) -> Self {
        let records = mapping.records.iter();
        let sides = records.filter_map(|record| {
            let rows = tables.get(&record.table)?;
            Some(Side::new(record, rows, &mapping.zone))
        });
        let mut sides: Vec<Side<'m>> = sides.collect();
        for side in &mut sides {
            let links = links::counts(side, tables);
            side.begin(ids, links);
        }
        Self {
            mapping,
            tables,
            sides,
            strange: BTreeMap::new(),
            bodies,
        }
    }

    /// Takes a page. One that comes twice, as where queries overlap, is looked at once; that it says
    /// something else the second time is told.
    pub fn page(&mut self, mut page: Page) {
        let Some(place) = self.home(&page) else {
            let name = page.list.as_deref().unwrap_or("a list without a name");
            *self.strange.entry(name.to_owned()).or_default() += 1;
            return;
        };
        let side = &mut self.sides[place];
        if !self.bodies {
            page.body = None;
        }
        let expected = Expected::of(&page, side.record, side.title, &self.mapping.zone);
        let left_out = page.archived && side.record.skip_archived.is_some();
        let content = (!left_out).then(|| expected.content());
        if let Some(before) = side.seen.get(&page.id) {
            if *before != content {
                side.told_twice
                    .add(page.id, || expected.example(None, None));
            }
            return;
        }
        side.seen.insert(page.id, content);
        if left_out {
            side.skipped += 1;
            return;
        }
        side.asked.page(&page);
        for (name, property) in &page.properties {
            if property.has_value() && !side.record.names(name) {
                let bucket = side.not_received.entry(name.clone()).or_default();
                bucket.add(page.id, || {
                    expected.example(property.shown().as_deref(), None)
                });
            }
        }
        side.take(expected);
    }

    /// Which record a page is: by the name of its list, else by the properties that it has.
    fn home(&self, page: &Page) -> Option<usize> {
        let named = |side: &Side<'_>| Some(side.record.name.as_str()) == page.list.as_deref();
        let by_name = self.sides.iter().position(named);
        by_name.or_else(|| {
            let mut fitting = (0..self.sides.len()).filter(|place| {
                let fields = self.sides[*place].record.fields.iter();
                let mut properties = fields.filter_map(|field| match &field.from {
                    From::Property(name) => Some(name),
                    From::CreatedTime | From::LastEditedTime | From::Nothing => None,
                });
                properties.all(|name| page.properties.iter().any(|(known, _)| known == name))
            });
            let first = fitting.next()?;
            fitting.next().is_none().then_some(first)
        })
    }

    /// Ends: pages that wait find their rows, links are compared, and all that was counted is told.
    #[must_use]
    pub fn finish(self, facts: &ExportFacts) -> Inspection {
        self.finish_unless(facts, &|| false).unwrap_or_default()
    }

    /// The same; `None`, when it was asked to stop before its end, which pages that all have the same key can
    /// put off for minutes.
    #[must_use]
    pub fn finish_unless(
        mut self,
        facts: &ExportFacts,
        stopped: &dyn Fn() -> bool,
    ) -> Option<Inspection> {
        for side in &mut self.sides {
            if !side.settle(stopped) {
                return None;
            }
        }
        let tallies: Vec<Vec<_>> = (0..self.sides.len())
            .map(|own| {
                let links = 0..self.sides[own].record.links.len();
                let compare =
                    |link| links::compare(&self.sides, own, link, self.tables, self.mapping);
                links.map(compare).collect()
            })
            .collect();
        let zone = self
            .mapping
            .zone
            .iana_name()
            .unwrap_or("the mapping's zone");
        let mut telling = Telling {
            facts,
            zone: zone.to_owned(),
            bodies: self.bodies,
            inspection: Inspection::default(),
        };
        for (side, tallies) in self.sides.iter_mut().zip(tallies) {
            telling.record(side, tallies);
        }
        for (name, count) in self.strange {
            telling.inspection.not_looked_at.push(NotLooked {
                what: format!("{count} pages of {name}"),
                why: "no record of the mapping has this name, and their properties fit none"
                    .to_owned(),
                next: "Add a record to the mapping, or leave the list out of the export."
                    .to_owned(),
            });
        }
        Some(telling.finish())
    }
}
