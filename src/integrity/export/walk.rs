//! The way through a file: which object is a page, which a list of pages, and which only holds lists.
//!
//! Nothing but one page is ever held. What an object is shows itself while its keys go by: `properties`
//! makes a page, `results` an answer to a query, and other lists and objects are looked into.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use jiff::Timestamp;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;

use super::blocks::{PageText, text_of};
use super::limit::Progress;
use super::page::{Page, Properties};
use super::{ExportFacts, ListEnd};

/// Deeper than `{"data": {"tasks": [{"results": [page]}]}}` no script nests.
const DEEPEST: usize = 8;
/// The names under which schemas stand, not pages.
const SCHEMAS: [&str; 4] = ["databases", "data_sources", "schema", "schemas"];

/// What is shared on the way.
pub(super) struct Way<'w> {
    pub(super) sink: RefCell<&'w mut dyn FnMut(Page)>,
    pub(super) facts: RefCell<ExportFacts>,
    /// The database of the last page in the answer that is being read, where that has no name.
    pub(super) source: RefCell<Option<String>>,
    /// How the lists without a name end, by their databases: of several answers to one query only the last
    /// one tells, and it tells nothing of another query's.
    pub(super) unnamed: RefCell<BTreeMap<String, ListEnd>>,
    pub(super) progress: &'w Progress,
}

/// One value of the file that may hold pages.
#[derive(Clone)]
pub(super) struct Walk<'w> {
    pub(super) way: &'w Way<'w>,
    pub(super) list: Option<Rc<str>>,
    pub(super) depth: usize,
    /// Whether it stands in a list, where everything must be a page or hold some.
    pub(super) listed: bool,
}

impl<'w> Walk<'w> {
    fn below(&self, name: Option<&str>, listed: bool) -> Self {
        Self {
            way: self.way,
            list: name.map(Rc::from).or_else(|| self.list.clone()),
            depth: self.depth + 1,
            listed,
        }
    }

    fn in_schemas(&self) -> bool {
        let list = self.list.as_deref();
        list.is_some_and(|name| SCHEMAS.contains(&name))
    }

    fn scalar<E: serde::de::Error>(&self) -> Result<bool, E> {
        if self.listed || self.depth == 0 {
            return Err(E::custom("this is no page of Notion"));
        }
        Ok(false)
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    /// Whether it is a list or an object, and no number or text of the script's own.
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        if self.depth > DEEPEST {
            return Err(D::Error::custom("this is nested deeper than any export"));
        }
        self.way.progress.step();
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pages as Notion's API answers them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        if !self.in_schemas() {
            let name = self.list.as_deref().unwrap_or_default();
            let mut facts = self.way.facts.borrow_mut();
            let end = facts.lists.entry(name.to_owned());
            end.or_insert(ListEnd::NotTold);
        }
        let inner = self.below(None, true);
        while seq.next_element_seed(inner.clone())?.is_some() {}
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut draft = Draft::default();
        while let Some(key) = map.next_key::<String>()? {
            self.way.progress.step();
            self.entry(&key, &mut draft, &mut map)?;
        }
        self.end(draft)?;
        Ok(true)
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<bool, E> {
        self.scalar()
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<bool, E> {
        self.scalar()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<bool, E> {
        self.scalar()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<bool, E> {
        self.scalar()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<bool, E> {
        self.scalar()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<bool, E> {
        self.scalar()
    }
}

/// What an object has shown of itself so far.
#[derive(Default)]
struct Draft {
    object: Option<String>,
    id: Option<String>,
    created: Option<String>,
    edited: Option<String>,
    archived: bool,
    properties: Option<Properties>,
    body: Option<PageText>,
    /// What identifies its database, in Notion's word.
    parent: Option<String>,
    /// Whether more follows, where the answer says so: one that keeps its results alone does not.
    has_more: Option<bool>,
    has_results: bool,
    /// The database of the results.
    source: Option<String>,
    holds: bool,
}

impl Draft {
    fn is_page(&self) -> bool {
        self.object.as_deref() == Some("page") || self.properties.is_some()
    }

    /// Of all that says whether more follows, that weighs most which says so.
    fn tells_more(&mut self, more: Option<bool>) {
        self.has_more = self.has_more.max(more);
    }

    /// Whether it is an object of Notion that holds no pages.
    fn is_other(&self) -> bool {
        let object = self.object.as_deref();
        object.is_some_and(|object| !matches!(object, "page" | "list"))
    }
}

impl Walk<'_> {
    fn entry<'de, A: MapAccess<'de>>(
        &self,
        key: &str,
        draft: &mut Draft,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if draft.is_other() || (self.in_schemas() && key == "properties") {
            draft.holds = true;
            map.next_value::<IgnoredAny>()?;
            return Ok(());
        }
        let text = |value: Value| value.as_str().map(str::to_owned);
        match key {
            "object" => draft.object = text(map.next_value()?),
            "id" => draft.id = text(map.next_value()?),
            "created_time" => draft.created = text(map.next_value()?),
            "last_edited_time" => draft.edited = text(map.next_value()?),
            "archived" | "in_trash" | "is_archived" => {
                draft.archived |= map.next_value::<Value>()? == true;
            }
            "properties" => draft.properties = Some(map.next_value()?),
            // Only an answer without a name is told apart by it.
            "parent" if self.list.is_none() => {
                let parent: Value = map.next_value()?;
                let id = parent["data_source_id"].as_str();
                draft.parent = id.or(parent["database_id"].as_str()).map(str::to_owned);
            }
            // They may stand before what shows that it is a page.
            "blocks" | "children" if draft.is_page() || self.listed => {
                draft.body = Some(text_of(&map.next_value::<Value>()?));
            }
            _ if draft.is_page() => {
                map.next_value::<IgnoredAny>()?;
            }
            "has_more" => draft.tells_more(map.next_value::<Value>()?.as_bool()),
            // A query ends at 10,000 results, and says so beside `has_more: false`.
            "request_status" => {
                let is_cut = map.next_value::<Value>()?["type"] == "incomplete";
                draft.tells_more(is_cut.then_some(true));
            }
            "results" => {
                draft.has_results = true;
                self.way.source.take();
                map.next_value_seed(self.below(None, false))?;
                draft.source = self.way.source.take();
            }
            "exported_at" | "exportedAt" => {
                let at = text(map.next_value()?);
                self.way.facts.borrow_mut().exported_at = at.and_then(|at| at.parse().ok());
            }
            // A schema's own name is not that of a list of pages.
            name => {
                let name = (!self.in_schemas()).then_some(name);
                draft.holds |= map.next_value_seed(self.below(name, false))?;
            }
        }
        Ok(())
    }

    fn end<E: serde::de::Error>(&self, draft: Draft) -> Result<(), E> {
        if draft.is_page() {
            return self.page(draft);
        }
        if draft.has_results {
            self.answer(&draft);
        } else if self.listed && !draft.holds {
            return Err(E::custom(
                "this object is no page of Notion: it has no `properties`",
            ));
        }
        Ok(())
    }

    /// Of several answers to one query only the last one tells whether the list ends there.
    fn answer(&self, draft: &Draft) {
        let end = match draft.has_more {
            Some(true) => ListEnd::More,
            Some(false) => ListEnd::Whole,
            None => ListEnd::NotTold,
        };
        match &self.list {
            Some(name) => {
                let mut facts = self.way.facts.borrow_mut();
                facts.lists.insert(name.to_string(), end);
            }
            None => {
                let source = draft.source.clone().unwrap_or_default();
                self.way.unnamed.borrow_mut().insert(source, end);
            }
        }
    }

    fn page<E: serde::de::Error>(&self, draft: Draft) -> Result<(), E> {
        let id = draft.id.and_then(|id| id.parse::<uuid::Uuid>().ok());
        let id = id.ok_or_else(|| E::custom("this page has no `id`"))?;
        let properties = draft.properties;
        let Properties(properties) =
            properties.ok_or_else(|| E::custom("this page has no `properties`"))?;
        if self.list.is_none() {
            // All pages of a database have the same properties, and those of another one others.
            let names = properties.iter().map(|(name, _)| name.as_str());
            let names = || names.collect::<Vec<_>>().join("\n");
            *self.way.source.borrow_mut() = Some(draft.parent.unwrap_or_else(names));
        }
        let time = |text: Option<String>| text?.parse::<Timestamp>().ok();
        let page = Page {
            id: id.as_u128(),
            list: self.list.clone(),
            created: time(draft.created),
            edited: time(draft.edited),
            archived: draft.archived,
            properties,
            body: draft.body,
        };
        let mut facts = self.way.facts.borrow_mut();
        facts.pages += 1;
        facts.newest_edit = facts.newest_edit.max(page.edited);
        match &page.body {
            None => facts.without_body += 1,
            Some(body) => facts.half_body += u64::from(!body.is_whole),
        }
        drop(facts);
        (self.way.sink.borrow_mut())(page);
        Ok(())
    }
}
