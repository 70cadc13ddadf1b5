//! What an export says and the simulator does not keep, counted by property and reason, so that the
//! list stays short however many pages there are.

use std::collections::BTreeMap;

/// What was not kept.
#[derive(Debug, Default)]
pub(super) struct Losses(BTreeMap<(String, String), usize>);

impl Losses {
    /// Notes one value of a property that was not kept, and why not.
    pub(super) fn note(&mut self, table: &str, property: &str, why: &str) {
        let what = format!("{table}, {property}");
        *self.0.entry((what, why.to_owned())).or_default() += 1;
    }

    /// The list, a line for each property and reason.
    pub(super) fn lines(self) -> Vec<String> {
        let line = |((what, why), count)| match count {
            1 => format!("{what}: {why}"),
            _ => format!("{what}: {why} ({count} times)"),
        };
        self.0.into_iter().map(line).collect()
    }
}
