//! Rich text: what titles and text properties hold. Its items keep their marks and links, and the
//! plain text is kept beside them, because filters and sorts read it for every page.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize, Serializer};

use super::super::body::Field;
use super::super::errors::NotionError;
use super::item::Item;

/// A text with its lower case, which look-ups without regard to case read.
///
/// It never grows, and a value is the smaller for it: filters read values for every page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Plain {
    text: Box<str>,
    /// Only when it differs.
    folded: Option<Box<str>>,
}

impl Plain {
    pub(crate) fn new(text: String) -> Self {
        let folded = Some(text.to_lowercase()).filter(|folded| *folded != text);
        Self {
            text: text.into(),
            folded: folded.map(String::into),
        }
    }

    /// No text.
    pub(crate) fn empty() -> &'static Self {
        static EMPTY: LazyLock<Plain> = LazyLock::new(Plain::default);
        &EMPTY
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.text)
    }
}

impl From<String> for Plain {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<Plain> for String {
    fn from(plain: Plain) -> Self {
        plain.text.into()
    }
}

/// A text made of items.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Item>", into = "Vec<Item>")]
pub(crate) struct RichText {
    items: Box<[Item]>,
    plain: Plain,
}

impl From<Vec<Item>> for RichText {
    fn from(items: Vec<Item>) -> Self {
        Self::from_items(items)
    }
}

impl From<RichText> for Vec<Item> {
    fn from(text: RichText) -> Self {
        text.items.into()
    }
}

impl RichText {
    /// A text of one unmarked item.
    pub(crate) fn of(content: &str) -> Self {
        Self::from_items(vec![Item::of(content)])
    }

    fn from_items(mut items: Vec<Item>) -> Self {
        items.retain(|item| !item.plain().is_empty());
        let plain = items.iter().map(Item::plain).collect();
        Self {
            items: items.into(),
            plain: Plain::new(plain),
        }
    }

    /// Reads the array of a request. Empty items vanish.
    pub(crate) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        let items: Result<Vec<_>, _> = field.elements()?.iter().map(Item::parse).collect();
        Ok(Self::from_items(items?))
    }

    /// The text without its marks.
    pub(crate) fn plain(&self) -> &str {
        self.plain.text()
    }

    /// The same with its lower case.
    pub(crate) fn searched(&self) -> &Plain {
        &self.plain
    }

    /// The items of an answer, one by one.
    pub(crate) fn items(&self) -> impl Iterator<Item = impl Serialize> {
        self.items.iter().map(Item::answer)
    }

    /// The array of an answer.
    pub(crate) fn answer(&self) -> TextAnswer<'_> {
        TextAnswer(self)
    }
}

/// A text in an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextAnswer<'t>(&'t RichText);

impl Serialize for TextAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.items())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_lower_case_is_that_of_the_text(text in "\\PC{0,12}") {
            let plain = Plain::new(text.clone());
            prop_assert_eq!(plain.folded(), text.to_lowercase());
            prop_assert_eq!(plain.text(), text);
        }
    }

    #[test]
    fn a_plain_text_is_that_of_its_items_in_their_order() {
        let value = serde_json::json!([
            { "text": { "content": "See " } },
            { "text": { "content": "" } },
            { "equation": { "expression": "E=mc^2" } },
        ]);
        let text = RichText::parse(&Field::root("body", &value)).unwrap();
        assert_eq!((text.plain(), text.items().count()), ("See E=mc^2", 2));
    }
}
