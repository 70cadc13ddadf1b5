//! How an error is told: what happened, then each cause on a line of its own.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;

/// Tells an error on standard error.
pub(super) fn complain(error: &dyn Error) {
    // With standard error closed there is nobody left to tell.
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
