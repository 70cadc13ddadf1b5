//! The defects that the sandbox can be asked for.
//!
//! A check that has never found anything may be unable to. So the defects that a real cutover of such an
//! application had can be built in, one at a time, and each check can be seen to name its own. They are
//! one flat list, because whoever asks for one knows its name and not where in the sandbox it is made:
//!
//! ```text
//! what Notion holds, or the import made of it   world::defects
//! what the candidate's store does               api::planted
//! how answers look                              api::shape, api::frozen
//! which store is asked                          Sandbox::start
//! ```

use super::Side;

/// A defect with its name on the command line, the names that it had before, and what it does.
macro_rules! plants {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(| $alias:literal)*, $says:literal;)*) => {
        /// A defect that is built in on purpose, to see whether it is found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Plant {
            $(#[doc = $says] $variant,)*
        }

        impl Plant {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Names that it is known by as well.
            #[must_use]
            pub fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($alias,)*],)*
                }
            }

            /// What is wrong then, a sentence without a full stop.
            #[must_use]
            pub fn says(self) -> &'static str {
                match self {
                    $(Self::$variant => $says,)*
                }
            }
        }
    };
}

plants! {
    StatusCollapse = "status-collapse",
        "Every imported task is todo, and none is completed";
    UntitledDropped = "untitled-dropped",
        "Notion has two tasks without a title, which the import left out";
    PriorityOrder = "priority-order",
        "The candidate lists tasks by priority as a text, descending: urgent, medium, low, high";
    Cap100 = "cap-100",
        "The candidate's lists of tasks end after 100";
    BodiesLost = "bodies-lost",
        "What stood on the pages of tasks was not imported";
    DateShift = "date-shift",
        "Due dates without a time were imported as midnight in Sydney, which is the day before in UTC";
    DateEndDropped = "date-end-dropped",
        "The ends and the offsets of due dates were not imported";
    CompletedAtGuessed = "completed-at-guessed",
        "Tasks were completed when they were last edited, and one that is reopened stays completed";
    TagsWiped = "tags-wiped",
        "A change of a task on the candidate removes its tags unless it names them";
    ShapeChanged = "shape-changed",
        "The candidate's tasks have no description, `due` instead of `dueDate`, and tags as names";
    StoresDrifted = "stores-drifted",
        "After the import three tasks were made in Notion and four changed";
    HalfWrittenTask = "half-written-task",
        "A task that is made with several tags is left with the first, and the answer is 500";
    ImportedTwice = "imported-twice",
        "The import of the tasks ran twice, so each has a second row";
    OrphanLink = "orphan-link",
        "Three links lead to no tag and two tasks to no project; no foreign key forbids it";
    RelationCut = "relation-cut",
        "Only the 25 tasks that Notion lists of a project were imported as its own";
    FrozenBaseline = "frozen-baseline",
        "The baseline's reads are frozen and say so in a cache header";
    FrozenGet = "frozen-get" | "frozen-candidate",
        "The candidate's reads are frozen and say so in a cache header";
    FrozenSilently = "silently-frozen-candidate",
        "The candidate's reads are frozen and no header says so";
    OneStore = "one-store" | "same-store",
        "Both sides are served from the Notion-backed store";
}

impl Plant {
    /// Whether the answers of this side to reads are replayed for ever.
    pub(super) fn freezes(self, side: Side) -> bool {
        match self {
            Self::FrozenBaseline => side == Side::Baseline,
            Self::FrozenGet | Self::FrozenSilently => side == Side::Candidate,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_given_once_and_every_plant_says_what_it_does() {
        let names = |plant: &Plant| [&[plant.name()], plant.aliases()].concat();
        let all: Vec<&str> = Plant::ALL.iter().flat_map(names).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        for plant in Plant::ALL {
            let says = plant.says();
            assert!(says.len() > 20 && !says.ends_with('.'), "{says}");
        }
    }
}
