//! Errors in files that people write: what is wrong, where, and how to put it right.
//!
//! Whoever edits a scenario or `cutover.toml` should learn of every mistake at once, each with its
//! file, its line and a caret under the place. So a file is not deserialised, which would stop at
//! the first mistake: its tree of values with their places is read section by
//! section ([`Section`]), each mistake is added to [`Complaints`], and reading goes on. The result is either a
//! valid value or [`Diagnostics`], never half of each.

mod reading;
mod schema;
mod shapes;
mod source;

pub use reading::{At, FromToml, Node, Section, read};
pub use schema::schema_of;
pub use shapes::{Entries, OneOrMany, Tree};
pub use source::Source;

use std::cell::RefCell;
use std::fmt;
use std::io::IsTerminal as _;
use std::ops::Range;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan};

/// One mistake.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    message: String,
    help: Option<String>,
    place: Option<(Source, Range<usize>)>,
}

impl Diagnostic {
    /// A mistake that has no place in a file, with the way to put it right.
    #[must_use]
    pub fn without_place(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
            place: None,
        }
    }

    /// A mistake at a place in a file.
    #[must_use]
    pub fn at(source: &Source, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: None,
            place: Some((source.clone(), within(source.text(), span))),
        }
    }

    /// Adds the way to put it right.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What is wrong, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line of the mistake, from 1, when it has a place.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        let (source, span) = self.place.as_ref()?;
        Some(source.line(span.start))
    }
}

/// Moves a span into the text and onto character boundaries, so that showing it cannot fail.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

impl miette::Diagnostic for Diagnostic {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        let (source, _) = self.place.as_ref()?;
        Some(source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.place.as_ref()?;
        let caret = LabeledSpan::new(None, span.start, span.len());
        Some(Box::new(std::iter::once(caret)))
    }
}

/// Every mistake of everything that was read; never empty.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
}

impl Diagnostics {
    /// `Err` with the mistakes when there are any.
    ///
    /// # Errors
    /// When `all` is not empty.
    pub fn none_of(all: Vec<Diagnostic>) -> Result<(), Self> {
        if all.is_empty() {
            Ok(())
        } else {
            Err(Self { all })
        }
    }

    /// These mistakes; there must be one.
    #[must_use]
    pub fn of(all: Vec<Diagnostic>) -> Self {
        Self { all }
    }

    /// The mistakes, file by file, from top to bottom.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// All of them as people read them, with the lines and carets, and their number at the end.
    #[must_use]
    pub fn render(&self, colour: Colour) -> String {
        let theme = match colour {
            Colour::Always => GraphicalTheme::ascii(),
            Colour::Never => GraphicalTheme::none(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            // What is to be copied from a help must not be broken apart.
            .with_wrap_lines(false)
            .with_links(false);
        let mut text = String::new();
        for diagnostic in &self.all {
            if handler.render_report(&mut text, diagnostic).is_err() {
                text.push_str(&diagnostic.message);
            }
            text.push('\n');
        }
        let errors = if self.all.len() == 1 {
            "error"
        } else {
            "errors"
        };
        text.push_str(&format!("{} {errors}\n", self.all.len()));
        text
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(Colour::Never).trim_end())
    }
}

impl std::error::Error for Diagnostics {}

/// Whether a report is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// With ANSI colours.
    Always,
    /// Plain text.
    Never,
}

impl Colour {
    /// Colour for standard error: on a terminal only, and never when `NO_COLOR` is set.
    #[must_use]
    pub fn for_stderr() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if std::io::stderr().is_terminal() && !refused {
            Self::Always
        } else {
            Self::Never
        }
    }
}

/// Collects the mistakes of one file while it is read.
///
/// It is shared by reference among the sections that are being read at the same time, hence the
/// cell.
#[derive(Debug)]
pub struct Complaints {
    source: Source,
    found: RefCell<Vec<Diagnostic>>,
}

impl Complaints {
    /// No mistakes yet.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            found: RefCell::default(),
        }
    }

    /// The file that is being read.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Adds a mistake with the way to put it right.
    pub fn add(&self, span: &Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        let diagnostic = Diagnostic::at(&self.source, span.clone(), message).with_help(help);
        self.found.borrow_mut().push(diagnostic);
    }

    /// The place of a part of a text value, so that a caret stands under one word of a template;
    /// the whole value where escapes keep the part from being found.
    #[must_use]
    pub fn inside(&self, text: &At<String>, part: Range<usize>) -> Range<usize> {
        let written = self.source.text().get(text.span.clone());
        match written.and_then(|written| written.find(&text.value)) {
            Some(offset) if !text.value.is_empty() => {
                let begin = text.span.start + offset;
                begin + part.start..begin + part.end.max(part.start + 1)
            }
            _ => text.span.clone(),
        }
    }

    /// How many mistakes there were so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.borrow().len()
    }

    /// Whether nothing was wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// All mistakes, from top to bottom of the file.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut found = self.found.into_inner();
        found.sort_by_key(|diagnostic| diagnostic.place.as_ref().map(|(_, span)| span.start));
        found
    }
}

/// The known name that `found` was most likely meant to be, when one is near.
#[must_use]
pub fn nearest<'k>(found: &str, known: &[&'k str]) -> Option<&'k str> {
    const NEAR: f64 = 0.8;
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(found, name), *name))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(nearness, _)| *nearness >= NEAR)
        .map(|(_, name)| name)
}

/// `did you mean ...?` with the nearest of the known names when one is near, and the list of them.
#[must_use]
pub fn suggest<'k>(found: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let list: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    let list = list.join(", ");
    match nearest(found, &known) {
        Some(name) => format!("did you mean `{name}`? Known: {list}"),
        None => format!("known: {list}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use proptest::prelude::*;

    fn one(text: &str, span: Range<usize>) -> Diagnostics {
        let complaints = Complaints::new(Source::new(Path::new("a.toml"), text));
        complaints.add(&span, "wrong", "do it right");
        Diagnostics::none_of(complaints.into_sorted()).unwrap_err()
    }

    proptest! {
        #[test]
        fn any_span_in_any_text_can_be_shown(text in "\\PC*", start in 0usize..99, len in 0usize..99) {
            let shown = one(&text, start..start + len).render(Colour::Never);
            prop_assert!(shown.contains("wrong") && shown.contains("do it right"), "{}", shown);
        }
    }

    #[test]
    fn a_report_names_the_file_the_line_the_place_and_the_way_out() {
        let shown = one("a = 1\nbc = 2\n", 6..8).to_string();
        for part in ["[a.toml:2:1]", "bc = 2", "^^", "do it right"] {
            assert!(shown.contains(part), "{part} is missing:\n{shown}");
        }
    }

    #[test]
    fn colour_is_there_only_when_asked_for() {
        let errors = one("a = 1", 0..1);
        assert!(errors.render(Colour::Always).contains('\u{1b}'));
        assert!(!errors.render(Colour::Never).contains('\u{1b}'));
    }

    #[test]
    fn only_a_near_name_is_suggested() {
        assert!(suggest("sumary", ["summary", "steps"]).contains("did you mean `summary`?"));
        assert!(!suggest("zzz", ["summary", "steps"]).contains("did you mean"));
    }
}
