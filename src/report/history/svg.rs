//! A history as a picture that stands for itself: a panel for each series, its times as a thin line, the
//! medians between its changes as a thick one.

use std::ops::Range;

use maud::{Markup, PreEscaped, html};

use super::words::{about, date, figures, percent};
use crate::figure::{Rounding, seconds};
use crate::history::{History, Located, Trend};
use crate::report::chart::STYLE;
use crate::report::foreign::brief;

/// The light values of the charts' palette, which its rules turn into variables.
const GROUND: &str = "#FFFFFF";
const INK: &str = "#1F2328";
const MUTED: &str = "#59636E";
const FRAME: &str = "#818B98";
const LEVEL: &str = "#00457C";
const CHANGE: &str = "#C45100";

const WIDTH: f64 = 752.0;
const MARGIN: f64 = 16.0;
/// The place for the times beside a panel.
const BESIDE: f64 = 64.0;
/// Above the first panel.
const HEAD: f64 = 48.0;
/// From one panel to the next.
const PANEL: f64 = 176.0;
/// Within a panel: above and below its plot.
const ABOVE: f64 = 40.0;
const PLOT: f64 = 100.0;
/// The least ratio of the highest to the lowest time of a panel.
const LEAST_RATIO: f64 = 1.1;

/// The history as an SVG file.
#[must_use]
pub fn history_svg(history: &History) -> String {
    let height = HEAD + PANEL * history.trends.len() as f64 + MARGIN;
    let box_of_all = format!("0 0 {WIDTH} {height}");
    let about = brief(&about(history));
    let panels = history.trends.iter().enumerate();
    let picture = html! {
        svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox=(box_of_all) width=(WIDTH)
            height=(height) role="img" aria-labelledby="title desc" {
            title id="title" { "History" }
            desc id="desc" { (about) }
            style { (PreEscaped(STYLE)) }
            rect x="0" y="0" width=(WIDTH) height=(height) fill=(GROUND) {}
            text x=(MARGIN) y="30" font-size="15" fill=(INK) { "History" }
            @for (place, trend) in panels {
                (panel(history, trend, HEAD + PANEL * place as f64))
            }
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n",
        picture.into_string()
    )
}

/// From a trend's values to places in its panel.
struct Scale {
    low: f64,
    high: f64,
    count: usize,
    top: f64,
}

impl Scale {
    fn of(values: &[f64], top: f64) -> Self {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let spare = (LEAST_RATIO / (high / low)).max(1.0).sqrt();
        Self {
            low: low / spare,
            high: high * spare,
            count: values.len(),
            top,
        }
    }

    fn x(&self, place: f64) -> f64 {
        let (left, right) = (MARGIN + BESIDE, WIDTH - MARGIN);
        left + (right - left) * (place + 0.5) / self.count.max(1) as f64
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value / self.low).ln() / (self.high / self.low).ln();
        self.top + PLOT * (1.0 - share)
    }
}

fn panel(history: &History, trend: &Trend, top: f64) -> Markup {
    let scale = Scale::of(&trend.values, top + ABOVE);
    let (left, right, bottom) = (scale.x(-0.5), WIDTH - MARGIN, scale.top + PLOT);
    let points = trend.values.iter().enumerate();
    let points =
        points.map(|(run, value)| format!("{:.1},{:.1}", scale.x(run as f64), scale.y(*value)));
    let points: Vec<String> = points.collect();
    let title = brief(&format!("{} {}", trend.name, trend.quantile));
    let figures = figures(trend, history.shown.len());
    let day = |run: Option<&usize>| {
        let entry = run.and_then(|run| history.shown.get(*run));
        entry.map_or_else(String::new, |entry| date(&entry.started))
    };
    let (first, last) = (day(trend.runs.first()), day(trend.runs.last()));
    let (high, low) = [scale.high, scale.low]
        .map(|value| seconds(value, Rounding::Nearest))
        .into();
    html! {
        text x=(MARGIN) y=(top + 14.0) font-size="12" fill=(INK) { (title) ": " (figures) }
        path d=(format!("M{left},{}V{bottom}H{right}", scale.top)) fill="none" stroke=(FRAME) {}
        text x=(left - 6.0) y=(scale.top + 4.0) font-size="12" fill=(MUTED) text-anchor="end" { (high) }
        text x=(left - 6.0) y=(bottom + 4.0) font-size="12" fill=(MUTED) text-anchor="end" { (low) }
        text x=(left) y=(bottom + 16.0) font-size="12" fill=(MUTED) { (first) }
        text x=(right) y=(bottom + 16.0) font-size="12" fill=(MUTED) text-anchor="end" { (last) }
        polyline points=(points.join(" ")) fill="none" stroke=(MUTED) {}
        path d=(levels(trend, &scale)) fill="none" stroke=(LEVEL) stroke-width="2" {}
        @for change in &trend.changes {
            (mark(change, &scale))
        }
    }
}

/// The median of each stretch between two changes.
fn levels(trend: &Trend, scale: &Scale) -> String {
    let level = |(places, middle): (Range<usize>, f64)| {
        let end = |place: usize| scale.x(place as f64 - 0.5);
        let (left, right) = (end(places.start), end(places.end));
        format!("M{left:.1},{:.1}H{right:.1}", scale.y(middle))
    };
    trend.stretches().into_iter().map(level).collect()
}

fn mark(change: &Located, scale: &Scale) -> Markup {
    let x = format!("{:.1}", scale.x(change.at as f64 - 0.5));
    html! {
        line x1=(x) x2=(x) y1=(scale.top - 4.0) y2=(scale.top + PLOT) stroke=(CHANGE)
            stroke-dasharray="4 3" {}
        text x=(x) y=(scale.top - 8.0) font-size="12" fill=(CHANGE) text-anchor="middle" {
            (percent(change.change))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_has_its_value_for_a_dark_page() {
        for colour in [GROUND, INK, MUTED, FRAME, LEVEL, CHANGE] {
            assert!(STYLE.contains(colour), "{colour} is not of the palette");
        }
    }
}
