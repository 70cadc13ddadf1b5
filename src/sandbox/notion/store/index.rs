//! What a search sees: titles, as they were a while ago. Notion says that its index lags behind
//! writes, and not by how much; so the lag is a setting.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::snapshot::in_order;

/// The titles of pages and data sources, with the time since when they hold.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Index {
    lag: SignedDuration,
    #[serde(serialize_with = "in_order")]
    entries: HashMap<Uuid, Vec<Entry>>,
}

/// What was to be seen of something from a time on.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    since: Timestamp,
    title: String,
    in_trash: bool,
}

impl Index {
    pub(crate) fn set_lag(&mut self, lag: Duration) {
        self.lag = SignedDuration::try_from(lag).unwrap_or(SignedDuration::MAX);
    }

    /// Notes what can be seen of `id` from `now` on: its title in lower case, its mark.
    pub(crate) fn note(&mut self, id: Uuid, title: String, in_trash: bool, now: Timestamp) {
        let lag = self.lag;
        let entries = self.entries.entry(id).or_default();
        if let Some(last) = entries.last()
            && last.title == title
            && last.in_trash == in_trash
        {
            return;
        }
        // Of what is visible already only the newest counts.
        let visible = entries
            .iter()
            .rposition(|entry| is_visible(entry, lag, now))
            .unwrap_or(0);
        entries.drain(..visible);
        entries.push(Entry {
            since: now,
            title,
            in_trash,
        });
    }

    /// What a search at `now` sees of `id`: nothing when it is too new; the title in lower case, and
    /// whether it is in the trash, otherwise.
    pub(crate) fn seen(&self, id: Uuid, now: Timestamp) -> Option<(&str, bool)> {
        let entries = self.entries.get(&id)?;
        let newest = entries
            .iter()
            .rev()
            .find(|entry| is_visible(entry, self.lag, now))?;
        Some((&newest.title, newest.in_trash))
    }
}

fn is_visible(entry: &Entry, lag: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(entry.since) >= lag
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::at;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against the plain rule: the last note that is at least the lag old.
        #[test]
        fn a_search_sees_what_was_there_a_lag_ago(
            gaps in prop::collection::vec((0i64..30, 0u8..4), 1..20), lag in 0u64..60, later in 0i64..90,
        ) {
            let id = Uuid::from_u128(1);
            let mut index = Index::default();
            index.set_lag(Duration::from_secs(lag));
            let mut now = 0;
            let mut notes = Vec::new();
            for (gap, title) in gaps {
                now += gap;
                index.note(id, title.to_string(), title == 3, at(now));
                notes.push((now, title));
            }
            let ask = now + later;
            let lag = i64::try_from(lag).unwrap();
            let expected = notes.iter().rev().find(|(since, _)| ask - since >= lag);
            let seen = index.seen(id, at(ask)).map(|(title, trash)| (title.to_owned(), trash));
            prop_assert_eq!(seen, expected.map(|(_, title)| (title.to_string(), *title == 3)));
        }
    }
}
