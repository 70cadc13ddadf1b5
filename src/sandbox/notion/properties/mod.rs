//! What a data source's pages may hold and what they hold: property types, their values, texts and
//! points in time.
//!
//! ```text
//! kind       a property's type with all that Notion keeps for it (options, rollup, formula)
//! property   one property; its declaration by code
//! schema     all properties of a data source, found by name or id
//! change     a request's change of a schema, and what follows (configure, convert)
//! value      what a page holds in a property, and what a write asks for (text, item, file, moment)
//! source     where filters, sorts and rollups read a value from
//! shown      how a page's value looks in an answer (typed)
//! around     what must be known of the rest of the workspace
//! ```

pub(crate) mod around;
pub(crate) mod change;
pub(crate) mod configure;
mod convert;
pub(crate) mod file;
pub(crate) mod formula;
pub(crate) mod item;
pub(crate) mod kind;
pub(crate) mod moment;
pub(crate) mod options;
pub(crate) mod property;
pub(crate) mod rollup;
pub(crate) mod schema;
pub(crate) mod shown;
pub(crate) mod source;
pub(crate) mod text;
pub(crate) mod typed;
pub(crate) mod value;
mod words;
