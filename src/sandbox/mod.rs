//! The embedded world: a Notion simulator, an ephemeral PostgreSQL, and the reference API on each.

pub mod notion;
pub mod postgres;
