//! How this layer speaks: results on standard output, everything else on standard error.
//!
//! A reader that went away, as `head` and a closed `tee` do, is no error: the verdict stands in the
//! run's folder, and a run must never end, or leave something behind, because nobody listens. A disk
//! that is full is one where standard output is all that a command is run for.
//!
//! In a GitHub job nothing that is said here is a command ([`super::job_log`]), but what is meant to be one.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

use super::job_log::shown;

/// Says a line on standard error.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{}", shown(line));
}

/// Gives a result on standard output that stands on disk too, or that nothing depends on.
pub(super) fn give(result: impl Display) {
    command(shown(result));
}

/// Gives lines that a GitHub job shall obey.
pub(super) fn command(lines: impl Display) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{lines}").and_then(|()| out.flush());
}

/// Gives a result that stands nowhere else: that it cannot be written is an error, unless the reader
/// went away.
pub(super) fn deliver(result: &[u8]) -> io::Result<()> {
    deliver_file(shown(String::from_utf8_lossy(result)).as_bytes())
}

/// Like [`deliver`], byte for byte: a format that is for a file, or for the job itself.
pub(super) fn deliver_file(content: &[u8]) -> io::Result<()> {
    stream(|out| out.write_all(content))
}

/// Like [`deliver_file`], for what is too large to be made first.
pub(super) fn stream<E: From<io::Error>>(
    make: impl FnOnce(&mut dyn io::Write) -> Result<(), E>,
) -> Result<(), E> {
    let mut out = Listened {
        out: io::BufWriter::new(io::stdout().lock()),
        nobody_listens: false,
    };
    let ended = make(&mut out).and_then(|()| Ok(out.flush()?));
    if out.nobody_listens { Ok(()) } else { ended }
}

/// Remembers that the reader went away: the writer of a format may hide the reason in an error of its own.
struct Listened<W> {
    out: W,
    nobody_listens: bool,
}

impl<W> Listened<W> {
    fn heard<T>(&mut self, ended: io::Result<T>) -> io::Result<T> {
        let is_broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
        self.nobody_listens |= ended.as_ref().err().is_some_and(is_broken);
        ended
    }
}

impl<W: io::Write> io::Write for Listened<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let ended = self.out.write(bytes);
        self.heard(ended)
    }

    fn flush(&mut self) -> io::Result<()> {
        let ended = self.out.flush();
        self.heard(ended)
    }
}

/// What the program notes of itself goes to standard error, an event at a time.
pub(super) struct Log;

impl io::Write for Log {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let event_shown = shown(String::from_utf8_lossy(event));
        io::stderr().write_all(event_shown.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Tells an error on standard error: what happened, then each cause on a line of its own.
pub(super) fn complain(error: &dyn Error) {
    let _ = std::io::stderr().write_all(shown(text(error)).as_bytes());
}

fn text(error: &dyn Error) -> String {
    let mut text = format!("error: {error}\n");
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Some errors repeat their cause in their own words.
        if !said.contains(&error.to_string()) {
            let _ = writeln!(text, "  because: {error}");
        }
        said = error.to_string();
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use thiserror::Error;

    #[derive(Debug, Error)]
    #[error("the world is wrong")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn causes_follow_and_are_not_said_twice() {
        let error = Outer(std::io::Error::other("no space"));
        assert_eq!(
            text(&error),
            "error: the world is wrong\n  because: no space\n"
        );
        #[derive(Debug, Error)]
        #[error("the world is wrong: {0}")]
        struct Both(#[source] std::io::Error);
        let error = Both(std::io::Error::other("no space"));
        assert_eq!(text(&error), "error: the world is wrong: no space\n");
    }
}
