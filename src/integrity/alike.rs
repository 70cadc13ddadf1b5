//! Rows by what finds them, those that say the same together: a page is held against one of them, not
//! against each, so that a table full of equal rows takes no longer than one of different rows.

use std::collections::HashMap;

use smallvec::SmallVec;

/// Rows that say the same of all that pages tell: each is as near to a page as the others.
#[derive(Debug)]
pub(super) struct Alike {
    /// A number for what they say; not worked out where there is nothing to tell them from.
    content: Option<u64>,
    /// Those that nobody has, the one that is taken first at the end.
    free: SmallVec<[usize; 1]>,
}

impl Alike {
    /// The row that is taken first.
    pub(super) fn first(&self) -> Option<usize> {
        self.free.last().copied()
    }
}

/// The rows of a table by a key.
#[derive(Debug, Default)]
pub(super) struct Index {
    keys: HashMap<u64, SmallVec<[Alike; 1]>>,
}

impl Index {
    /// Of rows with their keys; `content` is what a row says, and `place` sorts those that say the same: the
    /// greatest is taken first.
    pub(super) fn new<P: Ord>(
        rows: impl Iterator<Item = (u64, usize)>,
        content: impl Fn(usize) -> u64,
        place: impl Fn(usize) -> P,
    ) -> Self {
        let mut keys: HashMap<u64, SmallVec<[usize; 1]>> = HashMap::new();
        for (key, row) in rows {
            keys.entry(key).or_default().push(row);
        }
        let keys = keys.into_iter().map(|(key, rows)| {
            if rows.len() == 1 {
                let alone = Alike {
                    content: None,
                    free: rows,
                };
                return (key, SmallVec::from_buf([alone]));
            }
            let mut told: Vec<(u64, usize)> =
                rows.into_iter().map(|row| (content(row), row)).collect();
            told.sort_by_cached_key(|(content, row)| (*content, place(*row)));
            let mut groups: SmallVec<[Alike; 1]> = SmallVec::new();
            for (content, row) in told {
                let content = Some(content);
                match groups.last_mut().filter(|group| group.content == content) {
                    Some(group) => group.free.push(row),
                    None => groups.push(Alike {
                        content,
                        free: SmallVec::from_buf([row]),
                    }),
                }
            }
            (key, groups)
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// The rows of a key, those together that say the same.
    pub(super) fn of(&self, key: u64) -> &[Alike] {
        self.keys.get(&key).map_or(&[], SmallVec::as_slice)
    }

    /// Where among those of a key the rows stand that say this.
    pub(super) fn saying(&self, key: u64, content: u64) -> Option<usize> {
        let found = self
            .of(key)
            .binary_search_by_key(&Some(content), |group| group.content);
        found.ok()
    }

    /// Takes the first row of a group.
    pub(super) fn take(&mut self, key: u64, group: usize) -> Option<usize> {
        self.keys.get_mut(&key)?.get_mut(group)?.free.pop()
    }
}
