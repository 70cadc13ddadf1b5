//! An element of a files property: a name and an address. Uploads are not simulated; a file that
//! Notion keeps can be written only as an answer of Notion's shows it, with its passing address.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::body::Field;
use super::super::errors::NotionError;

/// The most characters of a file's name.
const MOST_OF_NAME: usize = 100;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    name: String,
    url: String,
    kept: Kept,
}

/// Who keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Kept {
    Elsewhere,
    /// Notion, under an address that is good until a time.
    ByNotion(Option<String>),
}

impl File {
    pub(crate) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        let object = field.object_of(&["name", "type", "external", "file"])?;
        let kind = match field.get("type").optional() {
            Some(kind) => kind.one_of(&["external", "file"])?,
            None if object.contains_key("file") => "file",
            None => "external",
        };
        let place = field.get(kind);
        let kept = match kind {
            "file" => {
                place.object_of(&["url", "expiry_time"])?;
                Kept::ByNotion(match place.get("expiry_time").present() {
                    Some(time) => Some(time.short_text()?.to_owned()),
                    None => None,
                })
            }
            _ => {
                place.object_of(&["url"])?;
                Kept::Elsewhere
            }
        };
        Ok(Self {
            name: field.get("name").text_of(MOST_OF_NAME)?.to_owned(),
            url: place.get("url").short_text()?.to_owned(),
            kept,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn answer(&self) -> Value {
        match &self.kept {
            Kept::Elsewhere => json!({
                "name": self.name,
                "type": "external",
                "external": { "url": self.url },
            }),
            Kept::ByNotion(expiry) => json!({
                "name": self.name,
                "type": "file",
                "file": { "url": self.url, "expiry_time": expiry },
            }),
        }
    }
}
