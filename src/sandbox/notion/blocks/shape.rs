//! One field of a block: what a request may say and how it is answered. Blocks are kept in the
//! answered form, so that reading one back costs nothing and a snapshot of them is plain JSON.

use serde_json::{Value, json};

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::item::COLORS;
use super::super::properties::text::RichText;

/// The kinds of values that blocks' fields have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    RichText,
    Color,
    Flag,
    Icon,
    Language,
    /// A URL, an expression, a title: at most 2,000 characters.
    Text,
    Id,
    /// A file somewhere else: `{url}`.
    External,
    /// The last part of the file's URL, when it is not given.
    FileName,
    /// The cells of a table's row.
    Cells,
    /// A whole number from 1.
    Count,
    /// Between 0 and 1.
    Ratio,
    /// The block of which this one is a copy, or `null`.
    SyncedFrom,
    /// Never given by a request, and so never read.
    Opaque,
}

/// The languages of code.
#[rustfmt::skip]
const LANGUAGES: &[&str] = &[
    "abap", "abc", "agda", "arduino", "ascii art", "assembly", "bash", "basic", "bnf", "c",
    "c#", "c++", "clojure", "coffeescript", "coq", "css", "dart", "dhall", "diff", "docker",
    "ebnf", "elixir", "elm", "erlang", "f#", "flow", "fortran", "gherkin", "glsl", "go",
    "graphql", "groovy", "haskell", "hcl", "html", "idris", "java", "javascript", "json",
    "julia", "kotlin", "latex", "less", "lisp", "livescript", "llvm ir", "lua", "makefile",
    "markdown", "markup", "matlab", "mathematica", "mermaid", "nix", "notion formula",
    "objective-c", "ocaml", "pascal", "perl", "php", "plain text", "powershell", "prolog",
    "protobuf", "purescript", "python", "r", "racket", "reason", "ruby", "rust", "sass",
    "scala", "scheme", "scss", "shell", "smalltalk", "solidity", "sql", "swift", "toml",
    "typescript", "vb.net", "verilog", "vhdl", "visual basic", "webassembly", "xml", "yaml",
    "java/c/c++/c#",
];

impl Shape {
    /// What is answered when the field was never given; nothing when it is then left out.
    pub(super) fn default(self) -> Option<Value> {
        match self {
            Self::RichText => Some(json!([])),
            Self::Color => Some(json!("default")),
            Self::Flag => Some(json!(false)),
            Self::Icon => Some(Value::Null),
            _ => None,
        }
    }

    /// Reads a request's value into its answered form.
    pub(super) fn read(self, field: &Field<'_>) -> Result<Value, NotionError> {
        match self {
            Self::RichText => Ok(json!(RichText::parse(field)?.answer())),
            Self::Color => field.one_of(&COLORS).map(Value::from),
            Self::Language => field.one_of(LANGUAGES).map(Value::from),
            Self::Flag => Ok(json!(field.boolean()?)),
            Self::Icon => icon(field),
            Self::Text | Self::FileName => Ok(json!(field.short_text()?)),
            Self::Id => Ok(json!(field.uuid()?.to_string())),
            Self::External => {
                field.object_of(&["url"])?;
                Ok(json!({ "url": field.get("url").short_text()? }))
            }
            Self::Cells => {
                let cells = field.elements()?;
                cells.iter().map(|cell| Self::RichText.read(cell)).collect()
            }
            Self::Count => match field.value().and_then(Value::as_u64) {
                Some(count @ 1..) => Ok(json!(count)),
                _ => Err(field.should("be a whole number of at least 1")),
            },
            Self::Ratio => {
                let ratio = field.number()?;
                if !(0.0..=1.0).contains(&ratio) {
                    return Err(field.should("be a number between 0 and 1"));
                }
                Ok(json!(ratio))
            }
            Self::SyncedFrom => {
                if field.value().is_some_and(Value::is_null) {
                    return Ok(Value::Null);
                }
                field.object_of(&["type", "block_id"])?;
                let id = field.get("block_id").uuid()?.to_string();
                Ok(json!({ "type": "block_id", "block_id": id }))
            }
            Self::Opaque => Err(field.should("be not present")),
        }
    }
}

/// An emoji, a picture elsewhere, one of the workspace's emojis or one of Notion's icons. Of the
/// last two no list is kept: what is given is taken for true (a guess).
fn icon(field: &Field<'_>) -> Result<Value, NotionError> {
    const KINDS: [&str; 4] = ["emoji", "external", "custom_emoji", "icon"];
    let [emoji, external, custom_emoji, icon] = KINDS;
    field.object_of(&["type", emoji, external, custom_emoji, icon])?;
    let given = KINDS.into_iter().find_map(|kind| {
        let value = field.get(kind).optional()?;
        Some((kind, value))
    });
    let Some((kind, value)) = given else {
        return Err(field.get(emoji).should("be defined"));
    };
    let value = match kind {
        "emoji" => json!(value.short_text()?),
        "external" => Shape::External.read(&value)?,
        _ => Value::Object(value.object()?.clone()),
    };
    Ok(json!({ "type": kind, kind: value }))
}
