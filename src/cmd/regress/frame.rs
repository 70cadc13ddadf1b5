//! What holds for a comparison however it is measured: its settings, and the frame of its record.

use std::fmt::Display;

use super::{Measured, RegressError};
use crate::cli::RegressArgs;
use crate::cmd::complaint::say;
use crate::cmd::machine::{command_line, machine, tool};
use crate::cmd::run_folder::RunFolder;
use crate::pace::Clock;
use crate::record::{
    BLOCKS_SCHEMA_VERSION, BlockRecord, BlockSettings, BlocksKind, BuildFacts, Origin, World,
    looks_of,
};
use crate::run::Interrupt;
use crate::verdict::judge_blocks;

/// What holds for a comparison.
pub(super) struct Frame<'a> {
    pub(super) args: &'a RegressArgs,
    pub(super) folder: &'a RunFolder,
    pub(super) seed: u64,
    /// Counts from the start of the run.
    pub(super) clock: Clock,
    /// The wish to stop.
    pub(super) interrupt: Interrupt,
    started: jiff::Timestamp,
}

impl<'a> Frame<'a> {
    /// Begins now.
    pub(super) fn new(
        args: &'a RegressArgs,
        folder: &'a RunFolder,
        seed: u64,
        interrupt: Interrupt,
    ) -> Self {
        Self {
            args,
            folder,
            seed,
            clock: Clock::start(),
            interrupt,
            started: jiff::Timestamp::now(),
        }
    }

    /// What the command line settles before the first block; whoever measures otherwise changes it.
    pub(super) fn settings(&self, origin: Origin) -> BlockSettings {
        let args = self.args;
        let is_ours = origin == Origin::Requests;
        BlockSettings {
            origin,
            blocks: args.blocks(),
            samples: if is_ours { args.samples() } else { 0 },
            warm_up: if is_ours { args.warm_up() } else { 0 },
            margin: args.margin,
            looks: looks_of(args.blocks(), args.looks()),
        }
    }

    /// A record without a series yet.
    pub(super) fn record(
        &self,
        settings: BlockSettings,
        world: Option<World>,
        [old, new]: [BuildFacts; 2],
    ) -> BlockRecord {
        BlockRecord {
            kind: BlocksKind::Blocks,
            schema_version: BLOCKS_SCHEMA_VERSION,
            run: self.folder.run.clone(),
            command: command_line(),
            tool: tool(),
            started: self.started.to_string(),
            elapsed_s: 0.0,
            seed: self.seed,
            machine: machine(),
            world,
            old,
            new,
            settings,
            series: Vec::new(),
            interrupted: false,
            leftovers: Vec::new(),
        }
    }

    /// After a whole block: says so, and tells whether it is one after which the run may look, and everything is
    /// decided.
    pub(super) fn is_enough(&self, record: &BlockRecord, made: u32) -> bool {
        let blocks = record.settings.blocks;
        let seconds = self.clock.elapsed().as_secs_f64();
        self.say(format_args!("block {made} of {blocks} ({seconds:.0} s)"));
        record.settings.looks.contains(&made) && judge_blocks(record).is_decided()
    }

    /// Says how the run gets on, on standard error.
    pub(super) fn say(&self, line: impl Display) {
        if !self.args.output_style.quiet {
            say(line);
        }
    }

    /// What was measured when nothing more is, with the reason if that was not planned.
    pub(super) fn measured(
        &self,
        record: BlockRecord,
        stopped_by: Option<RegressError>,
    ) -> Measured {
        let record = BlockRecord {
            elapsed_s: self.clock.elapsed().as_secs_f64(),
            interrupted: record.interrupted || self.interrupt.requested(),
            ..record
        };
        Measured { record, stopped_by }
    }
}
