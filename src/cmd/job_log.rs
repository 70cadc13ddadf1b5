//! The log of a GitHub job, which obeys some of its lines.
//!
//! What this program prints holds names, answers and the last words of commands: text of whoever wrote a scenario,
//! a benchmark or an application. GitHub's runner takes a line that begins with `::`, blanks apart, and a line
//! with `##[` anywhere, for a command if it has that form (`ActionCommand.cs` of `actions/runner`): one that hides all
//! later commands, masks words, or says that a run is fine. No single text can know where a line will begin, for lines
//! are wrapped; so what is printed is looked at as a whole, where it is printed.

use std::env;
use std::fmt::Display;

/// Set by GitHub for what runs in a job.
const IN_GITHUB: &str = "GITHUB_ACTIONS";

/// Whether this is a job of GitHub.
pub(super) fn is_github() -> bool {
    env::var(IN_GITHUB).is_ok_and(|is| is == "true")
}

/// The text as it may stand in this job's log.
pub(super) fn shown(text: impl Display) -> String {
    let text = text.to_string();
    if is_github() { inert(&text) } else { text }
}

/// The text without a command. JSON stays JSON with the same values: no line of it begins with `::`, and
/// `\u0023` is `#`.
fn inert(text: &str) -> String {
    // The runner reads lines as .NET does, which also ends one at a carriage return.
    let lines = text.split_inclusive(['\n', '\r']).map(|line| {
        let blank = |c: char| c.is_whitespace() || c.is_control();
        let rest = line.trim_start_matches(blank);
        let (blanks, rest) = line.split_at(line.len() - rest.len());
        match rest.strip_prefix("::") {
            Some(rest) => format!("{blanks}: :{rest}"),
            None => line.to_owned(),
        }
    });
    lines.collect::<String>().replace("##[", "#\\u0023[")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether GitHub's runner may take a line of the text for a command.
    fn acts(text: &str) -> bool {
        let mut lines = text.split(['\n', '\r']);
        lines.any(|line| line.trim_start().starts_with("::") || line.contains("##["))
    }

    proptest! {
        #[test]
        fn nothing_acts_and_nothing_else_changes(text in "[:#\\[a \t\r\n\u{a0}]{0,40}") {
            let inert = inert(&text);
            prop_assert!(!acts(&inert), "{inert:?}");
            if !acts(&text) {
                prop_assert_eq!(inert, text);
            }
        }

        #[test]
        fn json_keeps_its_values(name in "[:#\\[\\\\\"\n]{0,20}") {
            let value = serde_json::json!({ name.clone(): [name] });
            for text in [format!("{value}"), format!("{value:#}")] {
                let inert = inert(&text);
                prop_assert!(!acts(&inert), "{inert}");
                prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&inert).unwrap(), value.clone());
            }
        }
    }

    #[test]
    fn a_command_is_still_read_by_a_person() {
        assert_eq!(inert("a::b\n  ::error::c\n"), "a::b\n  : :error::c\n");
        assert_eq!(inert("x ##[add-mask]y"), "x #\\u0023[add-mask]y");
    }
}
