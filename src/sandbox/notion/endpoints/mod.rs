//! What each endpoint does with a request that was let in, without HTTP: JSON in, JSON out.
//!
//! One file for each kind of object. An endpoint reads its request as a whole before it changes
//! anything, so that a refused request leaves nothing behind.

mod blocks;
mod comments;
mod databases;
mod mentions;
mod pages;
mod parts;
mod property;
mod query;
mod search;
mod users;

use serde_json::Value;
use uuid::Uuid;

use super::answer::{View, Written};
use super::body::Field;
use super::door::counters::Endpoint;
use super::errors::NotionError;
use super::simulator::Simulator;
use super::store::Workspace;
use super::version::Version;

/// An answer, and what it cost to make.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) result: Result<Written, NotionError>,
    /// Whether a query looked inside texts.
    pub(super) searches_text: bool,
    /// Objects in the answer of a list.
    pub(super) rows: usize,
}

impl Outcome {
    pub(super) fn of(result: Result<Value, NotionError>) -> Self {
        Self {
            result: result.map(|answer| Written::of(&answer)),
            searches_text: false,
            rows: 0,
        }
    }
}

/// A request that was let in.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) version: Version,
    /// Whose token it bears.
    pub(super) author: Uuid,
    /// The ids in the path, by their names.
    pub(super) path: Value,
    /// The query string as an object of texts.
    pub(super) query: Value,
    /// The body; an empty object when there is none.
    pub(super) body: Value,
    /// The address at which it came, without a path, for addresses in answers.
    pub(super) origin: String,
}

impl Call {
    /// An id in the path.
    fn id(&self, name: &str) -> Result<Uuid, NotionError> {
        Field::root("path", &self.path).get(name).uuid()
    }

    /// A name in the path.
    fn text(&self, name: &str) -> Result<&str, NotionError> {
        Field::root("path", &self.path).get(name).text()
    }

    fn query(&self) -> Field<'_> {
        Field::root("query", &self.query)
    }

    fn body(&self) -> Field<'_> {
        Field::root("body", &self.body)
    }

    /// The workspace as the request's version sees it.
    fn view<'w>(&self, workspace: &'w Workspace) -> View<'w> {
        View {
            version: self.version,
            workspace,
        }
    }

    /// Refuses a route that the version does not have.
    fn since_data_sources(&self, since: bool) -> Result<(), NotionError> {
        if self.version.has_data_sources() == since {
            return Ok(());
        }
        Err(NotionError::InvalidUrl)
    }
}

/// What an endpoint answers.
pub(super) fn answer(endpoint: Endpoint, simulator: &Simulator, mut call: Call) -> Outcome {
    use Endpoint as E;
    if endpoint.writes() {
        mentions::name(&mut call.body, &simulator.read());
    }
    let call = &call;
    let result = match endpoint {
        E::QueryDatabase => return query::database(simulator, call),
        E::QueryDataSource => return query::data_source(simulator, call),
        E::Search => return search::search(simulator, call),
        E::CreateDatabase => databases::create(simulator, call),
        E::RetrieveDatabase => databases::retrieve(simulator, call),
        E::UpdateDatabase => databases::update(simulator, call),
        E::CreateDataSource => databases::create_source(simulator, call),
        E::RetrieveDataSource => databases::retrieve_source(simulator, call),
        E::UpdateDataSource => databases::update_source(simulator, call),
        E::CreatePage => pages::create(simulator, call),
        E::RetrievePage => pages::retrieve(simulator, call),
        E::UpdatePage => pages::update(simulator, call),
        E::RetrievePageProperty => property::retrieve(simulator, call),
        E::RetrieveBlock => blocks::retrieve(simulator, call),
        E::UpdateBlock => blocks::update(simulator, call),
        E::DeleteBlock => blocks::delete(simulator, call),
        E::ListBlockChildren => return blocks::list(simulator, call),
        E::AppendBlockChildren => blocks::append(simulator, call),
        E::CreateComment => comments::create(simulator, call),
        E::ListComments => return comments::list(simulator, call),
        E::RetrieveComment => comments::retrieve(simulator, call),
        E::ListUsers => users::list(simulator, call),
        E::RetrieveUser => users::retrieve(simulator, call),
        E::RetrieveMe => users::me(simulator, call),
        E::Unknown => Err(NotionError::InvalidUrl),
    };
    Outcome::of(result)
}
