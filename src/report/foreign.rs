//! Text that somebody else wrote (names, answers, headers, commands) must not act on whoever reads it,
//! and must not bury what the product says: an answer may have megabytes.

/// The characters of one text that are shown. The longest of the product's own has about 900.
pub(super) const LONGEST: usize = 1_200;

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

/// The text as [`visible`] shows it, cut where it is too long, and how many characters are not shown.
pub(super) fn cut(text: &str) -> (String, usize) {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => (visible(&text[..at]), text[at..].chars().count()),
        None => (visible(text), 0),
    }
}

/// The text as [`cut`] leaves it, which says so itself, for formats without a markup of their own.
pub(super) fn brief(text: &str) -> String {
    let (shown, left) = cut(text);
    shown + &note(left)
}

/// What stands behind a text of which so many characters are not shown.
pub(super) fn note(left: usize) -> String {
    match left {
        0 => String::new(),
        left => format!(" … {left} more characters: see `record.json`"),
    }
}

/// What would make two texts look alike that are not: marks, embeddings, overrides and isolates of the
/// reading direction, characters that are blank or without width, selectors of variants, tags, and the
/// two that XML does not allow and are no characters. An emoji of several falls apart into its parts,
/// with a mark where they were joined.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
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
        for unseen in
            "\u{ad}\u{200c}\u{200d}\u{180e}\u{115f}\u{1160}\u{3164}\u{ffa0}\u{e0000}\u{e007f}\
                       \u{fe00}\u{fe0f}\u{e0100}\u{e01ef}\u{fff9}\u{fffb}"
                .chars()
        {
            assert_eq!(visible(&format!("a{unseen}b")), "a\u{fffd}b", "{unseen:?}");
        }
        assert_eq!(visible("שלום <b> 你好 é"), "שלום <b> 你好 é");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let shown = brief(&"é".repeat(10_000_000));
        assert!(
            shown.ends_with("é … 9998800 more characters: see `record.json`"),
            "{shown}"
        );
        assert_eq!(brief(&"é".repeat(LONGEST)), "é".repeat(LONGEST));
    }
}
