//! What plots have in common: a frame with ticks and the axes' names, a legend, and places for labels
//! that cover nothing.

use super::axis::{Room, Tick};
use super::font;
use super::palette::{FRAME, GRID, INK, MUTED};
use super::picture::{Anchor, Extent, Label, Pen, Picture, Point};

/// Space between things that belong together.
pub(super) const GAP: f64 = 6.0;

/// A picture's size and the size of its text, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) size: f64,
}

impl Sheet {
    /// The height of a line of text.
    pub(super) fn line(self) -> f64 {
        (self.size * 1.4).round()
    }

    pub(super) fn level(self, length: f64) -> Room {
        Room {
            length,
            is_level: true,
            size: self.size,
        }
    }

    pub(super) fn upright(self, length: f64) -> Room {
        Room {
            is_level: false,
            ..self.level(length)
        }
    }

    /// The plot under so many lines of text, with room for the labels of its level lines and on its right.
    pub(super) fn plot(self, lines: usize, labels: &[Tick], right: f64) -> Extent {
        let width = labels
            .iter()
            .map(|tick| font::width(&tick.label, self.size))
            .fold(0.0, f64::max);
        Extent::new(
            (width + GAP).ceil(),
            self.top(lines),
            (self.width - right).floor(),
            self.bottom(),
        )
    }

    pub(super) fn top(self, lines: usize) -> f64 {
        self.line() * lines as f64 + 4.0
    }

    pub(super) fn bottom(self) -> f64 {
        self.height - 2.0 * self.line() - 4.0
    }
}

/// The frame, its ticks and the name of the axis below.
pub(super) fn frame(
    picture: &mut Picture,
    sheet: Sheet,
    plot: Extent,
    (below, name): (&[Tick], &str),
    beside: &[Tick],
) {
    let size = sheet.size;
    for tick in below {
        let x = plot.x(tick.at).round();
        picture.line([(x, plot.top), (x, plot.bottom)], Pen::solid(GRID, 1));
    }
    for tick in beside {
        let y = plot.y(tick.at).round();
        picture.line([(plot.left, y), (plot.right, y)], Pen::solid(GRID, 1));
    }
    picture.line(
        [
            (plot.left, plot.top),
            (plot.left, plot.bottom),
            (plot.right, plot.bottom),
        ],
        Pen::solid(FRAME, 1),
    );
    let room = sheet.level(plot.width());
    let base = plot.bottom + sheet.line();
    for tick in below {
        let (begin, end) = room.taken(tick);
        let at = (plot.left + f64::midpoint(begin, end), base);
        let label = Label::new(tick.label.as_str(), at, size).anchor(Anchor::Middle);
        picture.text(label.colour(MUTED));
    }
    for tick in beside {
        let at = (plot.left - GAP, plot.y(tick.at) + size * 0.35);
        let label = Label::new(tick.label.as_str(), at, size).anchor(Anchor::End);
        picture.text(label.colour(MUTED));
    }
    let at = (plot.right, base + sheet.line());
    let label = Label::new(name, at, size).anchor(Anchor::End);
    picture.text(label.colour(INK));
}

/// Moves the middles of labels apart: in their order, at least so far from each other, inside two ends.
pub(super) fn apart(middles: &mut [f64], lengths: &[f64], (low, high): (f64, f64)) {
    let mut order: Vec<usize> = (0..middles.len()).collect();
    order.sort_by(|one, other| middles[*one].total_cmp(&middles[*other]));
    let mut from = low;
    for at in &order {
        middles[*at] = middles[*at].max(from + lengths[*at] / 2.0);
        from = middles[*at] + lengths[*at] / 2.0;
    }
    let mut until = high;
    for at in order.iter().rev() {
        middles[*at] = middles[*at].min(until - lengths[*at] / 2.0);
        until = middles[*at] - lengths[*at] / 2.0;
    }
}

/// What is not yet covered of a plot.
#[derive(Debug, Clone)]
pub(super) struct Free {
    within: Extent,
    taken: Vec<Extent>,
    /// What may be covered where there is no other place.
    spared: Vec<Extent>,
}

impl Free {
    pub(super) fn new(within: Extent) -> Self {
        Self {
            within,
            taken: Vec::new(),
            spared: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, extent: Extent) {
        self.taken.push(extent);
    }

    pub(super) fn spare(&mut self, extent: Extent) {
        self.spared.push(extent);
    }

    pub(super) fn take_line(&mut self, points: &[Point]) {
        let along = points.windows(2);
        self.taken
            .extend(along.map(|two| Extent::between(two[0], two[1], 3.0)));
    }

    /// Takes the first of the places in which a label covers nothing.
    pub(super) fn place(
        &mut self,
        label: &Label,
        places: impl IntoIterator<Item = (Anchor, Point)>,
    ) -> Option<Label> {
        let placed = |(anchor, at)| Label {
            at,
            anchor,
            ..label.clone()
        };
        let covers = |what: &[Extent], extent: Extent| what.iter().any(|one| one.overlaps(extent));
        let free: Vec<Label> = places
            .into_iter()
            .map(placed)
            .filter(|label| {
                let extent = label.extent();
                self.within.contains(extent) && !covers(&self.taken, extent)
            })
            .collect();
        let is_best = |label: &&Label| !covers(&self.spared, label.extent());
        let chosen = free.iter().find(is_best).or_else(|| free.first())?.clone();
        self.taken.push(chosen.extent());
        Some(chosen)
    }
}

/// Draws a sign around a point.
type Draw<'e> = Box<dyn Fn(&mut Picture, Point) + 'e>;

/// An entry of a legend: its words, and what draws its sign around a point.
pub(super) struct Entry<'e> {
    pub(super) words: String,
    /// The width of its sign.
    pub(super) wide: f64,
    pub(super) sign: Draw<'e>,
}

/// Where entries stand, and how many rows they take: one row, or else columns.
pub(super) fn flow(entries: &[Entry], sheet: Sheet, width: f64) -> (Vec<Point>, usize) {
    let wide = |entry: &Entry| entry.wide + GAP + font::width(&entry.words, sheet.size) + 2.0 * GAP;
    let whole: f64 = entries.iter().map(wide).sum();
    if whole - 2.0 * GAP <= width {
        let mut x = 0.0;
        let mut places = Vec::with_capacity(entries.len());
        for entry in entries {
            places.push((x, 0.0));
            x += wide(entry);
        }
        return (places, usize::from(!entries.is_empty()));
    }
    let widest = entries.iter().map(wide).fold(0.0, f64::max);
    let columns = (1..=entries.len())
        .rev()
        .find(|columns| widest * *columns as f64 - 2.0 * GAP <= width)
        .unwrap_or(1);
    let rows = entries.len().div_ceil(columns);
    let place = |at: usize| {
        let (column, row) = (at / rows, at % rows);
        (widest * column as f64, row as f64 * sheet.line())
    };
    ((0..entries.len()).map(place).collect(), rows)
}

/// Draws a legend whose first row has its upper left corner here. Words that are too long are shortened.
pub(super) fn legend(
    picture: &mut Picture,
    entries: &[Entry],
    sheet: Sheet,
    (left, top): Point,
    width: f64,
) {
    let (places, _) = flow(entries, sheet, width);
    for (entry, (x, y)) in entries.iter().zip(places) {
        let middle = top + y + sheet.line() / 2.0;
        (entry.sign)(picture, (left + x + entry.wide / 2.0, middle));
        let room = width - x - entry.wide - GAP;
        let words = font::fitted(&entry.words, sheet.size, room);
        let at = (left + x + entry.wide + GAP, middle + sheet.size * 0.35);
        picture.text(Label::new(words, at, sheet.size));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn labels_are_moved_apart_and_stay_inside(
            mut middles in prop::collection::vec(0.0f64..200.0, 1..8),
        ) {
            let lengths = vec![20.0; middles.len()];
            apart(&mut middles, &lengths, (0.0, 200.0));
            middles.sort_by(f64::total_cmp);
            prop_assert!(middles[0] >= 10.0 - 1e-9);
            prop_assert!(*middles.last().unwrap() <= 190.0 + 1e-9);
            prop_assert!(middles.windows(2).all(|two| two[1] - two[0] >= 20.0 - 1e-9));
        }
    }
}
