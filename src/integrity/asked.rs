//! Which properties the mapping asks for, and whether pages tell them.
//!
//! Why: Notion answers every property of a page, an empty one too. A page without one was exported by
//! halves, or the mapping misspells a name; what is not there must not pass for what is empty. The same
//! holds for a value that no column can hold, such as files.

use std::collections::BTreeSet;

use super::export::{Page, Property};
use super::mapping::{From, RecordMap};
use crate::diagnostic::suggest;
use crate::record::NotLooked;

/// The properties that one kind of record asks for.
#[derive(Debug)]
pub(super) struct Asked<'m> {
    properties: Vec<One<'m>>,
    /// Those that pages have.
    known: BTreeSet<String>,
    pages: u64,
}

#[derive(Debug)]
struct One<'m> {
    name: &'m str,
    /// Whether a column receives it, and not links alone.
    in_column: bool,
    /// How many pages lack it.
    absent: u64,
    /// How many pages say there what cannot be compared.
    strange: u64,
}

impl<'m> Asked<'m> {
    pub(super) fn new(record: &'m RecordMap) -> Self {
        let fields = record.fields.iter().filter_map(|field| match &field.from {
            From::Property(name) => Some((name.as_str(), true)),
            From::CreatedTime | From::LastEditedTime | From::Nothing => None,
        });
        let links = record.links.iter().flat_map(|link| &link.from);
        let links = links.map(|from| (from.property.as_str(), false));
        let mut properties: Vec<One<'m>> = Vec::new();
        for (name, in_column) in fields.chain(links) {
            if !properties.iter().any(|one| one.name == name) {
                properties.push(One {
                    name,
                    in_column,
                    absent: 0,
                    strange: 0,
                });
            }
        }
        Self {
            properties,
            known: BTreeSet::new(),
            pages: 0,
        }
    }

    /// Looks at what a page tells.
    pub(super) fn page(&mut self, page: &Page) {
        self.pages += 1;
        for one in &mut self.properties {
            let property = page.properties.iter().find(|(name, _)| name == one.name);
            match property.map(|(_, property)| property) {
                None => one.absent += 1,
                Some(property) => {
                    let compared = match one.in_column {
                        true => fills_a_column(property),
                        false => tells_links(property),
                    };
                    one.strange += u64::from(!compared);
                }
            }
        }
        for (name, _) in &page.properties {
            if !self.known.contains(name) {
                self.known.insert(name.clone());
            }
        }
    }

    /// What cannot be told of a record for want of its properties.
    pub(super) fn not_looked(&self, record: &str) -> Vec<NotLooked> {
        let pages = self.pages;
        let told = |one: &One<'_>| {
            let what = format!("the property `{}` of {record}", one.name);
            let names = self.known.iter().map(String::as_str);
            let (why, next) = match (one.absent, one.strange) {
                (0, 0) => return None,
                (absent, _) if absent == pages => (
                    "no page has it".to_owned(),
                    format!(
                        "Put its name in the mapping right, or export it too; {}.",
                        suggest(one.name, names)
                    ),
                ),
                (0, strange) => (
                    format!("{strange} of {pages} pages have something there that cannot be compared"),
                    "Take it out of the mapping's rules and name it under `ignored` with the reason: \
                     files, people and what Notion works out are not compared, and relations only as links."
                        .to_owned(),
                ),
                (absent, _) => (
                    format!("{absent} of {pages} pages lack it"),
                    "Export every property of every page: Notion answers the empty ones too."
                        .to_owned(),
                ),
            };
            Some(NotLooked { what, why, next })
        };
        self.properties.iter().filter_map(told).collect()
    }
}

/// Whether a column can say what a property says.
pub(super) fn fills_a_column(property: &Property) -> bool {
    match property {
        Property::Relation { .. } | Property::Other(_) => !property.has_value(),
        Property::Computed => false,
        Property::Text(_)
        | Property::Option(_)
        | Property::Options(_)
        | Property::Date(_)
        | Property::Number(_)
        | Property::Checkbox(_) => true,
    }
}

/// Whether links can say what a property says.
pub(super) fn tells_links(property: &Property) -> bool {
    match property {
        Property::Relation { .. } | Property::Option(_) | Property::Options(_) => true,
        Property::Computed => false,
        Property::Text(_)
        | Property::Date(_)
        | Property::Number(_)
        | Property::Checkbox(_)
        | Property::Other(_) => !property.has_value(),
    }
}
