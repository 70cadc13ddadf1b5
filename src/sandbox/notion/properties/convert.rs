//! What becomes of a page's value when its property gets another type.

use super::super::body::MOST_CHARACTERS;
use super::kind::Kind;
use super::text::{Plain, RichText};
use super::value::{MOST_OF_CONTACT, Stored, number};

/// The value in the new type; nothing when that cannot hold it.
pub(super) fn converted(value: Stored, from: &Kind, to: &Kind) -> Option<Stored> {
    match (value, to) {
        (Stored::Relation(links), Kind::Relation(to)) => {
            // The other half of a two-way relation would not know of them.
            let same = from.relation()?.data_source == to.data_source && to.synced.is_none();
            same.then_some(Stored::Relation(links))
        }
        (Stored::Choices(chosen), Kind::MultiSelect(_)) => Some(Stored::Choices(chosen)),
        (Stored::Choices(mut chosen), Kind::Select(_) | Kind::Status(_)) => {
            chosen.truncate(1);
            Some(Stored::Choices(chosen))
        }
        (value, Kind::RichText) => {
            let text = said(&value, from)?;
            fits(&text, MOST_CHARACTERS).then(|| Stored::Text(RichText::of(&text)))
        }
        (value, Kind::Url | Kind::Email | Kind::PhoneNumber) => {
            let text = said(&value, from)?;
            let most = match to {
                Kind::Url => MOST_CHARACTERS,
                _ => MOST_OF_CONTACT,
            };
            fits(&text, most).then(|| Stored::Line(Plain::new(text)))
        }
        (Stored::Text(text), Kind::Number(_)) => {
            let parsed: f64 = text.plain().trim().parse().ok()?;
            Some(Stored::Number(Some(number(parsed)?)))
        }
        _ => None,
    }
}

/// What a text says of a value.
fn said(value: &Stored, kind: &Kind) -> Option<String> {
    match value {
        Stored::Text(_) | Stored::Line(_) => Some(value.text().to_owned()),
        Stored::Number(number) => Some(number.as_ref()?.to_string()),
        Stored::Choices(chosen) => {
            let options = kind.options()?;
            let names = chosen.iter().filter_map(|place| options.at(*place));
            let names: Vec<_> = names.map(|choice| choice.name.as_str()).collect();
            Some(names.join(", "))
        }
        _ => None,
    }
}

fn fits(text: &str, most: usize) -> bool {
    text.encode_utf16().count() <= most
}
