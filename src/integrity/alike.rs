//! Rows by what finds them, those that say the same together: a page is held against one of them, not
//! against each, so that a table full of equal rows takes no longer than one of different rows.

use std::collections::HashMap;

use smallvec::SmallVec;

use super::value::Value;

/// Rows that say the same of all that pages tell: each is as near to a page as the others.
#[derive(Debug)]
pub(super) struct Alike {
    /// What they say, and a number for it; not kept where there is nothing to tell them from.
    said: Option<(u64, Vec<Value>)>,
    /// Those that nobody has, the one that is taken first at the end.
    free: SmallVec<[usize; 1]>,
}

impl Alike {
    /// The row that is taken first.
    pub(super) fn first(&self) -> Option<usize> {
        self.free.last().copied()
    }

    /// The cells of one of them, where they are kept.
    pub(super) fn cells(&self) -> Option<&[Value]> {
        self.said.as_ref().map(|(_, cells)| cells.as_slice())
    }

    fn number(&self) -> Option<u64> {
        self.said.as_ref().map(|(number, _)| *number)
    }
}

/// The rows of a table by a key.
#[derive(Debug, Default)]
pub(super) struct Index {
    keys: HashMap<u64, SmallVec<[Alike; 1]>>,
}

impl Index {
    /// Of rows with their keys; `said` gives a row's cells with a number for what they say, and `place` sorts
    /// those that say the same: the greatest is taken first.
    pub(super) fn new<P: Ord>(
        rows: impl Iterator<Item = (u64, usize)>,
        said: impl Fn(usize) -> (u64, Vec<Value>),
        place: impl Fn(usize) -> P,
    ) -> Self {
        let mut keys: HashMap<u64, SmallVec<[usize; 1]>> = HashMap::new();
        for (key, row) in rows {
            keys.entry(key).or_default().push(row);
        }
        let keys = keys.into_iter().map(|(key, rows)| {
            if rows.len() == 1 {
                let alone = Alike {
                    said: None,
                    free: rows,
                };
                return (key, SmallVec::from_buf([alone]));
            }
            let rows = rows.into_iter().map(|row| (row, said(row)));
            let mut rows: Vec<_> = rows.collect();
            rows.sort_by_cached_key(|(row, (number, _))| (*number, place(*row)));
            let mut groups: SmallVec<[Alike; 1]> = SmallVec::new();
            for (row, said) in rows {
                match groups
                    .last_mut()
                    .filter(|group| group.number() == Some(said.0))
                {
                    Some(group) => group.free.push(row),
                    None => groups.push(Alike {
                        said: Some(said),
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

    /// Where among those of a key the rows stand that say what this number is for.
    pub(super) fn saying(&self, key: u64, number: u64) -> Option<usize> {
        let groups = self.of(key);
        let found = groups.binary_search_by_key(&Some(number), Alike::number);
        found.ok()
    }

    /// Takes the first row of a group.
    pub(super) fn take(&mut self, key: u64, group: usize) -> Option<usize> {
        self.keys.get_mut(&key)?.get_mut(group)?.free.pop()
    }
}
