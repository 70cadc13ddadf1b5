//! `check` and `run`: measure both sides, keep the record, and (for `check`) come to a verdict.

use serde_json::json;
use tokio::runtime;

use super::check_error::CheckError;
use super::complaint::{complain, give, say};
use super::conclusion;
use super::embedded::Embedded;
use super::gates;
use super::ground::Prepared;
use super::intent::{Intent, IntentError};
use super::looking::Looking;
use super::measuring::{Around, measured};
use super::run_folder::RunFolder;
use super::signals;
use super::stores::{Stores, StoresError};
use crate::cli::CheckArgs;
use crate::exit::Exit;
use crate::record::{self, World};

/// What a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A verdict.
    Verdict,
    /// The record only.
    RecordOnly,
}

/// Runs the verb.
pub(super) fn check(args: &CheckArgs, end: End) -> Exit {
    if args.png && end == End::RecordOnly {
        say("error: `run` makes no charts; leave out --png, or use `check`");
        return Exit::Usage;
    }
    let intent = match Intent::resolve(args) {
        Ok(intent) => intent,
        Err(error) => {
            match &error {
                // It comes with its own headings, one for each mistake.
                IntentError::Files(_) => say(&error),
                _ => complain(&error),
            }
            return Exit::Usage;
        }
    };
    conduct(intent, args, end)
}

/// Does what an intent says, to its end.
pub(super) fn conduct(intent: Intent, args: &CheckArgs, end: End) -> Exit {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ended = runtime
        .map_err(CheckError::Runtime)
        .and_then(|runtime| runtime.block_on(run(intent, args, end)));
    ended.unwrap_or_else(|error| {
        complain(&error);
        error.exit()
    })
}

async fn run(mut intent: Intent, args: &CheckArgs, end: End) -> Result<Exit, CheckError> {
    let interrupt = signals::listen();
    let folder = RunFolder::create(&intent.output)?;
    folder.keep_scenarios(&intent.compared)?;
    let style = args.output_style;
    if let (Some(announcement), false) = (&intent.announcement, style.quiet) {
        say(format_args!("{announcement}."));
    }
    let bin = args.postgres_bin.as_deref();
    let mut prepared = Prepared::start(&intent.ground, intent.seed, args.notion_limit, bin).await?;
    let stores = match stores(&mut intent, &mut prepared).await {
        Ok(stores) => stores,
        Err(error) => {
            prepared.embedded.map(Embedded::stop).transpose()?;
            complain(&error);
            return Ok(Exit::World);
        }
    };
    let around = Around {
        folder: &folder,
        prepared: &prepared,
        stores: stores.as_deref(),
        style,
    };
    let measured = measured(intent, &around, interrupt).await;
    drop(stores);
    // The world is taken down before anything can go wrong with what it showed, and what it showed
    // is on disk before anything is said about taking it down.
    let taken_down = prepared.embedded.map(Embedded::stop).transpose();
    let (mut record, stopped_by) = measured?;
    if let (World::Sandbox(facts), Ok(Some(notion))) = (&mut record.world, &taken_down) {
        facts.notion = Some(notion.clone());
    }
    record::write(&record, &folder.path.join("record.json"))?;
    taken_down?;
    if let Some(error) = stopped_by {
        say(format_args!(
            "What was measured until then: {}",
            folder.path.join("record.json").display()
        ));
        return Err(error.into());
    }
    match end {
        End::RecordOnly => {
            if style.json {
                give(json!({ "run": record.run, "record": folder.path.join("record.json") }));
            }
            folder.tell("record.json", style);
            Ok(if record.interrupted {
                Exit::Interrupted
            } else {
                Exit::Success
            })
        }
        End::Verdict => conclusion::conclude(&record, &folder, args.output_style, args.png),
    }
}

/// What stands behind both sides, where it is named or known and something asks for it.
async fn stores(
    intent: &mut Intent,
    prepared: &mut Prepared,
) -> Result<Option<Box<Stores>>, StoresError> {
    let Some(embedded) = &prepared.embedded else {
        return Ok(intent.stores.take());
    };
    let required = &mut intent.gates.required;
    if !Looking::needs_stores(required) {
        return Ok(None);
    }
    let stores = Stores::embedded(&embedded.stores)?;
    if !Looking::looks_at_stores(required) {
        return Ok(Some(Box::new(stores)));
    }
    let stores = stores.backed_up(&embedded.stores).await?;
    if stores.lacks_dump() {
        // The sandbox's own dump shows that looking works; a machine without `pg_dump` says nothing of
        // anybody's backups.
        required.retain(|id| id != gates::BACKUPS);
        if let World::Sandbox(facts) = &mut prepared.world {
            let without =
                "backups are not looked at: this machine has no `pg_dump` for the sandbox's server";
            facts.profile.assumptions.push(without.to_owned());
        }
    }
    Ok(Some(Box::new(stores)))
}
