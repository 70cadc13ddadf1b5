//! A Notion simulator.
