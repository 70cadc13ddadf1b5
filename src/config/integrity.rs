//! `[integrity]`: how pages became rows, for the look that a run takes at all the data.

use std::path::PathBuf;

use crate::diagnostic::{At, FromToml, Node};

/// How pages became rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntegrityConfig {
    /// The mapping: the name of one that is built in, or a file; that of TomOS when it is absent.
    pub mapping: Option<String>,
    /// Which page became which row, where the importer kept books.
    pub id_map: Option<PathBuf>,
    /// The export that is held against the rows; that of the backups when it is absent.
    pub export: Option<PathBuf>,
    /// Whether the text inside pages is left out.
    pub no_bodies: bool,
}

#[derive(Default)]
pub(super) struct IntegrityTable {
    mapping: Option<At<String>>,
    id_map: Option<At<String>>,
    export: Option<At<String>>,
    bodies: Option<At<bool>>,
}

impl FromToml for IntegrityTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("integrity")?;
        let table = Self {
            mapping: section.optional("mapping"),
            id_map: section.optional("id_map"),
            export: section.optional("export"),
            bodies: section.optional("bodies"),
        };
        section.finish().then_some(table)
    }
}

impl IntegrityTable {
    pub(super) fn resolve(self) -> IntegrityConfig {
        let path = |text: At<String>| PathBuf::from(text.value);
        IntegrityConfig {
            mapping: self.mapping.map(|name| name.value),
            id_map: self.id_map.map(path),
            export: self.export.map(path),
            no_bodies: self.bodies.is_some_and(|bodies| !bodies.value),
        }
    }
}
