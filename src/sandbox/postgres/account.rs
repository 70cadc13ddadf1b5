//! Whose processes the server's are.
//!
//! PostgreSQL refuses to run as root, and root is who most containers and CI jobs are. So root hands
//! the server to user `postgres`, else to `nobody`; anybody else runs it himself.

use std::ffi::OsStr;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::Stdio;
use std::{fs, io};

use tokio::process::Command;

use super::PostgresError;

/// The users that root tries, in this order.
const SUBSTITUTES: [&str; 2] = ["postgres", "nobody"];

/// The account that runs `initdb` and `postgres`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// Set when root runs the harness.
    substitute: Option<Substitute>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Substitute {
    name: &'static str,
    uid: u32,
    gid: u32,
}

impl Account {
    /// The caller's own account, or the one that stands in for root.
    pub(super) async fn choose() -> Result<Self, PostgresError> {
        if effective_uid().await? != 0 {
            return Ok(Self { substitute: None });
        }
        for name in SUBSTITUTES {
            if let (Some(uid), Some(gid)) = (id("-u", name).await, id("-g", name).await) {
                let substitute = Some(Substitute { name, uid, gid });
                return Ok(Self { substitute });
            }
        }
        Err(PostgresError::NoAccount)
    }

    /// Whether root has to hand the server to somebody else.
    pub(super) fn stands_in_for_root(&self) -> bool {
        self.substitute.is_some()
    }

    /// The name to show in errors.
    pub(super) fn name(&self) -> &str {
        self.substitute.as_ref().map_or("you", |it| it.name)
    }

    /// An isolated command of this account, in a folder that it may enter.
    ///
    /// The standard library drops root's supplementary groups together with its user id.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some(substitute) = &self.substitute {
            command.uid(substitute.uid).gid(substitute.gid);
        }
        isolate(&mut command);
        command.current_dir("/");
        command
    }

    /// Makes `path` this account's own and nobody else's business.
    pub(super) fn give(&self, path: &Path, mode: u32) -> io::Result<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        if let Some(substitute) = &self.substitute {
            chown(path, Some(substitute.uid), Some(substitute.gid))?;
        }
        Ok(())
    }
}

/// Away from the terminal's signals, in a fixed locale and zone, and deaf to the caller's `PG...`
/// variables.
pub(super) fn isolate(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .process_group(0)
        .stdin(Stdio::null());
}

/// The caller's effective user id, from `id`, since the standard library has no safe call for it.
pub(super) async fn effective_uid() -> Result<u32, PostgresError> {
    let asked = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    let output = asked
        .await
        .map_err(|source| PostgresError::io("run", "id", source))?;
    parse_id(&output.stdout).ok_or_else(|| {
        let source = io::Error::other("it printed no number for `id -u`");
        PostgresError::io("read the answer of", "id", source)
    })
}

async fn id(which: &str, name: &str) -> Option<u32> {
    let mut ask = Command::new("id");
    let output = ask
        .args([which, name])
        .stdin(Stdio::null())
        .output()
        .await
        .ok()?;
    output.status.success().then(|| parse_id(&output.stdout))?
}

/// `id` prints the id of macOS's `nobody` as 4294967294 or as -2, which are the same.
fn parse_id(printed: &[u8]) -> Option<u32> {
    let number: i64 = std::str::from_utf8(printed).ok()?.trim().parse().ok()?;
    u32::try_from(number)
        .ok()
        .or_else(|| i32::try_from(number).ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::parse_id;

    #[test]
    fn both_spellings_of_nobody_are_one_id() {
        assert_eq!(parse_id(b"-2\n"), Some(4_294_967_294));
        assert_eq!(parse_id(b"4294967294\n"), Some(4_294_967_294));
        assert_eq!(parse_id(b"101\n"), Some(101));
        assert_eq!(parse_id(b"id: no such user\n"), None);
    }
}
