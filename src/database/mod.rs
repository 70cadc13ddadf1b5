//! PostgreSQL as the harness reaches it: everything that it ever says to a database that is not its
//! own stands in this room.
//!
//! Why one room: a production database is looked at here, often through a transaction pooler, with a
//! password in the URL. Three promises are kept in one place, not in each caller:
//!
//! - Nothing is changed by accident. Whatever runs, runs in an explicit transaction that the server was
//!   told is read-only, and that is rolled back; but for a statement that says that it writes.
//! - A pooler may stand between. A transaction keeps its server connection, and statements are not
//!   given names that another client's connection would meet (`persistent(false)`).
//! - Nothing of a URL is shown but host, port and database.
//!
//! ```text
//! a URL -> Given -> Session ── read ─────> a transaction of the caller's statements
//!                           ├─ catalogue > its tables, columns, indexes and constraints as they are
//!                           ├─ statements_since > how much others asked of it
//!                           ├─ snapshot ─> tables as streams of cells, all of one moment
//!                           └─ ask ──────> one statement, timed, with its rows as JSON
//! ```

mod ask;
pub mod catalogue;
mod cells;
mod error;
mod given;
mod identifier;
mod parameter;
mod protection;
mod restore;
mod rows;
mod session;
mod statements;

pub use ask::{Asked, Rows, Statement};
pub use catalogue::Catalogue;
pub use error::DatabaseError;
pub use given::Given;
pub use identifier::{ColumnName, IdentifierError, TableName};
pub use parameter::Parameter;
pub use protection::Protection;
pub use restore::{RestoreError, Restored, restore};
pub use rows::Snapshot;
pub use session::Session;
pub use statements::{StatementMark, StatementsSeen};
