//! Requests of our own to both builds, block by block.

use super::frame::Frame;
use super::intent::Requests;
use super::running::Running;
use super::{Measured, RegressError, build_of};
use crate::cmd::complaint::say;
use crate::cmd::measuring::left_behind;
use crate::pace::Pace;
use crate::plan::{BlockPlan, Plan};
use crate::record::{Block, BlockRecord, Build, Missing, Origin, Series, Side, Stopped};
use crate::run::{Builds, Journal, Lane, Part, Session, TurnSamples};
use crate::target::AnyTarget;

/// Starts both builds, measures them, and ends them again.
pub(super) async fn of_requests(
    requests: &Requests,
    frame: &Frame<'_>,
) -> Result<Measured, RegressError> {
    for announcement in &requests.announcements {
        frame.say(announcement);
    }
    frame.folder.keep_scenarios(&requests.scenarios)?;
    let running = Running::start(&requests.ground, frame).await?;
    let measured = measured(requests, &running, frame).await;
    // They are ended before anything can go wrong with what they showed; and what they showed is kept, whatever
    // becomes of ending them.
    let ended = running.end().await;
    let mut measured = measured?;
    if let (None, Err(error)) = (&measured.stopped_by, ended) {
        measured.stopped_by = Some(error);
    }
    Ok(measured)
}

async fn measured(
    requests: &Requests,
    running: &Running,
    frame: &Frame<'_>,
) -> Result<Measured, RegressError> {
    let plan = Plan::new(
        frame.folder.run.clone(),
        frame.seed,
        Vec::new(),
        requests.bounds.clone(),
        requests.writes_allowed,
    );
    let journal = Journal::in_folder(&frame.folder.path);
    let session = Session {
        plan: &plan,
        clock: frame.clock,
        interrupt: frame.interrupt.clone(),
        journal: &journal,
        sandbox: running.is_sandbox(),
    };
    let lane = |side, target| {
        Lane::new(side, target, Pace::unlimited()).with_variables(running.variables.clone())
    };
    let [old, new] = &running.targets;
    let (old, new) = (lane(Side::Baseline, old), lane(Side::Candidate, new));
    let record = frame.record(
        frame.settings(Origin::Requests),
        Some(running.world.clone()),
        running.facts.clone(),
    );
    let mut comparing = Comparing {
        requests,
        frame,
        builds: Builds::new(&session, &old, &new),
        record,
        made: 0,
    };
    let stopped_by = comparing.all().await.err();
    let Comparing {
        mut record, made, ..
    } = comparing;
    record.leftovers = left_behind(&journal, build_of)?;
    match stopped_by {
        // Nothing was measured that could be kept.
        Some(error) if made == 0 => Err(error),
        Some(RegressError::Interrupted) => Ok(frame.measured(record, None)),
        stopped_by => {
            record.interrupted = stopped_by.is_some();
            Ok(frame.measured(record, stopped_by))
        }
    }
}

/// A comparison under way.
struct Comparing<'r> {
    requests: &'r Requests,
    frame: &'r Frame<'r>,
    builds: Builds<'r, &'r AnyTarget>,
    record: BlockRecord,
    /// Whole blocks so far.
    made: u32,
}

impl Comparing<'_> {
    /// From the first contact to the last clean-up.
    async fn all(&mut self) -> Result<(), RegressError> {
        let measured = match self.begin().await {
            Ok(()) => self.blocks().await,
            failed => failed,
        };
        let settled = self.settle().await;
        measured.and(settled)
    }

    /// Sees that both answer, makes the iterations that are discarded, and finds out which build lacks what.
    async fn begin(&mut self) -> Result<(), RegressError> {
        for scenario in &self.requests.scenarios {
            whole(self.builds.contact(scenario).await?)?;
        }
        let settings = &self.record.settings;
        let plan = BlockPlan::new(self.frame.seed, 0, settings.warm_up, settings.samples);
        for scenario in &self.requests.scenarios {
            let missing = whole(self.builds.warm_up(scenario, &plan.warm_up()).await?)?;
            tell_missing(&scenario.name, &missing);
            self.record.series.push(Series {
                name: scenario.name.clone(),
                quantiles: self.requests.quantiles.clone(),
                missing,
                blocks: Vec::new(),
            });
        }
        Ok(())
    }

    /// Block by block, until all is decided or all are made.
    async fn blocks(&mut self) -> Result<(), RegressError> {
        let settings = &self.record.settings;
        let scenarios = self.requests.scenarios.len();
        let (seed, blocks) = (self.frame.seed, settings.blocks);
        let plan = BlockPlan::new(seed, scenarios, settings.warm_up, settings.samples);
        if self
            .record
            .series
            .iter()
            .all(|series| !series.missing.is_empty())
        {
            return Ok(());
        }
        for k in 0..blocks {
            self.block(&plan, k).await?;
            self.made = k + 1;
            if self.frame.is_enough(&self.record, self.made) {
                break;
            }
        }
        Ok(())
    }

    /// One block of every scenario; it counts when all of it was made.
    async fn block(&mut self, plan: &BlockPlan, k: u32) -> Result<(), RegressError> {
        let mut made = Vec::new();
        for turns in plan.block(k) {
            let place = turns.scenario;
            if !self.record.series[place].missing.is_empty() {
                continue;
            }
            let at_s = self.frame.clock.elapsed().as_secs_f64();
            let scenario = &self.requests.scenarios[place];
            let TurnSamples { old, new } = whole(self.builds.turns(scenario, &turns.order).await?)?;
            made.push((place, Block { at_s, old, new }));
        }
        for (place, block) in made {
            self.record.series[place].blocks.push(block);
        }
        Ok(())
    }

    async fn settle(&self) -> Result<(), RegressError> {
        for scenario in &self.requests.scenarios {
            self.builds.settle(scenario).await?;
        }
        Ok(())
    }
}

/// A line for each build that does not answer a scenario, which says what it comes to.
fn tell_missing(scenario: &str, missing: &[Missing]) {
    let is_lost = missing.iter().all(|one| one.build == Build::New);
    for Missing { build, seen } in missing {
        let comes_to = if is_lost {
            "The old build does: that is a REGRESSION; correct the new build, or leave the scenario out with --only"
        } else {
            "It is not compared, and nothing is decided; leave it out with --only until both builds answer it"
        };
        say(format_args!(
            "error: the {} build does not answer the scenario {scenario} as it expects: {seen}. {comes_to}",
            build.name()
        ));
    }
}

/// What was made, or why it was not.
fn whole<S>(part: Part<S>) -> Result<S, RegressError> {
    let why = match part {
        Part::Whole(made) => return Ok(made),
        Part::CutShort(why) => why,
    };
    Err(match why {
        Stopped::PauseTooLong => RegressError::Run(
            "a build asks for a longer pause than `max_pause` of the configuration allows; raise it with \
             --config, or lift the limit of the build"
                .to_owned(),
        ),
        Stopped::CleanUp => RegressError::Run(
            "what was created could not be removed again, three times; see the run's journal, and remove it with \
             `cutover clean`"
                .to_owned(),
        ),
        _ => RegressError::Interrupted,
    })
}
