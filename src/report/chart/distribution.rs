//! The distributions of both sides as staircases, over the times that were promised.

use super::Shape;
use super::axis::{Tick, log_ticks};
use super::frame::{Entry, Free, GAP, Sheet, apart, flow, frame, legend};
use super::gutter::Gutter;
use super::palette::{BASELINE, CANDIDATE, Colour};
use super::picture::{Anchor, Extent, Label, Pen, Picture, Point, Sign};
use super::{font, sheet};
use crate::record::Side;
use crate::report::figure::show_seconds;
use crate::report::summary::{Curve, Distribution};
use crate::verdict::Unit;

/// Where 100 % is: room is left for labels above it.
const FULL: f64 = 0.9;

/// A side's colour.
pub(super) fn colour(side: Side) -> Colour {
    match side {
        Side::Baseline => BASELINE,
        Side::Candidate => CANDIDATE,
    }
}

/// A side's sign.
pub(super) fn sign(side: Side) -> Sign {
    match side {
        Side::Baseline => Sign::Circle,
        Side::Candidate => Sign::Diamond,
    }
}

/// A side's line. Dashes would look like gaps in the data.
pub(super) fn pen(side: Side) -> Pen {
    match side {
        Side::Baseline => Pen::solid(BASELINE, 2),
        Side::Candidate => Pen::solid(CANDIDATE, 3),
    }
}

pub(super) fn picture(distribution: &Distribution, shape: Shape) -> Picture {
    // Labels at the curves say more than a legend, where there is room for them.
    let curves = distribution.curves.iter();
    let entries: Vec<Entry> = curves.map(|curve| entry(curve, shape)).collect();
    drawn(distribution, shape, &[])
        .or_else(|| drawn(distribution, shape, &entries))
        .unwrap_or_else(|| Picture::new(sheet(shape).width, sheet(shape).height))
}

/// Where things are.
struct Layout<'d> {
    distribution: &'d Distribution,
    shape: Shape,
    sheet: Sheet,
    plot: Extent,
    gutter: Gutter,
    free: Free,
}

impl Layout<'_> {
    fn x(&self, seconds: f64) -> f64 {
        self.plot.x(self.gutter.position(seconds)).round()
    }

    fn place(&self, seconds: f64, share: f64) -> Point {
        (self.x(seconds), self.plot.y(share * FULL).round())
    }

    /// Where the promised ranges end.
    fn edges(&self) -> [f64; 4] {
        let Distribution { before, after, .. } = self.distribution;
        [before.0, before.1, after.0, after.1].map(|seconds| self.x(seconds))
    }

    /// Beyond the edges that are so near to a place, for a label that would lie across one.
    fn beyond_edges(&self, (x, base): Point, near: f64) -> Vec<(Anchor, Point)> {
        let edges = self.edges().into_iter();
        edges
            .filter(|edge| (edge - x).abs() < near)
            .flat_map(|edge| {
                [
                    (Anchor::Start, (edge + GAP, base)),
                    (Anchor::End, (edge - GAP, base)),
                ]
            })
            .collect()
    }
}

/// `None` when the curves cannot be named where they are, and there is no legend.
fn drawn(distribution: &Distribution, shape: Shape, entries: &[Entry]) -> Option<Picture> {
    let sheet = sheet(shape);
    let mut picture = Picture::new(sheet.width, sheet.height);
    let quarter = |quarter: i32| Tick {
        at: f64::from(quarter) * 0.25 * FULL,
        label: format!("{} %", quarter * 25),
    };
    let beside: Vec<Tick> = (0..=4).map(quarter).collect();
    let (_, rows) = flow(entries, sheet, sheet.width);
    let plot = sheet.plot(2 + rows, &beside, 10.0);
    let Distribution { before, after, .. } = distribution;
    let curves = distribution.curves.iter();
    let times = curves.flat_map(|curve| curve.points.iter().map(|(seconds, _)| *seconds));
    let times = times.chain([before.0, before.1, after.0, after.1]);
    let gutter = Gutter::below(distribution.axis, times);
    let below = gutter.ticks(|share| {
        let room = sheet.level(plot.width() * share);
        log_ticks(distribution.axis, Unit::Seconds, room)
    });
    let title = "share of all iterations";
    picture.text(Label::new(title, (0.0, sheet.size), sheet.size));
    let corner = (0.0, sheet.line());
    legend(&mut picture, entries, sheet, corner, sheet.width);
    frame(&mut picture, sheet, plot, (&below, "latency"), &beside);
    let mut layout = Layout {
        distribution,
        shape,
        sheet,
        plot,
        gutter,
        free: Free::new(plot),
    };
    bands(&mut picture, &mut layout);
    for curve in &distribution.curves {
        staircase(&mut picture, &mut layout, curve);
    }
    for curve in &distribution.curves {
        for (_, share, seconds) in &curve.marks {
            let at = layout.place(*seconds, *share);
            picture.sign(sign(curve.side), at, colour(curve.side));
        }
        if entries.is_empty() {
            picture.text(name(&mut layout, curve)?);
        }
    }
    for curve in &distribution.curves {
        quantiles(&mut picture, &mut layout, curve);
    }
    Some(picture)
}

fn words(curve: &Curve, shape: Shape) -> String {
    let (name, of) = (curve.side.name(), curve.successful);
    match shape {
        Shape::Wide => format!("{name}: {of} of {} succeeded", curve.all),
        Shape::Narrow => format!("{name}: {of} of {}", curve.all),
    }
}

fn entry(curve: &Curve, shape: Shape) -> Entry<'_> {
    let (pen, sign, colour) = (pen(curve.side), sign(curve.side), colour(curve.side));
    Entry {
        words: words(curve, shape),
        wide: 28.0,
        sign: Box::new(move |picture, (x, y)| {
            picture.line([(x - 14.0, y), (x + 14.0, y)], pen);
            picture.sign(sign, (x, y), colour);
        }),
    }
}

/// From a share of 0 at the fastest to the share of the slowest.
fn staircase(picture: &mut Picture, layout: &mut Layout, curve: &Curve) {
    let mut stairs: Vec<Point> = Vec::with_capacity(curve.points.len() * 2);
    let mut before = 0.0;
    for (seconds, share) in &curve.points {
        stairs.push(layout.place(*seconds, before));
        stairs.push(layout.place(*seconds, *share));
        before = *share;
    }
    stairs.dedup();
    layout.free.take_line(&stairs);
    for (_, share, seconds) in &curve.marks {
        let at = layout.place(*seconds, *share);
        layout.free.take(Extent::between(at, at, 5.0));
    }
    picture.line(stairs, pen(curve.side));
}

/// A curve's name at its lower half, or wherever it covers nothing.
fn name(layout: &mut Layout, curve: &Curve) -> Option<Label> {
    if curve.points.is_empty() {
        return None;
    }
    let size = layout.sheet.size;
    let mut places = Vec::new();
    for share in [0.3, 0.2, 0.4, 0.1, 0.7, 0.8, 0.6] {
        let reached = |(_, at): &&(f64, f64)| *at >= share;
        // The curve of a side that fails ends below some shares.
        let Some((seconds, _)) = curve.points.iter().find(reached) else {
            continue;
        };
        let (x, y) = layout.place(*seconds, share);
        let base = y + size * 0.35;
        places.push((Anchor::Start, (x + 10.0, base)));
        places.push((Anchor::End, (x - 10.0, base)));
        places.extend(layout.beyond_edges((x, base), 90.0));
    }
    let label = Label::new(words(curve, layout.shape), (0.0, 0.0), size);
    layout.free.place(&label.colour(colour(curve.side)), places)
}

/// The quantiles' names and times at their marks, the uppermost first: it has the least room.
fn quantiles(picture: &mut Picture, layout: &mut Layout, curve: &Curve) {
    let size = layout.sheet.size;
    for (name, share, seconds) in curve.marks.iter().rev() {
        let (x, y) = layout.place(*seconds, *share);
        let base = y + size * 0.35;
        let label = Label::new(format!("{name} {}", show_seconds(*seconds)), (x, y), size);
        let near = font::width(&label.text, size) / 2.0 + GAP;
        let mut places = Vec::new();
        // A staircase leaves room below on its right and above on its left.
        for away in [0.0, 0.5, 1.0, 1.5, 2.0, 3.0] {
            let away = away * size * 1.25;
            places.push((Anchor::Start, (x + 8.0, base + away)));
            places.push((Anchor::End, (x - 8.0, base - away)));
            places.push((Anchor::End, (x - 8.0, base + away)));
            // Any edge that the label could lie across, at its mark or beyond the next one.
            places.extend(layout.beyond_edges((x, base + away), 2.0 * near));
            places.extend(layout.beyond_edges((x, base - away), 2.0 * near));
        }
        if let Some(label) = layout.free.place(&label, places) {
            picture.text(label.colour(colour(curve.side)));
        }
    }
}

/// What was promised, as bands behind everything, each with its name above.
fn bands(picture: &mut Picture, layout: &mut Layout) {
    let (sheet, plot) = (layout.sheet, layout.plot);
    let [before_from, before_to, after_from, after_to] = layout.edges();
    let Distribution { before, after, .. } = layout.distribution;
    let promised = [
        (Side::Baseline, "before", *before, (before_from, before_to)),
        (Side::Candidate, "after", *after, (after_from, after_to)),
    ];
    let mut middles = Vec::new();
    let mut labels = Vec::new();
    for (side, name, (from, to), (left, right)) in promised {
        let pen = match side {
            Side::Baseline => Pen::solid(colour(side), 1),
            Side::Candidate => Pen::dashed(colour(side), 1, (3, 3)),
        };
        if right - left > 2.0 {
            let band = Extent::new(left, plot.top, right, plot.bottom);
            picture.block(band, colour(side), 0.12);
        }
        for x in [left, right] {
            let edge = [(x, plot.top), (x, plot.bottom)];
            layout.free.spare(Extent::between(edge[0], edge[1], 2.0));
            picture.line(edge, pen);
        }
        middles.push(f64::midpoint(left, right));
        let words = format!("{name}: {}", range(from, to));
        let most = sheet.width / 2.0 - 2.0 * GAP;
        labels.push((side, font::fitted(&words, sheet.size, most)));
    }
    let width = |label: &(Side, String)| font::width(&label.1, sheet.size) + 2.0 * GAP;
    let widths: Vec<f64> = labels.iter().map(width).collect();
    apart(&mut middles, &widths, (0.0, sheet.width));
    for ((side, text), middle) in labels.into_iter().zip(middles) {
        let at = (middle, plot.top - GAP);
        let label = Label::new(text, at, sheet.size).anchor(Anchor::Middle);
        picture.text(label.colour(colour(side)));
    }
}

/// `2s to 3s`, `500ms`.
fn range(from: f64, to: f64) -> String {
    let (from, to) = (short(from), short(to));
    if from == to {
        from
    } else {
        format!("{from} to {to}")
    }
}

/// A time without the zeros behind its point.
fn short(seconds: f64) -> String {
    let shown = show_seconds(seconds);
    let at = shown
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(shown.len());
    let (number, unit) = shown.split_at(at);
    match number.split_once('.') {
        Some(_) => format!(
            "{}{unit}",
            number.trim_end_matches('0').trim_end_matches('.')
        ),
        None => shown,
    }
}
