//! Which runs may be compared: another machine is another time, and no change of the code.

use super::Entry;
use crate::record::Machine;

/// The part by which two sizes of memory may differ: what a system keeps for itself varies.
const MEMORY: f64 = 0.1;

/// What makes two runs alike: the machine, the harness's build, what measured, and in which world. Other
/// versions may differ, for a new PostgreSQL is a change that a team wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    machine: Machine,
    build: String,
    source: String,
}

impl Likeness {
    /// Of a run.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self {
            machine: entry.machine.clone(),
            build: entry.tool.build.clone(),
            source: entry.source.clone(),
        }
    }

    /// In what another run is unlike it, in words; empty when the two may be compared.
    #[must_use]
    pub fn differences(&self, other: &Entry) -> Vec<String> {
        let none = || "unknown".to_owned();
        let cpu = |machine: &Machine| machine.cpu.clone().unwrap_or_else(none);
        let (here, there) = (&self.machine, &other.machine);
        let texts = [
            ("system", here.os.clone(), there.os.clone()),
            ("architecture", here.arch.clone(), there.arch.clone()),
            ("cores", here.cores.to_string(), there.cores.to_string()),
            ("processor", cpu(here), cpu(there)),
            ("build", self.build.clone(), other.tool.build.clone()),
            ("source", self.source.clone(), other.source.clone()),
        ];
        let mut differences: Vec<String> = texts
            .into_iter()
            .filter(|(_, here, there)| here != there)
            .map(|(what, here, there)| format!("{what} `{there}` instead of `{here}`"))
            .collect();
        if !is_near(here.memory_bytes, there.memory_bytes) {
            let size = |bytes: Option<u64>| bytes.map_or_else(none, show_memory);
            let (here, there) = (size(here.memory_bytes), size(there.memory_bytes));
            differences.push(format!("memory `{there}` instead of `{here}`"));
        }
        differences
    }
}

fn is_near(one: Option<u64>, other: Option<u64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.abs_diff(other) as f64 <= MEMORY * one.max(other) as f64,
        (one, other) => one == other,
    }
}

fn show_memory(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / f64::from(1_u32 << 30))
}
