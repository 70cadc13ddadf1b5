//! Holding every page against its row: from a database and pages to an [`Inspection`].
//!
//! The tables are read first, all as they are at one moment, and then the pages go by as a stream. What the
//! database lacks is not guessed around: a table or column that the mapping names and that is not there
//! is told as what could not be looked at.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::database::{ColumnName, DatabaseError, IdentifierError, Session, Snapshot, TableName};
use crate::exit::Exit;
use crate::integrity::{
    Comparison, ExportError, ExportFacts, IdMap, Mapping, Page, TableQuery, Tables, read_export,
};
use crate::pace::BudgetError;
use crate::record::{Inspection, NotLooked};
use crate::run::{Interrupt, ListingError};

/// For reading all tables: a hundred thousand rows take seconds, a slow line some minutes.
const SNAPSHOT_LIMIT: Duration = Duration::from_secs(10 * 60);

/// What shall be compared.
pub(in crate::cmd) struct Asked<'a> {
    /// Which page became which row.
    pub(in crate::cmd) mapping: &'a Mapping,
    /// Which page is which row, where the importer kept books.
    pub(in crate::cmd) ids: Option<&'a IdMap>,
    /// Whether the text inside pages is compared too.
    pub(in crate::cmd) bodies: bool,
    /// Where the rows are.
    pub(in crate::cmd) database: &'a mut Session,
}

/// Why nothing could be compared.
#[derive(Debug, Error)]
pub(in crate::cmd) enum InspectError {
    #[error("the mapping names `{name}`, which PostgreSQL takes for no table or column: {source}")]
    Name {
        name: String,
        source: IdentifierError,
    },
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Notion(ListingError),
    #[error(transparent)]
    Budget(#[from] BudgetError),
    #[error("it was interrupted before all pages were held against their rows")]
    Interrupted,
}

impl InspectError {
    pub(in crate::cmd) fn exit(&self) -> Exit {
        match self {
            Self::Name { .. } | Self::Budget(_) => Exit::Usage,
            Self::Database(_) | Self::Export(_) | Self::Notion(_) => Exit::World,
            Self::Interrupted => Exit::Interrupted,
        }
    }
}

/// Compares the pages of an export with the rows of a database.
///
/// # Errors
/// When the export or the database cannot be read to its end, or somebody interrupts.
pub(in crate::cmd) async fn inspect(
    asked: Asked<'_>,
    export: impl Read,
    interrupt: &Interrupt,
) -> Result<Inspection, InspectError> {
    let reader = Stoppable {
        inner: export,
        interrupt,
    };
    let pages = async |sink: &mut dyn FnMut(Page)| {
        read_export(reader, sink).map_err(|error| match interrupt.requested() {
            true => InspectError::Interrupted,
            false => InspectError::Export(error),
        })
    };
    inspect_pages(asked, pages, interrupt).await
}

/// Compares pages, wherever they come from, with the rows of a database.
///
/// # Errors
/// As [`inspect`].
pub(in crate::cmd) async fn inspect_pages(
    asked: Asked<'_>,
    pages: impl AsyncFnOnce(&mut dyn FnMut(Page)) -> Result<ExportFacts, InspectError>,
    interrupt: &Interrupt,
) -> Result<Inspection, InspectError> {
    let began = Instant::now();
    let read = tokio::select! {
        biased;
        () = interrupt.wait() => return Err(InspectError::Interrupted),
        read = read_tables(asked.mapping, asked.database) => read?,
    };
    let mut inspection = if read.lacking.is_empty() {
        let mut comparison = Comparison::new(asked.mapping, &read.tables, asked.ids, asked.bodies);
        let facts = pages(&mut |page| comparison.page(page)).await?;
        let finished = comparison.finish_unless(&facts, &|| interrupt.requested());
        finished.ok_or(InspectError::Interrupted)?
    } else {
        Inspection {
            not_looked_at: read.lacking,
            ..Inspection::default()
        }
    };
    inspection.elapsed_s = began.elapsed().as_secs_f64();
    Ok(inspection)
}

/// The tables, and what of them is not there.
#[derive(Default)]
struct Found {
    tables: Tables,
    lacking: Vec<NotLooked>,
}

/// A table that is read, with its columns in the order of the query.
struct Wanted {
    query: TableQuery,
    table: TableName,
    columns: Vec<ColumnName>,
}

impl Wanted {
    fn new(query: TableQuery) -> Result<Self, InspectError> {
        let wrong = |name: &str| {
            let name = name.to_owned();
            move |source| InspectError::Name { name, source }
        };
        let named = query.columns.iter().chain(&query.optional);
        let columns = named.map(|name| name.parse().map_err(wrong(name)));
        Ok(Self {
            table: query.table.parse().map_err(wrong(&query.table))?,
            columns: columns.collect::<Result<_, _>>()?,
            query,
        })
    }
}

async fn read_tables(mapping: &Mapping, database: &mut Session) -> Result<Found, InspectError> {
    let wanted = mapping.queries().into_iter().map(Wanted::new);
    let wanted = wanted.collect::<Result<Vec<_>, _>>()?;
    let all = async |snapshot: &mut Snapshot<'_>| {
        let mut read = Found::default();
        for table in &wanted {
            read_table(snapshot, table, &mut read).await?;
        }
        Ok(read)
    };
    Ok(database.snapshot(SNAPSHOT_LIMIT, all).await?)
}

async fn read_table(
    snapshot: &mut Snapshot<'_>,
    wanted: &Wanted,
    read: &mut Found,
) -> Result<(), DatabaseError> {
    let there = snapshot.columns(&wanted.table).await?;
    let is_there = |name: &String| there.contains(name);
    let query = &wanted.query;
    if let Some(lacking) = lacking(query, &there) {
        read.lacking.push(lacking);
        return Ok(());
    }
    let named = query.columns.iter().chain(&query.optional);
    // Where each cell that is read stands in a row of the comparison.
    let places: Vec<usize> = named
        .enumerate()
        .filter_map(|(place, name)| is_there(name).then_some(place))
        .collect();
    let columns: Vec<ColumnName> = places
        .iter()
        .filter_map(|place| wanted.columns.get(*place).cloned())
        .collect();
    let mut rows = query.rows();
    let width = wanted.columns.len();
    let keep = |cells: &[Option<&str>]| {
        if cells.len() == width {
            rows.push(cells);
            return;
        }
        let mut whole = vec![None; width];
        for (place, cell) in places.iter().zip(cells) {
            whole[*place] = *cell;
        }
        rows.push(&whole);
    };
    snapshot.rows(&wanted.table, &columns, keep).await?;
    read.tables.insert(query, rows);
    Ok(())
}

/// What a table lacks of what the mapping names.
fn lacking(query: &TableQuery, there: &[String]) -> Option<NotLooked> {
    let columns = query.columns.iter();
    let gone: Vec<&str> = columns
        .filter(|name| !there.contains(name))
        .map(String::as_str)
        .collect();
    let table = &query.table;
    let why = match gone.len() {
        0 => return None,
        _ if there.is_empty() => "the database has no such table, or hides it".to_owned(),
        1 => format!("it has no column `{}`", gone[0]),
        _ => format!("it has no columns `{}`", gone.join("`, `")),
    };
    Some(NotLooked {
        what: format!("the table {table}"),
        why,
        next: format!(
            "Bring the database's schema and the mapping of `{table}` together: migrate the one, or \
             change the other and give it with --mapping."
        ),
    })
}

/// Ends reading when somebody interrupts: between two blocks of a file, which is soon enough.
struct Stoppable<'i, R> {
    inner: R,
    interrupt: &'i Interrupt,
}

impl<R: Read> Read for Stoppable<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.requested() {
            return Err(io::Error::other("it was interrupted"));
        }
        self.inner.read(into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> TableQuery {
        TableQuery {
            table: "tasks".to_owned(),
            columns: ["id", "title"].map(str::to_owned).to_vec(),
            optional: vec!["notionId".to_owned()],
        }
    }

    #[test]
    fn what_a_table_lacks_is_named_and_what_it_may_lack_is_not() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(lacking(&query(), &names(&["title", "id"])), None);
        let why = |there: &[&str]| lacking(&query(), &names(there)).unwrap().why;
        assert_eq!(why(&["id", "notionId"]), "it has no column `title`");
        assert_eq!(why(&["status"]), "it has no columns `id`, `title`");
        assert!(why(&[]).contains("no such table"));
    }

    #[test]
    fn a_name_that_postgresql_cannot_have_is_wrong_usage() {
        let query = TableQuery {
            columns: vec!["x".repeat(64)],
            ..query()
        };
        let error = Wanted::new(query).err().unwrap();
        assert_eq!(error.exit(), Exit::Usage);
        assert!(
            error.to_string().contains("longer than 63 bytes"),
            "{error}"
        );
    }
}
