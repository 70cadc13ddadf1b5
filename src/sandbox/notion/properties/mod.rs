//! What a database's pages may hold and what they hold: property types, their values, texts and
//! points in time.
//!
//! ```text
//! property   one property's declaration, with the ids and options that Notion makes up
//! schema     all properties of a data source, found by name or id
//! value      what a page holds in a property, and what a write asks for (text, moment)
//! shown      how a page's value looks in an answer
//! ```

pub(crate) mod moment;
pub(crate) mod property;
pub(crate) mod schema;
pub(crate) mod shown;
pub(crate) mod text;
pub(crate) mod value;
