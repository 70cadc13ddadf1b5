//! Reading a request's JSON: a [`Field`] is a value with its path, so that every refusal names the
//! place as Notion does (`body failed validation: body.page_size should be …, instead was …`).

use serde_json::{Map, Value};
use uuid::Uuid;

use super::errors::NotionError;

/// The most elements of an array, and the most results of a page.
pub(crate) const MOST_ELEMENTS: usize = 100;
/// The most characters of a text item or a URL.
pub(crate) const MOST_CHARACTERS: usize = 2_000;
/// How much of a refused value is quoted back.
const MOST_QUOTED: usize = 200;

/// A value of a request, or its absence, with the path that leads to it.
#[derive(Debug, Clone)]
pub(crate) struct Field<'v> {
    path: String,
    value: Option<&'v Value>,
}

impl<'v> Field<'v> {
    /// The whole of a part of the request, `body` or `path`.
    pub(crate) fn root(part: &str, value: &'v Value) -> Self {
        Self {
            path: part.to_owned(),
            value: Some(value),
        }
    }

    /// The value under `key`; absent when there is none or this is no object.
    pub(crate) fn get(&self, key: &str) -> Self {
        Self {
            path: format!("{}.{key}", self.path),
            value: self.value.and_then(|value| value.get(key)),
        }
    }

    /// The value itself, when there is one.
    pub(crate) fn value(&self) -> Option<&'v Value> {
        self.value
    }

    /// Nothing when the value is absent.
    pub(crate) fn optional(self) -> Option<Self> {
        self.value.is_some().then_some(self)
    }

    /// Nothing when the value is absent or `null`.
    pub(crate) fn present(self) -> Option<Self> {
        self.value
            .is_some_and(|value| !value.is_null())
            .then_some(self)
    }

    /// The refusal of this value: what it should be instead.
    pub(crate) fn should(&self, be: &str) -> NotionError {
        NotionError::Validation(format!(
            "{} failed validation: {} should {be}, instead was `{}`.",
            self.part(),
            self.path,
            self.quoted()
        ))
    }

    /// The part of the request: `body` or `path`.
    fn part(&self) -> &str {
        self.path.split(['.', '[']).next().unwrap_or_default()
    }

    /// Whether it stands in this part of the request.
    pub(crate) fn is_in(&self, part: &str) -> bool {
        self.part() == part
    }

    fn quoted(&self) -> String {
        let text = self
            .value
            .map_or_else(|| "undefined".to_owned(), Value::to_string);
        match text.char_indices().nth(MOST_QUOTED) {
            Some((end, _)) => format!("{}...", &text[..end]),
            None => text,
        }
    }

    /// The refusal of a length.
    fn too_long(&self, most: usize, length: usize) -> NotionError {
        NotionError::Validation(format!(
            "{} failed validation: {}.length should be ≤ `{most}`, instead was `{length}`.",
            self.part(),
            self.path
        ))
    }

    fn wrong(&self, be: &str) -> NotionError {
        match self.value {
            None => self.should("be defined"),
            Some(_) => self.should(be),
        }
    }

    /// An object.
    pub(crate) fn object(&self) -> Result<&'v Map<String, Value>, NotionError> {
        self.value
            .and_then(Value::as_object)
            .ok_or_else(|| self.wrong("be an object"))
    }

    /// An object that has no other keys than these.
    pub(crate) fn object_of(&self, keys: &[&str]) -> Result<&'v Map<String, Value>, NotionError> {
        let object = self.object()?;
        match object.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(stranger) => Err(self.get(stranger).should("be not present")),
            None => Ok(object),
        }
    }

    /// The elements of an array of at most 100.
    pub(crate) fn elements(&self) -> Result<Vec<Self>, NotionError> {
        let elements = self
            .value
            .and_then(Value::as_array)
            .ok_or_else(|| self.wrong("be an array"))?;
        if elements.len() > MOST_ELEMENTS {
            return Err(self.too_long(MOST_ELEMENTS, elements.len()));
        }
        let field = |(place, value)| Self {
            path: format!("{}[{place}]", self.path),
            value: Some(value),
        };
        Ok(elements.iter().enumerate().map(field).collect())
    }

    /// The elements of an array of at least so many and at most 100.
    pub(super) fn at_least(&self, least: usize) -> Result<Vec<Self>, NotionError> {
        let elements = self.elements()?;
        if elements.len() >= least {
            return Ok(elements);
        }
        Err(NotionError::Validation(format!(
            "{} failed validation: {}.length should be ≥ `{least}`, instead was `{}`.",
            self.part(),
            self.path,
            elements.len()
        )))
    }

    /// A text.
    pub(crate) fn text(&self) -> Result<&'v str, NotionError> {
        self.value
            .and_then(Value::as_str)
            .ok_or_else(|| self.wrong("be a string"))
    }

    /// A text of at most 2,000 characters.
    pub(crate) fn short_text(&self) -> Result<&'v str, NotionError> {
        self.text_of(MOST_CHARACTERS)
    }

    /// A text of at most so many characters, counted as Notion's JavaScript counts: UTF-16 units.
    pub(crate) fn text_of(&self, most: usize) -> Result<&'v str, NotionError> {
        let text = self.text()?;
        let length = text.encode_utf16().count();
        if length > most {
            return Err(self.too_long(most, length));
        }
        Ok(text)
    }

    /// One of a few words.
    pub(crate) fn one_of(&self, words: &[&'static str]) -> Result<&'static str, NotionError> {
        let text = self.text()?;
        let known = words.iter().find(|word| **word == text);
        known
            .copied()
            .ok_or_else(|| self.should(&format!("be {}", alternatives(words))))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self) -> Result<bool, NotionError> {
        self.value
            .and_then(Value::as_bool)
            .ok_or_else(|| self.wrong("be a boolean"))
    }

    /// A finite number.
    pub(crate) fn number(&self) -> Result<f64, NotionError> {
        self.value
            .and_then(Value::as_f64)
            .filter(|number| number.is_finite())
            .ok_or_else(|| self.wrong("be a number"))
    }

    /// An id, with or without dashes.
    pub(crate) fn uuid(&self) -> Result<Uuid, NotionError> {
        let text = self.text()?;
        // `Uuid` also reads `urn:uuid:` and braces, which Notion does not.
        Some(text)
            .filter(|text| matches!(text.len(), 32 | 36))
            .and_then(|text| Uuid::try_parse(text).ok())
            .ok_or_else(|| self.should("be a valid uuid"))
    }
}

/// Words as a refusal lists them: `"a"`, `"b"`, or `"c"`, each in back-ticks.
pub(crate) fn alternatives(words: &[&str]) -> String {
    let mut list = String::new();
    for (place, word) in words.iter().enumerate() {
        list += match place {
            0 => "",
            _ if place + 1 == words.len() => ", or ",
            _ => ", ",
        };
        list += &format!("`\"{word}\"`");
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_refusal_names_the_place_and_quotes_the_value() {
        let path = json!({ "page_id": "AAA" });
        let refusal = Field::root("path", &path)
            .get("page_id")
            .uuid()
            .unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "path failed validation: path.page_id should be a valid uuid, instead was `\"AAA\"`."
        );
        let body = json!({ "children": vec![0; 101] });
        let refusal = Field::root("body", &body).get("children").elements();
        assert_eq!(
            refusal.unwrap_err().to_string(),
            "body failed validation: body.children.length should be ≤ `100`, instead was `101`."
        );
        let refusal = Field::root("body", &body).get("parent").object();
        assert_eq!(
            refusal.unwrap_err().to_string(),
            "body failed validation: body.parent should be defined, instead was `undefined`."
        );
    }

    #[test]
    fn an_id_has_its_dashes_or_none() {
        for (text, good) in [
            ("0123456789abcdef0123456789abcdef", true),
            ("01234567-89ab-cdef-0123-456789abcdef", true),
            ("{0123456789abcdef0123456789abcdef}", false),
            ("urn:uuid:01234567-89ab-cdef-0123-456789abcdef", false),
            ("01234567-89ab-cdef-0123456789abcdef", false),
        ] {
            let value = json!(text);
            assert_eq!(Field::root("path", &value).uuid().is_ok(), good, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_long_value_is_quoted_short(text in "\\PC{0,500}") {
            let value = json!(text);
            let refusal = Field::root("body", &value).boolean().unwrap_err().to_string();
            prop_assert!(refusal.chars().count() < MOST_QUOTED + 100);
        }

        #[test]
        fn the_limit_of_a_text_is_2000_characters(length in 1_990usize..2_010) {
            let value = json!("x".repeat(length));
            prop_assert_eq!(Field::root("body", &value).short_text().is_ok(), length <= 2_000);
        }
    }
}
