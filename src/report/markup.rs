//! Text as Markdown shows it: nothing that somebody else wrote is markup.
//!
//! The verdict's sentences put commands and values between back-ticks, so a pair of them is a code
//! span. Whatever could end that span, or a table's cell, is written in a way that cannot.

use super::foreign::visible;
use super::sentence::{Piece, pieces};

/// A sentence on one line, also inside a table's cell.
pub(super) fn prose(sentence: &str) -> String {
    let sentence = visible(sentence);
    let mut out = String::with_capacity(sentence.len());
    for piece in pieces(sentence.trim()) {
        match piece {
            Piece::Words(words) => out.push_str(&plain(words)),
            Piece::Code(inside) => out.push_str(&code(inside)),
            Piece::Tick => out.push_str(TICK),
        }
    }
    not_a_block(out)
}

/// Text in a code span, which it cannot end. A pipe, a backslash or a back-tick has no escape inside
/// back-ticks; between tags it has.
pub(super) fn code(foreign: &str) -> String {
    let foreign = visible(foreign);
    let needs_tags = foreign.contains(['|', '\\', '`'])
        || foreign.starts_with(' ')
        || foreign.ends_with(' ')
        || foreign.is_empty();
    if needs_tags {
        format!("<code>{}</code>", plain(&foreign))
    } else {
        format!("`{foreign}`")
    }
}

/// A back-tick that is no mark of a code span.
const TICK: &str = "&#96;";

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            // Inside a word it is no markup, and most names have some.
            '_' if previous.is_alphanumeric() && next.is_alphanumeric() => out.push('_'),
            '\\' | '*' | '_' | '[' | ']' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            // A backslash before these could itself be escaped; an entity always holds.
            '|' => out.push_str("&#124;"),
            '`' => out.push_str(TICK),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
        previous = c;
    }
    out
}

/// A line that begins like a list or an underline gets its first mark escaped.
fn not_a_block(mut line: String) -> String {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let mark = line[digits..].chars().next();
    let is_bullet = digits == 0 && matches!(mark, Some('-' | '+' | '='));
    let is_number = digits > 0 && matches!(mark, Some('.' | ')'));
    if is_bullet || is_number {
        line.insert(digits, '\\');
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a viewer shows of a line that [`prose`] wrote, back-ticks left out.
    fn shown(markdown: &str) -> String {
        let mut out = String::new();
        let mut in_code = false;
        let mut chars = markdown.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' if !in_code => out.extend(chars.next()),
                '`' => in_code = !in_code,
                c => out.push(c),
            }
        }
        let has_ended = !in_code && !markdown.contains("``");
        assert!(has_ended, "a code span that does not end in {markdown}");
        out.replace("<code>", "")
            .replace("</code>", "")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#124;", "|")
            .replace(TICK, "")
            .replace("&amp;", "&")
    }

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    proptest! {
        #[test]
        fn everything_is_shown_as_itself_and_nothing_is_markup(
            text in r#"([ -~]|[|`\\<&\n\x1b]|\PC){0,60}"#
        ) {
            let line = prose(&text);
            let (seen, was) = (shown(&line), visible(&text).replace('`', ""));
            prop_assert_eq!(words(&seen), words(&was), "{}", line);
            prop_assert!(!line.contains('|') && !line.contains('\n'), "{}", line);
            let tags = line.matches("<code>").count() + line.matches("</code>").count();
            let outside_spans: usize = line.split('`').step_by(2).map(|s| s.matches('<').count()).sum();
            prop_assert!(outside_spans <= tags, "{}", line);
        }
    }

    #[test]
    fn commands_stay_readable() {
        assert_eq!(prose("run `cutover init` now"), "run `cutover init` now");
        assert_eq!(prose("n_baseline 24"), "n_baseline 24");
        assert_eq!(prose("_x_ *y*"), "\\_x\\_ \\*y\\*");
    }

    #[test]
    fn a_code_span_cannot_be_ended() {
        assert_eq!(code("a ` <b>"), "<code>a &#96; &lt;b&gt;</code>");
        assert_eq!(code(r"a\|b"), r"<code>a\\&#124;b</code>");
        assert_eq!(prose("a lone ` tick"), "a lone &#96; tick");
    }

    #[test]
    fn a_line_is_no_list_and_no_heading() {
        for (text, line) in [
            ("- x", "\\- x"),
            ("12. x", "12\\. x"),
            ("2s..3s", "2s..3s"),
            ("# x", "\\# x"),
            ("   === ", "\\==="),
            ("> x", "&gt; x"),
        ] {
            assert_eq!(prose(text), line);
        }
    }
}
