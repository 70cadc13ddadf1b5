//! A side as the harness reaches it.
