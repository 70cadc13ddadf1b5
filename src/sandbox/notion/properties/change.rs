//! Changing a schema. [`Schema::change`] reads a request as a whole and touches nothing; what it
//! returns is then applied and cannot fail:
//!
//! ```text
//! Schema::change(request) -> SchemaChange
//!     carry(values)       for each page in the order of creation: what it holds from now on
//!     finish()            the new schema, and the ripples
//! Schema::follow(ripple)  for every data source: its half of a two-way relation comes or goes
//! ```
//!
//! Guesses: the other half of a new two-way relation is called "Related to X (Y)"; when one half
//! goes, the other stays as a one-way relation with its links; a relation that becomes two-way or
//! leads elsewhere begins empty; a text, number, option, address or number to call is carried over
//! to another type where that type can hold it.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::ids;
use super::configure::{self, Ground};
use super::convert::converted;
use super::kind::{Kind, Relation};
use super::property::Property;
use super::schema::Schema;
use super::value::Stored;

/// A change of a schema, checked.
#[derive(Debug)]
pub(crate) struct SchemaChange {
    schema: Schema,
    /// Where the value of each property comes from.
    origins: Vec<Origin>,
    ripples: Vec<Ripple>,
}

/// Where a page's value comes from.
#[derive(Debug)]
enum Origin {
    /// From this place of the old schema.
    Kept(usize),
    /// From this place, where it was of this type.
    Converted(usize, Kind),
    New,
}

/// What a change does to a data source besides: its half of a two-way relation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ripple {
    /// It gets one.
    Grown { data_source: Uuid, half: Property },
    /// It has lost its other half.
    Severed { data_source: Uuid, key: String },
}

impl SchemaChange {
    /// What a page holds from now on, by what it held. To be asked for every page once, in the order
    /// of their creation, because unique ids are given in this order.
    pub(crate) fn carry(&mut self, values: Vec<Stored>) -> Vec<Stored> {
        let mut old: Vec<Option<Stored>> = values.into_iter().map(Some).collect();
        let mut take = |index: usize| old.get_mut(index).and_then(Option::take);
        let properties = self.schema.properties_mut().iter_mut();
        let carried = properties.zip(&self.origins).map(|(property, origin)| {
            let kind = &mut property.kind;
            match origin {
                Origin::Kept(index) => take(*index).unwrap_or_else(|| Stored::blank(kind)),
                Origin::Converted(index, from) => take(*index)
                    .and_then(|value| converted(value, from, kind))
                    .unwrap_or_else(|| Stored::blank(kind)),
                Origin::New => Stored::blank(kind),
            }
        });
        carried.collect()
    }

    /// The new schema, and what follows from it for every data source.
    pub(crate) fn finish(self) -> (Schema, Vec<Ripple>) {
        (self.schema, self.ripples)
    }
}

/// What a request says of one property.
struct Asked<'f> {
    field: Field<'f>,
    /// Its place in the draft.
    index: usize,
    kind: Option<&'static str>,
}

/// A schema on its way.
struct Draft<'g> {
    data_source: Uuid,
    ground: Ground<'g>,
    properties: Vec<Property>,
    origins: Vec<Origin>,
    ripples: Vec<Ripple>,
}

impl Schema {
    /// Reads the `properties` of a request that creates or updates a data source: `null` removes,
    /// `name` renames, a type's configuration changes or adds.
    ///
    /// # Errors
    /// When it is malformed, names what does not exist, or there would not be exactly one title.
    pub(crate) fn change(
        &self,
        properties: &Field<'_>,
        ground: Ground<'_>,
    ) -> Result<SchemaChange, NotionError> {
        let mut draft = Draft {
            data_source: self.data_source,
            ground,
            properties: Vec::new(),
            origins: Vec::new(),
            ripples: Vec::new(),
        };
        let asked = draft.begin(self, properties)?;
        for asked in &asked {
            draft.configure(asked)?;
        }
        // What refers to others is read when they have their new names and types.
        let mut schema = Self::of(self.data_source, std::mem::take(&mut draft.properties))?;
        for asked in &asked {
            let Some(name) = asked.kind else { continue };
            let config = asked.field.get(name);
            let old = Some(&schema.property(asked.index).kind);
            let kind = match name {
                "rollup" => configure::rollup(&config, &schema, old, ground)?,
                "formula" => {
                    config.object_of(&["expression"])?;
                    Kind::Formula(schema.formula(config.get("expression").short_text()?)?)
                }
                _ => continue,
            };
            draft.retype(schema.property_mut(asked.index), asked.index, kind);
        }
        Ok(SchemaChange {
            schema,
            origins: draft.origins,
            ripples: draft.ripples,
        })
    }

    /// Takes part in a change of a schema. What is returned comes last in every page of this data
    /// source from now on.
    pub(crate) fn follow(&mut self, ripple: &Ripple) -> Option<Stored> {
        match ripple {
            Ripple::Grown { data_source, half } if *data_source == self.data_source => {
                self.push(half.clone());
                Some(Stored::Relation(Vec::new()))
            }
            Ripple::Severed { data_source, key } if *data_source == self.data_source => {
                let index = self.find_key(key)?;
                if let Kind::Relation(relation) = &mut self.property_mut(index).kind {
                    relation.synced = None;
                }
                None
            }
            _ => None,
        }
    }
}

impl Draft<'_> {
    /// Removes, renames and adds; what is added has its type as yet to come.
    fn begin<'f>(
        &mut self,
        old: &Schema,
        properties: &Field<'f>,
    ) -> Result<Vec<Asked<'f>>, NotionError> {
        let names = properties.object()?;
        let removed: HashSet<usize> = names
            .iter()
            .filter(|(_, value)| value.is_null())
            .map(|(name, _)| removable(old, name))
            .collect::<Result<_, _>>()?;
        for (index, property) in old.properties().iter().enumerate() {
            if removed.contains(&index) {
                self.sever(&property.kind);
                continue;
            }
            self.properties.push(property.clone());
            self.origins.push(Origin::Kept(index));
        }
        let mut asked = Vec::new();
        for name in names.iter().filter(|(_, value)| !value.is_null()) {
            asked.push(self.ask(old, name.0, properties.get(name.0))?);
        }
        Ok(asked)
    }

    fn ask<'f>(
        &mut self,
        old: &Schema,
        name: &str,
        field: Field<'f>,
    ) -> Result<Asked<'f>, NotionError> {
        let object = field.object()?;
        let mut kinds = object.keys().filter_map(|key| {
            let known = Kind::NAMES.iter().find(|kind| *kind == key);
            known.copied()
        });
        let (kind, second) = (kinds.next(), kinds.next());
        if let Some(second) = second {
            return Err(field.get(second).should("be not present"));
        }
        let mut keys = vec!["id", "name", "type", "description"];
        keys.extend(kind);
        field.object_of(&keys)?;
        if let Some(given) = field.get("type").optional()
            && Some(given.text()?) != kind
        {
            return Err(given.should("be the type whose configuration is given"));
        }
        let existing = old.find(name).map(|index| &old.property(index).key);
        let place = existing.and_then(|key| self.properties.iter().position(|p| p.key == *key));
        let index = match (place, kind) {
            (Some(index), _) => index,
            (None, Some(kind)) => self.add(name, kind),
            (None, None) if object.contains_key("name") => {
                return Err(NotionError::Validation(format!(
                    "{name} is not a property that exists."
                )));
            }
            (None, None) => return Err(field.should("have a type such as `rich_text`")),
        };
        let property = &mut self.properties[index];
        if let Some(name) = field.get("name").optional() {
            let text = name.short_text()?;
            if text.is_empty() {
                return Err(name.should("be a name of at least one character"));
            }
            text.clone_into(&mut property.name);
        }
        if let Some(description) = field.get("description").optional() {
            property.description = match description.present() {
                Some(text) => Some(text.short_text()?.to_owned()),
                None => None,
            };
        }
        Ok(Asked { field, index, kind })
    }

    fn add(&mut self, name: &str, kind: &str) -> usize {
        let key = free_key(self.data_source, name, |key| {
            self.properties.iter().any(|property| property.key == key)
        });
        // The title's id differs from that of others; every other type is still to come.
        let placeholder = if kind == "title" {
            Kind::Title
        } else {
            Kind::Button
        };
        self.properties
            .push(Property::new(key, name.to_owned(), placeholder));
        self.origins.push(Origin::New);
        self.properties.len() - 1
    }

    /// Gives a property the type that is asked for, unless that refers to others.
    fn configure(&mut self, asked: &Asked<'_>) -> Result<(), NotionError> {
        let Some(name) = asked.kind else {
            return Ok(());
        };
        let property = self.properties[asked.index].clone();
        if (property.kind == Kind::Title) != (name == "title") {
            return Err(NotionError::Validation(format!(
                "{}: the type of the title property cannot be changed, and no other property can \
                 become one.",
                property.name
            )));
        }
        let config = asked.field.get(name);
        let old = Some(&property.kind);
        let kind = match configure::alone(name, &config, &property.key, old)? {
            Some(kind) => kind,
            None if name == "relation" => self.relation(&config, &property)?,
            None => return Ok(()),
        };
        let mut property = property;
        self.retype(&mut property, asked.index, kind);
        self.properties[asked.index] = property;
        Ok(())
    }

    fn retype(&mut self, property: &mut Property, index: usize, kind: Kind) {
        let old = std::mem::replace(&mut property.kind, kind);
        let moved =
            old.name() != property.kind.name() || old.relation() != property.kind.relation();
        if !moved {
            return;
        }
        self.sever(&old);
        if let Origin::Kept(from) = self.origins[index] {
            self.origins[index] = Origin::Converted(from, old);
        }
    }

    fn sever(&mut self, kind: &Kind) {
        if let Kind::Relation(Relation {
            data_source,
            synced: Some(key),
        }) = kind
        {
            self.ripples.push(Ripple::Severed {
                data_source: *data_source,
                key: key.clone(),
            });
        }
    }

    /// Reads a relation; a new two-way one makes its other half.
    fn relation(&mut self, config: &Field<'_>, property: &Property) -> Result<Kind, NotionError> {
        let data_source = self.related(config)?;
        let dual = config.get("dual_property").present();
        let kind = match config.get("type").optional() {
            Some(kind) => kind.one_of(&["single_property", "dual_property"])?,
            None if dual.is_some() => "dual_property",
            None => "single_property",
        };
        config.get(kind).object()?;
        let old = property.kind.relation();
        let old = old.filter(|old| old.data_source == data_source);
        let synced = match (kind, old.and_then(|old| old.synced.clone())) {
            ("dual_property", Some(synced)) => Some(synced),
            ("dual_property", None) => {
                let config = config.get("dual_property");
                config.object_of(&["synced_property_name", "synced_property_id"])?;
                let wished = match config.get("synced_property_name").present() {
                    Some(name) => Some(name.short_text()?.to_owned()),
                    None => None,
                };
                Some(self.grow(data_source, property, wished))
            }
            _ => None,
        };
        Ok(Kind::Relation(Relation {
            data_source,
            synced,
        }))
    }

    /// The data source that a relation leads to.
    fn related(&self, config: &Field<'_>) -> Result<Uuid, NotionError> {
        let workspace = self.ground.workspace;
        if !self.ground.version.has_data_sources() {
            config.object_of(&["database_id", "type", "single_property", "dual_property"])?;
            return workspace.data_source_of(config.get("database_id").uuid()?);
        }
        config.object_of(&[
            "database_id",
            "data_source_id",
            "type",
            "single_property",
            "dual_property",
        ])?;
        let id = config.get("data_source_id").uuid()?;
        if id != self.data_source {
            workspace.data_source(id)?;
        }
        Ok(id)
    }

    /// Makes the other half of a two-way relation, and tells its key.
    fn grow(&mut self, data_source: Uuid, property: &Property, wished: Option<String>) -> String {
        let related = self.ground.workspace.schema(data_source);
        let is_taken = |key: &str| {
            let planned = self.ripples.iter().any(|ripple| {
                matches!(ripple, Ripple::Grown { data_source: to, half } if *to == data_source && half.key == key)
            });
            let own = data_source == self.data_source
                && self.properties.iter().any(|property| property.key == key);
            planned || own || related.is_some_and(|schema| schema.find_key(key).is_some())
        };
        let is_free = |name: &String| related.is_none_or(|schema| schema.find(name).is_none());
        let name = wished
            .filter(is_free)
            .unwrap_or_else(|| format!("Related to {} ({})", self.ground.title, property.name));
        let key = free_key(data_source, &name, is_taken);
        let half = Kind::Relation(Relation {
            data_source: self.data_source,
            synced: Some(property.key.clone()),
        });
        self.ripples.push(Ripple::Grown {
            data_source,
            half: Property::new(key.clone(), name, half),
        });
        key
    }
}

/// The place of a property that can be removed.
fn removable(schema: &Schema, name: &str) -> Result<usize, NotionError> {
    let index = schema
        .find(name)
        .ok_or_else(|| NotionError::Validation(format!("{name} is not a property that exists.")))?;
    if schema.property(index).kind == Kind::Title {
        return Err(NotionError::Validation(format!(
            "{name}: the title property cannot be removed."
        )));
    }
    Ok(index)
}

/// A key that no other property has: a renamed one keeps the key of its first name.
fn free_key(data_source: Uuid, name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut key = ids::of_property(data_source, name);
    let mut count = 1;
    while is_taken(&key) {
        key = ids::of_property(
            data_source,
            &Value::from(vec![name, &count.to_string()]).to_string(),
        );
        count += 1;
    }
    key
}

#[cfg(test)]
mod tests;
