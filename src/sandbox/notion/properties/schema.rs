//! What the pages of a data source may hold: its properties, found by name or by id.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::errors::NotionError;
use super::super::ids;
use super::super::store::Workspace;
use super::super::version::Version;
use super::formula::Formula;
use super::kind::{Kind, Relation, Rollup};
use super::property::{Property, PropertySchema};
use super::value::Stored;

/// The properties of a data source, in the order of their declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Listed", into = "Listed")]
pub(crate) struct Schema {
    pub(super) data_source: Uuid,
    properties: Vec<Property>,
    by_name: HashMap<String, usize>,
}

/// A schema in a snapshot.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    data_source: Uuid,
    properties: Vec<Property>,
}

impl TryFrom<Listed> for Schema {
    type Error = NotionError;

    fn try_from(listed: Listed) -> Result<Self, NotionError> {
        Self::of(listed.data_source, listed.properties)
    }
}

impl From<Schema> for Listed {
    fn from(schema: Schema) -> Self {
        Self {
            data_source: schema.data_source,
            properties: schema.properties,
        }
    }
}

impl Schema {
    /// A schema that is declared by names.
    ///
    /// # Errors
    /// When a name stands twice, when there is not exactly one title, when a rollup names no
    /// relation of this schema, or when a formula cannot be evaluated.
    pub(crate) fn new(
        data_source: Uuid,
        declared: Vec<(String, PropertySchema)>,
    ) -> Result<Self, NotionError> {
        let key = |name: &str| ids::of_property(data_source, name);
        let placed = |(name, schema): &(String, PropertySchema)| {
            let property = Property::declared(data_source, name, schema);
            // What refers to others is filled in when they are there.
            property.unwrap_or_else(|| Property::new(key(name), name.clone(), Kind::Button))
        };
        let mut schema = Self::of(data_source, declared.iter().map(placed).collect())?;
        for (index, (_, wanted)) in declared.iter().enumerate() {
            let kind = match wanted {
                PropertySchema::Rollup {
                    relation,
                    property,
                    function,
                } => {
                    let found = schema
                        .relation(relation)
                        .map(|index| schema.property(index));
                    let link = found.and_then(|property| property.kind.relation());
                    let Some(link) = link else {
                        return Err(NotionError::Validation(format!(
                            "Database {data_source}: a rollup names {relation}, which is no relation."
                        )));
                    };
                    Kind::Rollup(Rollup {
                        relation: key(relation),
                        property: ids::of_property(link.data_source, property),
                        function: *function,
                    })
                }
                PropertySchema::Formula(expression) => Kind::Formula(schema.formula(expression)?),
                _ => continue,
            };
            schema.properties[index].kind = kind;
        }
        Ok(schema)
    }

    /// The schema of a page outside of data sources: a title, which is also its name.
    pub(crate) fn plain() -> Self {
        let title = Property::new("title".to_owned(), "title".to_owned(), Kind::Title);
        Self {
            data_source: Uuid::nil(),
            by_name: HashMap::from([(title.name.clone(), 0)]),
            properties: vec![title],
        }
    }

    /// # Errors
    /// When a name stands twice, or there is not exactly one title.
    pub(crate) fn of(data_source: Uuid, properties: Vec<Property>) -> Result<Self, NotionError> {
        let wrong =
            |why: String| NotionError::Validation(format!("Database {data_source}: {why}."));
        let titles = properties.iter().filter(|p| p.kind == Kind::Title).count();
        if titles != 1 {
            return Err(wrong(format!(
                "declare one title property instead of {titles}"
            )));
        }
        let mut by_name = HashMap::with_capacity(properties.len());
        for (index, property) in properties.iter().enumerate() {
            if by_name.insert(property.name.clone(), index).is_some() {
                return Err(wrong(format!(
                    "the property {} is declared twice",
                    property.name
                )));
            }
        }
        Ok(Self {
            data_source,
            properties,
            by_name,
        })
    }

    /// A schema as yet without any property, which requests then fill.
    pub(crate) fn empty(data_source: Uuid) -> Self {
        Self {
            data_source,
            properties: Vec::new(),
            by_name: HashMap::new(),
        }
    }

    /// The data source that it is of.
    pub(crate) fn data_source(&self) -> Uuid {
        self.data_source
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

    pub(super) fn properties_mut(&mut self) -> &mut [Property] {
        &mut self.properties
    }

    /// Adds a property at the end, under a name that is free.
    pub(super) fn push(&mut self, mut property: Property) {
        let wished = property.name.clone();
        let mut count = 1;
        while self.by_name.contains_key(&property.name) {
            property.name = format!("{wished} {count}");
            count += 1;
        }
        self.by_name
            .insert(property.name.clone(), self.properties.len());
        self.properties.push(property);
    }

    /// The place of a property, by its name or its id (encoded or not).
    pub(crate) fn find(&self, name_or_id: &str) -> Option<usize> {
        self.by_name.get(name_or_id).copied().or_else(|| {
            self.properties.iter().position(|property| {
                property.id == name_or_id || property.id == ids::encode(name_or_id)
            })
        })
    }

    /// The place of the property that others refer to by this key.
    pub(crate) fn find_key(&self, key: &str) -> Option<usize> {
        self.properties
            .iter()
            .position(|property| property.key == key)
    }

    /// The place of the relation with this name.
    pub(crate) fn relation(&self, name: &str) -> Option<usize> {
        let relation = |index: &usize| self.properties[*index].kind.relation().is_some();
        self.by_name.get(name).copied().filter(relation)
    }

    /// The place of the title.
    pub(crate) fn title(&self) -> Option<usize> {
        self.properties
            .iter()
            .position(|property| property.kind == Kind::Title)
    }

    /// The halves of two-way relations that are here: the property, where it leads, and the key of
    /// the other half there.
    pub(crate) fn halves(&self) -> impl Iterator<Item = (&Property, Uuid, &str)> {
        self.properties.iter().filter_map(|property| {
            let Relation {
                data_source,
                synced,
            } = property.kind.relation()?;
            Some((property, *data_source, synced.as_deref()?))
        })
    }

    /// What a new page holds before anything is written; it takes the next numbers.
    pub(crate) fn blank(&mut self) -> Vec<Stored> {
        let properties = self.properties.iter_mut();
        properties
            .map(|property| Stored::blank(&mut property.kind))
            .collect()
    }

    /// Reads a formula of this schema.
    pub(super) fn formula(&self, expression: &str) -> Result<Formula, NotionError> {
        Formula::parse(expression, |name| {
            let property = self.property(*self.by_name.get(name)?);
            Some((property.key.as_str(), &property.kind))
        })
    }

    /// The `properties` of an answer.
    pub(crate) fn answer(&self, workspace: &Workspace, version: Version) -> Map<String, Value> {
        let answer = |property: &Property| {
            let kind = property.kind.name();
            let mut answer = json!({
                "id": property.id,
                "name": property.name,
                "type": kind,
                kind: self.details(property, workspace, version),
            });
            if version.has_data_sources() || property.description.is_some() {
                answer["description"] = json!(property.description);
            }
            (property.name.clone(), answer)
        };
        self.properties.iter().map(answer).collect()
    }

    fn details(&self, property: &Property, workspace: &Workspace, version: Version) -> Value {
        match &property.kind {
            Kind::Relation(relation) => self.relation_details(relation, workspace, version),
            Kind::Rollup(rollup) => self.rollup_details(rollup, workspace),
            Kind::Formula(formula) => {
                let name = |key: &str| Some(self.property(self.find_key(key)?).name.clone());
                json!({ "expression": formula.expression(name) })
            }
            _ => property.details(version),
        }
    }

    /// The schema of a data source, which may be this one before the workspace has it.
    pub(super) fn other<'s>(
        &'s self,
        data_source: Uuid,
        workspace: &'s Workspace,
    ) -> Option<&'s Self> {
        if data_source == self.data_source {
            return Some(self);
        }
        workspace.schema(data_source)
    }

    fn relation_details(
        &self,
        relation: &Relation,
        workspace: &Workspace,
        version: Version,
    ) -> Value {
        let database = workspace.database_of(relation.data_source);
        let mut details = json!({ "database_id": database.to_string() });
        if version.has_data_sources() {
            details["data_source_id"] = json!(relation.data_source.to_string());
        }
        let half = relation.synced.as_ref().and_then(|key| {
            let schema = self.other(relation.data_source, workspace)?;
            Some(schema.property(schema.find_key(key)?))
        });
        let (kind, half) = match half {
            None => ("single_property", json!({})),
            Some(half) => (
                "dual_property",
                json!({ "synced_property_name": half.name, "synced_property_id": half.id }),
            ),
        };
        details["type"] = json!(kind);
        details[kind] = half;
        details
    }

    fn rollup_details(&self, rollup: &Rollup, workspace: &Workspace) -> Value {
        let relation = self.find_key(&rollup.relation).map(|i| self.property(i));
        let target = relation.and_then(|property| {
            let schema = self.other(property.kind.relation()?.data_source, workspace)?;
            Some(schema.property(schema.find_key(&rollup.property)?))
        });
        json!({
            "relation_property_name": relation.map(|property| &property.name),
            "relation_property_id": relation.map(|property| ids::decode(&property.id)),
            "rollup_property_name": target.map(|property| &property.name),
            "rollup_property_id": target.map(|property| ids::decode(&property.id)),
            "function": rollup.function.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rollup::RollupFunction;
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
        let rollup = PropertySchema::Rollup {
            relation: "A".to_owned(),
            property: "A".to_owned(),
            function: RollupFunction::Count,
        };
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
                named(&[("A", PropertySchema::Title), ("B", rollup)]),
                "no relation",
            ),
            (
                named(&[
                    ("A", PropertySchema::Title),
                    ("B", PropertySchema::Formula("1 + 1".to_owned())),
                ]),
                "cannot be evaluated",
            ),
        ] {
            let error = Schema::new(Uuid::nil(), declared).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
