//! What Notion holds of a task beside what the API serves: the body of its page, and the end and the
//! offset of its due date.
//!
//! Why: these are what a real cutover lost without anybody noticing, because no list shows them. A
//! sound import keeps them in columns of their own, so that a check can be seen to miss them when they
//! are gone. All of it is drawn from a stream of its own: the fields that the API serves stay, for each
//! seed, what they were.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use rand::seq::SliceRandom;
use rand::{RngExt, seq};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use super::super::api::moment::{Due, Moment};
use super::{MINUTE, Seeded, TaskContent, texts};

/// How many tasks have a body.
pub const BODIES: usize = 12;
/// How many due moments have an end, and are written in the person's own time.
pub const MOMENTS_WITH_AN_END: usize = 6;
/// How many due days have an end.
pub const DAYS_WITH_AN_END: usize = 2;

/// A block of a body: its type, its text, and what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyBlock {
    /// Notion's word for the type.
    pub kind: &'static str,
    /// Its text.
    pub text: &'static str,
    /// The blocks in it.
    pub inside: &'static [BodyBlock],
}

impl BodyBlock {
    /// As an append request says it.
    #[must_use]
    pub fn request(&self) -> Value {
        let mut said = json!({
            "rich_text": [{ "type": "text", "text": { "content": self.text } }],
        });
        if !self.inside.is_empty() {
            said["children"] = self.inside.iter().map(Self::request).collect();
        }
        json!({ "type": self.kind, self.kind: said })
    }

    fn lines(&self) -> Vec<&'static str> {
        let inside = self.inside.iter().flat_map(Self::lines);
        [self.text].into_iter().chain(inside).collect()
    }
}

/// The text of a body, a line for each block, as a sound import keeps it.
#[must_use]
pub fn text_of(body: &[BodyBlock]) -> Option<String> {
    let lines: Vec<&str> = body.iter().flat_map(BodyBlock::lines).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// Where the person lives: where a date without a time is a day.
#[must_use]
pub fn home() -> TimeZone {
    // Every build has the database of zones; without it, the standard time of that place.
    TimeZone::get("Australia/Sydney").unwrap_or_else(|_| TimeZone::fixed(Offset::constant(10)))
}

/// The start of a day at home.
#[must_use]
pub fn midnight_at_home(day: Date) -> Moment {
    let midnight = day.to_zoned(home());
    midnight.map_or(Due::Day(day).moment(), |zoned| {
        Moment::from(zoned.timestamp())
    })
}

/// A due date as it is written into Notion, with its end if it has one.
#[must_use]
pub fn due_property(task: &TaskContent) -> Value {
    let written = |due: Due| match (due, task.due_offset) {
        (Due::At(moment), Some(offset)) => local(moment.timestamp(), offset),
        (due, _) => due.to_string(),
    };
    let date = task.due.map(|start| match task.due_end {
        Some(end) => json!({ "start": written(start), "end": written(end) }),
        None => json!({ "start": written(start) }),
    });
    json!({ "date": date })
}

fn local(at: Timestamp, offset: Offset) -> String {
    let local = at.to_zoned(offset.to_time_zone());
    local.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// An offset as Notion writes it: `+11:00`.
#[must_use]
pub fn offset_text(offset: Offset) -> String {
    let epoch = Timestamp::UNIX_EPOCH.to_zoned(offset.to_time_zone());
    epoch.strftime("%:z").to_string()
}

/// Gives some tasks bodies, and some due dates ends and offsets.
pub(super) fn add(tasks: &mut [Seeded<TaskContent>], random: &mut Xoshiro256PlusPlus) {
    let chosen = seq::index::sample(random, tasks.len(), BODIES.min(tasks.len()));
    for (place, body) in chosen.into_iter().zip(texts::BODIES.iter().cycle()) {
        tasks[place].content.body = body;
    }
    let mut order: Vec<usize> = (0..tasks.len()).collect();
    order.shuffle(random);
    let (mut moments, mut days) = (MOMENTS_WITH_AN_END, DAYS_WITH_AN_END);
    for place in order {
        let content = &mut tasks[place].content;
        match content.due {
            Some(Due::At(start)) if moments > 0 => {
                moments -= 1;
                let start = start.timestamp();
                let lasts = random.random_range(1..=12) * 15 * MINUTE;
                let end = start.as_millisecond() + lasts;
                content.due_end = Some(Due::At(Moment::from_millisecond(end)));
                content.due_offset = Some(home().to_offset(start));
            }
            Some(Due::Day(start)) if days > 0 => {
                days -= 1;
                let lasts: i64 = random.random_range(1..=4);
                content.due_end = Some(Due::Day(start.saturating_add(lasts.days())));
            }
            _ => {}
        }
    }
}
