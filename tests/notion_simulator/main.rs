//! The Notion simulator over real sockets, against tables of what Notion's answers look like.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(unreachable_pub, reason = "the modules of a test are its only readers")]

mod blocks;
mod client;
mod comments;
mod faults;
mod limits;
mod refusals;
mod shapes;
mod snapshot;
mod speaker;
mod tables;
mod writes;
