//! The mapping as it is written: every key with its place. The JSON Schema is made from these types, so that an
//! editor and the reader know the same keys.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::diagnostic::{At, Entries, FromToml, Node, OneOrMany, Section};

/// Which page of Notion became which row of PostgreSQL, and which property which column.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields, title = "Mapping")]
pub(super) struct MappingFile {
    /// The time zone in which a date without a time is a day, like `Australia/Sydney`.
    #[schemars(required)]
    pub(super) zone: Option<At<String>>,
    /// One for each database of Notion.
    #[schemars(required, length(min = 1))]
    pub(super) records: Option<At<Vec<At<RecordTable>>>>,
}

impl MappingFile {
    pub(super) fn from_section(mut section: Section<'_>) -> Option<Self> {
        let file = Self {
            zone: section.required("zone", "`zone = \"UTC\"`, in which a date is a day"),
            records: section.required("records", "`[[records]]`, one for each database of Notion"),
        };
        section.finish();
        Some(file)
    }
}

/// A database of Notion and the table that received it.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RecordTable {
    /// The list's name in the export, like `tasks`.
    #[schemars(required)]
    pub(super) name: Option<At<String>>,
    /// The table.
    #[schemars(required)]
    pub(super) table: Option<At<String>>,
    /// The column of the row's own id; `id` when absent.
    pub(super) id: Option<At<String>>,
    /// How a page finds its row: the first way that can be used.
    #[schemars(required, rename = "match")]
    pub(super) ways: Option<At<OneOrMany<WayTable>>>,
    /// Pages that have no row, with the reason.
    pub(super) skip: Option<At<OneOrMany<SkipTable>>>,
    /// Where the text inside the pages went.
    pub(super) body: Option<At<BodyTable>>,
    /// The column with the time of a row's last change.
    pub(super) edited: Option<At<String>>,
    /// What each column received.
    #[schemars(required)]
    pub(super) fields: Option<At<Entries<FieldTable>>>,
    /// What each link became.
    pub(super) links: Option<At<Entries<LinkTable>>>,
    /// Properties that were left behind, each with its reason.
    pub(super) ignored: Option<At<Entries<String>>>,
}

impl FromToml for RecordTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a record")?;
        let record = Self {
            name: section.required("name", "`name = \"tasks\"`, the list's name in the export"),
            table: section.required("table", "`table = \"tasks\"`"),
            id: section.optional("id"),
            ways: section.required("match", "`match = { content = [\"title\"] }`"),
            skip: section.optional("skip"),
            body: section.optional("body"),
            edited: section.optional("edited"),
            fields: section.required("fields", "`[records.fields]`, what each column received"),
            links: section.optional("links"),
            ignored: section.optional("ignored"),
        };
        section.finish();
        Some(record)
    }
}

/// One way in which a page finds its row; exactly one key.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct WayTable {
    /// By the part of the id map with this name.
    pub(super) id_map: Option<At<String>>,
    /// By the column that holds the page's id.
    pub(super) column: Option<At<String>>,
    /// By what these columns say.
    pub(super) content: Option<At<Vec<At<String>>>>,
}

impl FromToml for WayTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a way of matching")?;
        let way = Self {
            id_map: section.optional("id_map"),
            column: section.optional("column"),
            content: section.optional("content"),
        };
        let said = [
            way.id_map.is_some(),
            way.column.is_some(),
            way.content.is_some(),
        ];
        if said.iter().filter(|said| **said).count() != 1 {
            let help = "write one of `id_map = \"tasks\"`, `column = \"notionId\"`, `content = [\"title\"]`";
            node.wrong("a way of matching has exactly one key", help);
        }
        section.finish();
        Some(way)
    }
}

/// Pages that have no row, and why.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SkipTable {
    /// `archived`: pages in Notion's trash.
    #[schemars(required, regex(pattern = "^archived$"))]
    pub(super) when: Option<At<String>>,
    /// Why they have none.
    #[schemars(required)]
    pub(super) reason: Option<At<String>>,
}

impl FromToml for SkipTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a skip")?;
        let skip = Self {
            when: section.required("when", "`when = \"archived\"`"),
            reason: section.required("reason", "`reason = \"in Notion's trash\"`"),
        };
        section.finish();
        Some(skip)
    }
}

/// Where the text inside the pages went; exactly one key.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct BodyTable {
    /// This column contains it.
    pub(super) column: Option<At<String>>,
    /// It was left behind, for this reason.
    pub(super) ignored: Option<At<String>>,
}

impl FromToml for BodyTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a body")?;
        let body = Self {
            column: section.optional("column"),
            ignored: section.optional("ignored"),
        };
        if body.column.is_some() == body.ignored.is_some() {
            let help =
                "write `column = \"description\"`, or `ignored = \"why it was left behind\"`";
            node.wrong("a body has exactly one key", help);
        }
        section.finish();
        Some(body)
    }
}

/// What a column received.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FieldTable {
    /// The property; or `created_time`, `last_edited_time`, or `nothing` where Notion does not say it.
    #[schemars(required)]
    pub(super) from: Option<At<String>>,
    /// As what both values are compared; `text` when absent.
    #[schemars(
        rename = "as",
        regex(pattern = "^(text|number|flag|instant|minute|date|list)$")
    )]
    pub(super) form: Option<At<String>>,
    /// The column's word for each option of Notion.
    #[schemars(rename = "map")]
    pub(super) words: Option<At<Entries<String>>>,
    /// The column's value where Notion has none.
    pub(super) empty: Option<At<String>>,
    /// The column that received the end of a date.
    pub(super) end_column: Option<At<String>>,
    /// The column that received the time zone of a date, by its name or as an offset.
    pub(super) zone_column: Option<At<String>>,
    /// The column is set where this other one has this value, and empty elsewhere.
    pub(super) set_when: Option<At<Entries<String>>>,
    /// `last_edited_time`: that time in this column is a guess.
    #[schemars(regex(pattern = "^last_edited_time$"))]
    pub(super) never: Option<At<String>>,
}

impl FromToml for FieldTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a field")?;
        let field = Self {
            from: section.required("from", "`from = \"Due Date\"`, the property"),
            form: section.optional("as"),
            words: section.optional("map"),
            empty: section.optional("empty"),
            end_column: section.optional("end_column"),
            zone_column: section.optional("zone_column"),
            set_when: section.optional("set_when"),
            never: section.optional("never"),
        };
        section.finish();
        Some(field)
    }
}

/// What a link became: a column, or a table of pairs.
#[derive(Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct LinkTable {
    /// The column with the other row's id.
    pub(super) column: Option<At<String>>,
    /// The table of pairs.
    pub(super) through: Option<At<String>>,
    /// Its column with the row's own id.
    pub(super) own: Option<At<String>>,
    /// Its column with the other row's id.
    pub(super) other: Option<At<String>>,
    /// The table that it leads to, and the column by which its rows are known, like `projects.id`
    /// or `public.projects.id`.
    #[schemars(required)]
    pub(super) to: Option<At<String>>,
    /// The properties that say it: relations, or options whose names are those of the rows.
    #[schemars(required)]
    pub(super) from: Option<At<OneOrMany<LinkSource>>>,
}

impl FromToml for LinkTable {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        let mut section = node.section("a link")?;
        let link = Self {
            column: section.optional("column"),
            through: section.optional("through"),
            own: section.optional("own"),
            other: section.optional("other"),
            to: section.required("to", "`to = \"projects.id\"`, the table and the column"),
            from: section.required("from", "`from = \"Project\"`, the property"),
        };
        let pairs = [
            link.through.is_some(),
            link.own.is_some(),
            link.other.is_some(),
        ];
        let through = pairs.iter().all(|said| *said);
        if (link.column.is_some(), through, pairs.contains(&true)) != (true, false, false)
            && (link.column.is_some(), through) != (false, true)
        {
            let help = "write `column = \"projectId\"`, or `through`, `own` and `other` for a table of pairs";
            node.wrong("a link is kept in a column or in a table of pairs", help);
        }
        section.finish();
        Some(link)
    }
}

/// A property that says links, alone or with what stands before its names.
#[derive(Debug)]
pub(super) struct LinkSource {
    pub(super) property: String,
    pub(super) prefix: String,
}

impl JsonSchema for LinkSource {
    fn schema_name() -> Cow<'static, str> {
        "LinkSource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A property, alone or with what stands before its names.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": { "property": { "type": "string" }, "prefix": { "type": "string" } },
                    "required": ["property"],
                    "additionalProperties": false,
                },
            ],
        })
    }
}

impl FromToml for LinkSource {
    fn from_toml(node: Node<'_>) -> Option<Self> {
        if node.value().is_str() {
            let property = String::from_toml(node)?;
            return Some(Self {
                property,
                prefix: String::new(),
            });
        }
        let mut section = node.section("a property of a link")?;
        let property = section.required::<String>("property", "`property = \"Context\"`");
        let prefix = section.optional::<String>("prefix");
        section.finish();
        Some(Self {
            property: property?.value,
            prefix: prefix.map_or(String::new(), |prefix| prefix.value),
        })
    }
}
