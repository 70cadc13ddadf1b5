//! What one block says. A content is read whole by its kind's row of the table; a change of it
//! replaces the fields that it gives and leaves the others.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::body;
use super::super::errors::NotionError;
use super::kind::{Children, Field, Given, Kind, Writable};
use super::shape::Shape;

/// The content of a block, in the form in which it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    #[serde(with = "super::kind::by_name")]
    kind: &'static Kind,
    fields: Map<String, Value>,
}

impl Content {
    /// Reads the content of a new block. `children` says whether the request may give any here.
    ///
    /// # Errors
    /// When the fields are not those of the kind.
    pub(super) fn read(
        kind: &'static Kind,
        content: &body::Field<'_>,
        children: bool,
    ) -> Result<Self, NotionError> {
        let empty = Self {
            kind,
            fields: Map::new(),
        };
        empty.with(content, children.then_some("children"), true)
    }

    /// A page or database as a block.
    pub(crate) fn child(kind: ChildKind, title: &str) -> Self {
        let mut fields = Map::new();
        fields.insert("title".to_owned(), json!(title));
        let kind = match kind {
            ChildKind::Page => Kind::child_page(),
            ChildKind::Database => Kind::child_database(),
        };
        Self { kind, fields }
    }

    /// The content that an update asks for: `body` has it under the kind's name, or not at all.
    ///
    /// # Errors
    /// When the body names another kind, or fields that cannot be changed.
    pub(crate) fn changed(&self, body: &body::Field<'_>) -> Result<Option<Self>, NotionError> {
        let name = self.kind.name;
        if let Some(given) = body.get("type").optional()
            && given.text()? != name
        {
            return Err(given.should(&format!("be `\"{name}\"`, the type of the block")));
        }
        let Some(content) = body.get(name).optional() else {
            return Ok(None);
        };
        if self.kind.writable != Writable::Freely {
            return Err(NotionError::Validation(format!(
                "Updating a block of type {name} is not supported."
            )));
        }
        self.with(&content, None, false).map(Some)
    }

    /// This content with the fields that `content` gives.
    fn with(
        &self,
        content: &body::Field<'_>,
        more: Option<&'static str>,
        first: bool,
    ) -> Result<Self, NotionError> {
        let kind = self.kind;
        let open = |field: &&Field| match field.given {
            Given::Never => false,
            Given::Once => first,
            Given::Always | Given::AtFirst | Given::Optionally => true,
        };
        let choice = kind.choice.iter().filter(open);
        let fields = kind.fields.iter().filter(open);
        let mut keys: Vec<&str> = fields
            .clone()
            .chain(choice)
            .map(|field| field.key)
            .collect();
        keys.extend(more);
        if !kind.choice.is_empty() {
            keys.push("type");
        }
        content.object_of(&keys)?;
        let mut given = Map::new();
        for field in fields {
            let value = content.get(field.key);
            let needed = match field.given {
                Given::Always | Given::Once => true,
                Given::AtFirst => first,
                Given::Optionally | Given::Never => false,
            };
            if value.value().is_some() || needed {
                given.insert(field.key.to_owned(), field.shape.read(&value)?);
            }
        }
        let chosen = self.chosen(content, first)?;
        Ok(self.merged(given, chosen))
    }

    /// The one of the kind's alternatives that is given.
    fn chosen(
        &self,
        content: &body::Field<'_>,
        first: bool,
    ) -> Result<Option<(&'static str, Value)>, NotionError> {
        let mut chosen: Option<(&'static str, Value)> = None;
        for field in self.kind.choice {
            let Some(value) = content.get(field.key).optional() else {
                continue;
            };
            if chosen.is_some() {
                return Err(value.should("be not present"));
            }
            chosen = Some((field.key, field.shape.read(&value)?));
        }
        let Some(usual) = self.kind.choice.first() else {
            return Ok(None);
        };
        let given = content.get("type").optional();
        match (&chosen, given) {
            (Some((key, _)), Some(given)) if given.text()? != *key => {
                Err(given.should(&format!("be `\"{key}\"`")))
            }
            (None, _) if first || usual.given == Given::Always => {
                Err(content.get(usual.key).should("be defined"))
            }
            _ => Ok(chosen),
        }
    }

    fn merged(&self, given: Map<String, Value>, chosen: Option<(&'static str, Value)>) -> Self {
        let mut fields = Map::new();
        for field in self.kind.fields {
            let known = given.get(field.key).or_else(|| self.fields.get(field.key));
            let value = match (known, field.shape) {
                (Some(value), _) => Some(value.clone()),
                (None, Shape::FileName) => chosen.as_ref().map(|(_, file)| name_of(file)),
                (None, shape) => match field.given {
                    Given::Never => None,
                    _ => shape.default(),
                },
            };
            if let Some(value) = value {
                fields.insert(field.key.to_owned(), value);
            }
        }
        if let Some((key, value)) = chosen {
            fields.insert("type".to_owned(), json!(key));
            fields.insert(key.to_owned(), value);
        } else {
            for (key, value) in &self.fields {
                fields.entry(key).or_insert_with(|| value.clone());
            }
        }
        Self {
            kind: self.kind,
            fields,
        }
    }

    /// The kind of the block.
    pub(crate) fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The answered form.
    pub(crate) fn answer(&self) -> Value {
        Value::Object(self.fields.clone())
    }

    /// The block of which a synced block is a copy.
    pub(super) fn synced_from(&self) -> Option<Uuid> {
        let original = self.fields.get("synced_from")?.get("block_id")?;
        original.as_str()?.parse().ok()
    }

    /// Whether the block is a synced block that others can be copies of.
    pub(super) fn is_original(&self) -> bool {
        self.fields.get("synced_from") == Some(&Value::Null)
    }

    /// Whether the block may hold blocks at all.
    pub(super) fn holds_blocks(&self) -> bool {
        match self.kind.children {
            Children::None => false,
            Children::Any | Children::Required { .. } => true,
            Children::WhenToggleable => self.fields.get("is_toggleable") == Some(&json!(true)),
            Children::WhenOriginal => self.is_original(),
        }
    }

    /// The width of a table, or of a row.
    fn width(&self, table: bool) -> Option<u64> {
        if table {
            return self.fields.get("table_width")?.as_u64();
        }
        let cells = self.fields.get("cells")?.as_array()?;
        u64::try_from(cells.len()).ok()
    }

    /// Whether this block may hold that one.
    ///
    /// # Errors
    /// When it may not, or when a row has not the width of its table.
    pub(super) fn check_child(&self, child: &Self) -> Result<(), NotionError> {
        let refusal = |text: String| Err(NotionError::Validation(text));
        let (outer, inner) = (self.kind.name, child.kind.name);
        if !self.holds_blocks() {
            return refusal("Block does not support children.".to_owned());
        }
        let only = match self.kind.children {
            Children::Required { only, .. } => only,
            _ => None,
        };
        let stray = child.kind.home.is_some_and(|home| home != outer);
        if stray || only.is_some_and(|only| only != inner) {
            return refusal(format!("A {outer} block cannot hold a {inner} block."));
        }
        match (self.width(true), child.width(false)) {
            (Some(table), Some(row)) if table != row => refusal(
                "Number of cells in table row must match the table width of the parent table"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// A changed row must keep the width that it has.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) fn check_width(&self, changed: &Self) -> Result<(), NotionError> {
        if self.width(false) == changed.width(false) {
            return Ok(());
        }
        Err(NotionError::Validation(
            "Number of cells in table row must match the table width of the parent table"
                .to_owned(),
        ))
    }
}

/// What can stand under a page as a block without being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChildKind {
    Page,
    Database,
}

/// The last part of a file's URL.
fn name_of(file: &Value) -> Value {
    let url = file["url"].as_str().unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    json!(path.rsplit('/').next().unwrap_or_default())
}
