//! The seeded world that both stores hold: 150 tasks, 10 projects and 25 tags of one person.
//!
//! It is made once, free of any store: relations are places in lists, and each object has two ids, one
//! for each store, as an import gives new ids to what it moves. [`World::id_map`] ties them. Everything
//! follows from the seed.
//!
//! ```text
//! World ┬ [defects] ─ notion ──────────────── workspace    the pages, with what `beside` adds to them
//!       └ imported ── [defects] ─ postgres ── tables       the rows that a sound import makes of it
//! ```
//!
//! The tasks were made in different minutes, since Notion keeps no more of a time than its minute, and
//! one project has more than 25 tasks, since Notion lists no more than 25 of a relation.

pub mod beside;
pub mod defects;
pub mod imported;
mod notion;
mod postgres;
mod texts;

use std::collections::BTreeMap;

use jiff::tz::Offset;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use super::api::moment::{Due, Moment};
use super::api::notion_store::Databases;
use super::api::store::{Id, NewProject, NewTag, NewTask, Priority, ProjectStatus, Source, Status};

use beside::BodyBlock;

pub use notion::workspace;
pub use postgres::fill;

/// How many tasks there are.
pub const TASKS: usize = 150;
/// How many projects there are.
pub const PROJECTS: usize = texts::PROJECTS.len();
/// How many tags there are.
pub const TAGS: usize = texts::TAGS.len();

/// The tasks of the first project: more than Notion lists of a relation.
const TASKS_OF_FIRST_PROJECT: usize = 30;
/// The most tasks of any other project.
const TASKS_OF_PROJECT: usize = 25;
/// Tasks without a project.
const TASKS_WITHOUT_PROJECT: usize = 40;
/// The most tags of a task.
const TAGS_OF_TASK: usize = 4;
/// 2024-01-02T09:00:00Z, when the person began, in milliseconds since 1970.
const BEGINNING: i64 = 1_704_186_000_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// One object's id in each store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// Its page's.
    pub notion: Id,
    /// Its row's.
    pub postgres: Id,
}

impl Ids {
    /// The id in one store.
    #[must_use]
    pub fn of(&self, source: Source) -> &Id {
        match source {
            Source::Notion => &self.notion,
            Source::Postgres => &self.postgres,
        }
    }
}

/// An object of the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded<T> {
    /// Its ids.
    pub ids: Ids,
    /// When it was made: a whole minute.
    pub created_at: Moment,
    /// When it was last changed: a whole minute.
    pub updated_at: Moment,
    /// What it says.
    pub content: T,
}

/// What a task says, with its project and tags as places in the world's lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskContent {
    /// Never empty.
    pub title: String,
    /// Never empty.
    pub description: Option<String>,
    /// How far it is.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// When it is due.
    pub due: Option<Due>,
    /// When it was done.
    pub completed_at: Option<Moment>,
    /// The place of its project.
    pub project: Option<usize>,
    /// The places of its tags, each once.
    pub tags: Vec<usize>,
    /// When it ends, of some that are due; a day if the beginning is one. The API does not serve it.
    pub due_end: Option<Due>,
    /// The offset in which a due moment is written; UTC when it is none. The API does not serve it.
    pub due_offset: Option<Offset>,
    /// What stands on its page. The API does not serve it.
    pub body: &'static [BodyBlock],
}

/// The world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The ids of the three databases in Notion.
    pub databases: Databases,
    /// The projects.
    pub projects: Vec<Seeded<NewProject>>,
    /// The tags.
    pub tags: Vec<Seeded<NewTag>>,
    /// The tasks, oldest first.
    pub tasks: Vec<Seeded<TaskContent>>,
}

/// Which Notion id is which PostgreSQL id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdMap {
    /// Of the tasks.
    pub tasks: BTreeMap<String, String>,
    /// Of the projects.
    pub projects: BTreeMap<String, String>,
    /// Of the tags.
    pub tags: BTreeMap<String, String>,
}

impl World {
    /// The world of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let databases = Databases {
            tasks: random_id(&mut dice.notion),
            projects: random_id(&mut dice.notion),
            tags: random_id(&mut dice.notion),
        };
        let projects: Vec<_> = texts::PROJECTS
            .iter()
            .map(|text| dice.project(*text))
            .collect();
        let tags: Vec<_> = texts::TAGS.iter().map(|name| dice.tag(name)).collect();
        let titles = dice.titles();
        let places = dice.places();
        let mut created = BEGINNING;
        let mut tasks: Vec<_> = titles
            .into_iter()
            .zip(places)
            .map(|(title, project)| {
                created += dice.content.random_range(1..=2_000) * MINUTE;
                dice.task(title, project, created)
            })
            .collect();
        beside::add(&mut tasks, &mut dice.beside);
        Self {
            databases,
            projects,
            tags,
            tasks,
        }
    }

    /// Which Notion id is which PostgreSQL id.
    #[must_use]
    pub fn id_map(&self) -> IdMap {
        IdMap {
            tasks: pairs(&self.tasks),
            projects: pairs(&self.projects),
            tags: pairs(&self.tags),
        }
    }

    /// A task as one store is told of it.
    #[must_use]
    pub fn new_task(&self, task: &TaskContent, source: Source) -> NewTask {
        let project = task.project.and_then(|place| self.projects.get(place));
        let tags = task.tags.iter().filter_map(|place| self.tags.get(*place));
        NewTask {
            title: task.title.clone(),
            description: task.description.clone(),
            status: task.status,
            priority: task.priority,
            due: task.due,
            completed_at: task.completed_at,
            project_id: project.map(|project| project.ids.of(source).clone()),
            tag_ids: tags.map(|tag| tag.ids.of(source).clone()).collect(),
        }
    }
}

fn pairs<T>(objects: &[Seeded<T>]) -> BTreeMap<String, String> {
    let text = |id: &Id| id.as_str().to_owned();
    objects
        .iter()
        .map(|object| (text(&object.ids.notion), text(&object.ids.postgres)))
        .collect()
}

/// The random streams: one for what the world says, one for each store's ids, and one for what the API
/// does not serve.
struct Dice {
    content: Xoshiro256PlusPlus,
    notion: Xoshiro256PlusPlus,
    postgres: Xoshiro256PlusPlus,
    beside: Xoshiro256PlusPlus,
}

impl Dice {
    fn new(seed: u64) -> Self {
        let content = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut notion = content.clone();
        notion.jump();
        let mut postgres = notion.clone();
        postgres.jump();
        let mut beside = postgres.clone();
        beside.jump();
        Self {
            content,
            notion,
            postgres,
            beside,
        }
    }

    fn seeded<T>(&mut self, created: i64, updated: i64, content: T) -> Seeded<T> {
        Seeded {
            ids: Ids {
                notion: random_id(&mut self.notion),
                postgres: random_id(&mut self.postgres),
            },
            created_at: Moment::from_millisecond(created),
            updated_at: Moment::from_millisecond(updated),
            content,
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T], otherwise: T) -> T {
        from.choose(&mut self.content).copied().unwrap_or(otherwise)
    }

    fn project(&mut self, (title, color, icon): (&str, &str, &str)) -> Seeded<NewProject> {
        let status = match self.content.random_range(0..10) {
            0 => ProjectStatus::Completed,
            1 => ProjectStatus::Archived,
            _ => ProjectStatus::Active,
        };
        let description = self.description();
        let created = BEGINNING - self.content.random_range(1..=40_000) * MINUTE;
        let updated = created + self.content.random_range(0..=40_000) * MINUTE;
        let content = NewProject {
            title: title.to_owned(),
            description,
            color: Some(color.to_owned()),
            icon: Some(icon.to_owned()),
            status,
        };
        self.seeded(created, updated, content)
    }

    fn tag(&mut self, name: &str) -> Seeded<NewTag> {
        let colored = self.content.random_bool(0.8);
        let color = colored.then(|| self.pick(texts::COLORS, "gray").to_owned());
        let created = BEGINNING - self.content.random_range(1..=40_000) * MINUTE;
        let content = NewTag {
            name: name.to_owned(),
            color,
        };
        self.seeded(created, created, content)
    }

    fn description(&mut self) -> Option<String> {
        let described = self.content.random_bool(0.5);
        described.then(|| self.pick(texts::DESCRIPTIONS, "").to_owned())
    }

    /// All titles: each hostile one once, the rest ordinary, shuffled.
    fn titles(&mut self) -> Vec<String> {
        let mut titles: Vec<String> = texts::HOSTILE_TITLES
            .iter()
            .map(|&text| text.to_owned())
            .collect();
        while titles.len() < TASKS {
            let verb = self.pick(texts::VERBS, "Do");
            let object = self.pick(texts::OBJECTS, "it");
            let ending = self.pick(texts::ENDINGS, "");
            titles.push(format!("{verb} {object}{ending}"));
        }
        titles.shuffle(&mut self.content);
        titles
    }

    /// Each task's project, shuffled.
    fn places(&mut self) -> Vec<Option<usize>> {
        let mut places = vec![None; TASKS_WITHOUT_PROJECT];
        places.extend([Some(0); TASKS_OF_FIRST_PROJECT]);
        let mut room: Vec<usize> = (1..PROJECTS)
            .flat_map(|place| [place; TASKS_OF_PROJECT])
            .collect();
        room.shuffle(&mut self.content);
        let rest = TASKS - places.len();
        places.extend(room.into_iter().take(rest).map(Some));
        places.shuffle(&mut self.content);
        places
    }

    fn task(&mut self, title: String, project: Option<usize>, created: i64) -> Seeded<TaskContent> {
        let status = self.pick(
            &[
                Status::Todo,
                Status::Todo,
                Status::InProgress,
                Status::Done,
                Status::Done,
            ],
            Status::Todo,
        );
        let priority = self.pick(Priority::ALL, Priority::Medium);
        let description = self.description();
        let due = self.due(created);
        let worked = self.content.random_range(0..=20_000) * MINUTE;
        let completed_at =
            (status == Status::Done).then(|| Moment::from_millisecond(created + worked));
        let updated = created + worked + self.content.random_range(0..=500) * MINUTE;
        let tag_count = self.content.random_range(0..=TAGS_OF_TASK);
        let tags = rand::seq::index::sample(&mut self.content, TAGS, tag_count);
        let content = TaskContent {
            title,
            description,
            status,
            priority,
            due,
            completed_at,
            project,
            tags: tags.into_vec(),
            due_end: None,
            due_offset: None,
            body: &[],
        };
        self.seeded(created, updated, content)
    }

    /// None, a day, or a moment of a day.
    fn due(&mut self, created: i64) -> Option<Due> {
        let day = Moment::from_millisecond(created + self.content.random_range(0..=30) * DAY);
        let minute = self.content.random_range(0..24 * 60) * MINUTE;
        let zoned = day.timestamp().to_zoned(jiff::tz::TimeZone::UTC);
        match self.content.random_range(0..3) {
            0 => None,
            1 => Some(Due::Day(zoned.date())),
            _ => {
                let midnight = Due::Day(zoned.date()).moment().timestamp().as_millisecond();
                Some(Due::At(Moment::from_millisecond(midnight + minute)))
            }
        }
    }
}

fn random_id(random: &mut impl Rng) -> Id {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    Id::from(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests;
