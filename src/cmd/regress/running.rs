//! Both builds, reachable: found, started, or embedded; and their end.
//!
//! Whatever is started here is owned by a [`Running`], whose end is awaited before any error is told. What an
//! error leaves half started is ended before the error is returned.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use url::Url;

use super::RegressError;
use super::frame::Frame;
use super::intent::{Ground, Reach};
use crate::builds::{self, BuildError, Checkout, Serving, check_out};
use crate::cli::NotionLimit;
use crate::cmd::embedded::{Embedded, EmbeddedError};
use crate::cmd::sandbox::{database_url, limit_settings};
use crate::cmd::targets;
use crate::config::TargetConfig;
use crate::record::{Build, BuildFacts, SandboxFacts, World};
use crate::sandbox::profile::Profile;
use crate::sandbox::{Options, Slow};
use crate::target::{AnyTarget, Target as _, TargetError};

/// Both builds, the old one first.
pub(super) struct Running {
    pub(super) targets: [AnyTarget; 2],
    /// What templates know of either.
    pub(super) variables: BTreeMap<String, String>,
    pub(super) facts: [BuildFacts; 2],
    pub(super) world: World,
    owned: Owned,
}

/// What ends with the run.
enum Owned {
    Nothing,
    Worlds(Box<[Embedded; 2]>),
    Started(Started),
}

impl Running {
    /// Starts what has to be started.
    pub(super) async fn start(ground: &Ground, frame: &Frame<'_>) -> Result<Self, RegressError> {
        match ground {
            Ground::Live(builds) => {
                let facts = |target: &AnyTarget| BuildFacts {
                    source: target.facts().base_url,
                    commit: None,
                };
                Ok(live(builds, facts)?)
            }
            Ground::Sandbox { profile, slow } => sandboxes(profile, *slow, frame).await,
            Ground::Started { commands, reach } => {
                let mut started = Started::default();
                let made = started.commands(commands, frame).await;
                let sources = commands.clone().map(|source| BuildFacts {
                    source,
                    commit: None,
                });
                started.reached(made, sources, reach).await
            }
            Ground::Commits {
                revisions,
                build,
                start,
                reach,
            } => {
                let mut started = Started::default();
                let made = started
                    .commits(revisions, build.as_deref(), start, frame)
                    .await;
                let mut commits = started.commits.iter().map(|found| found.commit.clone());
                let sources = revisions.clone().map(|revision| BuildFacts {
                    source: format!("{start} ({revision})"),
                    commit: commits.next(),
                });
                drop(commits);
                started.reached(made, sources, reach).await
            }
        }
    }

    /// Whether both are worlds of our own, which end with the run.
    pub(super) fn is_sandbox(&self) -> bool {
        matches!(self.owned, Owned::Worlds(_))
    }

    /// Ends what was started.
    pub(super) async fn end(self) -> Result<(), RegressError> {
        match self.owned {
            Owned::Nothing => Ok(()),
            Owned::Worlds(worlds) => Ok(end_worlds(*worlds)?),
            Owned::Started(started) => started.end().await,
        }
    }
}

fn live(
    builds: &[TargetConfig; 2],
    facts: impl Fn(&AnyTarget) -> BuildFacts,
) -> Result<Running, TargetError> {
    let [old, new] = builds;
    let targets = [targets::configured(old)?, targets::configured(new)?];
    Ok(Running {
        facts: [facts(&targets[0]), facts(&targets[1])],
        targets,
        variables: old.variables.clone(),
        world: World::Live,
        owned: Owned::Nothing,
    })
}

/// Two worlds from one seed; what is planted is in the new one.
async fn sandboxes(
    profile: &Profile,
    slow: Option<Slow>,
    frame: &Frame<'_>,
) -> Result<Running, RegressError> {
    let options = |profile: Profile| Options {
        profile,
        seed: frame.seed,
        limit: limit_settings(NotionLimit::Both),
        database_url: database_url(),
        postgres_bin: frame.args.postgres_bin.clone(),
        plant: None,
    };
    let planted = Profile {
        slow,
        ..profile.clone()
    };
    let (old, new) = tokio::join!(
        Embedded::start(options(profile.clone())),
        Embedded::start(options(planted))
    );
    let worlds = match (old, new) {
        (Ok(old), Ok(new)) => [old, new],
        (Ok(world), Err(error)) | (Err(error), Ok(world)) => {
            world.stop()?;
            return Err(error.into());
        }
        (Err(error), Err(_)) => return Err(error.into()),
    };
    let [old, new] = &worlds;
    let facts = |source: &str| BuildFacts {
        source: source.to_owned(),
        commit: None,
    };
    let slowed = slow.map_or_else(String::new, |slow| format!(", {slow}"));
    let facts = [facts("the sandbox"), facts(&format!("the sandbox{slowed}"))];
    let world = World::Sandbox(Box::new(SandboxFacts {
        profile: new.profile.clone(),
        postgres: new.postgres.clone(),
        notion: None,
    }));
    let targets = targets::embedded(&old.candidate_url)
        .and_then(|old| Ok([old, targets::embedded(&new.candidate_url)?]));
    match targets {
        Ok(targets) => Ok(Running {
            targets,
            variables: BTreeMap::new(),
            facts,
            world,
            owned: Owned::Worlds(Box::new(worlds)),
        }),
        Err(error) => {
            end_worlds(worlds)?;
            Err(error.into())
        }
    }
}

/// Ends both, also when the first does not end as it should.
fn end_worlds([old, new]: [Embedded; 2]) -> Result<(), EmbeddedError> {
    let ended = [old.stop(), new.stop()];
    ended.into_iter().try_for_each(|ended| ended.map(drop))
}

/// Commands that serve, and the checkouts that they run in.
#[derive(Default)]
struct Started {
    serving: Vec<Serving>,
    commits: Vec<Checkout>,
    /// Where the checkouts are; removed after them.
    place: Option<TempDir>,
}

impl Started {
    async fn commands(
        &mut self,
        commands: &[String; 2],
        frame: &Frame<'_>,
    ) -> Result<(), RegressError> {
        for (build, command) in Build::BOTH.into_iter().zip(commands) {
            self.serve(build, command, Path::new("."), frame).await?;
        }
        Ok(())
    }

    /// Checks both out and builds both before either is started: a compiler beside a server is no neighbour to
    /// measure with, and a commit that is none is told before anything is built.
    async fn commits(
        &mut self,
        revisions: &[String; 2],
        command: Option<&str>,
        start: &str,
        frame: &Frame<'_>,
    ) -> Result<(), RegressError> {
        let place = tempfile::Builder::new().prefix("cutover-").tempdir();
        let place = place.map_err(|source| RegressError::Build {
            build: Build::Old.name(),
            source: BuildError::Io {
                what: "no temporary folder can be made".to_owned(),
                source,
            },
        })?;
        let under = place.path().to_owned();
        self.place = Some(place);
        for (build, revision) in Build::BOTH.into_iter().zip(revisions) {
            let found = check_out(Path::new("."), revision, &under);
            self.commits.push(found.map_err(of(build))?);
        }
        let folders: Vec<PathBuf> = self.commits.iter().map(|one| one.folder.clone()).collect();
        if let Some(command) = command {
            for (build, folder) in Build::BOTH.into_iter().zip(&folders) {
                frame.say(format_args!("building the {} build", build.name()));
                let log = frame
                    .folder
                    .path
                    .join(format!("{}-build.log", build.name()));
                unless_stopped(frame, builds::build(command, folder, &log))
                    .await?
                    .map_err(of(build))?;
            }
        }
        for (build, folder) in Build::BOTH.into_iter().zip(&folders) {
            self.serve(build, start, folder, frame).await?;
        }
        Ok(())
    }

    async fn serve(
        &mut self,
        build: Build,
        command: &str,
        folder: &Path,
        frame: &Frame<'_>,
    ) -> Result<(), RegressError> {
        frame.say(format_args!("starting the {} build", build.name()));
        let log = frame.folder.path.join(format!("{}.log", build.name()));
        let args = frame.args;
        let serving = builds::start(
            command,
            folder,
            &log,
            args.ready_path(),
            args.start_timeout(),
        );
        let serving = unless_stopped(frame, serving).await?.map_err(of(build))?;
        self.serving.push(serving);
        Ok(())
    }

    /// The builds as they are reached, when both came; else the end of those that did.
    async fn reached(
        self,
        made: Result<(), RegressError>,
        facts: [BuildFacts; 2],
        reach: &Reach,
    ) -> Result<Running, RegressError> {
        let targets = made.and_then(|()| self.targets(reach));
        match targets {
            Ok((targets, variables)) => Ok(Running {
                targets,
                variables,
                facts,
                world: World::Live,
                owned: Owned::Started(self),
            }),
            Err(error) => {
                self.end().await?;
                Err(error)
            }
        }
    }

    fn targets(
        &self,
        reach: &Reach,
    ) -> Result<([AnyTarget; 2], BTreeMap<String, String>), RegressError> {
        let target = |place: usize| {
            let url = self.serving.get(place).map_or("", |it| it.url.as_str());
            let url = Url::parse(url).map_err(|_| TargetError::Url(url.to_owned()))?;
            targets::configured(&reach.at(url))
        };
        Ok(([target(0)?, target(1)?], reach.variables.clone()))
    }

    /// Ends every command, then removes every checkout; the first error is told, the rest is ended all the same.
    async fn end(self) -> Result<(), RegressError> {
        let mut ended = Ok(());
        let Self {
            serving,
            commits,
            place,
        } = self;
        for (build, serving) in Build::BOTH.into_iter().zip(serving) {
            ended = ended.and(serving.stop().await.map_err(of(build)));
        }
        for (build, checkout) in Build::BOTH.into_iter().zip(commits) {
            ended = ended.and(checkout.remove().map_err(of(build)));
        }
        drop(place);
        ended
    }
}

pub(super) fn of(build: Build) -> impl FnOnce(BuildError) -> RegressError {
    move |source| RegressError::Build {
        build: build.name(),
        source,
    }
}

/// What came, or that the run was asked to stop meanwhile.
pub(super) async fn unless_stopped<T>(
    frame: &Frame<'_>,
    coming: impl Future<Output = T>,
) -> Result<T, RegressError> {
    tokio::select! {
        came = coming => Ok(came),
        () = frame.interrupt.wait() => Err(RegressError::Interrupted),
    }
}
