//! The table: each plant, with which code each verb ends, and what must stand in what it says.

use cutover::sandbox::Plant;

/// What is run on the sandbox with a defect in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Parity,
    Integrity,
    Check,
}

impl Verb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parity => "parity",
            Self::Integrity => "integrity",
            Self::Check => "check",
        }
    }

    /// Its arguments, to which the plant is added.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Parity => &["parity", "--sandbox"],
            Self::Integrity => &["integrity", "--sandbox"],
            // Latencies would only be waited for: nothing of these gates measures any.
            Self::Check => &[
                "check",
                "--sandbox",
                "none",
                "--gates",
                "integrity",
                "parity",
                "connections",
                "--fail-fast",
            ],
        }
    }

    /// Whether it looks at this.
    pub(crate) fn shows(self, at: At) -> bool {
        match at {
            At::Parity(_) => self != Self::Integrity,
            At::Integrity => self != Self::Parity,
            At::Connections => self == Self::Check,
        }
    }
}

/// Where something is found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    /// In the answers of this scenario.
    Parity(&'static str),
    /// In the pages and rows.
    Integrity,
    /// In the candidate's schema.
    Connections,
}

/// What must be found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) at: At,
    /// The kind, as programs read it.
    pub(crate) kind: &'static str,
    /// Part of its sentence.
    pub(crate) words: &'static str,
    /// Part of its example, from its key to the value of the candidate; empty where a thing that is not
    /// there has none.
    pub(crate) example: &'static str,
}

/// One defect, or none.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) plant: Option<Plant>,
    /// How `parity`, `integrity` and `check` end: 0 GO, 1 NO-GO, 3 INCONCLUSIVE.
    pub(crate) exits: [i32; 3],
    pub(crate) found: &'static [Found],
}

impl Row {
    pub(crate) fn name(&self) -> &'static str {
        self.plant.map_or("no plant", Plant::name)
    }

    pub(crate) fn exit(&self, verb: Verb) -> i32 {
        let [parity, integrity, check] = self.exits;
        match verb {
            Verb::Parity => parity,
            Verb::Integrity => integrity,
            Verb::Check => check,
        }
    }
}

const fn planted(plant: Plant, exits: [i32; 3], found: &'static [Found]) -> Row {
    let plant = Some(plant);
    Row {
        plant,
        exits,
        found,
    }
}

const fn found(at: At, kind: &'static str, words: &'static str, example: &'static str) -> Found {
    Found {
        at,
        kind,
        words,
        example,
    }
}

const LOAD: At = At::Parity("dashboard-load");
const EDIT: At = At::Parity("edit-task");

#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    Row { plant: None, exits: [0, 0, 0], found: &[] },
    planted(Plant::StatusCollapse, [1, 1, 1], &[
        found(LOAD, "value", "there the candidate always says \"todo\", and the baseline 2 different values",
            r#"`"in_progress"` on the baseline, `"todo"` on the candidate"#),
        found(At::Integrity, "field_collapsed", "every `status` of tasks is `todo`; Notion has 3 different values",
            "`in_progress` on the baseline, `todo` on the candidate"),
    ]),
    planted(Plant::UntitledDropped, [1, 1, 1], &[
        found(LOAD, "record_missing", "2 of the baseline's 152 records in `tasks` are missing on the candidate",
            "on the baseline, nothing on the candidate"),
        found(At::Integrity, "empty_title_lost", "2 of 152 tasks have no title, and no row",
            "without a title: `a page` on the baseline, nothing on the candidate"),
    ]),
    planted(Plant::PriorityOrder, [1, 0, 1], &[
        found(LOAD, "order", "the candidate sorts by `priority` as a text, descending (urgent, medium, low, high)",
            "`place 1` on the baseline, `place "),
    ]),
    planted(Plant::Cap100, [1, 0, 1], &[
        found(LOAD, "capped_one_side", "the candidate's list ends at 100 while the baseline's goes on to 150",
            "`150 records` on the baseline, `100 records` on the candidate"),
    ]),
    planted(Plant::BodiesLost, [0, 1, 1], &[
        found(At::Integrity, "body_lost", "the text inside all 12 tasks with a body did not arrive",
            "on the baseline, nothing on the candidate"),
    ]),
    planted(Plant::DateShift, [1, 1, 1], &[
        found(LOAD, "moment_shifted", "`dueDate` is another moment in 52 of 150, mostly 11 h earlier on the candidate",
            "T14:00:00.000Z"),
        found(At::Integrity, "day_shifted", "the day in `dueDate` of 52 of 150 tasks is another day",
            "`2024-04-13` on the baseline, `2024-04-12 14:00:00` on the candidate"),
    ]),
    planted(Plant::DateEndDropped, [0, 1, 1], &[
        found(At::Integrity, "end_dropped", "the end of the dates in `dueDate` is lost in 8 of 150 tasks",
            " to 2024-02-26T17:44:00.000+11:00` on the baseline, nothing on the candidate"),
        found(At::Integrity, "zone_dropped", "the time zone of the dates in `dueDate` is lost in 6 of 150 tasks",
            "`+11:00` on the baseline, nothing on the candidate"),
    ]),
    planted(Plant::CompletedAtGuessed, [1, 1, 1], &[
        found(LOAD, "moment_shifted", "`completedAt` is another moment in 59 of 150", "Z\"` on the candidate"),
        found(EDIT, "value", "`completedAt` has another value in 1 of 1", "`null` on the baseline, `\"20"),
        found(At::Integrity, "completion_guessed", "`completedAt` is only the time of the last edit",
            "`2024-03-29T04:02:00.000+00:00` on the baseline, `2024-03-29 05:38:00` on the candidate"),
    ]),
    planted(Plant::TagsWiped, [1, 0, 1], &[
        found(EDIT, "record_missing", "3 of the baseline's 3 records in `tags` are missing on the candidate",
            "on the baseline, nothing on the candidate"),
    ]),
    planted(Plant::ShapeChanged, [1, 0, 1], &[
        found(LOAD, "field_missing", "the candidate's answer lacks `dueDate`", "on the baseline, nothing on the candidate"),
        found(LOAD, "field_extra", "the candidate's answer has `due`", "nothing on the baseline, `\"20"),
        found(LOAD, "type_changed", "`tags` is of another type in 296 of 296: an object became a text",
            "`\"context:Computer\"` on the candidate"),
    ]),
    planted(Plant::StoresDrifted, [1, 1, 1], &[
        found(LOAD, "record_missing", "4 of the baseline's 153 records in `tasks` are missing on the candidate",
            "on the baseline, nothing on the candidate"),
        found(At::Integrity, "edited_after_import", "7 of 153 tasks were changed in Notion after the import",
            "(now with Kim)` on the baseline, `Update customer feedback` on the candidate"),
    ]),
    planted(Plant::HalfWrittenTask, [1, 1, 1], &[
        found(EDIT, "refused_half_way",
            "the candidate refused with 500, where the baseline answered 201, and yet left something",
            "nothing on the baseline, `{\"tasks\""),
        found(At::Integrity, "half_written", "1 of 107 tasks with tags have only some of them", "of tags)` on the candidate"),
    ]),
    planted(Plant::ImportedTwice, [1, 1, 1], &[
        found(LOAD, "record_duplicated",
            "150 of the candidate's 300 records in `tasks` are there once more than on the baseline",
            "nothing on the baseline, `{"),
        found(At::Integrity, "imported_twice", "tasks were imported twice: 150 of 300 rows",
            "of tasks): nothing on the baseline, `a row` on the candidate"),
    ]),
    planted(Plant::OrphanLink, [1, 1, 1], &[
        found(LOAD, "value", "`project` has another value in 2 of", "`null` on the candidate"),
        found(At::Integrity, "orphan", "links of tasks lead to a row that is not there", "of projects` on the candidate"),
        found(At::Connections, "foreign_key_missing",
            "nothing keeps projectId from naming a row of `projects` that is not there", ""),
    ]),
    planted(Plant::RelationCut, [1, 1, 1], &[
        found(LOAD, "value", "`taskCount` has another value in 1 of 10",
            "Website relaunch: `30` on the baseline, `25` on the candidate"),
        found(At::Integrity, "relation_cut", "5 of 110 tasks with project lack it: a list of exactly 25 links",
            "of projects)` on the baseline, nothing on the candidate"),
    ]),
    planted(Plant::FrozenBaseline, [3, 0, 3], &[
        found(LOAD, "frozen", "the baseline's answer came from a cache (x-nextjs-cache: HIT)",
            "`x-nextjs-cache: HIT` on the baseline"),
    ]),
    planted(Plant::FrozenGet, [3, 0, 3], &[
        found(LOAD, "frozen", "the candidate's answer came from a cache (x-nextjs-cache: HIT)",
            "`x-nextjs-cache: HIT` on the candidate"),
    ]),
    // No header says it, and yet what was written is not there when it is read.
    planted(Plant::FrozenSilently, [1, 0, 1], &[
        found(EDIT, "value", "`status` has another value in 1 of 1", "`\"done\"` on the baseline, `\"todo\"` on the candidate"),
    ]),
    planted(Plant::OneStore, [3, 0, 3], &[
        found(LOAD, "compared_with_itself",
            "one store seems to answer for both sides: both say that `notion` answered", "Finances & taxes: `"),
        found(LOAD, "compared_with_itself", "no statement reached the candidate's database", "Finances & taxes: `"),
    ]),
];
