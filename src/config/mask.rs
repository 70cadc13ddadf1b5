//! The text of a configuration as an error may show it.
//!
//! An error shows the line that it is about, and that line may hold a password that somebody wrote
//! into the file, also in a place where it does not belong. So everything that is not plainly
//! harmless is covered, byte by byte, which leaves all places where they are.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Keys whose values are no secrets.
const PLAIN: [&str; 22] = [
    "driver",
    "version",
    "timeout",
    "connect_timeout",
    "tls",
    "rate",
    "headroom",
    "scenarios",
    "output",
    "seed",
    "max_baseline_iterations",
    "candidate_per_baseline",
    "max_writes",
    "max_pause",
    "time_limit",
    "required",
    "statement_timeout",
    "export",
    "dump",
    "max_age",
    "for",
    "where",
];

/// Tables whose values are looked at one by one.
const TABLES: [&str; 9] = [
    "baseline",
    "candidate",
    "budget",
    "run",
    "gates",
    "database",
    "notion",
    "backups",
    "kept",
];

/// Keys whose values are URLs, of which only a part is secret.
const URLS: [&str; 5] = ["base_url", "url", "pooled", "direct", "scratch"];

/// The text with every value covered that may be a secret.
pub(super) fn secrets(text: &str) -> String {
    let (tree, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return every_value(text);
    }
    let mut covered = Vec::new();
    table(text, tree.get_ref(), &mut covered);
    let mut bytes = text.as_bytes().to_vec();
    for range in covered {
        for byte in bytes.get_mut(range).into_iter().flatten() {
            if !byte.is_ascii_whitespace() {
                *byte = b'*';
            }
        }
    }
    // Values are covered whole, so no character is cut.
    String::from_utf8_lossy(&bytes).into_owned()
}

fn table(text: &str, table_: &DeTable<'_>, covered: &mut Vec<Range<usize>>) {
    for (key, value) in table_.iter() {
        let key: &str = key.get_ref();
        match value.get_ref() {
            _ if PLAIN.contains(&key) => {}
            DeValue::Table(inner) if TABLES.contains(&key) => table(text, inner, covered),
            DeValue::String(url)
                if URLS.contains(&key) && (key == "base_url" || url.contains("://")) =>
            {
                covered.extend(parts_of_url(text, url, value.span()));
            }
            inner => everything(inner, value.span(), covered),
        }
    }
}

/// Credentials, query and fragment of a URL; the whole of it when it cannot be found in the text.
fn parts_of_url(text: &str, url: &str, span: Range<usize>) -> Vec<Range<usize>> {
    let written = text.get(span.clone()).unwrap_or_default();
    let Some(offset) = written.find(url) else {
        return vec![inside_quotes(span)];
    };
    let begin = span.start + offset;
    let authority = url.find("://").map_or(0, |at| at + 3);
    let rest = &url[authority..];
    // The last `@` before the path ends the credentials; without one, anywhere it may.
    let credentials = rest
        .rfind('@')
        .map(|at| begin + authority..begin + authority + at);
    let query = url
        .find(['?', '#'])
        .map(|at| begin + at + 1..begin + url.len());
    credentials.into_iter().chain(query).collect()
}

fn everything(value: &DeValue<'_>, span: Range<usize>, covered: &mut Vec<Range<usize>>) {
    match value {
        DeValue::Table(inner) => {
            for (_, value) in inner.iter() {
                everything(value.get_ref(), value.span(), covered);
            }
        }
        DeValue::Array(items) => {
            for item in items.iter() {
                everything(item.get_ref(), item.span(), covered);
            }
        }
        DeValue::String(text) if super::read::variable(text).is_some_and(|name| name.is_ok()) => {}
        DeValue::String(_) => covered.push(inside_quotes(span)),
        _ => covered.push(span),
    }
}

fn inside_quotes(span: Range<usize>) -> Range<usize> {
    span.start + 1..span.end.saturating_sub(1)
}

/// For a text whose syntax is broken, nobody knows what is a value: only what is surely a key, a
/// header or a sign of the syntax is left.
fn every_value(text: &str) -> String {
    let line = |line: &str| {
        let kept = match line.split_once('=') {
            _ if line.trim_start().starts_with('[') => line.len(),
            Some((key, _)) => key.len(),
            None => 0,
        };
        let (kept, rest) = line.split_at(kept);
        let cover = |c: char| match c {
            c if c.is_ascii_alphanumeric() => "*".to_owned(),
            c if c.is_ascii() => c.to_string(),
            c => "*".repeat(c.len_utf8()),
        };
        format!("{kept}{}", rest.chars().map(cover).collect::<String>())
    };
    text.split_inclusive('\n').map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn covering_moves_nothing(text in "\\PC{0,40}(\n\\PC{0,40}){0,4}") {
            prop_assert_eq!(secrets(&text).len(), text.len());
        }
    }

    #[test]
    fn what_may_be_a_secret_is_covered_and_the_rest_is_not() {
        let text = r#"
pasword = "hunter2"
[baseline]
driver = "http"
base_url = "https://me:hunter2@notion.example/app?key=hunter2"
authorization = ["hunter2"]
headers = { authorization = "Bearer hunter2", x = "env:NAME", y = "env:hunter2 !", timeout = "hunter2" }
"#;
        let shown = secrets(text);
        assert!(!shown.contains("hunter2"), "{shown}");
        for kept in ["pasword", "\"http\"", "@notion.example/app?", "env:NAME"] {
            assert!(shown.contains(kept), "{kept} is covered:\n{shown}");
        }
    }

    #[test]
    fn a_broken_file_shows_no_value_at_all() {
        let shown = secrets("[baseline]\ndriver = http\nheaders = { a = \"hunter2 }\nhunter2\n");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("[baseline]\ndriver = ****"), "{shown}");
    }
}
