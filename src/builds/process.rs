//! A command of the user's in a process group of its own.
//!
//! There is one way of ending it: a small shell, set on the group when it is started, waits on a pipe and
//! signals the group when the pipe is closed. An orderly stop closes it, a dropped value does, and so does the
//! kernel when this process is killed. Whoever clears away after a crash thus does it every day. A group keeps its
//! number as long as one of its processes is there, so that nobody else is signalled.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, ChildStdin, Command};
use tokio::time::{Instant, sleep, timeout};

use super::BuildError;

/// Ends a group when its standard input is closed.
const WATCHDOG: &str = include_str!("watchdog.sh");
/// The watchdog is done after 5 s; this leaves room for a busy machine.
const END_PATIENCE: Duration = Duration::from_secs(15);
/// Between two looks whether a server is ready.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// The longest that one look may take: a server that accepts and says nothing is not ready.
const LOOK_PATIENCE: Duration = Duration::from_secs(5);
/// How many ports are tried when others take them first.
const PORT_ATTEMPTS: u32 = 5;
/// How many of the last lines of a log stand in an error.
const TAIL_LINES: usize = 20;
/// The longest end of a log that is read for them, in bytes.
const TAIL_BYTES: usize = 16 << 10;

/// A process that serves, until it is stopped or dropped.
#[derive(Debug)]
pub struct Serving {
    /// Where it serves, without a path.
    pub url: String,
    group: Group,
}

/// Starts a command that serves `http://127.0.0.1:$PORT`, and waits until it answers `ready_path`, whatever
/// the status. The port was free a moment ago, and nobody can promise more: a command that ends where somebody
/// else has taken its port meanwhile is started again with another. Its output goes to `log`.
///
/// # Errors
/// When it cannot be started, ends, or does not answer in time; it is ended then.
pub async fn start(
    command: &str,
    folder: &Path,
    log: &Path,
    ready_path: &str,
    patience: Duration,
) -> Result<Serving, BuildError> {
    let mut attempt = 1;
    loop {
        let port = free_port().map_err(BuildError::io("no free port can be had"))?;
        let url = format!("http://127.0.0.1:{port}");
        let mut group = Group::start(
            command,
            folder,
            log,
            &[("PORT", OsStr::new(&port.to_string()))],
        )?;
        let ready_url = format!("{url}{ready_path}");
        let Err(error) = group.until_ready(&ready_url, patience).await else {
            return Ok(Serving { url, group });
        };
        group.end().await?;
        let is_ended = matches!(error, BuildError::Ended { .. });
        if !is_ended || attempt == PORT_ATTEMPTS || !is_taken(port) {
            return Err(error);
        }
        attempt += 1;
    }
}

impl Serving {
    /// Ends the whole group and waits until nothing of it is left.
    ///
    /// # Errors
    /// When it is still there.
    pub async fn stop(self) -> Result<(), BuildError> {
        self.group.end().await
    }

    /// The id of the process group.
    #[must_use]
    pub fn group(&self) -> u32 {
        self.group.id
    }
}

/// Runs a command to its end, in a folder; its output goes to `log`. Dropping the future ends it.
///
/// # Errors
/// When it cannot be started or fails.
pub async fn build(command: &str, folder: &Path, log: &Path) -> Result<(), BuildError> {
    run(command, folder, log, &[]).await
}

/// As [`build`], with variables in the command's environment.
///
/// # Errors
/// When it cannot be started or fails.
pub async fn run(
    command: &str,
    folder: &Path,
    log: &Path,
    variables: &[(&str, &OsStr)],
) -> Result<(), BuildError> {
    let mut group = Group::start(command, folder, log, variables)?;
    let status = group.leader.wait().await;
    let status = status.map_err(BuildError::io(format!("`{command}` cannot be waited for")))?;
    let failed = (!status.success()).then(|| group.ended(status));
    // What it left running, as some compilers leave a server, is not ours to keep.
    group.end().await?;
    failed.map_or(Ok(()), Err)
}

/// A command with all that it started.
#[derive(Debug)]
struct Group {
    command: String,
    log: PathBuf,
    id: u32,
    leader: Child,
    watchdog: Child,
    /// Closing it ends the group.
    pipe: Option<ChildStdin>,
}

impl Group {
    fn start(
        command: &str,
        folder: &Path,
        log: &Path,
        variables: &[(&str, &OsStr)],
    ) -> Result<Self, BuildError> {
        let cannot = |source| BuildError::Start {
            command: command.to_owned(),
            source,
        };
        let out = File::create(log).map_err(BuildError::io(log.display().to_string()))?;
        let err = out
            .try_clone()
            .map_err(BuildError::io(log.display().to_string()))?;
        let mut shell = Command::new("sh");
        shell
            .args(["-c", command])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .envs(variables.iter().copied())
            .process_group(0);
        let mut leader = shell.spawn().map_err(cannot)?;
        let watched = leader
            .id()
            .ok_or_else(|| io::Error::other("it has no process id"));
        let set = watched.and_then(|id| watchdog(id).map(|watchdog| (id, watchdog)));
        match set {
            Ok((id, (watchdog, pipe))) => Ok(Self {
                command: command.to_owned(),
                log: log.to_owned(),
                id,
                leader,
                watchdog,
                pipe: Some(pipe),
            }),
            Err(source) => {
                // It has hardly begun: its leader is all there is of it.
                let _ = leader.start_kill();
                Err(cannot(source))
            }
        }
    }

    /// Returns when any answer comes from `url`.
    async fn until_ready(&mut self, url: &str, patience: Duration) -> Result<(), BuildError> {
        let client = client().map_err(BuildError::io("the HTTP client cannot be set up"))?;
        let began = Instant::now();
        loop {
            if timeout(LOOK_PATIENCE, client.get(url).send())
                .await
                .is_ok_and(|answer| answer.is_ok())
            {
                return Ok(());
            }
            let status = self.leader.try_wait();
            if let Some(status) = status.map_err(BuildError::io("its end cannot be seen"))? {
                return Err(self.ended(status));
            }
            let waited = began.elapsed();
            if waited >= patience {
                return Err(BuildError::NotReady {
                    command: self.command.clone(),
                    url: url.to_owned(),
                    waited_s: waited.as_secs_f64(),
                    log: self.log.clone(),
                    tail: tail(&self.log),
                });
            }
            sleep(BETWEEN_LOOKS).await;
        }
    }

    fn ended(&self, status: ExitStatus) -> BuildError {
        BuildError::Ended {
            command: self.command.clone(),
            how: status.to_string(),
            log: self.log.clone(),
            tail: tail(&self.log),
        }
    }

    /// Lets the watchdog end the group, and waits until it has. The leader is waited for meanwhile: as long as
    /// it is not, the group counts as there.
    async fn end(mut self) -> Result<(), BuildError> {
        drop(self.pipe.take());
        let both = async { tokio::join!(self.leader.wait(), self.watchdog.wait()) };
        match timeout(END_PATIENCE, both).await {
            Ok((Ok(_), Ok(_))) => Ok(()),
            _ => Err(BuildError::StillThere {
                command: self.command.clone(),
                group: self.id,
            }),
        }
    }
}

fn watchdog(group: u32) -> io::Result<(Child, ChildStdin)> {
    let mut shell = Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog", &group.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C goes to the terminal's group, and is not for the one that clears away.
        .process_group(0)
        .spawn()?;
    let pipe = shell.stdin.take();
    let pipe = pipe.ok_or_else(|| io::Error::other("the watchdog has no standard input"))?;
    Ok((shell, pipe))
}

/// A client for the loopback, past every proxy.
fn client() -> io::Result<reqwest::Client> {
    // Another part of the process may have installed the provider already; one is enough.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(io::Error::other)
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn is_taken(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_err()
}

/// The last lines of a log, each indented on a line of its own, with nothing in them that moves a cursor.
fn tail(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let end = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
    let text = String::from_utf8_lossy(end);
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(TAIL_LINES)..];
    if last.is_empty() {
        return "\n  (nothing)".to_owned();
    }
    let visible = |line: &&str| line.replace(|c: char| c.is_control() && c != '\t', "?");
    last.iter()
        .map(|line| format!("\n  {}", visible(line)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a process of the group is there. One that ended and that nobody has waited for yet is not: in some
    /// containers nobody does.
    fn is_there(group: u32) -> bool {
        let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let mut stats =
            processes.filter_map(|one| fs::read_to_string(one.path().join("stat")).ok());
        stats.any(|stat| {
            // After the name, which may hold anything: state, parent, group.
            let mut fields = stat.rsplit(')').next().unwrap().split_whitespace();
            let (state, group_of) = (fields.next(), fields.nth(1));
            state != Some("Z") && group_of == Some(&*group.to_string())
        })
    }

    #[tokio::test]
    async fn a_server_is_ended_with_all_that_it_started() {
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("old.log");
        let command = "sleep 1000 & exec python3 -m http.server --bind 127.0.0.1 $PORT";
        let patience = Duration::from_secs(30);
        let serving = start(command, place.path(), &log, "/", patience)
            .await
            .unwrap();
        let group = serving.group();
        assert!(
            serving.url.starts_with("http://127.0.0.1:"),
            "{}",
            serving.url
        );
        assert!(is_there(group));
        serving.stop().await.unwrap();
        assert!(!is_there(group), "the group {group} is left");
    }

    /// The first time the command ends when its port is taken, as a server does that finds it so.
    #[tokio::test]
    async fn a_command_whose_port_was_taken_meanwhile_is_started_again_with_another() {
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("old.log");
        let command = "[ -e taken ] && exec python3 -m http.server --bind 127.0.0.1 $PORT
            echo $PORT >noted && mv noted port
            while [ ! -e taken ]; do sleep 0.02; done
            exit 98";
        let patience = Duration::from_secs(30);
        let starting = start(command, place.path(), &log, "/", patience);
        let taking = async {
            let port = loop {
                if let Ok(text) = fs::read_to_string(place.path().join("port")) {
                    break text.trim().parse::<u16>().unwrap();
                }
                sleep(BETWEEN_LOOKS).await;
            };
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
                .await
                .unwrap();
            fs::write(place.path().join("taken"), "").unwrap();
            // Whoever calls is turned away.
            while listener.accept().await.is_ok() {}
        };
        let serving = tokio::select! {
            serving = starting => serving.unwrap(),
            () = taking => panic!("nobody else listens"),
        };
        let taken = fs::read_to_string(place.path().join("port")).unwrap();
        assert!(
            !serving.url.ends_with(&format!(":{}", taken.trim())),
            "{}",
            serving.url
        );
        serving.stop().await.unwrap();
    }

    #[tokio::test]
    async fn a_dropped_server_is_ended_too() {
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("old.log");
        let group = Group::start("sleep 1000", place.path(), &log, &[]).unwrap();
        let id = group.id;
        assert!(is_there(id));
        drop(group);
        // The watchdog is another process, and has its 5 s.
        let end = Instant::now() + END_PATIENCE;
        while is_there(id) && Instant::now() < end {
            sleep(BETWEEN_LOOKS).await;
        }
        assert!(!is_there(id), "the group {id} is left");
    }

    #[tokio::test]
    async fn a_server_that_ends_or_never_answers_is_told_with_its_last_words() {
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("old.log");
        let ended = start(
            "echo 'no \u{1b}[2J database'; exit 3",
            place.path(),
            &log,
            "/",
            Duration::from_secs(30),
        );
        let error = ended.await.unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("no ?[2J database"), "{error}");
        let silent = start(
            "echo waiting; exec sleep 1000",
            place.path(),
            &log,
            "/",
            Duration::from_secs(3),
        );
        let error = silent.await.unwrap_err();
        assert!(matches!(error, BuildError::NotReady { .. }), "{error}");
        assert!(error.to_string().contains("waiting"), "{error}");
    }

    #[tokio::test]
    async fn a_command_that_builds_tells_how_it_failed() {
        let place = tempfile::tempdir().unwrap();
        let log = place.path().join("build.log");
        build("echo made > it", place.path(), &log).await.unwrap();
        assert!(place.path().join("it").exists());
        let error = build("echo no compiler >&2; false", place.path(), &log).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("exit status: 1"), "{error}");
        assert!(error.contains("no compiler"), "{error}");
    }
}
