//! The order of a query's results: several keys, the earlier first, and the order of creation
//! where they are equal, so that the order is total and a cursor has one place in it.
//!
//! Empty values come last in both directions, options sort in the order of the schema, texts
//! without regard to case, relations by the title of the first linked page, and what shows several
//! values through a rollup not at all. These are guesses; Notion documents none of them.
//!
//! A query answers at most a hundred rows, so only so many are brought in order: the rest of the
//! rows is merely known to come before or after them.

use std::cmp::Ordering;

use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::schema::Schema;
use super::super::properties::source::Source;
use super::super::properties::value::Stored;
use super::super::store::{Page, PageKey, Workspace};

/// One element of `sorts`.
#[derive(Debug)]
struct Sort {
    by: Source,
    descending: bool,
}

/// The sorts of a query.
#[derive(Debug, Default)]
pub(crate) struct Order {
    sorts: Vec<Sort>,
}

/// A stretch of the ordered rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// How many rows come before it.
    pub(crate) before: usize,
    pub(crate) pages: Vec<PageKey>,
    /// How many rows there are in all.
    pub(crate) rows: usize,
}

/// A value to sort by; one sort has keys of one kind.
#[derive(Debug, Clone, Copy)]
enum Key<'w> {
    Number(f64),
    Time(i128),
    Text(&'w str),
    Places(&'w [usize]),
    User(Uuid),
}

impl Key<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Places(one), Self::Places(other)) => one.cmp(other),
            (Self::User(one), Self::User(other)) => one.cmp(other),
            // Never: a property has one type.
            _ => Ordering::Equal,
        }
    }
}

/// Rows with their keys, which are read once: as many keys a row as there are sorts, row by row.
struct Rows<'w> {
    order: &'w Order,
    pages: Vec<PageKey>,
    keys: Vec<Option<Key<'w>>>,
}

impl Rows<'_> {
    fn keys(&self, row: usize) -> &[Option<Key<'_>>] {
        let width = self.order.sorts.len();
        &self.keys[row * width..(row + 1) * width]
    }

    /// Which of two rows comes first; equal only for the same page.
    fn compare(&self, one: usize, other: usize) -> Ordering {
        let keys = self.keys(one).iter().zip(self.keys(other));
        for (sort, keys) in self.order.sorts.iter().zip(keys) {
            let ordering = match keys {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(one), Some(other)) if sort.descending => other.compare(one),
                (Some(one), Some(other)) => one.compare(other),
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        self.pages[one].cmp(&self.pages[other])
    }
}

impl Order {
    /// Reads the `sorts` of a query.
    ///
    /// # Errors
    /// When one is malformed or names a property that does not exist.
    pub(crate) fn parse(
        field: &Field<'_>,
        schema: &Schema,
        workspace: &Workspace,
    ) -> Result<Self, NotionError> {
        let sorts = field.elements()?;
        let sorts = sorts
            .iter()
            .map(|sort| Sort::parse(sort, schema, workspace));
        Ok(Self {
            sorts: sorts.collect::<Result<_, _>>()?,
        })
    }

    /// At most `size` of these pages in order, from the place of `start` on. The start need not be
    /// among the pages; without one, the first page is it.
    pub(crate) fn stretch(
        &self,
        pages: impl Iterator<Item = PageKey>,
        start: Option<PageKey>,
        size: usize,
        workspace: &Workspace,
    ) -> Stretch {
        let mut rows = Rows {
            order: self,
            pages: start.into_iter().chain(pages).collect(),
            keys: Vec::new(),
        };
        rows.keys.reserve(rows.pages.len() * self.sorts.len());
        for key in &rows.pages {
            let page = workspace.page(*key);
            let keys = self.sorts.iter();
            rows.keys
                .extend(keys.map(|sort| read(&sort.by, page, workspace)));
        }
        let first = usize::from(start.is_some());
        let mut wanted: Vec<usize> = (first..rows.pages.len()).collect();
        let all = wanted.len();
        if start.is_some() {
            wanted.retain(|row| rows.compare(*row, 0).is_ge());
        }
        let before = all - wanted.len();
        if wanted.len() > size {
            wanted.select_nth_unstable_by(size, |one, other| rows.compare(*one, *other));
            wanted.truncate(size);
        }
        wanted.sort_unstable_by(|one, other| rows.compare(*one, *other));
        Stretch {
            before,
            pages: wanted.into_iter().map(|row| rows.pages[row]).collect(),
            rows: all,
        }
    }
}

impl Sort {
    fn parse(
        field: &Field<'_>,
        schema: &Schema,
        workspace: &Workspace,
    ) -> Result<Self, NotionError> {
        field.object_of(&["property", "timestamp", "direction"])?;
        let direction = field.get("direction");
        let descending = direction.one_of(&["ascending", "descending"])? == "descending";
        let by = match field.get("timestamp").optional() {
            Some(_) if field.get("property").value().is_some() => {
                return Err(field.get("property").should("be not present"));
            }
            Some(stamp) => match stamp.one_of(&["created_time", "last_edited_time"])? {
                "created_time" => Source::Created,
                _ => Source::Edited,
            },
            None => {
                let name = field.get("property").text()?;
                let index = schema.find(name).ok_or_else(|| {
                    NotionError::Validation(format!(
                        "Could not find sort property with name or id: {name}"
                    ))
                })?;
                Source::of(index, schema, workspace)
            }
        };
        Ok(Self { by, descending })
    }
}

/// What a page is sorted by; nothing when that is empty.
fn read<'w>(by: &'w Source, page: &'w Page, workspace: &'w Workspace) -> Option<Key<'w>> {
    const UNCHECKED: &[usize] = &[0];
    const CHECKED: &[usize] = &[1];
    let text = |text: &'w str| (!text.is_empty()).then_some(Key::Text(text));
    let index = match by {
        // Finer than an answer shows it, so that the order of writes is kept.
        Source::Created => return Some(Key::Time(page.created.as_nanosecond())),
        Source::Edited => return Some(Key::Time(page.edited.as_nanosecond())),
        Source::CreatedBy | Source::EditedBy => return by.users(page).next().map(Key::User),
        Source::Rollup(_) => {
            let date = || by.any_date(page, workspace);
            let number = by.number(page, workspace).map(Key::Number);
            return number.or_else(|| date().map(|date| Key::Time(date.start.instant_ns())));
        }
        // The same for every page.
        Source::Text(_) | Source::Number(_) | Source::Boolean(_) | Source::Nothing => return None,
        Source::Stored(index) => *index,
    };
    match page.value(index) {
        value @ (Stored::Text(_) | Stored::Line(_)) => text(value.plain().folded()),
        Stored::Number(_) | Stored::Unique(_) => by.number(page, workspace).map(Key::Number),
        Stored::Choices(chosen) => (!chosen.is_empty()).then_some(Key::Places(chosen)),
        Stored::Date(range) => range.map(|range| Key::Time(range.start.instant_ns())),
        Stored::Checkbox(checked) => Some(Key::Places(if *checked { CHECKED } else { UNCHECKED })),
        value @ Stored::Relation(_) => {
            let first = workspace.linked(value).next()?;
            text(workspace.title_of(first).folded())
        }
        Stored::People(users) => users.first().copied().map(Key::User),
        Stored::Files(files) => text(files.first()?.name()),
        Stored::Place(place) => text(place.as_ref()?.get("name")?.as_str()?),
        Stored::Computed => None,
    }
}
