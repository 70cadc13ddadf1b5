//! The search over titles, as its index knows them: behind the writes by the index's lag.

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::super::answer::Listed;
use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::paging::Paging;
use super::super::simulator::Simulator;
use super::super::store::Workspace;
use super::super::version::Version;

use super::{Call, Outcome};

/// What a search looks for.
struct Search {
    words: String,
    pages: bool,
    sources: bool,
    in_trash: bool,
    ascending: bool,
}

/// `POST /v1/search`
pub(super) fn search(simulator: &Simulator, call: &Call) -> Outcome {
    let workspace = simulator.read();
    match run(call, &workspace, Timestamp::now()) {
        Ok((answer, rows)) => Outcome {
            rows,
            ..Outcome::of(Ok(answer))
        },
        Err(error) => Outcome::of(Err(error)),
    }
}

fn run(call: &Call, workspace: &Workspace, now: Timestamp) -> Result<(Value, usize), NotionError> {
    let body = call.body();
    body.object_of(&["query", "sort", "filter", "start_cursor", "page_size"])?;
    let search = Search::parse(&body, call.version)?;
    let ids = search.in_order(workspace);
    let slice = Paging::read(&body)?.of(&ids, |id| search.finds(id, workspace, now))?;
    let view = call.view(workspace);
    let results = slice
        .ids
        .iter()
        .map(|id| match workspace.data_source(*id) {
            Err(_) => Ok(view.page(workspace.page(workspace.find_page(*id)?), None)),
            Ok(source) if call.version.has_data_sources() => Ok(view.data_source(source)),
            Ok(source) => view.database(workspace.database(source.database)?),
        })
        .collect::<Result<Vec<_>, NotionError>>()?;
    let rows = results.len();
    Ok((view.list(Listed::Found, results, slice.next), rows))
}

impl Search {
    fn parse(body: &Field<'_>, version: Version) -> Result<Self, NotionError> {
        let mut search = Self {
            words: String::new(),
            pages: true,
            sources: true,
            in_trash: false,
            ascending: false,
        };
        if let Some(query) = body.get("query").present() {
            search.words = query.short_text()?.to_lowercase();
        }
        if let Some(sort) = body.get("sort").present() {
            search.ascending = ascending(&sort)?;
        }
        if let Some(filter) = body.get("filter").present() {
            search.filter(&filter, version)?;
        }
        Ok(search)
    }

    fn filter(&mut self, filter: &Field<'_>, version: Version) -> Result<(), NotionError> {
        let object = filter.object()?;
        if version.has_data_sources()
            && let Some(mark) = filter.get("in_trash").optional()
        {
            self.in_trash = mark.boolean()?;
            filter.object_of(&["property", "value", "in_trash"])?;
            if object.len() == 1 {
                return Ok(());
            }
        } else {
            filter.object_of(&["property", "value"])?;
        }
        let property = filter.get("property");
        if property.text()? != "object" {
            return Err(property.should("be `\"object\"`"));
        }
        let source = if version.has_data_sources() {
            "data_source"
        } else {
            "database"
        };
        let value = filter.get("value");
        match value.text()? {
            "page" => self.sources = false,
            word if word == source => self.pages = false,
            _ => return Err(value.should(&format!("be `\"page\"` or `\"{source}\"`"))),
        }
        Ok(())
    }

    /// All that a search of this kind could find: the latest edit first, unless asked otherwise. The id
    /// makes the order total.
    fn in_order(&self, workspace: &Workspace) -> Vec<Uuid> {
        let pages = workspace.pages().iter().filter(|_| self.pages);
        let pages = pages.map(|page| (page.edited, page.id));
        let sources = workspace.data_sources().filter(|_| self.sources);
        let sources = sources.map(|source| (source.edited, source.id));
        let mut all: Vec<_> = pages.chain(sources).collect();
        all.sort_unstable();
        if !self.ascending {
            all.reverse();
        }
        all.into_iter().map(|(_, id)| id).collect()
    }

    fn finds(&self, id: Uuid, workspace: &Workspace, now: Timestamp) -> bool {
        let seen = workspace.index().seen(id, now);
        seen.is_some_and(|(title, in_trash)| {
            in_trash == self.in_trash && title.contains(&self.words)
        })
    }
}

fn ascending(sort: &Field<'_>) -> Result<bool, NotionError> {
    sort.object_of(&["timestamp", "direction"])?;
    let timestamp = sort.get("timestamp");
    if timestamp.text()? != "last_edited_time" {
        return Err(timestamp.should("be `\"last_edited_time\"`"));
    }
    let direction = sort.get("direction");
    match direction.text()? {
        "ascending" => Ok(true),
        "descending" => Ok(false),
        _ => Err(direction.should("be `\"ascending\"` or `\"descending\"`")),
    }
}
