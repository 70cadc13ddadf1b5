//! One item of a rich text: a stretch of text, a mention or an equation, with the marks upon it.
//!
//! The plain text of a mention is the title or name of what is known under its id, which the endpoints
//! look up before they read a request; of what is not known it is what the request says, or else a word
//! for what is mentioned (a guess).

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::body::Field;
use super::super::errors::NotionError;
use super::moment::DateRange;
use super::typed::Typed;
use super::words::{Word, one_of};

/// The boolean marks of an item, in the order in which Notion answers them.
const MARKS: [&str; 5] = ["bold", "italic", "strikethrough", "underline", "code"];
/// The colours of texts and of backgrounds.
pub(crate) const COLORS: [&str; 20] = [
    "default",
    "gray",
    "brown",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "red",
    "default_background",
    "gray_background",
    "brown_background",
    "orange_background",
    "yellow_background",
    "green_background",
    "blue_background",
    "purple_background",
    "pink_background",
    "red_background",
];
/// The most characters of an equation.
const MOST_OF_EQUATION: usize = 1_000;

/// The previews of pages outside of Notion.
const LINKS: [&str; 2] = ["link_preview", "link_mention"];

/// An item of a rich text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    content: Content,
    plain: String,
    marks: [bool; MARKS.len()],
    #[serde(deserialize_with = "color")]
    color: Word,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Content {
    /// The plain text, with where it leads.
    Text(Option<String>),
    /// The expression is the plain text.
    Equation,
    Mention(Mention),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Mention {
    User(Uuid),
    Page(Uuid),
    Database(Uuid),
    Date(DateRange),
    /// The preview of a page outside of Notion, as `link_preview` or `link_mention`.
    Link(#[serde(deserialize_with = "link")] Word, Map<String, Value>),
}

fn color<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    one_of(deserializer, &COLORS)
}

fn link<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static str, D::Error> {
    one_of(deserializer, &LINKS)
}

impl Item {
    /// An unmarked text.
    pub(super) fn of(content: &str) -> Self {
        Self {
            content: Content::Text(None),
            plain: content.to_owned(),
            marks: [false; MARKS.len()],
            color: "default",
        }
    }

    pub(super) fn plain(&self) -> &str {
        &self.plain
    }

    /// What an answer says of an item is accepted when it is sent back.
    pub(super) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        const KINDS: [&str; 3] = ["text", "mention", "equation"];
        let keys = [
            "type",
            "text",
            "mention",
            "equation",
            "annotations",
            "plain_text",
            "href",
        ];
        let object = field.object_of(&keys)?;
        let kind = match field.get("type").optional() {
            Some(kind) => kind.one_of(&KINDS)?,
            None => KINDS
                .into_iter()
                .find(|kind| object.contains_key(*kind))
                .unwrap_or("text"),
        };
        let (content, plain) = match kind {
            "equation" => {
                let expression = field.get("equation").get("expression");
                let expression = expression.text_of(MOST_OF_EQUATION)?;
                (Content::Equation, expression.to_owned())
            }
            "mention" => {
                let mention = Mention::parse(&field.get("mention"))?;
                let plain = match field.get("plain_text").present() {
                    Some(plain) => plain.short_text()?.to_owned(),
                    None => mention.plain(),
                };
                (Content::Mention(mention), plain)
            }
            _ => {
                let text = field.get("text");
                text.object_of(&["content", "link"])?;
                let link = match text.get("link").present() {
                    Some(link) => Some(link.get("url").short_text()?.to_owned()),
                    None => None,
                };
                let content = text.get("content").short_text()?.to_owned();
                (Content::Text(link), content)
            }
        };
        let (marks, color) = annotations(&field.get("annotations"))?;
        Ok(Self {
            content,
            plain,
            marks,
            color,
        })
    }

    /// The object of an answer.
    pub(super) fn answer(&self) -> impl Serialize {
        let (kind, content, href) = match &self.content {
            Content::Text(link) => {
                let text = TextAnswer {
                    content: &self.plain,
                    link: link.as_deref().map(|url| Link { url }),
                };
                (
                    "text",
                    ContentAnswer::Text(text),
                    link.as_deref().map(Cow::from),
                )
            }
            Content::Equation => {
                let expression = &self.plain;
                ("equation", ContentAnswer::Equation { expression }, None)
            }
            Content::Mention(mention) => (
                "mention",
                ContentAnswer::Mention(mention.answer()),
                mention.href(),
            ),
        };
        ItemAnswer {
            content: Typed::new(kind, content),
            annotations: Annotations {
                marks: self.marks,
                color: self.color,
            },
            plain_text: &self.plain,
            href,
        }
    }
}

#[derive(Serialize)]
struct ItemAnswer<'i> {
    #[serde(flatten)]
    content: Typed<ContentAnswer<'i>>,
    annotations: Annotations,
    plain_text: &'i str,
    href: Option<Cow<'i, str>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ContentAnswer<'i> {
    Text(TextAnswer<'i>),
    Equation { expression: &'i str },
    Mention(Value),
}

#[derive(Serialize)]
struct TextAnswer<'i> {
    content: &'i str,
    link: Option<Link<'i>>,
}

#[derive(Serialize)]
struct Link<'i> {
    url: &'i str,
}

struct Annotations {
    marks: [bool; MARKS.len()],
    color: Word,
}

impl Serialize for Annotations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(MARKS.len() + 1))?;
        for (name, mark) in MARKS.iter().zip(self.marks) {
            object.serialize_entry(name, &mark)?;
        }
        object.serialize_entry("color", self.color)?;
        object.end()
    }
}

fn annotations(field: &Field<'_>) -> Result<([bool; MARKS.len()], &'static str), NotionError> {
    let mut marks = [false; MARKS.len()];
    let Some(field) = field.clone().present() else {
        return Ok((marks, "default"));
    };
    let mut keys = MARKS.to_vec();
    keys.push("color");
    field.object_of(&keys)?;
    for (mark, name) in marks.iter_mut().zip(MARKS) {
        if let Some(given) = field.get(name).optional() {
            *mark = given.boolean()?;
        }
    }
    let color = match field.get("color").optional() {
        Some(color) => color.one_of(&COLORS)?,
        None => "default",
    };
    Ok((marks, color))
}

impl Mention {
    fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        let object = field.object_of(&[
            "type",
            "user",
            "page",
            "database",
            "date",
            "link_preview",
            "link_mention",
        ])?;
        let kinds = ["user", "page", "database"];
        for (kind, mention) in kinds
            .into_iter()
            .zip([Self::User, Self::Page, Self::Database])
        {
            if object.contains_key(kind) {
                return field.get(kind).get("id").uuid().map(mention);
            }
        }
        if object.contains_key("date") {
            return DateRange::parse(&field.get("date")).map(Self::Date);
        }
        for kind in LINKS {
            if object.contains_key(kind) {
                let link = field.get(kind);
                let address = if kind == "link_preview" {
                    "url"
                } else {
                    "href"
                };
                link.get(address).short_text()?;
                return Ok(Self::Link(kind, link.object()?.clone()));
            }
        }
        Err(field
            .should("have a `user`, `page`, `database`, `date`, `link_preview` or `link_mention`"))
    }

    /// What stands for it in a plain text when nobody says.
    fn plain(&self) -> String {
        match self {
            Self::User(_) => "@Anonymous".to_owned(),
            Self::Page(_) | Self::Database(_) => "Untitled".to_owned(),
            Self::Date(range) => range.plain(),
            Self::Link(_, link) => address(link).unwrap_or_default().to_owned(),
        }
    }

    fn href(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Page(id) | Self::Database(id) => {
                Some(format!("https://www.notion.so/{}", id.simple()).into())
            }
            Self::Link(_, link) => address(link).map(Cow::from),
            Self::User(_) | Self::Date(_) => None,
        }
    }

    fn answer(&self) -> Value {
        let id = |id: &Uuid| json!({ "id": id.to_string() });
        let (kind, content) = match self {
            Self::User(user) => ("user", json!(super::around::user(*user))),
            Self::Page(page) => ("page", id(page)),
            Self::Database(database) => ("database", id(database)),
            Self::Date(range) => ("date", json!(range.answer())),
            Self::Link(kind, link) => (*kind, Value::Object(link.clone())),
        };
        json!({ "type": kind, kind: content })
    }
}

fn address(link: &Map<String, Value>) -> Option<&str> {
    link.get("url").or_else(|| link.get("href"))?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(value: &Value) -> Result<Item, NotionError> {
        Item::parse(&Field::root("body", value))
    }

    fn mentions() -> impl Strategy<Value = Value> {
        let id = Uuid::from_u128(7).to_string();
        prop::sample::select(vec![
            json!({ "user": { "object": "user", "id": id } }),
            json!({ "type": "page", "page": { "id": id } }),
            json!({ "database": { "id": id } }),
            json!({ "date": { "start": "2026-03-01", "end": "2026-03-02" } }),
            json!({ "date": { "start": "2026-03-01T10:00:00+02:00" } }),
            json!({ "link_preview": { "url": "https://example.org" } }),
            json!({ "link_mention": { "href": "https://example.org", "title": "An example" } }),
        ])
    }

    fn items() -> impl Strategy<Value = Value> {
        let content = prop_oneof![
            ("[a-z ]{0,9}", any::<bool>()).prop_map(|(text, linked)| {
                let link = linked.then(|| json!({ "url": "https://example.org" }));
                json!({ "text": { "content": text, "link": link } })
            }),
            "[a-z^]{1,9}".prop_map(|text| json!({ "equation": { "expression": text } })),
            mentions().prop_map(|mention| json!({ "mention": mention })),
            (mentions(), "[a-z]{1,9}")
                .prop_map(|(mention, plain)| json!({ "mention": mention, "plain_text": plain })),
        ];
        let marks = (any::<[bool; 5]>(), prop::sample::select(COLORS.to_vec()));
        (content, prop::option::of(marks)).prop_map(|(mut item, marks)| {
            if let Some((marks, color)) = marks {
                item["annotations"] = MARKS
                    .iter()
                    .zip(marks)
                    .map(|(name, mark)| ((*name).to_owned(), json!(mark)))
                    .collect();
                item["annotations"]["color"] = json!(color);
            }
            item
        })
    }

    proptest! {
        #[test]
        fn an_answered_item_can_be_sent_back(item in items()) {
            let item = parse(&item).unwrap();
            prop_assert_eq!(parse(&json!(item.answer())), Ok(item));
        }
    }

    #[test]
    fn an_item_is_answered_with_marks_plain_text_and_link() {
        let link = json!({ "content": "this", "link": { "url": "https://example.org" } });
        let item = parse(&json!({ "text": link, "annotations": { "bold": true } })).unwrap();
        assert_eq!(
            json!(item.answer()),
            json!({
                "type": "text",
                "text": link,
                "annotations": {
                    "bold": true, "italic": false, "strikethrough": false, "underline": false,
                    "code": false, "color": "default",
                },
                "plain_text": "this",
                "href": "https://example.org",
            })
        );
    }

    #[test]
    fn a_mention_is_answered_by_its_type_with_where_it_leads() {
        let id = Uuid::from_u128(7);
        let item = parse(&json!({ "mention": { "page": { "id": id.to_string() } } })).unwrap();
        let answer = json!(item.answer());
        assert_eq!(
            answer["mention"],
            json!({ "type": "page", "page": { "id": id.to_string() } })
        );
        assert_eq!(
            answer["href"],
            "https://www.notion.so/00000000000000000000000000000007"
        );
        assert_eq!(answer["plain_text"], "Untitled");
    }

    #[test]
    fn what_is_wrong_with_an_item_is_said_with_its_place() {
        for (item, why) in [
            (
                json!({ "text": { "content": "x".repeat(2_001) } }),
                "body failed validation: body.text.content.length should be ≤ `2000`, instead was `2001`.",
            ),
            (
                json!({ "equation": { "expression": "x".repeat(1_001) } }),
                "body.equation.expression.length should be ≤ `1000`, instead was `1001`.",
            ),
            (
                json!({ "text": { "content": "x" }, "annotations": { "color": "mauve" } }),
                "body.annotations.color should be `\"default\"`, `\"gray\"`,",
            ),
            (
                json!({ "text": { "content": "x" }, "annotations": { "loud": true } }),
                "body.annotations.loud should be not present",
            ),
            (
                json!({ "mention": { "template_mention": {} } }),
                "body.mention.template_mention should be not present",
            ),
            (
                json!({ "mention": {} }),
                "body.mention should have a `user`",
            ),
            (
                json!({ "type": "sound" }),
                "body.type should be `\"text\"`, `\"mention\"`, or `\"equation\"`",
            ),
            (json!({}), "body.text should be defined"),
        ] {
            let refusal = parse(&item).unwrap_err().to_string();
            assert!(refusal.contains(why), "{item}: {refusal}");
        }
    }
}
