//! How this layer speaks: results on standard output, everything else on standard error.
//!
//! A reader that went away, as `head` and a closed `tee` do, is no error: the verdict stands in the
//! run's folder, and a run must never end, or leave something behind, because nobody listens. A disk
//! that is full is one where standard output is all that a command is run for.

use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

/// Says a line on standard error.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Gives a result on standard output that stands on disk too, or that nothing depends on.
pub(super) fn give(result: impl Display) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{result}").and_then(|()| out.flush());
}

/// Gives a result that stands nowhere else: that it cannot be written is an error, unless the reader
/// went away.
pub(super) fn deliver(result: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(result).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended,
    }
}

/// Tells an error on standard error: what happened, then each cause on a line of its own.
pub(super) fn complain(error: &dyn Error) {
    let _ = std::io::stderr().write_all(text(error).as_bytes());
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
