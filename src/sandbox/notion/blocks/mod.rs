//! Blocks: what stands on a page below its properties.
//!
//! Notion has some thirty-five types of them, and a client finds out only by a refusal which field
//! of which type may be given when. So the types are rows of one table, and reading, changing and
//! answering follow the table. Nothing here knows of HTTP or of a database:
//!
//! ```text
//! kind      the table: each type's fields, what it may hold, who may write it
//! shape     one field's value: read from a request into the form in which it is answered
//! content   what one block says, read, changed and answered by its kind's row
//! draft     the `children` of a request: blocks with blocks in them, within Notion's limits
//! tree      all blocks by id, in their order
//! listing   one page of a list, by cursor (comments are listed so, too)
//! answer    a block as each version shows it
//! ```
//!
//! Facts: the declarations of Notion's own JavaScript client, 2.2.15 and 5.26. Notion makes a new
//! version only for what would break a client, so new types of blocks and new fields are there in
//! every version.

pub(crate) mod answer;
pub(crate) mod content;
pub(crate) mod draft;
pub(crate) mod kind;
mod shape;
pub(crate) mod tree;
