//! What was computed stays computed: a change point needs up to a thousand shuffles of a whole row, and a
//! new run of one series leaves the rows of all others as they were.
//!
//! A row is found again by itself: its values to the last bit, and the seed. So nothing that is found can
//! be out of date, and no two rows can be taken for each other.

use std::thread;

use serde::{Deserialize, Serialize};

use crate::stats::{ChangePoint, HistoryError, change_points};

/// The form of the file and the algorithm behind it: what another version wrote is not used.
const FORM: &str = concat!("1 of cutover ", env!("CARGO_PKG_VERSION"));
/// Values of rows that are kept although nobody asked for them this time: those of other questions, and
/// of former runs.
const MOST_SPARE: usize = 200_000;

/// A row of quantiles in time order, and the seed of its permutations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) seed: u64,
    pub(super) values: Vec<f64>,
}

impl Row {
    /// Whether the two are one to the last bit.
    fn is(&self, other: &Self) -> bool {
        let bits = |row: &'_ Self| -> Vec<u64> {
            row.values.iter().map(|value| value.to_bits()).collect()
        };
        self.seed == other.seed
            && self.values.len() == other.values.len()
            && bits(self) == bits(other)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    #[serde(flatten)]
    row: Row,
    changes: Vec<Change>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Change {
    at: usize,
    p: f64,
    change: f64,
}

#[derive(Serialize, Deserialize)]
struct Form {
    form: String,
    rows: Vec<Known>,
}

/// The change points of rows that were looked at before.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    /// What was asked for this time, then the rest, the latest first.
    known: Vec<Known>,
    asked: usize,
    computed: usize,
}

impl Cache {
    /// From a file's text; whatever is not of this form is nothing.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let form = serde_json::from_slice(text)
            .ok()
            .filter(|form: &Form| form.form == FORM);
        let mut known = form.map_or_else(Vec::new, |form| form.rows);
        known.retain(Known::is_possible);
        Self {
            known,
            ..Self::default()
        }
    }

    /// As a file's text: what was used, and of the rest what was used last.
    #[must_use]
    pub fn text(&self) -> String {
        let mut spare = MOST_SPARE;
        let rows = self.known.iter().enumerate().filter(|(place, known)| {
            let size = known.row.values.len();
            let is_kept = *place < self.asked || size <= spare;
            if *place >= self.asked {
                spare = spare.saturating_sub(size);
            }
            is_kept
        });
        let form = Form {
            form: FORM.to_owned(),
            rows: rows.map(|(_, known)| known.clone()).collect(),
        };
        // Its keys are texts and its numbers finite, so that this cannot fail.
        serde_json::to_string(&form).unwrap_or_default()
    }

    /// How many rows had to be searched, of all that were asked for.
    #[must_use]
    pub fn computed(&self) -> usize {
        self.computed
    }

    /// The change points of each row, searching those that are not known, on every core.
    pub(super) fn change_points(
        &mut self,
        rows: &[Row],
    ) -> Result<Vec<Vec<ChangePoint>>, HistoryError> {
        let found: Vec<Option<Known>> = rows.iter().map(|row| self.take(row)).collect();
        let is_new =
            |(row, found): &(&Row, &Option<Known>)| found.is_none().then(|| (*row).clone());
        let new: Vec<Row> = rows
            .iter()
            .zip(&found)
            .filter_map(|two| is_new(&two))
            .collect();
        self.computed += new.len();
        let mut new = searched(new)?.into_iter();
        let all: Vec<Known> = found
            .into_iter()
            .filter_map(|found| found.or_else(|| new.next()))
            .collect();
        let changes = all.iter().map(Known::change_points).collect();
        self.asked += all.len();
        self.known.splice(0..0, all);
        Ok(changes)
    }

    /// Takes out what is known of a row.
    fn take(&mut self, row: &Row) -> Option<Known> {
        let place = self.known.iter().position(|known| known.row.is(row))?;
        self.asked -= usize::from(place < self.asked);
        Some(self.known.remove(place))
    }
}

impl Known {
    /// Whether its places are places of its row.
    fn is_possible(&self) -> bool {
        let is_one = |change: &Change| change.at > 0 && change.at < self.row.values.len();
        let ascend = self.changes.windows(2).all(|two| two[0].at < two[1].at);
        ascend && self.changes.iter().all(is_one)
    }

    fn change_points(&self) -> Vec<ChangePoint> {
        let point = |one: &Change| ChangePoint {
            at: one.at,
            p: one.p,
            change: one.change,
        };
        self.changes.iter().map(point).collect()
    }
}

/// Searches the rows, every core a share of them in turn; the order stays.
fn searched(rows: Vec<Row>) -> Result<Vec<Known>, HistoryError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let lanes = cores.min(rows.len()).max(1);
    let search = |row: &Row| -> Result<Vec<Change>, HistoryError> {
        let found = change_points(&row.values, row.seed)?;
        let change = |one: ChangePoint| Change {
            at: one.at,
            p: one.p,
            change: one.change,
        };
        Ok(found.into_iter().map(change).collect())
    };
    let mut found: Vec<Option<Result<Vec<Change>, HistoryError>>> = vec![None; rows.len()];
    thread::scope(|scope| {
        let mut shares: Vec<Vec<_>> = (0..lanes).map(|_| Vec::new()).collect();
        for (place, pair) in rows.iter().zip(&mut found).enumerate() {
            shares[place % lanes].push(pair);
        }
        for share in shares {
            scope.spawn(move || {
                for (row, slot) in share {
                    *slot = Some(search(row));
                }
            });
        }
    });
    let known = |(row, changes): (Row, Option<Result<Vec<Change>, HistoryError>>)| {
        let changes = changes.unwrap_or_else(|| search(&row))?;
        Ok(Known { row, changes })
    };
    rows.into_iter().zip(found).map(known).collect()
}
