//! The bounds of a speedup as a band that closes in on the promise, until it lies on one side of it.

use super::Shape;
use super::axis::{count_ticks, log_ticks};
use super::frame::{GAP, Sheet, apart, frame};
use super::palette::{Colour, FRAME, INK, MUTED, PROMISE};
use super::picture::{Anchor, Extent, Label, Pen, Picture, Point, Sign};
use super::{font, sheet};
use crate::figure::{self, Rounding};
use crate::report::summary::{Closed, Closing};
use crate::verdict::Unit;

/// The share of the axis that is left free at both ends.
const MARGIN: f64 = 0.015;
/// The pixels that a label at the right end may take.
const MOST: f64 = 140.0;
/// With at most so many looks each has a sign of its own.
const FEW: usize = 40;

/// Where things are.
struct Layout<'c> {
    closing: &'c Closing,
    sheet: Sheet,
    plot: Extent,
    /// The baseline iterations at the ends of the axis.
    ends: (f64, f64),
}

impl Layout<'_> {
    fn x(&self, n: usize) -> f64 {
        let (low, high) = self.ends;
        self.plot.x((n as f64 - low) / (high - low)).round()
    }

    fn y(&self, speedup: f64) -> f64 {
        self.plot.y(self.closing.axis.position(speedup)).round()
    }
}

pub(super) fn picture(closing: &Closing, shape: Shape) -> Picture {
    let sheet = sheet(shape);
    let mut picture = Picture::new(sheet.width, sheet.height);
    let ends_at = named(closing, shape);
    let right = ends_at
        .iter()
        .map(|(_, words, _)| font::width(words, sheet.size))
        .fold(0.0, f64::max);
    let height = sheet.bottom() - sheet.top(2);
    let beside = log_ticks(closing.axis, Unit::Ratio, sheet.upright(height));
    let plot = sheet.plot(2, &beside, right + 2.0 * GAP);
    let (first, last) = match &closing.looks[..] {
        [first, .., last] => (first.n as f64, last.n as f64),
        [only] => (only.n as f64 - 1.0, only.n as f64 + 1.0),
        [] => (0.0, 1.0),
    };
    let (first, last) = if first < last {
        (first, last)
    } else {
        (first - 1.0, first + 1.0)
    };
    let margin = (last - first) * MARGIN;
    let ends = (first - margin, last + margin);
    let layout = Layout {
        closing,
        sheet,
        plot,
        ends,
    };
    let below = count_ticks(ends.0, ends.1, sheet.level(plot.width()));
    let title = format!("speedup at {}", closing.quantile);
    picture.text(Label::new(title, (0.0, sheet.size), sheet.size));
    frame(
        &mut picture,
        sheet,
        plot,
        (&below, "baseline iterations"),
        &beside,
    );
    band(&mut picture, &layout);
    let y = layout.y(closing.promised);
    picture.line(
        [(plot.left, y), (plot.right, y)],
        Pen::dashed(PROMISE, 2, (10, 5)),
    );
    lines(&mut picture, &layout);
    decision(&mut picture, &layout);
    end_labels(&mut picture, &layout, ends_at);
    picture
}

/// What is named at the right end: its value, its words and its colour.
fn named(closing: &Closing, shape: Shape) -> Vec<(f64, String, Colour)> {
    let words = |what: &str, value: String| match shape {
        Shape::Wide => font::fitted(&format!("{what} {value}"), sheet(shape).size, MOST),
        Shape::Narrow => what.to_owned(),
    };
    let last = closing
        .looks
        .last()
        .map(|look| look.speedup)
        .unwrap_or_default();
    let mut named = vec![(
        closing.promised,
        words("promised", figure::stated_ratio(closing.promised)),
        PROMISE,
    )];
    let of_last = [
        ("at most", last.high, MUTED, Rounding::Up),
        ("measured", last.point, INK, Rounding::Nearest),
        ("at least", last.low, MUTED, Rounding::Down),
    ];
    for (what, value, colour, rounding) in of_last {
        let label = |value| (value, words(what, figure::ratio(value, rounding)), colour);
        named.extend(value.map(label));
    }
    named
}

fn end_labels(picture: &mut Picture, layout: &Layout, named: Vec<(f64, String, Colour)>) {
    let mut middles: Vec<f64> = named.iter().map(|(value, ..)| layout.y(*value)).collect();
    let line = layout.sheet.size * 1.25;
    let ends = (
        layout.plot.top - line / 2.0,
        layout.plot.bottom + line / 2.0,
    );
    apart(&mut middles, &vec![line; named.len()], ends);
    for ((_, words, colour), middle) in named.into_iter().zip(middles) {
        let at = (layout.plot.right + GAP, middle + layout.sheet.size * 0.35);
        picture.text(Label::new(words, at, layout.sheet.size).colour(colour));
    }
}

/// The places of a value of the looks, in unbroken rows.
fn rows(layout: &Layout, value: impl Fn(&Closed) -> Option<f64>) -> Vec<Vec<Point>> {
    let looks = &layout.closing.looks;
    let known = |look: &Closed| value(look).is_some();
    looks
        .chunk_by(|one, other| known(one) == known(other))
        .map(|row| {
            let place = |look: &Closed| Some((layout.x(look.n), layout.y(value(look)?)));
            row.iter().filter_map(place).collect()
        })
        .filter(|row: &Vec<Point>| !row.is_empty())
        .collect()
}

/// Between the bounds, where there are both.
fn band(picture: &mut Picture, layout: &Layout) {
    let bounded = |look: &Closed| look.speedup.low.zip(look.speedup.high);
    let low = rows(layout, |look| bounded(look).map(|(low, _)| low));
    let high = rows(layout, |look| bounded(look).map(|(_, high)| high));
    for (low, high) in low.into_iter().zip(high) {
        if let ([low], [high]) = (&low[..], &high[..]) {
            picture.line([*low, *high], Pen::solid(INK, 1));
        } else {
            let outline = low.into_iter().chain(high.into_iter().rev()).collect();
            picture.area(outline, INK, 0.12);
        }
    }
}

fn lines(picture: &mut Picture, layout: &Layout) {
    let is_few = layout.closing.looks.len() <= FEW;
    let bound = |row: &[Point], picture: &mut Picture| match row {
        // A bound at one look has no line, and a short one would look like something else.
        [at] => picture.dot(*at, INK),
        row => picture.line(row.iter().copied(), Pen::solid(INK, 1)),
    };
    for row in rows(layout, |look| look.speedup.low) {
        bound(&row, picture);
    }
    for row in rows(layout, |look| look.speedup.high) {
        bound(&row, picture);
    }
    for row in rows(layout, |look| look.speedup.point) {
        if row.len() > 1 {
            picture.line(row.iter().copied(), Pen::solid(INK, 2));
        }
        if is_few {
            row.iter()
                .for_each(|at| picture.sign(Sign::Circle, *at, INK));
        }
    }
}

/// An upright line at the look that decided, with the answer above it.
fn decision(picture: &mut Picture, layout: &Layout) {
    let Some(decided) = layout.closing.decided else {
        return;
    };
    let (x, plot, size) = (layout.x(decided.n), layout.plot, layout.sheet.size);
    picture.line(
        [(x, plot.top), (x, plot.bottom)],
        Pen::dashed(FRAME, 1, (2, 3)),
    );
    let words = format!("{} {}", decided.outcome.word(), decided.when());
    let half = font::width(&words, size) / 2.0;
    let last = layout.sheet.width - half;
    let middle = x.clamp((plot.left + half).min(last), last);
    let label = Label::new(words, (middle, plot.top - GAP), size).anchor(Anchor::Middle);
    picture.text(label);
    picture.area(
        vec![
            (x - 4.0, plot.top - 4.0),
            (x + 4.0, plot.top - 4.0),
            (x, plot.top + 3.0),
        ],
        INK,
        1.0,
    );
}
