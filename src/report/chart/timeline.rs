//! Every latency at its time, so that a cold start, a limit or a failure is seen where it happened.

use super::Shape;
use super::axis::{elapsed_ticks, log_ticks};
use super::distribution::{colour, sign};
use super::frame::{Entry, flow, frame, legend};
use super::gutter::Gutter;
use super::palette::{FRAME, INK, MUTED};
use super::picture::{Label, Pen, Picture, Sign};
use super::sheet;
use crate::record::Side;
use crate::report::summary::{Moment, MomentKind, Timeline};
use crate::verdict::Unit;

/// The share of the axis that is left free at both ends.
const MARGIN: f64 = 0.012;

pub(super) fn picture(timeline: &Timeline, shape: Shape) -> Picture {
    let sheet = sheet(shape);
    let mut picture = Picture::new(sheet.width, sheet.height);
    let entries = entries(timeline);
    let (_, rows) = flow(&entries, sheet, sheet.width);
    let lines = 1 + rows;
    let height = sheet.bottom() - sheet.top(lines);
    let gutter = Gutter::below(
        timeline.axis,
        timeline.moments.iter().map(|one| one.seconds),
    );
    let beside = gutter
        .ticks(|share| log_ticks(timeline.axis, Unit::Seconds, sheet.upright(height * share)));
    let plot = sheet.plot(lines, &beside, 10.0);
    let span_s = timeline.to_s - timeline.from_s;
    let share = |share: f64| MARGIN + share * (1.0 - 2.0 * MARGIN);
    let mut below = elapsed_ticks(span_s, sheet.level(plot.width() * share(1.0)));
    for tick in &mut below {
        tick.at = share(tick.at);
    }
    legend(&mut picture, &entries, sheet, (0.0, 0.0), sheet.width);
    let base = sheet.line() * rows as f64 + sheet.size;
    picture.text(Label::new("latency", (0.0, base), sheet.size));
    frame(
        &mut picture,
        sheet,
        plot,
        (&below, "time in the scenario"),
        &beside,
    );
    if let Some(share) = gutter.end() {
        let y = plot.y(share).round();
        picture.line(
            [(plot.left, y), (plot.right, y)],
            Pen::dashed(FRAME, 1, (2, 3)),
        );
    }
    if !timeline.is_complete {
        let at = (0.0, plot.bottom + 2.0 * sheet.line());
        let words = match shape {
            Shape::Wide => "of many iterations those that stand out",
            Shape::Narrow => "not all iterations",
        };
        picture.text(Label::new(words, at, sheet.size).colour(MUTED));
    }
    // What is remarkable lies above what is not, and what looks alike is drawn together.
    for kind in MomentKind::ALL {
        for side in Side::BOTH {
            let is_it = |moment: &&Moment| moment.kind == kind && moment.side == side;
            for moment in timeline.moments.iter().filter(is_it) {
                let at = (
                    plot.x(share((moment.at_s - timeline.from_s) / span_s)),
                    plot.y(gutter.position(moment.seconds)),
                );
                picture.sign(shaped(kind, side), at, colour(side));
            }
        }
    }
    picture
}

fn shaped(kind: MomentKind, side: Side) -> Sign {
    match (kind, side) {
        (MomentKind::Ordinary, Side::Baseline) => Sign::Circle,
        (MomentKind::Ordinary, Side::Candidate) => Sign::SmallDiamond,
        (MomentKind::ColdStart, Side::Baseline) => Sign::Ring,
        (MomentKind::ColdStart, Side::Candidate) => Sign::HollowDiamond,
        (MomentKind::RateLimited, _) => Sign::Triangle,
        (MomentKind::Failed, _) => Sign::Cross,
        (MomentKind::RateLimitedAndFailed, _) => Sign::CrossedTriangle,
    }
}

/// Both sides, and the kinds that there are.
fn entries(timeline: &Timeline) -> Vec<Entry<'static>> {
    let sides = Side::BOTH.map(|side| Entry {
        words: side.name().to_owned(),
        wide: 10.0,
        sign: Box::new(move |picture: &mut Picture, at| picture.sign(sign(side), at, colour(side))),
    });
    let is_there = |kind: &&MomentKind| timeline.moments.iter().any(|one| one.kind == **kind);
    let kinds = MomentKind::ALL[1..].iter().filter(is_there).map(|kind| {
        let kind = *kind;
        let is_cold = kind == MomentKind::ColdStart;
        Entry {
            words: kind.words().to_owned(),
            wide: match kind {
                MomentKind::ColdStart => 22.0,
                MomentKind::RateLimitedAndFailed => 14.0,
                _ => 10.0,
            },
            sign: Box::new(move |picture: &mut Picture, (x, y)| {
                if is_cold {
                    picture.sign(shaped(kind, Side::Baseline), (x - 6.0, y), INK);
                    picture.sign(shaped(kind, Side::Candidate), (x + 6.0, y), INK);
                } else {
                    picture.sign(shaped(kind, Side::Baseline), (x, y), INK);
                }
            }),
        }
    });
    sides.into_iter().chain(kinds).collect()
}
