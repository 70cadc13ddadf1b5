//! One file per verb: alone in joining layers and in printing.

mod artefacts;
mod attributing;
mod capacity;
mod check;
mod check_error;
mod clean;
mod comparing;
mod complaint;
mod conclusion;
mod embedded;
mod exported;
mod gates;
mod ground;
mod history;
mod init;
mod integrity;
mod intent;
mod job_log;
mod judge;
mod looking;
mod machine;
mod measuring;
mod parity;
mod probe;
mod progress;
mod regress;
mod report;
mod run_folder;
mod sandbox;
mod scenario;
mod signals;
mod step_summary;
mod stores;
mod targets;
mod verdict_rule;
mod watching;

use std::io;

use clap::CommandFactory as _;

use crate::cli::{Cli, Command, ScenarioCommand};
use crate::exit::Exit;

/// Where the program's own notes go: standard error, without what a CI system would obey.
#[must_use]
pub fn log() -> impl io::Write {
    complaint::Log
}

/// Does what the command line says.
#[must_use]
pub fn dispatch(cli: Cli) -> Exit {
    match cli.command {
        Command::Check(args) => check::check(&args, check::End::Verdict),
        Command::Run(args) => check::check(&args, check::End::RecordOnly),
        Command::Integrity(args) => integrity::integrity(&args),
        Command::Parity(args) => parity::parity(&args),
        Command::Capacity(args) => capacity::capacity(&args),
        Command::Judge(args) => judge::run(&args),
        Command::Report(args) => report::report(&args),
        Command::Regress(args) => regress::regress(&args),
        Command::History { command } => history::history(&command),
        Command::Scenario {
            command: ScenarioCommand::Check { paths },
        } => scenario::check(&paths),
        Command::Scenario {
            command: ScenarioCommand::Schema,
        } => scenario::schema(),
        Command::Sandbox(args) => sandbox::sandbox(&args),
        Command::Probe(args) => probe::probe(&args),
        Command::Clean(args) => clean::clean(&args),
        Command::Init(args) => init::init(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "cutover", &mut script);
            complaint::give(String::from_utf8_lossy(&script).trim_end());
            Exit::Success
        }
    }
}
