//! Both targets of a run, and the embedded world behind them when it is ours.

use std::collections::BTreeMap;
use std::path::Path;

use super::check_error::CheckError;
use super::embedded::Embedded;
use super::intent::Ground;
use super::sandbox::{database_url, limit_settings};
use super::targets;
use crate::cli::NotionLimit;
use crate::record::{SandboxFacts, World};
use crate::sandbox::Options;
use crate::target::AnyTarget;

/// Both targets, and the world behind them when it is ours.
pub(super) struct Prepared {
    pub(super) baseline: AnyTarget,
    pub(super) candidate: AnyTarget,
    /// What templates know of each, the baseline's first.
    pub(super) variables: [BTreeMap<String, String>; 2],
    pub(super) embedded: Option<Embedded>,
    pub(super) world: World,
}

impl Prepared {
    /// Starts what has to be started.
    pub(super) async fn start(
        ground: &Ground,
        seed: u64,
        limit: NotionLimit,
        postgres_bin: Option<&Path>,
    ) -> Result<Self, CheckError> {
        match ground {
            Ground::Live {
                baseline,
                candidate,
            } => Ok(Self {
                baseline: targets::configured(baseline)?,
                candidate: targets::configured(candidate)?,
                variables: [baseline.variables.clone(), candidate.variables.clone()],
                embedded: None,
                world: World::Live,
            }),
            Ground::Sandbox { profile, plant } => {
                let embedded = Embedded::start(Options {
                    profile: profile.clone(),
                    seed,
                    limit: limit_settings(limit),
                    database_url: database_url(),
                    postgres_bin: postgres_bin.map(Path::to_owned),
                    plant: *plant,
                })
                .await?;
                let targets = targets::embedded(&embedded.baseline_url).and_then(|baseline| {
                    Ok((baseline, targets::embedded(&embedded.candidate_url)?))
                });
                let (baseline, candidate) = match targets {
                    Ok(targets) => targets,
                    Err(error) => {
                        embedded.stop()?;
                        return Err(error.into());
                    }
                };
                let facts = SandboxFacts {
                    profile: embedded.profile.clone(),
                    postgres: embedded.postgres.clone(),
                    notion: None,
                };
                let world = World::Sandbox(Box::new(facts));
                Ok(Self {
                    baseline,
                    candidate,
                    variables: [BTreeMap::new(), BTreeMap::new()],
                    embedded: Some(embedded),
                    world,
                })
            }
        }
    }
}
