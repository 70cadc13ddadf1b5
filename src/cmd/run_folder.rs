//! The folder of one run: `reports/<run>/`.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Serialize;

use super::check_error::CheckError;
use super::complaint::give;
use crate::cli::OutputStyle;
use crate::scenario::Scenario;

/// The folder of one run; its name is the run's.
pub(super) struct RunFolder {
    pub(super) run: String,
    pub(super) path: PathBuf,
}

impl RunFolder {
    /// Makes a folder that did not exist, named by the time and by chance.
    pub(super) fn create(output: &Path) -> Result<Self, CheckError> {
        let failed = |path: &Path, source| CheckError::Folder {
            path: path.to_owned(),
            source,
        };
        fs::create_dir_all(output).map_err(|source| failed(output, source))?;
        loop {
            // The name stands in every marker, so it must be nobody else's, on any machine.
            let salt = getrandom::u32().map_err(|error| failed(output, error.into()))?;
            let time = jiff::Timestamp::now().strftime("%Y%m%dt%H%M%Sz");
            let run = format!("{time}-{salt:08x}");
            let path = output.join(&run);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { run, path }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(source) => return Err(failed(&path, source)),
            }
        }
    }

    /// Copies the scenario files: what was measured stays readable, and `clean` needs it.
    pub(super) fn keep_scenarios<'s>(
        &self,
        scenarios: impl IntoIterator<Item = &'s Scenario>,
    ) -> Result<(), CheckError> {
        let folder = self.path.join("scenarios");
        let failed = |source| CheckError::Folder {
            path: folder.clone(),
            source,
        };
        fs::create_dir(&folder).map_err(failed)?;
        for scenario in scenarios {
            let file = folder.join(format!("{}.toml", scenario.name));
            fs::write(file, &scenario.text).map_err(failed)?;
        }
        Ok(())
    }

    /// Keeps the answers to a scenario that were compared, for people who look into a difference.
    pub(super) fn keep_answers(&self, scenario: &str, answers: &impl Serialize) -> io::Result<()> {
        let folder = self.path.join("answers");
        fs::create_dir_all(&folder)?;
        let text = serde_json::to_string_pretty(answers)?;
        fs::write(folder.join(format!("{scenario}.json")), text)
    }

    /// Removes it again when nothing was kept in it.
    pub(super) fn remove_if_empty(&self) {
        // One that holds something is not removed by this call, which is all that is wanted.
        let _ = fs::remove_dir(&self.path);
    }

    /// Says where something was written.
    pub(super) fn tell(&self, name: &str, style: OutputStyle) {
        if !style.quiet && !style.json {
            give(self.path.join(name).display());
        }
    }
}
