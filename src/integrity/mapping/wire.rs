//! The mapping as it is written: every key with its place.

use crate::diagnostic::{At, Entries, FromToml, Node, OneOrMany, Section};

/// The file.
pub(super) struct MappingFile {
    pub(super) zone: Option<At<String>>,
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

/// `[[records]]`
pub(super) struct RecordTable {
    pub(super) name: Option<At<String>>,
    pub(super) table: Option<At<String>>,
    pub(super) id: Option<At<String>>,
    pub(super) ways: Option<At<OneOrMany<WayTable>>>,
    pub(super) skip: Option<At<OneOrMany<SkipTable>>>,
    pub(super) body: Option<At<BodyTable>>,
    pub(super) edited: Option<At<String>>,
    pub(super) fields: Option<At<Entries<FieldTable>>>,
    pub(super) links: Option<At<Entries<LinkTable>>>,
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

/// One way of matching.
pub(super) struct WayTable {
    pub(super) id_map: Option<At<String>>,
    pub(super) column: Option<At<String>>,
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
pub(super) struct SkipTable {
    pub(super) when: Option<At<String>>,
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

/// Where bodies went.
pub(super) struct BodyTable {
    pub(super) column: Option<At<String>>,
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
pub(super) struct FieldTable {
    pub(super) from: Option<At<String>>,
    pub(super) form: Option<At<String>>,
    pub(super) words: Option<At<Entries<String>>>,
    pub(super) empty: Option<At<String>>,
    pub(super) end_column: Option<At<String>>,
    pub(super) zone_column: Option<At<String>>,
    pub(super) set_when: Option<At<Entries<String>>>,
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

/// What a link became.
pub(super) struct LinkTable {
    pub(super) column: Option<At<String>>,
    pub(super) through: Option<At<String>>,
    pub(super) own: Option<At<String>>,
    pub(super) other: Option<At<String>>,
    pub(super) to: Option<At<String>>,
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
pub(super) struct LinkSource {
    pub(super) property: String,
    pub(super) prefix: String,
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
