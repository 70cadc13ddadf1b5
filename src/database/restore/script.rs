//! A dump as a stream of statements and rows.
//!
//! A statement ends at a semicolon that stands in no text, name, comment or body between dollars; the
//! server itself is sent one at a time, so that an error has its line.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _};

use super::RestoreError;

/// What pg_dump writes last, but for words of psql's.
const WHOLE: &[u8] = b"-- PostgreSQL database dump complete";
/// Words of psql's that change nothing: newer dumps begin and end with them.
const HARMLESS: [&str; 2] = ["\\restrict", "\\unrestrict"];

/// A part of a dump.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A statement, with its semicolon.
    Statement {
        text: String,
        /// Where it begins, from 1.
        line: u64,
    },
    /// A row for `COPY`, with its end of line.
    Row(Vec<u8>),
    /// There are no more rows.
    EndOfRows,
}

/// Where in a statement a place is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Inside {
    Nothing,
    /// `'...'`; a backslash counts in one that begins with E.
    Text {
        escapes: bool,
    },
    /// `"..."`
    Name,
    /// `/* ... */`, which may hold others.
    Comment {
        depth: u32,
    },
    /// `$tag$ ... $tag$`, with its tag and both dollars.
    Dollars(Vec<u8>),
}

/// The stream.
pub(super) struct Script<R> {
    reader: R,
    line: u64,
    inside: Inside,
    statement: Vec<u8>,
    begun_at: u64,
    /// What follows the statement that was given, on its last line.
    rest: Vec<u8>,
    rows: bool,
    whole: bool,
}

impl<R: AsyncBufRead + Unpin> Script<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            line: 0,
            inside: Inside::Nothing,
            statement: Vec::new(),
            begun_at: 0,
            rest: Vec::new(),
            rows: false,
            whole: false,
        }
    }

    /// What follows are rows.
    pub(super) fn begin_rows(&mut self) {
        self.rows = true;
        self.rest.clear();
    }

    /// Whether the comment went by that pg_dump writes last.
    pub(super) fn says_that_it_is_whole(&self) -> bool {
        self.whole
    }

    /// The next part; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, RestoreError> {
        loop {
            let line = match std::mem::take(&mut self.rest) {
                rest if !rest.is_empty() => rest,
                _ => self.read_line().await?,
            };
            if line.is_empty() {
                return self.end();
            }
            if self.rows {
                return Ok(Some(self.row(line)));
            }
            if let Some(part) = self.take(&line)? {
                return Ok(Some(part));
            }
        }
    }

    async fn read_line(&mut self) -> Result<Vec<u8>, RestoreError> {
        let mut line = Vec::new();
        let read = self.reader.read_until(b'\n', &mut line).await;
        read.map_err(|source| RestoreError::Read {
            line: self.line + 1,
            source,
        })?;
        self.line += u64::from(!line.is_empty());
        Ok(line)
    }

    fn end(&self) -> Result<Option<Part>, RestoreError> {
        let cut = |what| RestoreError::Cut {
            line: self.line,
            what,
        };
        if self.rows {
            return Err(cut("a table's rows"));
        }
        let blank = self.statement.iter().all(u8::is_ascii_whitespace);
        match blank && self.inside == Inside::Nothing {
            true => Ok(None),
            false => Err(cut("a statement")),
        }
    }

    fn row(&mut self, mut line: Vec<u8>) -> Part {
        if line.strip_suffix(b"\n").unwrap_or(&line) == b"\\." {
            self.rows = false;
            return Part::EndOfRows;
        }
        if !line.ends_with(b"\n") {
            // The last line of a file that was cut; the end that is missing is found next.
            line.push(b'\n');
        }
        Part::Row(line)
    }

    /// Takes a line, or what is left of one; gives the statement that ends in it.
    fn take(&mut self, line: &[u8]) -> Result<Option<Part>, RestoreError> {
        let between =
            self.inside == Inside::Nothing && self.statement.iter().all(u8::is_ascii_whitespace);
        if between {
            self.statement.clear();
            if line.starts_with(b"\\") {
                self.word_of_psql(line)?;
                return Ok(None);
            }
            self.whole |= line.starts_with(WHOLE);
            self.begun_at = self.line;
        }
        let mut at = 0;
        while at < line.len() {
            let (next, ends) = self.step(line, at);
            at = next;
            if ends {
                self.rest = line[at..].to_vec();
                let line = self.begun_at;
                let text = String::from_utf8(std::mem::take(&mut self.statement));
                let text = text.map_err(|error| RestoreError::Read {
                    line,
                    source: std::io::Error::new(std::io::ErrorKind::InvalidData, error),
                })?;
                let text = text.trim().to_owned();
                return Ok((text != ";").then_some(Part::Statement { text, line }));
            }
        }
        Ok(None)
    }

    fn word_of_psql(&self, line: &[u8]) -> Result<(), RestoreError> {
        let text = String::from_utf8_lossy(line);
        let word = text.split_whitespace().next().unwrap_or_default();
        match HARMLESS.contains(&word) {
            true => Ok(()),
            false => Err(RestoreError::Psql {
                line: self.line,
                word: word.to_owned(),
            }),
        }
    }

    /// Takes the next byte, or the few that belong together; says where the following one is and whether the
    /// statement ends before it.
    fn step(&mut self, line: &[u8], at: usize) -> (usize, bool) {
        let rest = &line[at..];
        let (length, inside, ends) = match &self.inside {
            Inside::Nothing => self.outside(rest),
            Inside::Text { escapes: true } if rest[0] == b'\\' => {
                (rest.len().min(2), self.inside.clone(), false)
            }
            // Two quotes are one that stands in the text: it ends, and begins again.
            Inside::Text { .. } if rest[0] == b'\'' && rest.get(1) == Some(&b'\'') => {
                (2, self.inside.clone(), false)
            }
            Inside::Text { .. } if rest[0] == b'\'' => (1, Inside::Nothing, false),
            Inside::Name if rest[0] == b'"' => (1, Inside::Nothing, false),
            Inside::Comment { depth } if rest.starts_with(b"/*") => {
                (2, Inside::Comment { depth: depth + 1 }, false)
            }
            Inside::Comment { depth: 1 } if rest.starts_with(b"*/") => (2, Inside::Nothing, false),
            Inside::Comment { depth } if rest.starts_with(b"*/") => {
                (2, Inside::Comment { depth: depth - 1 }, false)
            }
            Inside::Dollars(tag) if rest.starts_with(tag) => (tag.len(), Inside::Nothing, false),
            other => (1, other.clone(), false),
        };
        let is_comment = self.inside == Inside::Nothing && rest.starts_with(b"--");
        // A comment is no part of a statement, but the end of its line is.
        let taken = if is_comment { b"\n" } else { &rest[..length] };
        self.statement.extend_from_slice(taken);
        self.inside = inside;
        (at + length, ends)
    }

    /// The same where nothing is open.
    fn outside(&self, rest: &[u8]) -> (usize, Inside, bool) {
        let before = self.statement.last().copied();
        let in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        match rest[0] {
            b';' => (1, Inside::Nothing, true),
            b'\'' => {
                let escapes = matches!(before, Some(b'E' | b'e')) && !self.is_word_before_last();
                (1, Inside::Text { escapes }, false)
            }
            b'"' => (1, Inside::Name, false),
            b'-' if rest.starts_with(b"--") => (rest.len(), Inside::Nothing, false),
            b'/' if rest.starts_with(b"/*") => (2, Inside::Comment { depth: 1 }, false),
            b'$' if !before.is_some_and(in_word) => match tag(rest) {
                Some(tag) => (tag.len(), Inside::Dollars(tag.to_vec()), false),
                None => (1, Inside::Nothing, false),
            },
            _ => (1, Inside::Nothing, false),
        }
    }

    /// Whether the last letter ends a longer word, as in `likE'...'`.
    fn is_word_before_last(&self) -> bool {
        let before = self
            .statement
            .len()
            .checked_sub(2)
            .map(|at| self.statement[at]);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80)
    }
}

/// `$tag$` at the beginning, with both dollars.
fn tag(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().skip(1).position(|byte| *byte == b'$')? + 1;
    let name = &text[1..end];
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let right = name.iter().all(plain) && !name.first().is_some_and(u8::is_ascii_digit);
    right.then_some(&text[..=end])
}
