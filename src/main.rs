//! Parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use cutover::cli::Cli;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("CUTOVER_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(cutover::cmd::log)
        .init();
    cutover::cmd::dispatch(Cli::parse()).into()
}
