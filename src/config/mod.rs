//! `cutover.toml`: valid types and their wire form.
