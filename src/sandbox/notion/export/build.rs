//! The workspace of an export: the databases, then all pages without values, oldest first, and then
//! their values, when every page that a link names is there.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::super::properties::kind::Kind;
use super::super::properties::property::Property;
use super::super::properties::schema::Schema;
use super::super::properties::text::RichText;
use super::super::properties::value::{self, Change, Stored};
use super::super::store::{BOT, DataSource, Database, Edit, PageKey, Parent, Workspace};
use super::ExportError;
use super::columns::{Column, Table, properties};
use super::links::{is_archived, named};
use super::losses::Losses;
use super::shapes::{Sheet, id_of};

/// Puts everything into a workspace.
///
/// # Errors
/// When a page says what the simulator cannot hold.
pub(super) fn workspace(
    tables: Vec<Table<'_>>,
    losses: &mut Losses,
) -> Result<Workspace, ExportError> {
    let mut builder = Builder {
        workspace: Workspace::new(),
        losses,
    };
    for table in &tables {
        builder.add_table(table)?;
    }
    let mut pages = Vec::new();
    for (place, table) in tables.iter().enumerate() {
        for sheet in &table.sheets {
            pages.push((time(sheet, "created_time")?, place, sheet));
        }
    }
    // Queries list pages in the order of their creation; the file's order decides between equals.
    pages.sort_by_key(|(created, ..)| *created);
    for (created, place, sheet) in &pages {
        builder.add_page(&tables[*place], sheet, *created)?;
    }
    for (_, place, sheet) in &pages {
        builder.fill_page(&tables[*place], sheet)?;
    }
    for table in &tables {
        builder.count_on(table);
    }
    Ok(builder.workspace)
}

struct Builder<'l> {
    workspace: Workspace,
    losses: &'l mut Losses,
}

impl Builder<'_> {
    fn add_table(&mut self, table: &Table<'_>) -> Result<(), ExportError> {
        let wrong = |refusal: NotionError| ExportError::Database {
            database: table.database,
            problem: refusal.to_string(),
        };
        let kept = table.columns.iter().filter_map(|column| {
            let kind = column.kind.clone()?;
            Some(Property::new(column.id.clone(), column.name.clone(), kind))
        });
        let schema = Schema::of(table.data_source, kept.collect()).map_err(wrong)?;
        let title = RichText::of(&table.title);
        if self.workspace.database(table.database).is_err() {
            self.workspace.check_free(table.database).map_err(wrong)?;
            let mut database = Database::new(table.database, Parent::Workspace, title.clone());
            if let Some(object) = table.object {
                let at = |key: &str| object[key].as_str()?.parse().ok();
                database.created = at("created_time").unwrap_or(database.created);
                database.edited = at("last_edited_time").unwrap_or(database.edited);
                database.icon = object["icon"].clone();
                database.cover = object["cover"].clone();
            }
            self.workspace.insert_database(database);
        }
        self.workspace
            .check_free(table.data_source)
            .map_err(wrong)?;
        let source = DataSource::new(table.data_source, table.database, title, schema);
        self.workspace.insert_data_source(source);
        Ok(())
    }

    fn add_page(
        &mut self,
        table: &Table<'_>,
        sheet: &Sheet<'_>,
        created: Timestamp,
    ) -> Result<(), ExportError> {
        let wrong = |refusal: NotionError| ExportError::Page {
            page: sheet.id.to_string(),
            problem: refusal.to_string(),
        };
        self.workspace.check_free(sheet.id).map_err(wrong)?;
        let edited = time(sheet, "last_edited_time")?;
        let author = id_of(&sheet.page["created_by"]["id"]).unwrap_or(BOT);
        let home = Parent::DataSource(table.data_source);
        let times = (created, edited);
        // The marks first: which links an answer shows depends on them.
        let edit = Edit {
            archived: Some(is_archived(sheet.page)),
            ..Edit::default()
        };
        self.workspace
            .create(home, sheet.id, edit, author, times)
            .map_err(wrong)?;
        self.meet(&sheet.page["created_by"]);
        self.meet(&sheet.page["last_edited_by"]);
        let body = sheet.page["children"].as_array();
        if body.is_some_and(|blocks| !blocks.is_empty()) {
            let why = "blocks of pages are not taken from a file";
            self.losses.note(&table.title, "children", why);
        }
        if !sheet.page["public_url"].is_null() {
            let why = "the simulator publishes no page";
            self.losses.note(&table.title, "public_url", why);
        }
        Ok(())
    }

    fn fill_page(&mut self, table: &Table<'_>, sheet: &Sheet<'_>) -> Result<(), ExportError> {
        let page = sheet.page;
        let key = self.workspace.find_page(sheet.id);
        let key = key.map_err(|refusal| ExportError::Page {
            page: sheet.id.to_string(),
            problem: refusal.to_string(),
        })?;
        let given = |name: &str| page.get(name).filter(|value| !value.is_null()).cloned();
        let mut edit = Edit {
            is_locked: Some(page["is_locked"] == true),
            icon: given("icon"),
            cover: given("cover"),
            ..Edit::default()
        };
        let told = properties(sheet)?;
        let columns = table.columns.iter().filter(|column| column.kind.is_some());
        for (index, column) in columns.enumerate() {
            let Some(told) = told.get(&column.name) else {
                continue;
            };
            let change = self
                .change(table, (sheet, key), (index, column), told)
                .map_err(|problem| ExportError::Property {
                    page: sheet.id,
                    property: column.name.clone(),
                    problem,
                })?;
            edit.changes.extend(change.map(|change| (index, change)));
        }
        let editor = id_of(&page["last_edited_by"]["id"]).unwrap_or(BOT);
        let edited = time(sheet, "last_edited_time")?;
        self.workspace.apply(key, edit, editor, edited);
        Ok(())
    }

    /// What a property of a page says; nothing when it follows from the rest of the page.
    fn change(
        &mut self,
        table: &Table<'_>,
        (sheet, key): (&Sheet<'_>, PageKey),
        (index, column): (usize, &Column),
        told: &Value,
    ) -> Result<Option<Change>, String> {
        let value = &told[&column.kind_name];
        let mut lose = |why: &str| self.losses.note(&table.title, &column.name, why);
        match &column.kind {
            None | Some(Kind::Button) => return Ok(None),
            Some(Kind::CreatedTime) => return follows(value, &sheet.page["created_time"]),
            Some(Kind::LastEditedTime) => return follows(value, &sheet.page["last_edited_time"]),
            Some(Kind::CreatedBy) => {
                self.meet(value);
                return follows(&value["id"], &sheet.page["created_by"]["id"]);
            }
            Some(Kind::LastEditedBy) => {
                self.meet(value);
                return follows(&value["id"], &sheet.page["last_edited_by"]["id"]);
            }
            Some(Kind::Verification) => {
                if !value.is_null() && value["state"] != "unverified" {
                    lose("the simulator verifies no page");
                }
                return Ok(None);
            }
            Some(Kind::UniqueId(_)) => {
                let number = value["number"].as_u64();
                let number = number.filter(|number| u32::try_from(*number).is_ok());
                let number = number.ok_or_else(|| format!("`number` is {}", value["number"]))?;
                return Ok(Some(Change::Set(Stored::Unique(number))));
            }
            Some(Kind::Relation(relation)) => {
                let (links, more) = named(told);
                let source = relation.data_source;
                return self.links(table, (key, index, column), (links, more), source);
            }
            Some(Kind::People) => {
                for person in value.as_array().into_iter().flatten() {
                    self.meet(person);
                }
            }
            Some(Kind::Date) if is_zoned(value) => {
                lose("dates keep their offset, not the name of their time zone");
                let date = json!({ "start": value["start"], "end": value["end"] });
                let told = json!({ "type": "date", "date": date });
                return self.parsed(sheet, index, &told).map(Some);
            }
            Some(_) => {}
        }
        self.parsed(sheet, index, told).map(Some)
    }

    /// Reads a value as a write would.
    fn parsed(&self, sheet: &Sheet<'_>, index: usize, told: &Value) -> Result<Change, String> {
        let schema = self.workspace.schema(sheet.data_source);
        let schema = schema.ok_or("its data source is missing")?;
        let nowhere = |_, id| Err(NotionError::Validation(format!("there is no page {id}")));
        value::parse(&Field::root("page", told), schema.property(index), &nowhere)
            .map_err(|refusal| refusal.to_string())
    }

    fn links(
        &mut self,
        table: &Table<'_>,
        (key, index, column): (PageKey, usize, &Column),
        (ids, more): (Vec<Uuid>, bool),
        source: Uuid,
    ) -> Result<Option<Change>, String> {
        let mut links = Vec::with_capacity(ids.len());
        for id in ids {
            let Ok(link) = self.workspace.find_page(id) else {
                let why = "a link to a page that is not in the file";
                self.losses.note(&table.title, &column.name, why);
                continue;
            };
            if self.workspace.page(link).data_source() != Some(source) {
                return Err(format!(
                    "it links to {id}, and other pages link to another database with it"
                ));
            }
            if !links.contains(&link) {
                links.push(link);
            }
        }
        // What the other half of a two-way relation has told and an answer of this page cannot: the
        // 26th link, and those to archived pages.
        let workspace = &self.workspace;
        if let Stored::Relation(before) = workspace.page(key).value(index) {
            let hidden = |link: &&PageKey| more || workspace.page(**link).archived;
            let new = before.iter().filter(hidden).copied();
            let new: Vec<PageKey> = new.filter(|link| !links.contains(link)).collect();
            links.extend(new);
        }
        if more {
            let why = "the file lists 25 links of a page (`has_more` is true)";
            self.losses.note(&table.title, &column.name, why);
        }
        Ok(Some(Change::Set(Stored::Relation(links))))
    }

    /// Gets to know a user of whom more than the id is told.
    fn meet(&mut self, user: &Value) {
        let (Some(id), Some(name)) = (id_of(&user["id"]), user["name"].as_str()) else {
            return;
        };
        if self.workspace.is_taken(id) {
            return;
        }
        if user["type"] == "bot" {
            self.workspace.add_bot(id, name);
            return;
        }
        let email = user["person"]["email"].as_str().unwrap_or_default();
        // It was just seen that the id is free.
        drop(self.workspace.add_person(id, name, email));
    }

    /// Lets new pages take the numbers after the greatest.
    fn count_on(&mut self, table: &Table<'_>) {
        let Ok(source) = self.workspace.data_source_mut(table.data_source) else {
            return;
        };
        let kept = table
            .columns
            .iter()
            .filter_map(|column| column.kind.as_ref());
        for (index, kind) in kept.enumerate() {
            if let Kind::UniqueId(_) = kind {
                source.schema.property_mut(index).kind = kind.clone();
            }
        }
    }
}

/// A value that the simulator computes from the page itself.
fn follows(told: &Value, of_page: &Value) -> Result<Option<Change>, String> {
    match told.is_null() || told == of_page {
        true => Ok(None),
        false => Err(format!("it is {told}, and the page itself says {of_page}")),
    }
}

/// A date whose zone is named although its texts have their offset, as Notion answers it.
fn is_zoned(date: &Value) -> bool {
    let text = date["start"].as_str().unwrap_or_default();
    let time = text.split_once('T').map_or("", |(_, time)| time);
    !date["time_zone"].is_null() && time.contains(['Z', '+', '-'])
}

fn time(sheet: &Sheet<'_>, key: &str) -> Result<Timestamp, ExportError> {
    let told = &sheet.page[key];
    let parsed = told.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| ExportError::Page {
        page: sheet.id.to_string(),
        problem: format!("its {key} is {told}, not a time like 2026-01-02T03:04:00.000Z"),
    })
}
