//! What a database's pages may hold: its properties, found by name or by id.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::errors::NotionError;
use super::super::ids;
use super::property::{Property, PropertySchema};

/// The properties of a database, in the order of their declaration.
#[derive(Debug)]
pub(crate) struct Schema {
    properties: Vec<Property>,
    by_name: HashMap<String, usize>,
}

impl Schema {
    /// # Errors
    /// When a name stands twice, when there is not exactly one title, or when a rollup names no
    /// relation of this schema.
    pub(crate) fn new(
        database: Uuid,
        declared: Vec<(String, PropertySchema)>,
    ) -> Result<Self, NotionError> {
        let wrong = |why: String| NotionError::Validation(format!("Database {database}: {why}."));
        let titles = declared
            .iter()
            .filter(|(_, schema)| *schema == PropertySchema::Title)
            .count();
        if titles != 1 {
            return Err(wrong(format!(
                "declare one title property instead of {titles}"
            )));
        }
        let mut properties = Vec::with_capacity(declared.len());
        let mut by_name = HashMap::with_capacity(declared.len());
        for (name, schema) in declared {
            if by_name.insert(name.clone(), properties.len()).is_some() {
                return Err(wrong(format!("the property {name} is declared twice")));
            }
            properties.push(Property::new(database, name, schema));
        }
        let schema = Self {
            properties,
            by_name,
        };
        let dangling = schema.properties.iter().find_map(|property| {
            let PropertySchema::Rollup { relation, .. } = &property.schema else {
                return None;
            };
            schema.relation(relation).is_none().then_some(relation)
        });
        match dangling {
            Some(name) => Err(wrong(format!(
                "a rollup names {name}, which is no relation"
            ))),
            None => Ok(schema),
        }
    }

    /// The schema of a page outside of data sources: a title, which is also its name.
    pub(crate) fn plain() -> Self {
        let title = Property::new(Uuid::nil(), "title".to_owned(), PropertySchema::Title);
        Self {
            by_name: HashMap::from([(title.name.clone(), 0)]),
            properties: vec![title],
        }
    }

    /// All properties; a page's values stand in the same order.
    pub(crate) fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// The property at a place that [`Self::find`] gave.
    pub(crate) fn property(&self, index: usize) -> &Property {
        &self.properties[index]
    }

    pub(crate) fn property_mut(&mut self, index: usize) -> &mut Property {
        &mut self.properties[index]
    }

    /// The place of a property, by its name or its id (encoded or not).
    pub(crate) fn find(&self, name_or_id: &str) -> Option<usize> {
        self.by_name.get(name_or_id).copied().or_else(|| {
            self.properties.iter().position(|property| {
                property.id == name_or_id || property.id == ids::encode(name_or_id)
            })
        })
    }

    /// The place of the relation with this name.
    pub(crate) fn relation(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied().filter(|index| {
            matches!(
                self.properties[*index].schema,
                PropertySchema::Relation { .. }
            )
        })
    }

    /// The place of the title.
    pub(crate) fn title(&self) -> Option<usize> {
        self.properties
            .iter()
            .position(|property| property.schema == PropertySchema::Title)
    }

    /// The id of the property of this name.
    pub(crate) fn id_of(&self, name: &str) -> Option<&str> {
        let index = self.by_name.get(name)?;
        Some(&self.properties[*index].id)
    }

    /// The `properties` of a database's answer; `id_of` knows the properties of related databases.
    pub(crate) fn answer(
        &self,
        id_of: &dyn Fn(Uuid, &str) -> Option<String>,
    ) -> Map<String, Value> {
        self.properties
            .iter()
            .map(|property| (property.name.clone(), self.property_answer(property, id_of)))
            .collect()
    }

    fn property_answer(
        &self,
        property: &Property,
        id_of: &dyn Fn(Uuid, &str) -> Option<String>,
    ) -> Value {
        let mut answer = property.answer();
        let PropertySchema::Rollup {
            relation,
            property: target,
            function,
        } = &property.schema
        else {
            return answer;
        };
        let Some(relation) = self.relation(relation).map(|index| self.property(index)) else {
            return answer;
        };
        let PropertySchema::Relation { data_source, .. } = &relation.schema else {
            return answer;
        };
        answer["rollup"] = json!({
            "relation_property_name": relation.name,
            "relation_property_id": relation.id,
            "rollup_property_name": target,
            "rollup_property_id": id_of(*data_source, target),
            "function": function.name(),
        });
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::super::property::RollupFunction;
    use super::*;

    fn named(list: &[(&str, PropertySchema)]) -> Vec<(String, PropertySchema)> {
        list.iter()
            .map(|(name, schema)| ((*name).to_owned(), schema.clone()))
            .collect()
    }

    #[test]
    fn a_property_is_found_by_name_and_by_its_id_encoded_or_not() {
        let names: Vec<String> = (0..40).map(|number| format!("Number {number}")).collect();
        let mut declared = named(&[("Name", PropertySchema::Title)]);
        declared.extend(
            names
                .iter()
                .map(|name| (name.clone(), PropertySchema::Number)),
        );
        let schema = Schema::new(Uuid::from_u128(7), declared).unwrap();
        assert_eq!(schema.find("title"), Some(0));
        for (index, property) in schema.properties().iter().enumerate() {
            assert_eq!(schema.find(&property.name), Some(index));
            assert_eq!(schema.find(&property.id), Some(index));
        }
        let encoded = schema
            .properties()
            .iter()
            .find(|p| p.id.contains("%3A"))
            .unwrap();
        let raw = encoded
            .id
            .replace("%3A", ":")
            .replace("%3B", ";")
            .replace("%3C", "<");
        let raw = raw
            .replace("%3D", "=")
            .replace("%3E", ">")
            .replace("%3F", "?")
            .replace("%40", "@");
        assert_eq!(schema.find(&raw), schema.find(&encoded.name));
    }

    #[test]
    fn a_schema_without_sense_says_why() {
        for (declared, why) in [
            (
                named(&[("A", PropertySchema::Number)]),
                "one title property",
            ),
            (
                named(&[("A", PropertySchema::Title), ("A", PropertySchema::Url)]),
                "declared twice",
            ),
            (
                named(&[
                    ("A", PropertySchema::Title),
                    (
                        "B",
                        PropertySchema::Rollup {
                            relation: "A".to_owned(),
                            property: "A".to_owned(),
                            function: RollupFunction::Count,
                        },
                    ),
                ]),
                "no relation",
            ),
        ] {
            let error = Schema::new(Uuid::nil(), declared).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
