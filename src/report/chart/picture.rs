//! A picture as a list of marks, so that where everything lies can be tested before it is drawn, and
//! is the same in every format.
//!
//! ```text
//! Chart -> Picture -> paint -> SVG | bitmap
//! ```

use super::font;
use super::palette::{Colour, GROUND, INK, MUTED};
use crate::report::foreign::visible;

/// A place in pixels, from the upper left corner.
pub(super) type Point = (f64, f64);

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Extent {
    pub(super) fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self {
            left,
            top,
            right,
            bottom,
        }
    }

    /// The rectangle of these corners, whichever they are, with so much around it.
    pub(super) fn between(one: Point, other: Point, around: f64) -> Self {
        Self {
            left: one.0.min(other.0) - around,
            top: one.1.min(other.1) - around,
            right: one.0.max(other.0) + around,
            bottom: one.1.max(other.1) + around,
        }
    }

    pub(super) fn width(self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// Where a share of the width is; what is no number lies at its beginning.
    pub(super) fn x(self, share: f64) -> f64 {
        let share = if share.is_finite() { share } else { 0.0 };
        self.left + self.width() * share.clamp(0.0, 1.0)
    }

    /// Where a share of the height is, counted from below.
    pub(super) fn y(self, share: f64) -> f64 {
        let share = if share.is_finite() { share } else { 0.0 };
        self.bottom - self.height() * share.clamp(0.0, 1.0)
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

/// A line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) colour: Colour,
    pub(super) width: u32,
    /// The lengths of a dash and of the space behind it.
    pub(super) dash: Option<(i32, i32)>,
}

impl Pen {
    pub(super) fn solid(colour: Colour, width: u32) -> Self {
        Self {
            colour,
            width,
            dash: None,
        }
    }

    pub(super) fn dashed(colour: Colour, width: u32, dash: (i32, i32)) -> Self {
        Self {
            colour,
            width,
            dash: Some(dash),
        }
    }
}

/// Which point of a text its place means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Text on one line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    /// On its base line.
    pub(super) at: Point,
    pub(super) anchor: Anchor,
    /// The em, in pixels.
    pub(super) size: f64,
    pub(super) colour: Colour,
    pub(super) text: String,
}

impl Label {
    pub(super) fn new(text: impl Into<String>, at: Point, size: f64) -> Self {
        Self {
            at,
            anchor: Anchor::Start,
            size,
            colour: INK,
            text: text.into(),
        }
    }

    pub(super) fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(super) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// What it covers.
    pub(super) fn extent(&self) -> Extent {
        let width = font::width(&self.text, self.size);
        let left = match self.anchor {
            Anchor::Start => self.at.0,
            Anchor::Middle => self.at.0 - width / 2.0,
            Anchor::End => self.at.0 - width,
        };
        let (above, below) = (self.size * 0.78, self.size * 0.22);
        Extent::new(left, self.at.1 - above, left + width, self.at.1 + below)
    }
}

/// A thing that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A line through points.
    Line(Vec<Point>, Pen),
    /// A filled polygon; the last number is its opacity, above 0 and up to 1.
    Area(Vec<Point>, Colour, f64),
    /// A filled rectangle, likewise.
    Block(Extent, Colour, f64),
    /// A circle around a point: its radius, and whether it is filled.
    Circle(Point, i32, Colour, bool),
    /// Text.
    Text(Label),
}

/// Marks on a sheet, the later over the earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) marks: Vec<Mark>,
}

impl Picture {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self {
            width,
            height,
            marks: Vec::new(),
        }
    }

    pub(super) fn line(&mut self, points: impl IntoIterator<Item = Point>, pen: Pen) {
        self.marks
            .push(Mark::Line(points.into_iter().collect(), pen));
    }

    pub(super) fn block(&mut self, extent: Extent, colour: Colour, opacity: f64) {
        self.marks.push(Mark::Block(extent, colour, opacity));
    }

    pub(super) fn area(&mut self, points: Vec<Point>, colour: Colour, opacity: f64) {
        self.marks.push(Mark::Area(points, colour, opacity));
    }

    /// Foreign text is made visible here, whoever's it is.
    pub(super) fn text(&mut self, mut label: Label) {
        label.text = shown(&label.text);
        if !label.text.trim().is_empty() {
            self.marks.push(Mark::Text(label));
        }
    }

    /// A dot, smaller than any sign.
    pub(super) fn dot(&mut self, at: Point, colour: Colour) {
        let centre = (at.0.round(), at.1.round());
        self.marks.push(Mark::Circle(centre, 2, colour, true));
    }

    /// A sign whose centre is here.
    pub(super) fn sign(&mut self, sign: Sign, at: Point, colour: Colour) {
        let around = |offsets: &[Point]| -> Vec<Point> {
            offsets
                .iter()
                .map(|(x, y)| (at.0.round() + x, at.1.round() + y))
                .collect()
        };
        const DIAMOND: [Point; 4] = [(0.0, -4.0), (4.0, 0.0), (0.0, 4.0), (-4.0, 0.0)];
        const SMALL: [Point; 4] = [(0.0, -3.0), (3.0, 0.0), (0.0, 3.0), (-3.0, 0.0)];
        let centre = (at.0.round(), at.1.round());
        match sign {
            Sign::Circle => self.marks.push(Mark::Circle(centre, 3, colour, true)),
            Sign::Ring => self.marks.push(Mark::Circle(centre, 4, colour, false)),
            Sign::Diamond => self.area(around(&DIAMOND), colour, 1.0),
            Sign::SmallDiamond => self.area(around(&SMALL), colour, 1.0),
            Sign::HollowDiamond => {
                let outline: Vec<Point> = DIAMOND.iter().chain(&DIAMOND[..1]).copied().collect();
                self.line(around(&outline), Pen::solid(colour, 1));
            }
            Sign::Triangle => {
                self.area(around(&[(0.0, -5.0), (5.0, 4.0), (-5.0, 4.0)]), colour, 1.0);
            }
            Sign::CrossedTriangle => {
                const AROUND: [Point; 4] = [(0.0, -7.0), (7.0, 6.0), (-7.0, 6.0), (0.0, -7.0)];
                self.line(around(&AROUND), Pen::solid(colour, 1));
                self.line(around(&[(-3.0, -1.0), (3.0, 5.0)]), Pen::solid(colour, 2));
                self.line(around(&[(-3.0, 5.0), (3.0, -1.0)]), Pen::solid(colour, 2));
            }
            Sign::Cross => {
                self.line(around(&[(-4.0, -4.0), (4.0, 4.0)]), Pen::solid(colour, 2));
                self.line(around(&[(-4.0, 4.0), (4.0, -4.0)]), Pen::solid(colour, 2));
            }
        }
    }

    /// The same picture under a title and a line that says what it is about, on a ground of its own
    /// and with a margin.
    pub(super) fn standalone(self, title: &str, subject: &str) -> Self {
        const MARGIN: f64 = 16.0;
        const SIZE: f64 = 15.0;
        const SMALL: f64 = 12.0;
        let head = if subject.is_empty() { 24.0 } else { 42.0 };
        let (width, height) = (self.width + 2.0 * MARGIN, self.height + 2.0 * MARGIN + head);
        let mut whole = Self::new(width, height);
        whole.block(Extent::new(0.0, 0.0, width, height), GROUND, 1.0);
        let title = font::fitted(&shown(title), SIZE, self.width);
        whole.text(Label::new(title, (MARGIN, MARGIN + SIZE), SIZE));
        let subject = font::fitted(&shown(subject), SMALL, self.width);
        let below = (MARGIN, MARGIN + SIZE + 18.0);
        whole.text(Label::new(subject, below, SMALL).colour(MUTED));
        let down = MARGIN + head;
        whole
            .marks
            .extend(self.marks.into_iter().map(|mark| mark.moved(MARGIN, down)));
        whole
    }
}

impl Mark {
    fn moved(self, right: f64, down: f64) -> Self {
        let point = |(x, y): Point| (x + right, y + down);
        match self {
            Self::Line(points, pen) => Self::Line(points.into_iter().map(point).collect(), pen),
            Self::Area(points, colour, opacity) => {
                Self::Area(points.into_iter().map(point).collect(), colour, opacity)
            }
            Self::Block(extent, colour, opacity) => {
                let (left, top) = point((extent.left, extent.top));
                let (right, bottom) = point((extent.right, extent.bottom));
                Self::Block(Extent::new(left, top, right, bottom), colour, opacity)
            }
            Self::Circle(at, radius, colour, filled) => {
                Self::Circle(point(at), radius, colour, filled)
            }
            Self::Text(label) => Self::Text(Label {
                at: point(label.at),
                ..label
            }),
        }
    }
}

/// The shapes of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Circle,
    Ring,
    Diamond,
    SmallDiamond,
    HollowDiamond,
    Triangle,
    CrossedTriangle,
    Cross,
}

/// Text as it may stand in a drawing: also without the two characters that XML does not have.
pub(super) fn shown(text: &str) -> String {
    visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
