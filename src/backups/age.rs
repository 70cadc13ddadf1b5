//! How old a backup is, by what stands in it where it says so.
//!
//! The time of a file is that of its last copy, so it is the second choice, and told as such.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::record::{Finding, FindingKind, Inspection, Looked, Weight};

/// A clock may be so much behind that of the machine that wrote the backup.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// How old a backup may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ages {
    pub(super) now: Timestamp,
    pub(super) max_age: Duration,
}

/// When a backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) at: Timestamp,
    /// Whether it says so itself.
    pub(super) by_itself: bool,
}

impl Written {
    /// By the backup's own word, else by the file's.
    pub(super) fn of(own: Option<Timestamp>, path: &Path) -> Option<Self> {
        if let Some(at) = own {
            return Some(Self {
                at,
                by_itself: true,
            });
        }
        let modified = std::fs::metadata(path).and_then(|file| file.modified());
        let at = Timestamp::try_from(modified.ok()?).ok()?;
        Some(Self {
            at,
            by_itself: false,
        })
    }

    fn source(self) -> &'static str {
        match self.by_itself {
            true => "by what stands in it",
            false => "by the time of the file, since it does not say so itself",
        }
    }
}

impl Ages {
    /// Tells the age of a backup, and whether it is too old.
    pub(super) fn look(&self, what: &str, written: Written, remedy: &str, seen: &mut Inspection) {
        let age = self.now.duration_since(written.at);
        let most = SignedDuration::try_from(self.max_age).unwrap_or(SignedDuration::MAX);
        let source = written.source();
        let finding = |weight, words: String, next: &str| {
            let subject = format!("age of {what}");
            Finding::of_one(FindingKind::BackupOld, weight, subject, words, next)
        };
        if age > most {
            let words = format!(
                "it is {} old ({source}) and may be {}: what was written since is in no backup",
                shown(age),
                shown(most)
            );
            seen.findings.push(finding(Weight::Refutes, words, remedy));
        } else if age < -AHEAD {
            let words = format!(
                "it was made {} from now ({source}), so that one of the clocks is wrong and its age is not known",
                shown(-age)
            );
            let next = "Set the clocks of both machines by the network (NTP), and look again.";
            seen.findings.push(finding(Weight::Doubts, words, next));
        } else {
            seen.looked_at.push(Looked {
                what: format!("age of {what}"),
                count: 1,
                detail: format!("{} ({source})", shown(age.max(SignedDuration::ZERO))),
            });
        }
    }
}

/// In the two largest units, which is as precise as an age is wanted.
fn shown(age: SignedDuration) -> String {
    let minutes = age.as_mins();
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) => format!("{hours} h {minutes} min"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_backup_is_too_old_or_not_and_is_told_once(age_s in -100_000_i64..1_000_000, max_s in 1_u64..500_000) {
            let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
            let ages = Ages { now, max_age: Duration::from_secs(max_s) };
            let at = now - SignedDuration::from_secs(age_s);
            let mut seen = Inspection::default();
            ages.look("the dump", Written { at, by_itself: true }, "Dump again.", &mut seen);
            let weights: Vec<_> = seen.findings.iter().map(|finding| finding.weight).collect();
            let expected: &[Weight] = match age_s {
                age if age > i64::try_from(max_s).unwrap() => &[Weight::Refutes],
                age if age < -300 => &[Weight::Doubts],
                _ => &[],
            };
            prop_assert_eq!(weights, expected);
            prop_assert_eq!(seen.looked_at.len() + seen.findings.len(), 1);
        }
    }

    #[test]
    fn an_age_is_shown_in_two_units() {
        for (minutes, words) in [
            (0, "0 min"),
            (59, "59 min"),
            (61, "1 h 1 min"),
            (1500, "1 d 1 h"),
        ] {
            assert_eq!(shown(SignedDuration::from_mins(minutes)), words);
        }
    }
}
