//! The table of block types. A new type is a new row.

use super::shape::Shape;

/// One type of block.
#[derive(Debug, PartialEq)]
pub(crate) struct Kind {
    /// Notion's name, which is also the key of the content.
    pub(crate) name: &'static str,
    /// The fields of the content, in the order in which they are answered.
    pub(crate) fields: &'static [Field],
    /// Fields of which a content has exactly one, with `type` to say which.
    pub(crate) choice: &'static [Field],
    pub(crate) children: Children,
    /// The only type of block that this one may stand in.
    pub(crate) home: Option<&'static str>,
    pub(crate) writable: Writable,
}

/// One field of a content.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) shape: Shape,
    pub(crate) given: Given,
}

/// When a request gives a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// On creation and with every change of the content.
    Always,
    /// On creation; a change may leave it out, and then it stays.
    AtFirst,
    /// On creation, and never again.
    Once,
    /// Or not.
    Optionally,
    /// Never: it is only answered.
    Never,
}

/// What a type of block may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Children {
    None,
    /// Any block that has no home of its own.
    Any,
    /// The same, as long as it is marked `is_toggleable`.
    WhenToggleable,
    /// The same, as long as it is no copy of another block.
    WhenOriginal,
    /// Only these, and on creation at least so many.
    Required {
        /// The one type, or any.
        only: Option<&'static str>,
        least: usize,
    },
}

/// Who may write a type of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writable {
    Freely,
    /// Requests create it and cannot change its content.
    Once,
    /// It is only answered.
    Never,
}

impl Kind {
    const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            name,
            fields,
            choice: &[],
            children: Children::None,
            home: None,
            writable: Writable::Freely,
        }
    }

    const fn choice(self, choice: &'static [Field]) -> Self {
        Self { choice, ..self }
    }

    const fn holding(self, children: Children) -> Self {
        Self { children, ..self }
    }

    const fn requiring(self, only: Option<&'static str>, least: usize) -> Self {
        self.holding(Children::Required { only, least })
    }

    const fn within(self, home: &'static str) -> Self {
        Self {
            home: Some(home),
            ..self
        }
    }

    const fn writable(self, writable: Writable) -> Self {
        Self { writable, ..self }
    }

    /// The type of this name.
    pub(crate) fn of(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// A page as a block.
    pub(super) fn child_page() -> &'static Self {
        &CHILD_PAGE
    }

    /// A database as a block.
    pub(super) fn child_database() -> &'static Self {
        &CHILD_DATABASE
    }

    /// The types that requests may create.
    pub(crate) fn creatable() -> impl Iterator<Item = &'static Self> {
        KINDS.iter().filter(|kind| kind.writable != Writable::Never)
    }

    /// Whether blocks of this type stand only among the children of the request itself: columns
    /// do not nest.
    pub(crate) fn is_outermost(&self) -> bool {
        matches!(self.name, "column_list" | "column")
    }
}

const fn field(key: &'static str, shape: Shape, given: Given) -> Field {
    Field { key, shape, given }
}

const TEXT: Field = field("rich_text", Shape::RichText, Given::Always);
const FIRST_TEXT: Field = field("rich_text", Shape::RichText, Given::AtFirst);
const COLOR: Field = field("color", Shape::Color, Given::Optionally);
const ICON: Field = field("icon", Shape::Icon, Given::Optionally);
const CAPTION: Field = field("caption", Shape::RichText, Given::Optionally);
const URL: Field = field("url", Shape::Text, Given::AtFirst);
const TITLE: Field = field("title", Shape::Text, Given::Never);
const HEADING: &[Field] = &[
    TEXT,
    field("is_toggleable", Shape::Flag, Given::Optionally),
    COLOR,
];
const COLOURED: &[Field] = &[TEXT, COLOR];
/// Uploads are not simulated, so that a file is either elsewhere or was there from the start.
const FILE: &[Field] = &[
    field("external", Shape::External, Given::AtFirst),
    field("file", Shape::Opaque, Given::Never),
];
const LINK: &[Field] = &[
    field("page_id", Shape::Id, Given::Always),
    field("database_id", Shape::Id, Given::Always),
    field("comment_id", Shape::Id, Given::Always),
];

const CHILD_PAGE: Kind = Kind::new("child_page", &[TITLE]).writable(Writable::Never);
const CHILD_DATABASE: Kind = Kind::new("child_database", &[TITLE]).writable(Writable::Never);

/// Every type, in the order in which a refusal lists them.
static KINDS: [Kind; 37] = [
    Kind::new("embed", &[CAPTION, URL]),
    Kind::new("bookmark", &[CAPTION, URL]),
    Kind::new("image", &[CAPTION]).choice(FILE),
    Kind::new("video", &[CAPTION]).choice(FILE),
    Kind::new("pdf", &[CAPTION]).choice(FILE),
    Kind::new(
        "file",
        &[CAPTION, field("name", Shape::FileName, Given::Optionally)],
    )
    .choice(FILE),
    Kind::new("audio", &[CAPTION]).choice(FILE),
    Kind::new(
        "code",
        &[
            CAPTION,
            FIRST_TEXT,
            field("language", Shape::Language, Given::AtFirst),
        ],
    ),
    Kind::new(
        "equation",
        &[field("expression", Shape::Text, Given::Always)],
    ),
    Kind::new("divider", &[]),
    Kind::new("breadcrumb", &[]),
    Kind::new("tab", &[]).requiring(Some("paragraph"), 1),
    Kind::new("table_of_contents", &[COLOR]),
    Kind::new("link_to_page", &[]).choice(LINK),
    Kind::new("table_row", &[field("cells", Shape::Cells, Given::Always)]).within("table"),
    Kind::new(
        "table",
        &[
            field("table_width", Shape::Count, Given::Once),
            field("has_column_header", Shape::Flag, Given::Optionally),
            field("has_row_header", Shape::Flag, Given::Optionally),
        ],
    )
    .requiring(Some("table_row"), 1),
    Kind::new("column_list", &[])
        .requiring(Some("column"), 2)
        .writable(Writable::Once),
    Kind::new(
        "column",
        &[field("width_ratio", Shape::Ratio, Given::Optionally)],
    )
    .requiring(None, 1)
    .within("column_list"),
    Kind::new("heading_1", HEADING).holding(Children::WhenToggleable),
    Kind::new("heading_2", HEADING).holding(Children::WhenToggleable),
    Kind::new("heading_3", HEADING).holding(Children::WhenToggleable),
    Kind::new("heading_4", HEADING).holding(Children::WhenToggleable),
    Kind::new("paragraph", &[FIRST_TEXT, ICON, COLOR]).holding(Children::Any),
    Kind::new("bulleted_list_item", COLOURED).holding(Children::Any),
    Kind::new(
        "numbered_list_item",
        &[
            TEXT,
            COLOR,
            field("list_start_index", Shape::Opaque, Given::Never),
            field("list_format", Shape::Opaque, Given::Never),
        ],
    )
    .holding(Children::Any),
    Kind::new("quote", COLOURED).holding(Children::Any),
    Kind::new(
        "to_do",
        &[
            FIRST_TEXT,
            field("checked", Shape::Flag, Given::Optionally),
            COLOR,
        ],
    )
    .holding(Children::Any),
    Kind::new("toggle", COLOURED).holding(Children::Any),
    Kind::new("template", &[TEXT]).holding(Children::Any),
    Kind::new("callout", &[FIRST_TEXT, ICON, COLOR]).holding(Children::Any),
    Kind::new(
        "synced_block",
        &[field("synced_from", Shape::SyncedFrom, Given::Always)],
    )
    .holding(Children::WhenOriginal),
    CHILD_PAGE,
    CHILD_DATABASE,
    Kind::new("link_preview", &[URL]).writable(Writable::Never),
    Kind::new("meeting_notes", &[]).writable(Writable::Never),
    Kind::new("transcription", &[]).writable(Writable::Never),
    Kind::new(
        "unsupported",
        &[field("block_type", Shape::Opaque, Given::Never)],
    )
    .writable(Writable::Never),
];

/// A type in a snapshot: its name.
pub(super) mod by_name {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use super::Kind;

    pub(in super::super) fn serialize<S: Serializer>(
        kind: &&'static Kind,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static Kind, D::Error> {
        let name = String::deserialize(deserializer)?;
        Kind::of(&name).ok_or_else(|| D::Error::custom(format!("there is no block type {name}")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_type_stands_once_and_names_only_types_that_are_there() {
        let names: HashSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), KINDS.len());
        for kind in &KINDS {
            assert_eq!(Kind::of(kind.name), Some(kind));
            let inner = match kind.children {
                Children::Required { only, .. } => only,
                _ => None,
            };
            for named in kind.home.into_iter().chain(inner) {
                assert!(names.contains(named), "{} names {named}", kind.name);
            }
        }
    }
}
