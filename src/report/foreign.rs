//! Text that somebody else wrote (names, answers, headers, commands) must not act on whoever reads it.

/// Stands for a character that would act instead of being seen.
const REPLACEMENT: char = '\u{fffd}';

/// The text on one line, without the characters that a terminal or a viewer obeys: every white space
/// is a space, and a control character or one that turns the reading direction is replaced.
pub(super) fn visible(foreign: &str) -> String {
    let one = |c: char| match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() || is_unseen(c) => REPLACEMENT,
        c => c,
    };
    foreign.chars().map(one).collect()
}

/// Marks, embeddings, overrides and isolates of the reading direction, characters without width, and the
/// two that XML does not allow and are no characters.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fffe}'..='\u{ffff}'
    )
}

/// The names, each its own: one that an earlier one took is numbered, `a`, `a~2`. What stands for a name
/// may have lost the characters that told it from another's.
pub(super) fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = Vec::new();
    for name in names {
        let mut own = name.clone();
        let mut number = 1;
        while taken.contains(&own) {
            number += 1;
            own = format!("{name}~{number}");
        }
        taken.push(own);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_is_replaced_and_what_is_read_stays() {
        assert_eq!(
            visible("a\u{1b}[2Jb\r\nc\u{9b}d"),
            "a\u{fffd}[2Jb  c\u{fffd}d"
        );
        assert_eq!(visible("oG\u{202e}OG\u{2069}"), "oG\u{fffd}OG\u{fffd}");
        assert_eq!(visible("\u{fffe}a\u{ffff}"), "\u{fffd}a\u{fffd}");
        assert_eq!(visible("שלום <b> 你好 é"), "שלום <b> 你好 é");
    }
}
