//! May this application leave the Notion API for PostgreSQL?
//!
//! A migration guide promises 10 to 100 times the speed, the cutover cannot be undone, and nobody has
//! measured the promises. `cutover` measures both sides with the same scenarios, within Notion's
//! limit, and ends in GO, NO-GO or INCONCLUSIVE, with the evidence.
//!
//! ```text
//! scenario + config -> plan -> run (pace, target) -> record -> stats -> verdict -> report
//! └──────── touches the world, is slow ─────────┘   waist    └── pure, can be repeated ──┘
//! ```
//!
//! `record` is the waist: everything after it follows from the file alone, so that an old run can be
//! judged and shown again. `cmd` joins the rooms and is alone in printing; `sandbox` is a world to
//! measure that knows nothing of the rest. Imports point one way (`tests/architecture.rs`).
//!
//! | room | what is in it |
//! |---|---|
//! | [`cli`], [`cmd`], [`exit`] | the command line, the verbs, the exit codes |
//! | [`units`], [`promise`], [`driver`], [`diagnostic`] | what people write, and how mistakes in it are told |
//! | [`scenario`], [`config`], [`plan`] | what shall be measured |
//! | [`pace`], [`target`], [`run`] | measuring it |
//! | [`database`] | every word that is said to a PostgreSQL that is not the sandbox's own |
//! | [`capacity`] | a constant rate of reads on the candidate |
//! | [`record`] | the evidence |
//! | [`whole_file`] | a file is written whole or not at all |
//! | [`parity`] | whether both sides give the same answers |
//! | [`stats`], [`verdict`], [`report`] | what it comes to |
//! | [`connections`], [`backups`] | whether both stores can be reached as they must be, and whether there is a way back |
//! | [`integrity`] | whether all the data is there: an export of Notion against the tables |
//! | [`builds`], [`benchmarks`] | two builds to compare, or what another program measured of them |
//! | [`history`] | the runs that a team keeps, and when they changed |
//! | [`figure`] | figures as people read them, in sentences and tables alike |
//! | [`probe`] | measuring Notion a little, for a latency profile of one's own |
//! | [`sandbox`] | the embedded world |

pub mod backups;
pub mod benchmarks;
pub mod builds;
pub mod capacity;
pub mod cli;
pub mod cmd;
pub mod config;
pub mod connections;
pub mod database;
pub mod diagnostic;
pub mod driver;
pub mod exit;
pub mod figure;
pub mod history;
pub mod integrity;
pub mod pace;
pub mod parity;
pub mod plan;
pub mod probe;
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
pub mod whole_file;
