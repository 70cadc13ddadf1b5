//! Pages.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::super::properties::around::user;
use super::super::properties::moment::stamp;
use super::super::properties::shown::shown;
use super::super::store::Page;
use super::super::version::Version;
use super::{View, url};

/// A page in an answer; with `only` some of its properties, by their places, and all without.
pub(super) struct PageAnswer<'w> {
    pub(super) view: View<'w>,
    pub(super) page: &'w Page,
    pub(super) only: Option<&'w [usize]>,
}

impl Serialize for PageAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { view, page, .. } = self;
        let version = view.version;
        let mut answer = serializer.serialize_map(None)?;
        answer.serialize_entry("object", "page")?;
        answer.serialize_entry("id", &page.id)?;
        answer.serialize_entry("created_time", &stamp(page.created))?;
        answer.serialize_entry("last_edited_time", &stamp(page.edited))?;
        answer.serialize_entry("created_by", &user(page.created_by))?;
        answer.serialize_entry("last_edited_by", &user(page.edited_by))?;
        answer.serialize_entry("cover", &page.cover)?;
        answer.serialize_entry("icon", &page.icon)?;
        answer.serialize_entry("parent", &view.parent(page.parent))?;
        if version < Version::V2026_03_11 {
            answer.serialize_entry("archived", &page.archived)?;
        }
        answer.serialize_entry("in_trash", &page.archived)?;
        if version.has_data_sources() {
            answer.serialize_entry("is_archived", &page.archived)?;
            answer.serialize_entry("is_locked", &page.is_locked)?;
        }
        answer.serialize_entry("properties", &Properties(self))?;
        let title = view.workspace.title_of(page);
        answer.serialize_entry("url", &url(title.text(), page.id))?;
        answer.serialize_entry("public_url", &())?;
        answer.end()
    }
}

struct Properties<'p, 'w>(&'p PageAnswer<'w>);

impl Serialize for Properties<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PageAnswer { view, page, only } = self.0;
        let schema = view.workspace.schema_of(page);
        let properties = schema.properties().iter().enumerate();
        let properties =
            properties.filter(|(place, _)| only.is_none_or(|only| only.contains(place)));
        serializer.collect_map(properties.map(|(place, property)| {
            let value = shown(place, page, schema, view.workspace, view.version);
            (&property.name, value)
        }))
    }
}
