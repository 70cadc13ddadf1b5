//! The clean-up journal: what a run creates is written down before it exists, and struck off when
//! its removal is confirmed, so that a killed run can be cleaned up after.
//!
//! One JSON object a line, synced to disk before the request that creates is sent. An object is
//! known by its marker, which stands in the object itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::record::Side;

/// The journal's name in a run's folder.
pub const FILE_NAME: &str = "journal.jsonl";

/// Why the journal cannot be kept or read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The file system refused.
    #[error("{path}: {source}; without its journal a run must not create anything")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// Another process holds it.
    #[error("{path} is in use: its run is still going")]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A line is not an entry.
    #[error("{path}, line {line}: not an entry of a journal: {source}")]
    Form {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The reason.
        source: serde_json::Error,
    },
}

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
enum Entry {
    /// An object is about to be created.
    Intent(Intent),
    /// What the answer said of it, for the clean-up.
    Captured {
        /// Whose.
        marker: String,
        /// By name.
        values: BTreeMap<String, Value>,
    },
    /// Its removal is confirmed, or that it never came to be.
    Struck {
        /// Whose.
        marker: String,
        /// How it is known.
        how: String,
    },
}

/// An object that a run was about to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The text that stands in the object.
    pub marker: String,
    /// The side that it was created on.
    pub side: Side,
    /// That side's base URL, without credentials.
    pub base_url: String,
    /// How that side was reached; `None` in a journal from before this was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Reached>,
    /// The scenario that created it.
    pub scenario: String,
    /// The iteration that created it, and the run's seed: its inputs follow from them.
    pub iteration: u32,
    /// See [`Self::iteration`].
    pub seed: u64,
    /// True when the target was the embedded sandbox, which is gone with its run.
    pub sandbox: bool,
}

/// How a side was reached. Notion's base URL is the same for everybody: only the ids of its databases
/// tell one workspace from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The driver's name.
    pub driver: String,
    /// What templates knew as `target.<name>`; no secrets.
    pub variables: BTreeMap<String, String>,
}

impl Reached {
    /// What is not the same at `now`, in words; `None` when the same objects are reached. A variable that
    /// came later is no difference: the scenario that created them did not know it.
    #[must_use]
    pub fn difference(&self, now: &Self) -> Option<String> {
        if self.driver != now.driver {
            return Some(format!(
                "the driver was `{}`, and the configuration has `{}`",
                self.driver, now.driver
            ));
        }
        self.variables.iter().find_map(|(name, was)| {
            let is = now.variables.get(name);
            (is != Some(was)).then(|| {
                let is = is.map_or_else(|| "no such variable".to_owned(), |is| format!("`{is}`"));
                format!("its `target.{name}` was `{was}`, and the configuration has {is}")
            })
        })
    }
}

/// An object that was never struck off.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    /// What was intended.
    pub intent: Intent,
    /// What is known of it.
    pub values: BTreeMap<String, Value>,
}

/// The journal of one run. The file is made with the first entry.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    /// The markers of this process's entries that are not struck off.
    open: BTreeSet<String>,
}

impl Journal {
    /// A journal in the run's folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            path: folder.join(FILE_NAME),
            state: Mutex::default(),
        }
    }

    /// Writes down an object before the request that creates it is sent.
    ///
    /// # Errors
    /// When the line is not safely on disk; nothing may be created then.
    pub fn intend(&self, intent: Intent) -> Result<(), JournalError> {
        let marker = intent.marker.clone();
        self.append(&Entry::Intent(intent))?;
        self.state().open.insert(marker);
        Ok(())
    }

    /// Keeps what an answer said of an object.
    ///
    /// # Errors
    /// When the line is not safely on disk.
    pub fn captured(
        &self,
        marker: &str,
        values: BTreeMap<String, Value>,
    ) -> Result<(), JournalError> {
        self.append(&Entry::Captured {
            marker: marker.to_owned(),
            values,
        })
    }

    /// Strikes an object off.
    ///
    /// # Errors
    /// When the line is not safely on disk.
    pub fn strike(&self, marker: &str, how: &str) -> Result<(), JournalError> {
        self.append(&Entry::Struck {
            marker: marker.to_owned(),
            how: how.to_owned(),
        })?;
        self.state().open.remove(marker);
        Ok(())
    }

    /// Takes over the journal of a run that has ended: what it left open is open here.
    ///
    /// # Errors
    /// When the run is still going, or the journal cannot be read.
    pub fn take_over(&self) -> Result<Vec<Open>, JournalError> {
        let file = self.locked()?;
        let open = self.open_entries()?;
        let mut state = self.state();
        state.file = Some(file);
        state.open = open
            .iter()
            .map(|entry| entry.intent.marker.clone())
            .collect();
        Ok(open)
    }

    /// The file, held until this process ends, so that nobody cleans up after a run that is going.
    fn locked(&self) -> Result<File, JournalError> {
        let io = |source| JournalError::Io {
            path: self.path.clone(),
            source,
        };
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(JournalError::InUse {
                path: self.path.clone(),
            }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }

    /// Whether this process wrote the object down and has not struck it off.
    #[must_use]
    pub fn is_open(&self, marker: &str) -> bool {
        self.state().open.contains(marker)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, entry: &Entry) -> Result<(), JournalError> {
        let io = |source| JournalError::Io {
            path: self.path.clone(),
            source,
        };
        let mut state = self.state();
        let file = match &mut state.file {
            Some(file) => file,
            empty => empty.insert(self.locked()?),
        };
        let mut line = serde_json::to_vec(entry).map_err(|error| io(error.into()))?;
        line.push(b'\n');
        file.write_all(&line)
            .and_then(|()| file.sync_data())
            .map_err(io)
    }

    /// What was never struck off, in the order in which it was intended.
    ///
    /// # Errors
    /// When the file cannot be read, or a line other than a last, half-written one is not an entry.
    pub fn open_entries(&self) -> Result<Vec<Open>, JournalError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                return Err(JournalError::Io {
                    path: self.path.clone(),
                    source,
                });
            }
        };
        let mut open: Vec<Open> = Vec::new();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            // A kill can cut the last line short; what it meant to say was not done yet.
            let Some(line) = line.strip_suffix('\n') else {
                break;
            };
            let entry = serde_json::from_str(line).map_err(|source| JournalError::Form {
                path: self.path.clone(),
                line: index + 1,
                source,
            })?;
            match entry {
                Entry::Intent(intent) => open.push(Open {
                    intent,
                    values: BTreeMap::new(),
                }),
                Entry::Captured { marker, values } => open
                    .iter_mut()
                    .filter(|entry| entry.intent.marker == marker)
                    .for_each(|entry| entry.values.extend(values.clone())),
                Entry::Struck { marker, .. } => open.retain(|entry| entry.intent.marker != marker),
            }
        }
        Ok(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(marker: &str) -> Intent {
        Intent {
            marker: marker.to_owned(),
            side: Side::Baseline,
            base_url: "http://127.0.0.1:1".to_owned(),
            reached: Some(reached("notion", &[("tasks_database", "d1")])),
            scenario: "create-task".to_owned(),
            iteration: 3,
            seed: 1,
            sandbox: false,
        }
    }

    fn reached(driver: &str, variables: &[(&str, &str)]) -> Reached {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Reached {
            driver: driver.to_owned(),
            variables: variables.iter().map(owned).collect(),
        }
    }

    #[test]
    fn a_workspace_is_told_from_another_by_the_ids_of_its_databases() {
        let was = reached("notion", &[("tasks_database", "d1")]);
        let more = reached(
            "notion",
            &[("tags_database", "d9"), ("tasks_database", "d1")],
        );
        assert_eq!(was.difference(&was), None);
        assert_eq!(was.difference(&more), None);
        for (now, words) in [
            (reached("http", &[("tasks_database", "d1")]), "`http`"),
            (reached("notion", &[("tasks_database", "d2")]), "`d2`"),
            (reached("notion", &[]), "no such variable"),
        ] {
            let told = was.difference(&now).unwrap();
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn a_journal_from_before_the_driver_was_written_down_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        let line = r#"{"op":"intent","marker":"one","side":"baseline","base_url":"http://127.0.0.1:1","scenario":"create-task","iteration":3,"seed":1,"sandbox":false}"#;
        std::fs::write(folder.path().join(FILE_NAME), format!("{line}\n")).unwrap();
        let open = journal.open_entries().unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].intent.reached, None);
    }

    #[test]
    fn what_is_struck_off_is_not_open_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        assert_eq!(journal.open_entries().unwrap(), []);
        journal.intend(intent("one")).unwrap();
        journal.intend(intent("two")).unwrap();
        let values = BTreeMap::from([("task_id".to_owned(), Value::from("x"))]);
        journal.captured("two", values.clone()).unwrap();
        journal.strike("one", "deleted").unwrap();
        let open = Journal::in_folder(folder.path()).open_entries().unwrap();
        assert_eq!(
            open,
            [Open {
                intent: intent("two"),
                values
            }]
        );
    }

    #[test]
    fn a_journal_in_use_is_not_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        journal.intend(intent("one")).unwrap();
        let other = Journal::in_folder(folder.path());
        assert!(matches!(other.take_over(), Err(JournalError::InUse { .. })));
        drop(journal);
        assert_eq!(other.take_over().unwrap().len(), 1);
        assert!(other.is_open("one"));
        other.strike("one", "removed").unwrap();
        assert_eq!(other.open_entries().unwrap(), []);
    }

    #[test]
    fn a_line_that_a_kill_cut_short_hides_nothing_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        journal.intend(intent("one")).unwrap();
        let path = folder.path().join(FILE_NAME);
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("{\"op\":\"struck\",\"mar");
        std::fs::write(&path, text).unwrap();
        assert_eq!(journal.open_entries().unwrap().len(), 1);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path());
        journal.intend(intent("one")).unwrap();
        let path = folder.path().join(FILE_NAME);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("nonsense\n{text}")).unwrap();
        let error = journal.open_entries().unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }
}
