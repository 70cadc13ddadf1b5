//! The runs that a team keeps: what was kept is what is read, a change is found between the right commits,
//! and nothing that is wrong in the folder ever reads like good news.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: what cannot be had must fail it"
)]

mod alarms;
mod cache;
mod changes;
mod entries;
mod folder;
mod foreign;
mod keeping;
mod merging;
mod newest;
mod pure;
mod shown;
mod thousand;
mod verbs;
