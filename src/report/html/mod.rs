//! `report.html`: the page that somebody reads before doing what cannot be undone, on a phone or on
//! paper. It is one file: no script, no request, and nothing in it that somebody else wrote can act.
//!
//! ```text
//! Summary -> verdict, why | promises | scenario (charts) | looks | gates | basis -> one page
//! Comparison -> comparison                                              -> one page
//! BlockRecord, its Regression -> regression                             -> one page
//! ```

mod basis;
mod comparison;
mod figure;
mod gates;
mod looks;
mod promises;
mod regression;
mod room;
mod scenario;
mod verdict;
mod words;

pub use comparison::comparison_html;
pub use regression::regression_html;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chart::{self, DrawError};
use super::summary::Summary;
use room::{Drawn, Room, Space};

/// The rules of the page; those of its charts follow them.
const STYLE: &str = include_str!("style.css");

/// Nothing is loaded and nothing runs, whatever the page contains.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// A page in bytes that every mail and every chat takes. One of three scenarios has half of it.
const MOST_BYTES: usize = 490_000;

/// The summary as a page. Where there are so many scenarios that the page would be too large, it has
/// fewer pictures, then fewer figures, and at last fewer scenarios.
///
/// # Errors
/// When a chart cannot be drawn.
pub fn html(summary: &Summary<'_>) -> Result<String, DrawError> {
    let drawn = Drawn::default();
    for room in Room::ALL {
        let space = Space::new(room, &drawn, MOST_BYTES);
        let made = page(summary, &space)?;
        if !space.is_full() && made.len() <= MOST_BYTES {
            return Ok(made);
        }
    }
    // As many scenarios as fit: the number is between `fits` and `too_many`.
    let (mut fits, mut too_many) = (0, summary.rows.len());
    let mut best = page(summary, &Space::with_scenarios(summary, fits, &drawn))?;
    while fits + 1 < too_many {
        let shown = usize::midpoint(fits, too_many);
        let made = page(summary, &Space::with_scenarios(summary, shown, &drawn))?;
        if made.len() <= MOST_BYTES {
            (fits, best) = (shown, made);
        } else {
            too_many = shown;
        }
    }
    Ok(best)
}

fn page<'c>(summary: &'c Summary<'_>, space: &Space<'_, 'c>) -> Result<String, DrawError> {
    let title = format!(
        "{}: {} · cutover",
        summary.outcome.word(),
        words::plain(&summary.headline)
    );
    let promises = promises::promises(summary, space)?;
    let scenarios = scenario::scenarios(summary, space)?;
    let body = html! {
        (verdict::verdict(summary, space))
        (verdict::why(summary, space))
        (verdict::waivers(summary, space))
        (promises)
        (scenarios)
        (looks::looks(summary, space))
        (gates::gates(summary, space))
        (basis::basis(summary, space))
    };
    let made = html! {
        "Made by cutover from one record; " code { "cutover report" } " makes it again, byte for byte."
    };
    Ok(frame(&title, &body, &made))
}

/// The frame of every page.
fn frame(title: &str, body: &Markup, made: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(STYLE)) (PreEscaped(chart::STYLE)) }
            }
            body {
                main { (body) }
                footer { p { (made) } }
            }
        }
    };
    page.into_string() + "\n"
}
