//! The id map: which page became which row, as an importer that keeps books writes it.

use std::collections::HashMap;
use std::io;

use thiserror::Error;

/// Which page is which row, by the name of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdMap(HashMap<String, HashMap<u128, String>>);

/// Why a file is no id map.
#[derive(Debug, Error)]
pub enum IdMapError {
    /// It is no JSON of the right form.
    #[error("the id map is wrong; write {{\"tasks\": {{\"page id\": \"row id\", …}}, …}}")]
    Json(#[from] serde_json::Error),
    /// A key is no id of a page.
    #[error("the id map has under `{name}` the key `{key}`, which is no id of a page of Notion")]
    Id {
        /// The record.
        name: String,
        /// The key.
        key: String,
    },
}

impl IdMap {
    /// Reads `{"tasks": {"page id": "row id"}}`, as `cutover sandbox --id-map` writes it.
    ///
    /// # Errors
    /// When it has another form.
    pub fn read(reader: impl io::Read) -> Result<Self, IdMapError> {
        let file: HashMap<String, HashMap<String, String>> = serde_json::from_reader(reader)?;
        let mut maps = HashMap::new();
        for (name, pairs) in file {
            let mut map = HashMap::with_capacity(pairs.len());
            for (key, row) in pairs {
                let Ok(id) = key.parse::<uuid::Uuid>() else {
                    return Err(IdMapError::Id { name, key });
                };
                map.insert(id.as_u128(), row);
            }
            maps.insert(name, map);
        }
        Ok(Self(maps))
    }

    /// The map of a record.
    pub(super) fn of(&self, name: &str) -> Option<&HashMap<u128, String>> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_is_read_and_a_wrong_one_says_what_is_wrong() {
        let id = "1f0c9e55-77aa-4b3c-9d2e-3a6f5b8c7d05";
        let text = format!("{{\"tasks\": {{\"{id}\": \"row\"}}}}");
        let map = IdMap::read(text.as_bytes()).unwrap();
        let page = id.parse::<uuid::Uuid>().unwrap().as_u128();
        assert_eq!(map.of("tasks").unwrap()[&page], "row");
        assert_eq!(map.of("tags"), None);
        let told = |text: &str| IdMap::read(text.as_bytes()).unwrap_err().to_string();
        assert!(told("{\"tasks\": {\"1\": \"row\"}}").contains("`1`, which is no id"));
        assert!(told("[]").contains("the id map is wrong"));
    }
}
