//! The profile file: the measured figures, and which of the others were taken from where.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::extra::lists;
use super::{Estimate, Extra, Measured, NOTION_VERSION};
use crate::sandbox::notion::{Delay, LatencyProfile};
use crate::sandbox::profile::Profile;
use crate::units::show_duration;

/// The endpoints that a profile need not state, in the order of the file.
const EXTRA: [&str; 9] = [
    "search",
    "write_database",
    "retrieve_block",
    "list_blocks",
    "append_blocks",
    "update_block",
    "users",
    "list_comments",
    "create_comment",
];

/// Where and when the figures were measured.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The date and time, as in RFC 3339.
    pub date: String,
    /// The host (and port) that was asked.
    pub host: String,
    /// How often each endpoint was asked.
    pub samples: u32,
    /// Requests that were sent, and those of them that were refused (429 or 529).
    pub counts: (u32, u32),
}

/// One table of the file.
struct Table {
    name: String,
    /// What was measured, when it was.
    measured: Option<Estimate>,
    /// What stands in the file.
    delay: Delay,
    /// Whether answers list objects.
    lists: bool,
}

/// The text of a profile: what was measured, and for the rest the figures of `assumed`.
#[must_use]
pub fn profile_text(measured: &Measured, origin: &Origin, assumed: &Profile) -> String {
    let tables = tables(measured, assumed);
    let missing: Vec<&str> = tables
        .iter()
        .filter(|table| table.measured.is_none())
        .map(|table| table.name.as_str())
        .collect();
    let Origin {
        date,
        host,
        samples,
        counts: (sent, refused),
    } = origin;
    let day = date.split('T').next().unwrap_or(date);
    let source = format!(
        "Measured by cutover probe at {host} on {date} with Notion-Version {NOTION_VERSION}, at most {samples} samples \
         an endpoint, as seen from the machine that asked; from the profile {}: {}",
        assumed.name,
        missing.join(", ")
    );
    let mut text = format!(
        "# What one machine measured of one database at one time: {sent} requests, of which {refused} were refused (429 or 529)\n\
         # and asked again. No refusal, pause or handshake is part of a figure.\n\
         # From the profile {}, not measured: {}.\n{}\n\
         name = {}\nsource = {}\n",
        assumed.name,
        missing.join(", "),
        left_out(measured, &tables),
        quoted(&format!("probe {host} {day}")),
        quoted(&source),
    );
    for table in &tables {
        table.write(&mut text, &assumed.name);
    }
    text
}

fn tables(measured: &Measured, assumed: &Profile) -> Vec<Table> {
    let notion = assumed.notion.as_deref().copied().unwrap_or_default();
    let of = |name: &str, measured: Option<Estimate>, assumed: Delay, lists| Table {
        name: name.to_owned(),
        measured,
        delay: measured.map_or(assumed, |estimate| delay(&estimate, assumed)),
        lists,
    };
    let postgres = &assumed.postgres;
    let mut tables = vec![
        of("client_to_api", None, assumed.client_to_api, false),
        of("notion.query", measured.query, notion.query, true),
        of(
            "notion.query_by_text",
            measured.query_by_text,
            notion.query_by_text,
            true,
        ),
        of(
            "notion.create_page",
            measured.create_page,
            notion.create_page,
            false,
        ),
        of(
            "notion.update_page",
            measured.update_page,
            notion.update_page,
            false,
        ),
        of(
            "notion.retrieve_page",
            measured.retrieve_page,
            notion.retrieve_page,
            false,
        ),
        of(
            "notion.retrieve_database",
            measured.retrieve_database,
            notion.retrieve_database,
            false,
        ),
    ];
    tables.extend(extra_tables(measured, &notion));
    tables.extend([
        of("postgres.read", None, postgres.read, false),
        of("postgres.search", None, postgres.search, false),
        of("postgres.write", None, postgres.write, false),
    ]);
    tables
}

/// The tables that need not stand in a profile: those that were measured, and those that are assumed.
fn extra_tables(measured: &Measured, notion: &LatencyProfile) -> Vec<Table> {
    let assumed: BTreeMap<_, _> = notion.delays().collect();
    let table = |name: &&'static str| {
        let estimate = match measured.extra.get(name) {
            Some(Extra::Measured(estimate)) => Some(*estimate),
            Some(Extra::Refused) | None => None,
        };
        let stated = assumed.get(name).copied();
        let delay = match (estimate, stated) {
            (Some(estimate), stated) => delay(&estimate, stated.unwrap_or(kin(name, notion))),
            (None, stated) => stated?,
        };
        Some(Table {
            name: format!("notion.{name}"),
            measured: estimate,
            delay,
            lists: lists(name),
        })
    };
    EXTRA.iter().filter_map(table).collect()
}

/// What gives a sigma to an endpoint that was asked too seldom for one of its own.
fn kin(name: &str, notion: &LatencyProfile) -> Delay {
    match name {
        "search" => notion.query_by_text,
        "list_blocks" | "list_comments" => notion.query,
        "append_blocks" | "create_comment" => notion.create_page,
        "update_block" => notion.update_page,
        _ => notion.retrieve_page,
    }
}

/// What the file says of the endpoints that have no table in it; nothing when all have one.
fn left_out(measured: &Measured, tables: &[Table]) -> String {
    let stands = |name: &&str| {
        let name = format!("notion.{name}");
        tables.iter().any(|table| table.name == name)
    };
    let is_refused = |name: &&str| measured.extra.get(name) == Some(&Extra::Refused);
    let without = EXTRA.iter().copied().filter(|name| !stands(name));
    let (refused, unasked): (Vec<&str>, Vec<&str>) = without.partition(is_refused);
    let mut text = String::new();
    for (why, names) in [
        ("refused to this connection (403)", refused),
        ("not asked", unasked),
    ] {
        if !names.is_empty() {
            let names = names.join(", ");
            let _ = writeln!(
                text,
                "# Left out, so that each takes as long as its nearest kin; {why}: {names}."
            );
        }
    }
    text
}

/// The estimate, with what it could not tell taken from what is assumed.
fn delay(estimate: &Estimate, assumed: Delay) -> Delay {
    Delay {
        median: estimate.median,
        per_row: estimate.per_row.unwrap_or_default(),
        sigma: estimate.sigma.unwrap_or(assumed.sigma),
    }
}

impl Table {
    fn write(&self, text: &mut String, assumed: &str) {
        let origin = match &self.measured {
            None => format!("from the profile {assumed}, not measured"),
            Some(estimate) => {
                let mut origin = format!("measured, {} samples", estimate.samples);
                if self.lists && estimate.per_row.is_none() {
                    origin +=
                        "; every answer had as many objects, so the cost of each is not known";
                }
                if estimate.sigma.is_none() {
                    let _ = write!(origin, "; too few for a sigma, which is that of {assumed}");
                }
                origin
            }
        };
        let Delay {
            median,
            per_row,
            sigma,
        } = self.delay;
        let _ = write!(
            text,
            "\n# {origin}\n[{}]\nmedian = \"{}\"\n",
            self.name,
            shown(median)
        );
        if self.lists {
            let _ = writeln!(text, "per_row = \"{}\"", shown(per_row));
        }
        let _ = writeln!(text, "sigma = {:?}", (sigma * 1e4).round() / 1e4);
    }
}

/// To the microsecond: finer is nothing that was measured.
fn shown(duration: Duration) -> String {
    let micros = (duration.as_nanos() + 500) / 1000;
    show_duration(Duration::from_micros(
        u64::try_from(micros).unwrap_or(u64::MAX),
    ))
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
