//! What every look has in common: how long it may take, whose clock it reads, and how it says that it
//! could not look.

use std::time::Duration;

use jiff::Timestamp;

use crate::record::NotLooked;

/// What the looks are given.
#[derive(Clone, Copy)]
pub(super) struct Looking<'a> {
    /// How long a connection or a statement may take.
    pub(super) limit: Duration,
    /// Our clock.
    pub(super) clock: &'a dyn Fn() -> Timestamp,
    /// How far the server's clock may be from ours.
    pub(super) clock_tolerance: Duration,
}

pub(super) fn not_looked(what: impl Into<String>, why: &str, next: &str) -> NotLooked {
    NotLooked {
        what: what.into(),
        why: why.to_owned(),
        next: next.to_owned(),
    }
}
