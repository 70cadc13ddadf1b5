//! From what is written to what is valid: the rules that concern more than one key.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::wire::{
    BodyTable, FieldTable, LinkTable, MappingFile, RecordTable, SkipTable, WayTable,
};
use super::{Body, FieldMap, Form, From, Kept, LinkFrom, LinkMap, Mapping, RecordMap, Way};
use crate::diagnostic::{At, Complaints, Entries, OneOrMany, suggest};

/// The words of `as`.
const FORMS: [(&str, Form); 7] = [
    ("text", Form::Text),
    ("number", Form::Number),
    ("flag", Form::Flag),
    ("instant", Form::Instant),
    ("minute", Form::Minute),
    ("date", Form::Day),
    ("list", Form::List),
];

/// The mapping, unless something of it is missing, which has been complained about.
pub(super) fn mapping(file: MappingFile, complaints: &Complaints) -> Option<Mapping> {
    let zone = file.zone.and_then(|name| zone(&name, complaints));
    let tables = file.records?;
    if tables.value.is_empty() {
        let help = "add `[[records]]` for each database of Notion";
        complaints.add(&tables.span, "nothing would be compared", help);
    }
    let mut records: Vec<RecordMap> = Vec::new();
    for At { value, span } in tables.value {
        let Some(record) = record(value, &span, complaints) else {
            continue;
        };
        let same = |other: &RecordMap| {
            other.name == record.name || is_same_table(&other.table, &record.table)
        };
        if records.iter().any(same) {
            let message = format!(
                "two records have the name or the table of `{}`",
                record.name
            );
            complaints.add(
                &span,
                message,
                "each list of pages has one table of its own",
            );
        }
        records.push(record);
    }
    name_as_records_do(&mut records);
    let (zone, whole) = (zone?, complaints.is_empty());
    whole.then_some(Mapping { zone, records })
}

/// Whether two names may be those of one table: the schema is often left out.
fn is_same_table(one: &str, other: &str) -> bool {
    let parts = |name: &str| {
        let (schema, table) = name.rsplit_once('.').unwrap_or(("", name));
        (schema.to_owned(), table.to_owned())
    };
    let ((schema, table), (other_schema, other_table)) = (parts(one), parts(other));
    table == other_table && (schema == other_schema || schema.is_empty() || other_schema.is_empty())
}

/// Lets links call the tables of records as the records do, so that one table is not taken for two.
fn name_as_records_do(records: &mut [RecordMap]) {
    let tables: Vec<String> = records.iter().map(|record| record.table.clone()).collect();
    for link in records.iter_mut().flat_map(|record| &mut record.links) {
        let mut same = tables
            .iter()
            .filter(|table| is_same_table(table, &link.table));
        if let (Some(table), None) = (same.next(), same.next()) {
            link.table.clone_from(table);
        }
    }
}

fn zone(name: &At<String>, complaints: &Complaints) -> Option<TimeZone> {
    let zone = TimeZone::get(&name.value).ok();
    if zone.is_none() {
        let message = format!("there is no time zone `{}`", name.value);
        complaints.add(
            &name.span,
            message,
            "write a name like `UTC` or `Australia/Sydney`",
        );
    }
    zone
}

fn record(table: RecordTable, span: &Range<usize>, complaints: &Complaints) -> Option<RecordMap> {
    let entries = table.fields.map_or(Vec::new(), |fields| fields.value.0);
    let fields: Vec<FieldMap> = entries
        .into_iter()
        .filter_map(|(column, field)| self::field(column.value, field.value, complaints))
        .collect();
    let links = table.links.map_or(Vec::new(), |links| links.value.0);
    let links = links
        .into_iter()
        .filter_map(|(name, link)| self::link(name.value, link.value, complaints));
    let links = links.collect();
    for field in &fields {
        let others = field.set_when.iter().map(|(column, _)| column);
        for column in others {
            known(column, &fields, span, complaints);
        }
    }
    let ways = table.ways.map_or(Vec::new(), At::into_list);
    let ways = ways.into_iter().filter_map(|way| {
        let span = way.span;
        let way = self::way(way.value)?;
        if let Way::Content(columns) = &way {
            if columns.is_empty() {
                complaints.add(&span, "every page would match every row", "name a column");
            }
            for column in columns {
                known(column, &fields, &span, complaints);
            }
        }
        Some(way)
    });
    let ways: Vec<Way> = ways.collect();
    let skip_archived = skips(table.skip, complaints);
    Some(RecordMap {
        name: table.name?.value,
        table: table.table?.value,
        id: table.id.map_or("id".to_owned(), |id| id.value),
        ways,
        skip_archived,
        body: body(table.body),
        edited: table.edited.map(|column| column.value),
        fields,
        links,
        ignored: pairs(table.ignored),
    })
}

fn known(column: &str, fields: &[FieldMap], span: &Range<usize>, complaints: &Complaints) {
    if !fields.iter().any(|field| field.column == column) {
        let message = format!("no field is named `{column}`");
        let names = fields.iter().map(|field| field.column.as_str());
        complaints.add(span, message, suggest(column, names));
    }
}

fn way(table: WayTable) -> Option<Way> {
    let texts = |list: At<Vec<At<String>>>| list.value.into_iter().map(|text| text.value).collect();
    let id_map = table.id_map.map(|name| Way::IdMap(name.value));
    let column = table.column.map(|column| Way::Column(column.value));
    id_map
        .or(column)
        .or_else(|| Some(Way::Content(texts(table.content?))))
}

fn skips(skips: Option<At<OneOrMany<SkipTable>>>, complaints: &Complaints) -> Option<String> {
    let mut reason = None;
    for skip in skips.map_or(Vec::new(), At::into_list) {
        let (Some(when), Some(why)) = (skip.value.when, skip.value.reason) else {
            continue;
        };
        if when.value == "archived" {
            reason = Some(why.value);
        } else {
            // A page without a title is a page: leaving it out is a loss, which no rule may hide.
            let message = format!("pages cannot be skipped when `{}`", when.value);
            complaints.add(
                &when.span,
                message,
                "write `archived`: pages in Notion's trash",
            );
        }
    }
    reason
}

fn body(body: Option<At<BodyTable>>) -> Body {
    let Some(body) = body.map(|body| body.value) else {
        return Body::Nowhere;
    };
    let column = body.column.map(|column| Body::Column(column.value));
    let ignored = body.ignored.map(|reason| Body::Ignored(reason.value));
    column.or(ignored).unwrap_or(Body::Nowhere)
}

fn pairs(entries: Option<At<Entries<String>>>) -> Vec<(String, String)> {
    let entries = entries.map_or(Vec::new(), |entries| entries.value.0);
    let pair = |(key, value): (At<String>, At<String>)| (key.value, value.value);
    entries.into_iter().map(pair).collect()
}

fn field(column: String, table: FieldTable, complaints: &Complaints) -> Option<FieldMap> {
    let from = match table.from?.value.as_str() {
        "created_time" => From::CreatedTime,
        "last_edited_time" => From::LastEditedTime,
        "nothing" => From::Nothing,
        property => From::Property(property.to_owned()),
    };
    let form = match table.form {
        None => Some(Form::Text),
        Some(word) => {
            let form = FORMS.iter().find(|(known, _)| *known == word.value);
            if form.is_none() {
                let message = format!("values cannot be compared as `{}`", word.value);
                let help = suggest(&word.value, FORMS.iter().map(|(known, _)| *known));
                complaints.add(&word.span, message, help);
            }
            form.map(|(_, form)| *form)
        }
    };
    let never_last_edit = table.never.is_some_and(|never| {
        if never.value != "last_edited_time" {
            let message = format!("`never` cannot be `{}`", never.value);
            complaints.add(&never.span, message, "write `last_edited_time`");
        }
        true
    });
    let set_when = table.set_when.and_then(|set_when| {
        let span = set_when.span.clone();
        let mut pairs = pairs(Some(set_when));
        if pairs.len() != 1 {
            let help = "write `set_when = { status = \"done\" }`";
            complaints.add(&span, "`set_when` names one column and its value", help);
        }
        pairs.pop()
    });
    Some(FieldMap {
        column,
        from,
        form: form?,
        words: pairs(table.words),
        empty: table.empty.map(|empty| empty.value),
        end_column: table.end_column.map(|column| column.value),
        zone_column: table.zone_column.map(|column| column.value),
        set_when,
        never_last_edit,
    })
}

fn link(name: String, table: LinkTable, complaints: &Complaints) -> Option<LinkMap> {
    let to = table.to?;
    let Some((target, by)) = to.value.rsplit_once('.') else {
        let message = format!("`{}` names no column", to.value);
        complaints.add(
            &to.span,
            message,
            "write the table and the column: `projects.id`",
        );
        return None;
    };
    let kept = match (table.column, table.through, table.own, table.other) {
        (Some(column), ..) => Kept::Column(column.value),
        (None, Some(table), Some(own), Some(other)) => Kept::Through {
            table: table.value,
            own: own.value,
            other: other.value,
        },
        _ => return None,
    };
    let from = table.from?.into_list().into_iter();
    let from = from.map(|from| LinkFrom {
        property: from.value.property,
        prefix: from.value.prefix,
    });
    Some(LinkMap {
        name,
        kept,
        table: target.to_owned(),
        by: by.to_owned(),
        from: from.collect(),
    })
}
