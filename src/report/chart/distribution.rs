//! The distributions of both sides as staircases, over the times that were promised.

use super::Shape;
use super::axis::{Tick, log_ticks};
use super::frame::{Entry, Free, GAP, Sheet, apart, flow, frame, legend};
use super::palette::{BASELINE, CANDIDATE, Colour};
use super::picture::{Anchor, Extent, Label, Pen, Picture, Point, Sign};
use super::{font, sheet};
use crate::record::Side;
use crate::report::figure::show_seconds;
use crate::report::summary::{Curve, Distribution};
use crate::verdict::Unit;

/// Where 100 % is: room is left for labels above it.
const FULL: f64 = 0.94;

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

/// A side's line.
pub(super) fn pen(side: Side) -> Pen {
    match side {
        Side::Baseline => Pen::solid(BASELINE, 2),
        Side::Candidate => Pen::dashed(CANDIDATE, 2, (8, 4)),
    }
}

pub(super) fn picture(distribution: &Distribution, shape: Shape) -> Picture {
    let sheet = sheet(shape);
    let entries: Vec<Entry> = distribution.curves.iter().map(entry).collect();
    // Labels at the curves say more than a legend, where there is room for them.
    drawn(distribution, sheet, None)
        .or_else(|| drawn(distribution, sheet, Some(&entries)))
        .unwrap_or_else(|| Picture::new(sheet.width, sheet.height))
}

/// `None` when the curves cannot be named where they are, and there is no legend.
fn drawn(distribution: &Distribution, sheet: Sheet, entries: Option<&[Entry]>) -> Option<Picture> {
    let mut picture = Picture::new(sheet.width, sheet.height);
    let beside: Vec<Tick> = (0..=4)
        .map(|quarter| Tick {
            at: f64::from(quarter) * 0.25 * FULL,
            label: format!("{} %", quarter * 25),
        })
        .collect();
    let entries = entries.unwrap_or_default();
    let title = "share of successful iterations";
    let (_, rows) = flow(entries, sheet, sheet.width);
    let plot = sheet.plot(2 + rows, &beside, 10.0);
    let room = sheet.level(plot.width());
    let below = log_ticks(distribution.axis, Unit::Seconds, room);
    let base = sheet.size;
    picture.text(Label::new(title, (0.0, base), sheet.size));
    legend(
        &mut picture,
        entries,
        sheet,
        (0.0, sheet.line()),
        sheet.width,
    );
    frame(&mut picture, sheet, plot, (&below, "latency"), &beside);
    let mut free = Free::new(plot);
    bands(&mut picture, distribution, sheet, plot, &mut free);
    let curves = &distribution.curves;
    for curve in curves {
        let stairs = stairs(distribution, curve, plot);
        free.take_line(&stairs);
        for (_, share, seconds) in &curve.marks {
            let at = place(distribution, plot, *seconds, *share);
            free.take(Extent::between(at, at, 5.0));
        }
        picture.line(stairs, pen(curve.side));
    }
    let mut names = Vec::new();
    for curve in curves {
        for (_, share, seconds) in &curve.marks {
            let at = place(distribution, plot, *seconds, *share);
            picture.sign(sign(curve.side), at, colour(curve.side));
        }
        names.push(name(distribution, curve, sheet, plot, &mut free));
    }
    for curve in curves {
        quantiles(&mut picture, distribution, curve, sheet, plot, &mut free);
    }
    let is_named = names.iter().all(Option::is_some);
    if entries.is_empty() {
        names
            .into_iter()
            .flatten()
            .for_each(|name| picture.text(name));
    }
    (is_named || !entries.is_empty()).then_some(picture)
}

fn place(distribution: &Distribution, plot: Extent, seconds: f64, share: f64) -> Point {
    let x = plot.x(distribution.axis.position(seconds));
    (x.round(), plot.y(share * FULL).round())
}

fn words(curve: &Curve) -> String {
    let Curve {
        side,
        successful,
        all,
        ..
    } = curve;
    format!("{}: {successful} of {all} succeeded", side.name())
}

fn entry(curve: &Curve) -> Entry<'_> {
    let (pen, sign, colour) = (pen(curve.side), sign(curve.side), colour(curve.side));
    Entry {
        words: words(curve),
        wide: 28.0,
        sign: Box::new(move |picture, (x, y)| {
            picture.line([(x - 14.0, y), (x + 14.0, y)], pen);
            picture.sign(sign, (x, y), colour);
        }),
    }
}

/// The staircase from a share of 0 at the fastest to the share of the slowest.
fn stairs(distribution: &Distribution, curve: &Curve, plot: Extent) -> Vec<Point> {
    let mut stairs: Vec<Point> = Vec::with_capacity(curve.points.len() * 2 + 1);
    let mut before = 0.0;
    for (seconds, share) in &curve.points {
        stairs.push(place(distribution, plot, *seconds, before));
        stairs.push(place(distribution, plot, *seconds, *share));
        before = *share;
    }
    stairs.dedup();
    stairs
}

/// A curve's name at its lower half, or wherever it covers nothing.
fn name(
    distribution: &Distribution,
    curve: &Curve,
    sheet: Sheet,
    plot: Extent,
    free: &mut Free,
) -> Option<Label> {
    if curve.points.is_empty() {
        return None;
    }
    let label = Label::new(words(curve), (0.0, 0.0), sheet.size).colour(colour(curve.side));
    let places = [0.3, 0.2, 0.4, 0.1, 0.7, 0.8, 0.6]
        .into_iter()
        .flat_map(|share| {
            let reached = |(_, at): &&(f64, f64)| *at >= share;
            let seconds = curve
                .points
                .iter()
                .find(reached)
                .map_or(0.0, |point| point.0);
            let (x, y) = place(distribution, plot, seconds, share);
            let base = y + sheet.size * 0.35;
            [
                (Anchor::Start, (x + 10.0, base)),
                (Anchor::End, (x - 10.0, base)),
            ]
        });
    free.place(&label, places)
}

fn quantiles(
    picture: &mut Picture,
    distribution: &Distribution,
    curve: &Curve,
    sheet: Sheet,
    plot: Extent,
    free: &mut Free,
) {
    for (name, share, seconds) in &curve.marks {
        let (x, y) = place(distribution, plot, *seconds, *share);
        let label = Label::new(
            format!("{name} {}", show_seconds(*seconds)),
            (x, y),
            sheet.size,
        );
        let base = y + sheet.size * 0.35;
        let line = sheet.size * 1.25;
        // A staircase leaves room below on its right and above on its left.
        let places = [0.0, 1.0, 2.0, 3.0].into_iter().flat_map(|down| {
            [
                (Anchor::Start, (x + 8.0, base + down * line)),
                (Anchor::End, (x - 8.0, base - down * line)),
                (Anchor::Start, (x + 8.0, base + (down + 0.5) * line)),
                (Anchor::End, (x - 8.0, base + down * line)),
            ]
        });
        if let Some(label) = free.place(&label, places) {
            picture.text(label.colour(colour(curve.side)));
        }
    }
}

/// What was promised, as bands behind everything, each with its name above.
fn bands(
    picture: &mut Picture,
    distribution: &Distribution,
    sheet: Sheet,
    plot: Extent,
    free: &mut Free,
) {
    let promised = [
        (Side::Baseline, "before", distribution.before),
        (Side::Candidate, "after", distribution.after),
    ];
    let mut middles = Vec::new();
    let mut labels = Vec::new();
    for (side, name, (from, to)) in promised {
        let x = |seconds: f64| plot.x(distribution.axis.position(seconds)).round();
        let (left, right) = (x(from), x(to));
        let pen = Pen {
            width: 1,
            dash: pen(side).dash.map(|_| (3, 3)),
            ..pen(side)
        };
        if right - left > 2.0 {
            let band = Extent::new(left, plot.top, right, plot.bottom);
            picture.block(band, colour(side), 0.12);
        }
        for x in [left, right] {
            let edge = [(x, plot.top), (x, plot.bottom)];
            free.spare(Extent::between(edge[0], edge[1], 2.0));
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
