//! May this application leave the Notion API for PostgreSQL? `cutover` measures both sides with the
//! same scenarios, within Notion's limit, and ends in GO, NO-GO or INCONCLUSIVE, with the evidence.

pub mod cli;
pub mod cmd;
pub mod config;
pub mod diagnostic;
pub mod exit;
pub mod pace;
pub mod plan;
pub mod promise;
pub mod record;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod scenario;
pub mod stats;
pub mod target;
pub mod units;
pub mod verdict;
