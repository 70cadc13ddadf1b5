//! What a record says of the machine and of the harness, read from the system.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::record::{Machine, Tool};

/// The machine that the harness runs on.
pub(super) fn machine() -> Machine {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Machine {
        os: std::env::consts::OS.to_owned(),
        arch: std::env::consts::ARCH.to_owned(),
        cores: u32::try_from(cores).unwrap_or(u32::MAX),
        cpu: field("/proc/cpuinfo", "model name"),
        memory_bytes: field("/proc/meminfo", "MemTotal")
            .and_then(|total| total.split_whitespace().next()?.parse::<u64>().ok())
            .map(|kibibytes| kibibytes * 1024),
    }
}

/// The first value of a field in one of Linux's `name : value` files.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

/// The harness, and the commit of the folder that it works in.
pub(super) fn tool() -> Tool {
    Tool {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: commit(Path::new(".")),
        build: if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        }
        .to_owned(),
    }
}

/// The commit that is checked out; with `-dirty` where what git follows was changed since, for then nobody
/// finds again what was measured.
fn commit(folder: &Path) -> Option<String> {
    let output = Command::new("git")
        // No tag takes the place of the commit.
        .args(["describe", "--always", "--dirty", "--abbrev=40"])
        .args(["--exclude", "*"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    String::from_utf8(output.stdout)
        .ok()
        .map(|commit| commit.trim().to_owned())
}

/// The command line as it can be typed again, but for what is secret in a URL.
pub(super) fn command_line() -> String {
    typed(std::env::args())
}

fn typed(words: impl Iterator<Item = String>) -> String {
    let words = words.enumerate().map(|(index, word)| {
        // The path of the binary says nothing to another machine.
        if index == 0 {
            "cutover".to_owned()
        } else {
            quoted(&masked(&word))
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What stands for a secret.
const MASK: &str = "***";
/// Parts of the names of a URL's parameters whose values are secrets.
const SECRET_NAMES: [&str; 5] = ["pass", "secret", "token", "key", "sig"];

/// A word without the credentials of the URL in it. A record is kept and shown to many, and a command line
/// may hold the password of a production database. A password may have any character in it, so everything
/// up to the last `@` counts as one: rather too much is hidden than too little.
fn masked(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else {
        return word.to_owned();
    };
    let (credentials, place) = match rest.rsplit_once('@') {
        Some((_, place)) => (format!("{MASK}@"), place),
        None => (String::new(), rest),
    };
    let (place, parameters) = match place.split_once('?') {
        Some((place, parameters)) => (place, format!("?{}", masked_parameters(parameters))),
        None => (place, String::new()),
    };
    format!("{scheme}://{credentials}{place}{parameters}")
}

fn masked_parameters(parameters: &str) -> String {
    let masked = parameters.split('&').map(|parameter| {
        let (name, _) = parameter.split_once('=').unwrap_or((parameter, ""));
        let lower = name.to_ascii_lowercase();
        if SECRET_NAMES.iter().any(|secret| lower.contains(secret)) {
            format!("{name}={MASK}")
        } else {
            parameter.to_owned()
        }
    });
    masked.collect::<Vec<_>>().join("&")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_says_when_it_is_not_what_lies_there() {
        let folder = tempfile::tempdir().unwrap();
        let git = |words: &[&str]| {
            let who = ["-c", "user.name=a", "-c", "user.email=a@b.example"];
            let mut git = Command::new("git");
            git.args(who).args(words).current_dir(folder.path());
            let output = git.output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        assert_eq!(commit(folder.path()), None);
        git(&["init", "--quiet"]);
        let file = folder.path().join("file");
        fs::write(&file, "1").unwrap();
        git(&["add", "file"]);
        git(&["commit", "--quiet", "--message", "one"]);
        git(&["tag", "--annotate", "v1", "--message", "one"]);
        let head = git(&["rev-parse", "HEAD"]);
        fs::write(folder.path().join("beside"), "").unwrap();
        assert_eq!(commit(folder.path()).as_ref(), Some(&head));
        fs::write(&file, "2").unwrap();
        assert_eq!(commit(folder.path()), Some(format!("{head}-dirty")));
    }

    #[test]
    fn a_word_with_a_space_or_a_quote_can_be_typed_again() {
        assert_eq!(quoted("--only=a"), "--only=a");
        assert_eq!(quoted("two words"), "'two words'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn no_secret_of_a_url_is_in_the_command_line() {
        for url in [
            "postgres://teresa:hunter2@db.example:5432/main?sslmode=require",
            "postgres://teresa:hunter2%40@db.example:5432/main?sslmode=require",
            "postgres://teresa:hun@ter2/hunter2?hunter2#hunter2@db.example:5432/main?sslmode=require",
            "postgres://db.example:5432/main?sslmode=require&user=x&password=hunter2&sslKEY=hunter2",
            "https://hunter2@db.example:5432/main",
        ] {
            for word in [url.to_owned(), format!("--database={url}")] {
                let words = ["/bin/cutover", "check", &word].map(str::to_owned);
                let shown = typed(words.into_iter());
                assert!(!shown.contains("hunter2"), "{shown}");
                assert!(shown.contains("db.example:5432/main"), "{shown}");
            }
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_was_typed() {
        for word in [
            "env:DIRECT_URL",
            "a@b",
            "https://api.example/v1?limit=3",
            "postgres://localhost/main?sslmode=require",
        ] {
            assert_eq!(masked(word), word);
        }
    }
}
