//! What a page has room for. A mail and a chat refuse what is too large, so where there are many
//! scenarios a page has fewer pictures, then fewer figures, and at last fewer scenarios, and says so.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::report::chart::{DrawError, Shape, inline_svg};
use crate::report::summary::{Chart, Summary};

/// What is shown. Pictures go first: every chart keeps its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Room {
    /// Every chart in both shapes.
    Ample,
    /// Every chart in the shape that can be read everywhere.
    OneShape,
    /// Of each scenario the first chart alone; the others have their words and figures.
    OnePicture,
    /// Words and figures, and the promises' pictures.
    Figures,
    /// Words alone, and the promises' pictures.
    Words,
    /// Words alone.
    NoPictures,
    /// Words alone, and of the gates those that do not hold.
    OpenGates,
}

impl Room {
    /// From everything to the least.
    pub(super) const ALL: [Self; 7] = [
        Self::Ample,
        Self::OneShape,
        Self::OnePicture,
        Self::Figures,
        Self::Words,
        Self::NoPictures,
        Self::OpenGates,
    ];

    /// Whether a scenario's chart is drawn, by its place.
    pub(super) fn draws(self, at: usize) -> bool {
        match self {
            Self::Ample | Self::OneShape => true,
            Self::OnePicture => at == 0,
            _ => false,
        }
    }
}

/// Pictures that were drawn for one room and serve in the next.
#[derive(Default)]
pub(super) struct Drawn<'c> {
    pictures: RefCell<HashMap<(&'c str, bool), Rc<str>>>,
}

/// One attempt at a page.
pub(super) struct Space<'d, 'c> {
    /// What it shows.
    pub(super) room: Room,
    /// Lines of a list that are shown.
    pub(super) lines: usize,
    hidden: HashSet<&'c str>,
    drawn: &'d Drawn<'c>,
    most_bytes: usize,
    bytes: Cell<usize>,
}

impl<'d, 'c> Space<'d, 'c> {
    /// A page with every scenario, whose pictures have so many bytes at most.
    pub(super) fn new(room: Room, drawn: &'d Drawn<'c>, most_bytes: usize) -> Self {
        Self {
            room,
            lines: usize::MAX,
            hidden: HashSet::new(),
            drawn,
            most_bytes,
            bytes: Cell::new(0),
        }
    }

    /// The smallest page with so many scenarios, those that do not hold before the others.
    pub(super) fn with_scenarios(
        summary: &'c Summary<'_>,
        shown: usize,
        drawn: &'d Drawn<'c>,
    ) -> Self {
        let mut rows: Vec<_> = summary.rows.iter().collect();
        rows.sort_by_key(|row| Reverse(row.outcome));
        let hidden = rows.iter().skip(shown);
        Self {
            lines: 20,
            hidden: hidden.map(|row| row.scenario.as_str()).collect(),
            ..Self::new(Room::OpenGates, drawn, 0)
        }
    }

    /// Whether a scenario is shown.
    pub(super) fn shows(&self, scenario: &str) -> bool {
        !self.hidden.contains(scenario)
    }

    /// A picture, or nothing when the page is too large already: then it is not used.
    pub(super) fn picture(&self, chart: &'c Chart, shape: Shape) -> Result<Rc<str>, DrawError> {
        if self.is_full() {
            return Ok(Rc::from(""));
        }
        let key = (chart.id.as_str(), shape == Shape::Wide);
        let known = self.drawn.pictures.borrow().get(&key).cloned();
        let picture: Rc<str> = match known {
            Some(picture) => picture,
            None => Rc::from(inline_svg(chart, shape)?),
        };
        self.bytes.set(self.bytes.get() + picture.len());
        let mut pictures = self.drawn.pictures.borrow_mut();
        pictures.insert(key, Rc::clone(&picture));
        Ok(picture)
    }

    /// Whether the pictures alone are more than the page may have.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.get() > self.most_bytes
    }
}
