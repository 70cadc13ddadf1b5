//! What it means for two answers to be the same: the rules `[compare]` of a scenario file.
//!
//! Two stores never answer with the same bytes: each has ids of its own, one writes a date without a
//! time where the other has midnight, one says `To Do` and the other `todo`. What of that is meant and
//! what is a defect cannot be guessed, so it is written down, field by field and with a reason where
//! something is left out. A value without a rule is compared as it stands.
//!
//! `path` has the language of the places, `wire` the form in the file, `check` the way from one to the
//! other with every mistake at its place. What rules do to answers is in `crate`'s room `parity`.

mod check;
mod path;
#[cfg(test)]
mod tests;
pub(super) mod wire;

pub(super) use check::compare;
pub use path::{FieldPath, Part, PathError};

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;

/// How many different inputs are compared where the file does not say, for a scenario that only reads.
pub const DRAWS: u32 = 2;

/// Lengths at which a list may have been cut, where the file does not say: the pages of the two stores.
pub const CAPS: [usize; 2] = [50, 100];

/// The rules by which the answers of two sides are compared.
#[derive(Debug, Clone)]
pub struct Compare {
    /// In which a date without a time is a day, and begins at midnight.
    pub zone: TimeZone,
    /// How many different inputs are compared; 1 where the scenario writes.
    pub draws: u32,
    /// Names of fields with ids that are each store's own: their texts differ, but what has one id on one
    /// side must have one id on the other. The first is a record's own id, the others are links.
    pub own_ids: Vec<String>,
    /// What is said of lists, each path once.
    pub lists: Vec<ListRule>,
    /// What is said of fields, each path once.
    pub fields: Vec<FieldRule>,
    /// Lengths at which a list is suspected to end because it was cut, at least 1.
    pub caps: Vec<usize>,
    /// The names of the steps that need no record, each once: an answer without a statement is right there.
    pub storeless: Vec<String>,
}

impl Default for Compare {
    /// Everything is compared as it stands; days begin in UTC.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            draws: DRAWS,
            own_ids: Vec::new(),
            lists: Vec::new(),
            fields: Vec::new(),
            caps: CAPS.to_vec(),
            storeless: Vec::new(),
        }
    }
}

impl Compare {
    /// The rule of the list at this path.
    #[must_use]
    pub fn list(&self, path: &FieldPath) -> Option<&ListRule> {
        self.lists.iter().find(|rule| rule.path == *path)
    }

    /// What is done with the value at this path.
    #[must_use]
    pub fn field(&self, path: &FieldPath) -> Option<&Treatment> {
        let rule = self.fields.iter().find(|rule| rule.path == *path);
        rule.map(|rule| &rule.treatment)
    }

    /// Whether fields of this name hold ids that are each store's own.
    #[must_use]
    pub fn is_own_id(&self, name: &str) -> bool {
        self.own_ids.iter().any(|own| own == name)
    }

    /// Whether the step of this name needs no record.
    #[must_use]
    pub fn is_storeless(&self, step: &str) -> bool {
        self.storeless.iter().any(|named| named == step)
    }
}

/// How two lists are laid side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRule {
    /// The list.
    pub path: FieldPath,
    /// The fields by which its records find their partners; empty: by their whole content.
    pub key: Vec<String>,
    /// What its order means.
    pub order: Order,
}

/// What the order of a list means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Both sides must have the same one.
    Kept,
    /// None.
    Free,
    /// The candidate must be sorted so; records that are equal in these fields may stand in any order.
    By(Vec<SortField>),
}

/// A field that a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortField {
    /// Its name in a record.
    pub name: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// What is done with one field before it is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRule {
    /// The field.
    pub path: FieldPath,
    /// What is done with it.
    pub treatment: Treatment,
}

/// What is done with a value before it is compared.
#[derive(Debug, Clone, PartialEq)]
pub enum Treatment {
    /// Two texts are the same when they mean the same moment, to whatever fraction of a second; a date
    /// without a time means midnight in the zone.
    Instant,
    /// Two texts are the same when their moments fall on the same day in the zone.
    Day,
    /// It is a moment of each side's own, like when a record was made: that there is one is compared, and
    /// not which.
    OwnMoment,
    /// It names the store that answered: it is not compared, and the same name on both sides is a sign
    /// that one store answers for both.
    Store,
    /// Each text of the baseline stands for this value of the candidate; others stand for themselves.
    Map(BTreeMap<String, Value>),
    /// The baseline's name of the field; the candidate calls it so.
    Rename(String),
    /// Two numbers are the same when they are no further apart than this, which is not negative.
    Tolerance(f64),
    /// It is not compared, for this reason.
    Ignore(String),
}
