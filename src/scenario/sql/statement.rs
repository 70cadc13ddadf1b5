//! What a statement is made of, as far as a file's reader must know: how it begins, which parameters it
//! names, and whether it is one. The server alone knows the rest.
//!
//! PostgreSQL's manual, 4.1 (Lexical Structure), says where a `$1` or a `;` is none: in texts, in quoted
//! names, between dollar quotes and in comments, which nest.

use std::collections::BTreeSet;

/// The parts of a statement that matter here.
#[derive(Debug, Default)]
pub(super) struct Outline {
    first_word: String,
    parameters: BTreeSet<u32>,
    second_statement: Option<usize>,
    unfinished: Option<&'static str>,
}

impl Outline {
    pub(super) fn of(statement: &str) -> Self {
        let mut outline = Self::default();
        let mut ended = false;
        let mut at = 0;
        while let Some(token) = Token::at(statement, at) {
            let text = &statement[at..at + token.length];
            if ended && token.kind != Kind::Space {
                outline.second_statement.get_or_insert(at);
            }
            match token.kind {
                Kind::Word if outline.first_word.is_empty() => {
                    outline.first_word = text.to_ascii_uppercase();
                }
                Kind::Parameter => {
                    // One that is too large to be a number is not among those that are given either.
                    let number = text[1..].parse().unwrap_or(u32::MAX);
                    outline.parameters.insert(number);
                }
                Kind::Sign if text == ";" => ended = true,
                Kind::Unfinished(what) => outline.unfinished = Some(what),
                Kind::Word | Kind::Sign | Kind::Space | Kind::Quoted => {}
            }
            at += token.length;
        }
        outline
    }

    /// The first word, in capitals; empty when there is none.
    pub(super) fn first_word(&self) -> &str {
        &self.first_word
    }

    /// Where something begins after the `;` that ends the statement.
    pub(super) fn second_statement(&self) -> Option<usize> {
        self.second_statement
    }

    /// What begins and does not end.
    pub(super) fn unfinished(&self) -> Option<&'static str> {
        self.unfinished
    }

    /// What is wrong when so many parameters are given, each with the way out.
    pub(super) fn misfits(&self, given: usize) -> Vec<(String, String)> {
        let given = u32::try_from(given).unwrap_or(u32::MAX);
        let beyond = self.parameters.iter().filter(|n| **n == 0 || **n > given);
        let missing = beyond.map(|n| {
            let message = format!("the statement uses `${n}`, and `params` has {given}");
            (
                message,
                "add its value to `params`, or count again".to_owned(),
            )
        });
        let unused = (1..=given).filter(|n| !self.parameters.contains(n));
        let unused = unused.map(|n| {
            let message = format!("the statement does not use `${n}`");
            (message, "remove it from `params`, or use it".to_owned())
        });
        missing.chain(unused).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// White space or a comment.
    Space,
    /// A key word, a name or a number.
    Word,
    /// A text, a quoted name, or what stands between dollar quotes.
    Quoted,
    /// `$1`.
    Parameter,
    /// Any other character.
    Sign,
    /// One of the above that has no end, by its name.
    Unfinished(&'static str),
}

#[derive(Debug, Clone, Copy)]
struct Token {
    kind: Kind,
    /// In bytes, at least 1.
    length: usize,
}

impl Token {
    /// The token that begins at a byte; `None` at the end.
    fn at(statement: &str, at: usize) -> Option<Self> {
        let rest = &statement[at..];
        let first = rest.chars().next()?;
        let of = |kind, length| Some(Self { kind, length });
        let spaces = rest.len() - rest.trim_start().len();
        if spaces > 0 {
            return of(Kind::Space, spaces);
        }
        if rest.starts_with("--") {
            return of(Kind::Space, rest.find('\n').unwrap_or(rest.len()));
        }
        if rest.starts_with("/*") {
            return Some(comment(rest));
        }
        if rest.starts_with(['e', 'E']) && rest[1..].starts_with('\'') {
            let text = quoted(&rest[1..], '\'', true, "a text");
            return of(text.kind, text.length + 1);
        }
        match first {
            '\'' => Some(quoted(rest, '\'', false, "a text")),
            '"' => Some(quoted(rest, '"', false, "a name")),
            '$' => Some(dollar(rest)),
            _ if is_in_word(first) => of(Kind::Word, word_length(rest)),
            _ => of(Kind::Sign, first.len_utf8()),
        }
    }
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || !c.is_ascii()
}

/// A name may have `$` in it, but does not begin with it.
fn word_length(rest: &str) -> usize {
    rest.find(|c| !is_in_word(c) && c != '$')
        .unwrap_or(rest.len())
}

fn comment(rest: &str) -> Token {
    let (mut depth, mut at) = (0_u32, 0);
    while let Some(found) = rest[at..].find(['/', '*']) {
        at += found;
        let sign = &rest[at..];
        if sign.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if sign.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            return Token {
                kind: Kind::Space,
                length: at,
            };
        }
    }
    unfinished("a comment", rest)
}

/// What stands between two quotes; a doubled quote is one of it, and so is one after a backslash where
/// those escape.
fn quoted(rest: &str, quote: char, escapes: bool, what: &'static str) -> Token {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return Token {
                kind: Kind::Quoted,
                length: at + 1,
            };
        }
    }
    unfinished(what, rest)
}

/// `$1`, or what stands between `$tag$` and `$tag$`.
fn dollar(rest: &str) -> Token {
    let inner = &rest[1..];
    let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits > 0 {
        return Token {
            kind: Kind::Parameter,
            length: 1 + digits,
        };
    }
    let tag = inner.find(|c| !is_in_word(c)).unwrap_or(inner.len());
    if !inner[tag..].starts_with('$') {
        return Token {
            kind: Kind::Sign,
            length: 1,
        };
    }
    let quote = &rest[..tag + 2];
    match rest[quote.len()..].find(quote) {
        Some(end) => Token {
            kind: Kind::Quoted,
            length: end + 2 * quote.len(),
        },
        None => unfinished("a dollar quote", rest),
    }
}

fn unfinished(what: &'static str, rest: &str) -> Token {
    Token {
        kind: Kind::Unfinished(what),
        length: rest.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-/*$;'\"eE\\\\a1 \\né]{0,40}") {
            let _ = Outline::of(&text);
        }

        /// Whatever stands in a text, a quoted name or a comment is none of the statement's own parts.
        #[test]
        fn what_is_quoted_is_not_looked_at(inner in "[-/*$;1a \\n]{0,20}") {
            let comment = inner.replace("*/", "").replace("/*", "").replace('/', "");
            for hidden in [
                format!("'{inner}'"),
                format!("E'\\'{inner}'"),
                format!("\"{inner}\""),
                format!("$q${}$q$", inner),
                format!("/*/* {comment} */ {comment} */"),
                format!("--{}\n", inner.replace('\n', "")),
            ] {
                let outline = Outline::of(&format!("SELECT $2 {hidden} , $1"));
                prop_assert_eq!(outline.first_word(), "SELECT");
                prop_assert_eq!(outline.unfinished(), None, "{}", hidden);
                prop_assert_eq!(outline.second_statement(), None, "{}", hidden);
                prop_assert!(outline.misfits(2).is_empty(), "{}", hidden);
            }
        }
    }

    #[test]
    fn a_statement_is_taken_apart_as_postgresql_does() {
        for (statement, word, parameters) in [
            ("select $1", "SELECT", vec![1]),
            (" -- a word\n( TABLE tasks )", "TABLE", vec![]),
            (
                "/* DELETE */WITH a AS (SELECT $2, $10)",
                "WITH",
                vec![2, 10],
            ),
            ("SELECT a$1, $1$2", "SELECT", vec![1, 2]),
            ("SELECT 'it''s $1', $1", "SELECT", vec![1]),
            (r"SELECT E'\'$1', $1", "SELECT", vec![1]),
            (r"SELECT '\', $1", "SELECT", vec![1]),
            ("SELECT $$ $1 $$, $a$ $$ $1 $a$, $3", "SELECT", vec![3]),
            ("", "", vec![]),
        ] {
            let outline = Outline::of(statement);
            assert_eq!(outline.first_word(), word, "{statement}");
            let found: Vec<u32> = outline.parameters.into_iter().collect();
            assert_eq!(found, parameters, "{statement}");
        }
    }

    #[test]
    fn a_second_statement_is_found_and_a_closing_semicolon_is_none() {
        for (statement, second) in [
            ("SELECT 1;", None),
            ("SELECT 1; -- done\n", None),
            ("SELECT ';'", None),
            ("SELECT 1; DROP TABLE tasks", Some(10)),
            ("SELECT 1;;", Some(9)),
        ] {
            assert_eq!(
                Outline::of(statement).second_statement(),
                second,
                "{statement}"
            );
        }
    }

    #[test]
    fn what_has_no_end_is_named() {
        for (statement, what) in [
            ("SELECT 'a", "a text"),
            ("SELECT \"a", "a name"),
            ("SELECT $a$ $b$", "a dollar quote"),
            ("SELECT /* /* */", "a comment"),
        ] {
            assert_eq!(
                Outline::of(statement).unfinished(),
                Some(what),
                "{statement}"
            );
        }
    }
}
