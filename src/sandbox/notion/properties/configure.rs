//! Reading what a schema says of one property: `{"select": {"options": […]}}`. What a page's schema
//! answers is accepted when it is sent back.
//!
//! Guesses: a select's options are merged, never removed; a new status without options gets Notion's
//! three; the options of a status that is there cannot be changed.

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::store::Workspace;
use super::super::version::Version;
use super::kind::{Kind, NUMBER_FORMATS, Rollup, UniqueId};
use super::options::Options;
use super::rollup::RollupFunction;
use super::schema::Schema;

/// What a new status begins with.
const NEW_STATUS: [&str; 3] = ["Not started", "In progress", "Done"];

/// What surrounds a schema that a request changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ground<'g> {
    pub(crate) workspace: &'g Workspace,
    pub(crate) version: Version,
    /// The data source's title, after which the other halves of relations are named.
    pub(crate) title: &'g str,
}

/// Reads a type that refers to no other property; `old` is what the property with this key was.
/// Nothing for a relation, rollup or formula.
pub(super) fn alone(
    name: &'static str,
    config: &Field<'_>,
    key: &str,
    old: Option<&Kind>,
) -> Result<Option<Kind>, NotionError> {
    let options = || {
        config.object_of(&["options"])?;
        let mut options = old.and_then(Kind::options).cloned().unwrap_or_default();
        options.merge(key, config)?;
        Ok::<_, NotionError>(options)
    };
    let kind = match name {
        "number" => return number(config, old).map(Some),
        "select" => Kind::Select(options()?),
        "multi_select" => Kind::MultiSelect(options()?),
        "status" => Kind::Status(status(config, key, old)?),
        "unique_id" => return unique_id(config, old).map(Some),
        "relation" | "rollup" | "formula" => return Ok(None),
        _ => {
            config.object_of(&[])?;
            return Ok(Kind::simple(name));
        }
    };
    Ok(Some(kind))
}

fn number(config: &Field<'_>, old: Option<&Kind>) -> Result<Kind, NotionError> {
    config.object_of(&["format"])?;
    let before = match old {
        Some(Kind::Number(format)) => format,
        _ => "number",
    };
    Ok(Kind::Number(match config.get("format").optional() {
        Some(format) => format.one_of(&NUMBER_FORMATS)?,
        None => before,
    }))
}

fn unique_id(config: &Field<'_>, old: Option<&Kind>) -> Result<Kind, NotionError> {
    config.object_of(&["prefix"])?;
    let mut unique = match old {
        Some(Kind::UniqueId(unique)) => unique.clone(),
        _ => UniqueId::default(),
    };
    if let Some(prefix) = config.get("prefix").optional() {
        unique.prefix = match prefix.present() {
            Some(prefix) => Some(prefix.short_text()?.to_owned()),
            None => None,
        };
    }
    Ok(Kind::UniqueId(unique))
}

fn status(config: &Field<'_>, key: &str, old: Option<&Kind>) -> Result<Options, NotionError> {
    config.object_of(&["options", "groups"])?;
    let mut options = old.and_then(Kind::options).cloned().unwrap_or_default();
    options.merge(key, config)?;
    if let Some(Kind::Status(before)) = old {
        let groups = config.get("groups").optional();
        let mut after = options.clone();
        if groups.is_some() {
            after.arrange(config)?;
        }
        let all = config.get("options").optional();
        let count = all.map_or(Ok(before.all().len()), |all| Ok(all.elements()?.len()));
        if after != *before || count? != before.all().len() {
            return Err(NotionError::Validation(
                "Cannot update the options or groups of a status property with the API.".to_owned(),
            ));
        }
        return Ok(options);
    }
    if options.all().is_empty() {
        let names = NEW_STATUS.map(str::to_owned);
        return Ok(Options::declared(key, names.into()));
    }
    options.arrange(config)?;
    Ok(options)
}

/// Reads a rollup of `schema`, which has its relations; what is not said stays as it was.
pub(super) fn rollup(
    config: &Field<'_>,
    schema: &Schema,
    old: Option<&Kind>,
    ground: Ground<'_>,
) -> Result<Kind, NotionError> {
    config.object_of(&[
        "relation_property_name",
        "relation_property_id",
        "rollup_property_name",
        "rollup_property_id",
        "function",
    ])?;
    let old = match old {
        Some(Kind::Rollup(rollup)) => Some(rollup),
        _ => None,
    };
    let before = old.and_then(|old| schema.find_key(&old.relation));
    let relation = named(config, "relation", schema, before)?;
    let link = schema.property(relation).kind.relation();
    let relation_name = config.get("relation_property_name");
    let link = link.ok_or_else(|| relation_name.should("be the name of a relation"))?;
    let related = schema.other(link.data_source, ground.workspace);
    let related = related.ok_or_else(|| relation_name.should("lead to a data source"))?;
    let before = old.and_then(|old| related.find_key(&old.property));
    let target = related.property(named(config, "rollup", related, before)?);
    if matches!(target.kind, Kind::Rollup(_)) {
        let name = config.get("rollup_property_name");
        return Err(name.should("be no rollup"));
    }
    let function = config.get("function");
    let function = match (function.clone().optional(), old) {
        (None, Some(old)) => old.function,
        _ => {
            let names = RollupFunction::ALL.map(|(_, name)| name);
            let name = function.one_of(&names)?;
            let known = RollupFunction::ALL.iter().find(|(_, word)| *word == name);
            known.map_or(RollupFunction::Count, |(function, _)| *function)
        }
    };
    Ok(Kind::Rollup(Rollup {
        relation: schema.property(relation).key.clone(),
        property: target.key.clone(),
        function,
    }))
}

/// The property that `<part>_property_id` or `<part>_property_name` tells.
fn named(
    config: &Field<'_>,
    part: &str,
    schema: &Schema,
    before: Option<usize>,
) -> Result<usize, NotionError> {
    let by = |what: &str| config.get(&format!("{part}_property_{what}"));
    if let Some(id) = by("id").present()
        && let Some(index) = schema.find(id.text()?)
    {
        return Ok(index);
    }
    let name = by("name");
    match (name.clone().present(), before) {
        (None, Some(before)) => Ok(before),
        _ => schema.find(name.text()?).ok_or_else(|| {
            let name = name.value().and_then(serde_json::Value::as_str);
            NotionError::Validation(format!(
                "Could not find property with name or id: {}",
                name.unwrap_or_default()
            ))
        }),
    }
}
