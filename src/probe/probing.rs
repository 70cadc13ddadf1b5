//! What is asked: each endpoint in turn, and, when writing is allowed, one page that is archived at the end.
//!
//! The page carries a marker in its title. However the probe ends, by an error or by Ctrl-C, the page is
//! archived; where nobody knows whether it was created, it is looked for by its marker, as patiently as a run
//! does. A look-up that finds nothing proves nothing, so the page is told of as one that may be left, unless
//! Notion said (409) that nothing was saved. It is never created a second time.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::Estimate;
use super::asking::{Asking, Call, CarriedOut, GivenUp, ProbeError, misshapen};
use super::estimate::{Sample, median_and_sigma, with_rows, with_slope};
use super::extra::{Extra, Extras, MOST_EXTRA, READS, WRITES};
use crate::run::doubt::PATIENCE;
use crate::target::Target;

/// The page sizes of a query: the smallest and the largest that Notion allows.
const SMALL_AND_LARGE: [u32; 2] = [1, 100];
/// The page size of a query by text, as a search in an application has it.
pub(super) const SEARCH_SIZE: u32 = 10;

/// What to probe.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The id of a database that is shared with the integration.
    pub database: String,
    /// How often each endpoint is asked, at least once; those that a profile need not state at most three
    /// times.
    pub samples: u32,
    /// The marker of the page that is created; `None` writes nothing.
    pub marker: Option<String>,
}

/// The figures of each endpoint; `None` where it could not or must not be asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    /// `GET /v1/databases/{id}`.
    pub retrieve_database: Option<Estimate>,
    /// `POST /v1/databases/{id}/query`.
    pub query: Option<Estimate>,
    /// The same with a filter on the title.
    pub query_by_text: Option<Estimate>,
    /// `GET /v1/pages/{id}`.
    pub retrieve_page: Option<Estimate>,
    /// `POST /v1/pages`; one sample.
    pub create_page: Option<Estimate>,
    /// `PATCH /v1/pages/{id}`.
    pub update_page: Option<Estimate>,
    /// The endpoints that a profile need not state, by their names there; those that were not asked are
    /// left out.
    pub extra: BTreeMap<&'static str, Extra>,
}

/// A page that the probe created, or may have created, and could not archive.
#[derive(Debug)]
pub struct Left {
    /// The text in its title.
    pub marker: String,
    /// Its id; `None` where nobody knows whether there is such a page.
    pub page: Option<String>,
    /// Why it is still there, or may be.
    pub error: ProbeError,
}

/// What came of a probe.
#[derive(Debug)]
pub struct Probed {
    /// The figures, or why there are none.
    pub measured: Result<Measured, ProbeError>,
    /// What is left on Notion.
    pub left: Option<Left>,
}

/// What the first answers tell of the database.
struct Known {
    title: String,
    page: Option<String>,
    word: String,
}

#[derive(Default)]
struct Samples {
    retrieve_database: Vec<Sample>,
    query: Vec<Sample>,
    query_by_text: Vec<Sample>,
    retrieve_page: Vec<Sample>,
    create_page: Vec<Sample>,
    update_page: Vec<Sample>,
    extras: Extras,
}

impl Probe {
    /// How many requests it takes, when none has to be sent again. A database without pages takes fewer.
    #[must_use]
    pub fn most_requests(&self) -> u32 {
        let extra = self.samples.min(MOST_EXTRA);
        let reads = 2 + 5 * self.samples + READS * extra;
        // The page is created once, and archived once.
        let writes = 2 + self.samples + WRITES * extra;
        reads + if self.marker.is_some() { writes } else { 0 }
    }

    /// Asks every endpoint, and leaves nothing behind that can be removed.
    pub async fn run<T: Target>(&self, asking: &mut Asking<'_, T>) -> Probed {
        let mut samples = Samples::default();
        let known = match self.read(asking, &mut samples).await {
            Ok(known) => known,
            Err(error) => {
                return Probed {
                    measured: Err(error),
                    left: None,
                };
            }
        };
        let (written, left) = match &self.marker {
            Some(marker) => self.write(asking, marker, &known, &mut samples).await,
            None => (Ok(()), None),
        };
        Probed {
            measured: written.map(|()| samples.measured()),
            left,
        }
    }

    async fn read<T: Target>(
        &self,
        asking: &mut Asking<'_, T>,
        samples: &mut Samples,
    ) -> Result<Known, ProbeError> {
        let known = self.look_around(asking).await?;
        for round in 0..self.samples {
            let (_, sample) = asking.ask(&self.retrieve_database()).await?;
            samples.retrieve_database.push(sample);
            for size in SMALL_AND_LARGE {
                let (_, sample) = asking.ask(&self.query(json!({"page_size": size}))).await?;
                samples.query.push(sample);
            }
            let filter = json!({"property": known.title, "title": {"contains": known.word}});
            let body = json!({"page_size": SEARCH_SIZE, "filter": filter});
            let (_, sample) = asking.ask(&self.query(body)).await?;
            samples.query_by_text.push(sample);
            if let Some(page) = &known.page {
                let (_, sample) = asking.ask(&retrieve_page(page)).await?;
                samples.retrieve_page.push(sample);
            }
            if round < MOST_EXTRA {
                let page = known.page.as_deref();
                samples.extras.read(asking, page, &known.word).await?;
            }
        }
        Ok(known)
    }

    /// Two calls that are not measured: they open the connection, and tell what can be asked for.
    async fn look_around<T: Target>(
        &self,
        asking: &mut Asking<'_, T>,
    ) -> Result<Known, ProbeError> {
        let call = self.retrieve_database();
        let (database, _) = asking.ask(&call).await?;
        let shape = |what| ProbeError::Shape {
            call: call.name,
            what,
        };
        let properties = database.get("properties").and_then(Value::as_object);
        let properties = properties.ok_or_else(|| shape("properties"))?;
        let is_title = |(_, schema): &(&String, &Value)| schema["type"] == "title";
        let title = properties.iter().find(is_title);
        let (title, _) = title.ok_or_else(|| shape("title property"))?;
        let (list, _) = asking.ask(&self.query(json!({"page_size": 1}))).await?;
        let first = &list["results"][0];
        let text = first["properties"][title]["title"][0]["plain_text"].as_str();
        let word = text.and_then(|text| text.split_whitespace().next());
        Ok(Known {
            title: title.clone(),
            page: first["id"].as_str().map(str::to_owned),
            word: word.unwrap_or("a").to_owned(),
        })
    }

    async fn write<T: Target>(
        &self,
        asking: &mut Asking<'_, T>,
        marker: &str,
        known: &Known,
        samples: &mut Samples,
    ) -> (Result<(), ProbeError>, Option<Left>) {
        let properties = json!({known.title.as_str(): title(marker)});
        let body = json!({"parent": {"database_id": self.database}, "properties": properties});
        let create = create_page(body);
        let created = asking.ask(&create).await.and_then(|(page, sample)| {
            let id = page["id"].as_str().map(str::to_owned);
            id.map_or_else(|| Err(misshapen(&create, "id")), |id| Ok((id, sample)))
        });
        match created {
            Ok((page, sample)) => {
                samples.create_page.push(sample);
                let written = self.update(asking, (&page, marker), known, samples).await;
                (written, archive(asking, page, marker).await.err())
            }
            Err(given_up) if given_up.carried_out == CarriedOut::No => (Err(given_up.error), None),
            Err(given_up) => {
                let settled = self.settle(asking, marker, known, &given_up).await;
                (Err(given_up.error), settled.err())
            }
        }
    }

    async fn update<T: Target>(
        &self,
        asking: &mut Asking<'_, T>,
        (page, marker): (&str, &str),
        known: &Known,
        samples: &mut Samples,
    ) -> Result<(), ProbeError> {
        for n in 1..=self.samples {
            let text = format!("{marker} {n}");
            let body = json!({"properties": {known.title.as_str(): title(&text)}});
            let (_, sample) = asking.ask(&update_page(page, body, true)).await?;
            samples.update_page.push(sample);
        }
        for _ in 0..self.samples.min(MOST_EXTRA) {
            samples.extras.write(asking, page).await?;
        }
        Ok(())
    }

    /// Archives the page of which nobody knows whether it was created, once it is found.
    async fn settle<T: Target>(
        &self,
        asking: &mut Asking<'_, T>,
        marker: &str,
        known: &Known,
        given_up: &GivenUp,
    ) -> Result<(), Left> {
        let left = |error| Left {
            marker: marker.to_owned(),
            page: None,
            error,
        };
        let pages = self.seek(asking, marker, known).await.map_err(left)?;
        if pages.is_empty() && given_up.carried_out == CarriedOut::Perhaps {
            return Err(left(ProbeError::Unsettled {
                why: given_up.error.to_string(),
                times: PATIENCE.len(),
            }));
        }
        let mut settled = Ok(());
        for page in pages {
            settled = settled.and(archive(asking, page, marker).await);
        }
        settled
    }

    /// The ids of the pages with the marker, looked for with patience.
    async fn seek<T: Target>(
        &self,
        asking: &mut Asking<'_, T>,
        marker: &str,
        known: &Known,
    ) -> Result<Vec<String>, ProbeError> {
        let filter = json!({"property": known.title, "title": {"contains": marker}});
        let mut call = self.query(json!({"filter": filter}));
        call.interruptible = false;
        for pause in PATIENCE {
            asking.rest(pause);
            let (list, _) = asking.ask(&call).await?;
            let results = list["results"].as_array();
            let results = results.ok_or_else(|| misshapen(&call, "results"))?;
            let ids = results.iter().filter_map(|page| page["id"].as_str());
            let ids: Vec<String> = ids.map(str::to_owned).collect();
            if !ids.is_empty() {
                return Ok(ids);
            }
        }
        Ok(Vec::new())
    }

    fn retrieve_database(&self) -> Call {
        let path = format!("/v1/databases/{}", self.database);
        call("retrieve database", Method::GET, path, None)
    }

    fn query(&self, body: Value) -> Call {
        let path = format!("/v1/databases/{}/query", self.database);
        call("query database", Method::POST, path, Some(body))
    }
}

impl Samples {
    fn measured(&self) -> Measured {
        let query = with_rows(&self.query);
        let per_row = query.and_then(|query| query.per_row).unwrap_or_default();
        Measured {
            retrieve_database: median_and_sigma(&self.retrieve_database),
            query,
            query_by_text: with_slope(&self.query_by_text, per_row),
            retrieve_page: median_and_sigma(&self.retrieve_page),
            create_page: median_and_sigma(&self.create_page),
            update_page: median_and_sigma(&self.update_page),
            extra: self.extras.measured(query),
        }
    }
}

/// Archives a page, Ctrl-C or not.
async fn archive<T: Target>(
    asking: &mut Asking<'_, T>,
    page: String,
    marker: &str,
) -> Result<(), Left> {
    let archive = update_page(&page, json!({"archived": true}), false);
    let archived = asking.ask(&archive).await;
    archived.map(|_| ()).map_err(|given_up| Left {
        marker: marker.to_owned(),
        page: Some(page),
        error: given_up.error,
    })
}

pub(super) fn call(name: &'static str, method: Method, path: String, body: Option<Value>) -> Call {
    Call {
        name,
        method,
        path,
        body,
        repeatable: true,
        interruptible: true,
    }
}

fn retrieve_page(page: &str) -> Call {
    call(
        "retrieve page",
        Method::GET,
        format!("/v1/pages/{page}"),
        None,
    )
}

fn create_page(body: Value) -> Call {
    let create = call(
        "create page",
        Method::POST,
        "/v1/pages".to_owned(),
        Some(body),
    );
    Call {
        repeatable: false,
        ..create
    }
}

/// Setting the same values twice is the same as once.
fn update_page(page: &str, body: Value, interruptible: bool) -> Call {
    let path = format!("/v1/pages/{page}");
    Call {
        interruptible,
        ..call("update page", Method::PATCH, path, Some(body))
    }
}

fn title(text: &str) -> Value {
    json!({"title": [{"text": {"content": text}}]})
}
