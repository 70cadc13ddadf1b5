//! The queries: of a database in the old version, of a data source in the others.

use jiff::Timestamp;

use super::super::answer::Written;
use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::query::Query;
use super::super::simulator::Simulator;
use super::super::store::{DataSource, Workspace};
use super::{Call, Outcome};

/// `POST /v1/databases/{database_id}/query`
pub(super) fn database(simulator: &Simulator, call: &Call) -> Outcome {
    run(simulator, call, |workspace| {
        call.since_data_sources(false)?;
        workspace.only_data_source(call.id("database_id")?)
    })
}

/// `POST /v1/data_sources/{data_source_id}/query`
pub(super) fn data_source(simulator: &Simulator, call: &Call) -> Outcome {
    run(simulator, call, |workspace| {
        call.since_data_sources(true)?;
        workspace.data_source(call.id("data_source_id")?)
    })
}

fn run(
    simulator: &Simulator,
    call: &Call,
    find: impl Fn(&Workspace) -> Result<&DataSource, NotionError>,
) -> Outcome {
    let workspace = simulator.read();
    let parsed = find(&workspace).and_then(|source| {
        let query = Query::parse(
            &call.body(),
            source,
            &workspace,
            call.version,
            Timestamp::now(),
        )?;
        Ok((source, query, only(&call.query(), source)?))
    });
    let (source, query, only) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return Outcome::of(Err(error)),
    };
    let slice = query.run(source, &workspace);
    let view = call.view(&workspace);
    Outcome {
        result: Ok(Written::of(&view.slice(&slice, only.as_deref()))),
        searches_text: query.searches_text(),
        rows: slice.pages.len(),
    }
}

fn only(query: &Field<'_>, source: &DataSource) -> Result<Option<Vec<usize>>, NotionError> {
    query.object_of(&[FILTER_PROPERTIES, FILTER_PROPERTIES_ARRAY])?;
    filter_properties(query, &|name| source.schema.find(name))
}

/// The parameter, and the same as some clients write an array.
pub(super) const FILTER_PROPERTIES: &str = "filter_properties";
pub(super) const FILTER_PROPERTIES_ARRAY: &str = "filter_properties[]";

/// The places of the properties that an answer is to show; all when nothing is said.
pub(super) fn filter_properties(
    query: &Field<'_>,
    find: &dyn Fn(&str) -> Option<usize>,
) -> Result<Option<Vec<usize>>, NotionError> {
    let mut wanted = Vec::new();
    let mut given = false;
    for key in [FILTER_PROPERTIES, FILTER_PROPERTIES_ARRAY] {
        let Some(field) = query.get(key).optional() else {
            continue;
        };
        given = true;
        let names = match field.elements() {
            Ok(names) => names,
            Err(_) if field.text().is_ok() => vec![field],
            Err(error) => return Err(error),
        };
        for name in names {
            let name = name.text()?;
            let index = find(name).ok_or_else(|| {
                NotionError::Validation(format!("Could not find property with name or id: {name}"))
            })?;
            wanted.push(index);
        }
    }
    Ok(given.then_some(wanted))
}
