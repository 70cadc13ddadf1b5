//! Rich text: what titles and text properties hold. Runs keep their link and marks, and the plain
//! text is kept beside them, because filters and sorts read it for every page.

use serde_json::{Value, json};

use super::super::body::Field;
use super::super::errors::NotionError;

/// The boolean marks of a run, in the order in which Notion answers them.
const MARKS: [&str; 5] = ["bold", "italic", "strikethrough", "underline", "code"];

/// A text made of runs.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RichText {
    runs: Vec<Run>,
    plain: String,
}

/// A stretch of text with the same marks.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    content: String,
    link: Option<String>,
    marks: [bool; MARKS.len()],
    color: String,
}

impl RichText {
    /// A text of one unmarked run.
    pub(crate) fn of(content: &str) -> Self {
        Self::from_runs(vec![Run {
            content: content.to_owned(),
            link: None,
            marks: [false; MARKS.len()],
            color: "default".to_owned(),
        }])
    }

    fn from_runs(mut runs: Vec<Run>) -> Self {
        runs.retain(|run| !run.content.is_empty());
        let plain = runs.iter().map(|run| run.content.as_str()).collect();
        Self { runs, plain }
    }

    /// Reads the array of a request. Empty runs vanish.
    pub(crate) fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        let runs: Result<Vec<_>, _> = field.elements()?.iter().map(Run::parse).collect();
        Ok(Self::from_runs(runs?))
    }

    /// The text without its marks.
    pub(crate) fn plain(&self) -> &str {
        &self.plain
    }

    /// The array of an answer.
    pub(crate) fn answer(&self) -> Value {
        self.runs.iter().map(Run::answer).collect()
    }
}

impl Run {
    /// What a page's answer says of a run is accepted when it is sent back.
    fn parse(field: &Field<'_>) -> Result<Self, NotionError> {
        field.object_of(&["type", "text", "annotations", "plain_text", "href"])?;
        if let Some(kind) = field.get("type").optional()
            && kind.text()? != "text"
        {
            return Err(kind.should("be `\"text\"`: this simulator keeps no mentions or equations"));
        }
        let text = field.get("text");
        text.object_of(&["content", "link"])?;
        let link = match text.get("link").present() {
            Some(link) => Some(link.get("url").short_text()?.to_owned()),
            None => None,
        };
        let annotations = field.get("annotations").present();
        let mut marks = [false; MARKS.len()];
        let mut color = "default".to_owned();
        if let Some(annotations) = annotations {
            annotations.object()?;
            for (mark, name) in marks.iter_mut().zip(MARKS) {
                if let Some(given) = annotations.get(name).optional() {
                    *mark = given.boolean()?;
                }
            }
            if let Some(given) = annotations.get("color").optional() {
                color = given.text()?.to_owned();
            }
        }
        Ok(Self {
            content: text.get("content").short_text()?.to_owned(),
            link,
            marks,
            color,
        })
    }

    fn answer(&self) -> Value {
        let mut annotations: serde_json::Map<String, Value> = MARKS
            .iter()
            .zip(self.marks)
            .map(|(name, mark)| ((*name).to_owned(), Value::Bool(mark)))
            .collect();
        annotations.insert("color".to_owned(), json!(self.color));
        json!({
            "type": "text",
            "text": {
                "content": self.content,
                "link": self.link.as_ref().map(|url| json!({ "url": url })),
            },
            "annotations": annotations,
            "plain_text": self.content,
            "href": self.link,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(value: &Value) -> Result<RichText, NotionError> {
        RichText::parse(&Field::root("body", value))
    }

    proptest! {
        #[test]
        fn an_answered_text_can_be_sent_back(
            runs in prop::collection::vec(("[a-z ]{0,9}", any::<[bool; 5]>(), any::<bool>()), 0..5),
        ) {
            let run = |(content, marks, linked): (String, _, bool)| Run {
                content,
                link: linked.then(|| "https://example.org".to_owned()),
                marks,
                color: "red".to_owned(),
            };
            let text = RichText::from_runs(runs.into_iter().map(run).collect());
            prop_assert_eq!(parse(&text.answer()), Ok(text));
        }
    }

    #[test]
    fn a_run_is_answered_with_marks_plain_text_and_link() {
        let text = parse(&json!([
            { "text": { "content": "See " } },
            { "text": { "content": "this", "link": { "url": "https://example.org" } }, "annotations": { "bold": true } },
        ]))
        .unwrap();
        assert_eq!(text.plain(), "See this");
        assert_eq!(
            text.answer()[1],
            json!({
                "type": "text",
                "text": { "content": "this", "link": { "url": "https://example.org" } },
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
    fn a_run_of_2001_characters_is_refused_with_its_place() {
        let refusal = parse(&json!([{ "text": { "content": "x".repeat(2_001) } }])).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "body failed validation: body[0].text.content.length should be ≤ `2000`, instead was `2001`."
        );
    }
}
