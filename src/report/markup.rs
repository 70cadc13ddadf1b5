//! Text as Markdown shows it: nothing that somebody else wrote is markup.
//!
//! The verdict's sentences put commands and values between back-ticks, so a pair of them is a code
//! span. Whatever could end that span, or a table's cell, is written in a way that cannot.
//!
//! A report is posted where people are: GitHub notifies whom an `@name` names, links addresses and issue
//! numbers, and draws formulas, and looks at the text after entities and escapes are undone. It leaves
//! code alone, so a word that could do any of this is shown as code.

use super::foreign::{cut, note};
use super::sentence::{Piece, pieces};

/// A sentence on one line, also inside a table's cell.
pub(super) fn prose(sentence: &str) -> String {
    let (shown, left) = cut(sentence.trim());
    let mut out = String::with_capacity(shown.len());
    for piece in pieces(&shown) {
        match piece {
            Piece::Words(words) => push(&mut out, &plain(words)),
            Piece::Code(inside) => push(&mut out, &span(inside)),
            Piece::Tick => out.push_str(TICK),
        }
    }
    not_a_block(out) + &note(left)
}

/// Adds a part. Two code spans side by side would be one, or none: nothing that is seen parts them.
fn push(out: &mut String, part: &str) {
    if out.ends_with('`') && part.starts_with('`') {
        out.push_str(NOTHING);
    }
    out.push_str(part);
}

/// Text in a code span, cut where it is too long.
pub(super) fn code(foreign: &str) -> String {
    let (shown, left) = cut(foreign);
    span(&shown) + &note(left)
}

/// Text in a code span, which it cannot end. A pipe, a backslash or a back-tick has no escape inside
/// back-ticks; between tags it has.
fn span(text: &str) -> String {
    let needs_tags = text.contains(UNESCAPABLE)
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.is_empty();
    if needs_tags {
        format!("<code>{}</code>", plain(text))
    } else {
        format!("`{text}`")
    }
}

/// A back-tick that is no mark of a code span.
const TICK: &str = "&#96;";
/// Shown as nothing.
const NOTHING: &str = "<!-- -->";
/// What cannot stand between back-ticks in a table.
const UNESCAPABLE: [char; 3] = ['|', '\\', '`'];

/// Text that is shown as it is: no markup, and no word of it does anything.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if acts(bare) {
            push(&mut out, &spans(bare));
        } else {
            push(&mut out, &escaped(bare));
        }
        out.push_str(&word[bare.len()..]);
    }
    out
}

/// Whether a word may be a mention, a link, an issue, a formula or an emoji's name.
fn acts(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let before_digit = |mark: &str| {
        let mut after = lower.split(mark).skip(1);
        after.any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_name = |name: &str| {
        name.contains(|c: char| c.is_ascii_lowercase() || c == '+' || c == '-')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-_".contains(c))
    };
    let between_colons = lower.matches(':').count().saturating_sub(1);
    (word.contains('@') && word != "@")
        || word.contains('$')
        || lower.contains("://")
        || lower.contains("www.")
        || before_digit("#")
        || before_digit("gh-")
        || lower.split(':').skip(1).take(between_colons).any(is_name)
}

/// A word in code spans, and between them what cannot stand in one.
fn spans(word: &str) -> String {
    let mut out = String::new();
    for part in word.split_inclusive(UNESCAPABLE) {
        let inside = part.trim_end_matches(UNESCAPABLE);
        if !inside.is_empty() {
            push(&mut out, &format!("`{inside}`"));
        }
        out.push_str(&escaped(&part[inside.len()..]));
    }
    out
}

fn escaped(text: &str) -> String {
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
            .replace(NOTHING, "")
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
            text in r#"([ -~]|[|`\\<&\n\x1b@#$:]|\PC){0,60}"#
        ) {
            let line = prose(&text);
            let (seen, was) = (shown(&line), cut(text.trim()).0.replace('`', ""));
            prop_assert_eq!(words(&seen), words(&was), "{}", line);
            prop_assert!(!line.contains('|') && !line.contains('\n'), "{}", line);
            let tags = line.matches("<code>").count() + line.matches("</code>").count();
            let line = line.replace(NOTHING, "");
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
    fn what_would_act_is_code() {
        for (text, line) in [
            ("ask @torvalds now", "ask `@torvalds` now"),
            ("@org/team", "`@org/team`"),
            ("A Processor @ 2.60GHz", "A Processor @ 2.60GHz"),
            (
                "at https://evil.example/login",
                "at `https://evil.example/login`",
            ),
            ("(WWW.evil.example)", "`(WWW.evil.example)`"),
            ("$a b$ $x|y$", "`$a` `b$` `$x`&#124;`y$`"),
            ("#123 GH-1 #x", "`#123` `GH-1` \\#x"),
            (":tada: 09:30:00Z a:b", "`:tada:` 09:30:00Z a:b"),
            ("`x`@me`y`", "`x`<!-- -->`@me`<!-- -->`y`"),
        ] {
            assert_eq!(prose(text), line);
        }
        assert_eq!(code("a @me|b"), "<code>a `@me`&#124;`b`</code>");
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
