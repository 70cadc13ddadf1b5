//! The text of a file as it may be shown in an error.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// A file's name and text, for showing places in it.
///
/// Only the lines of the place itself are shown: their neighbours may hold what must not be.
#[derive(Clone)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

impl Source {
    /// The text of `file` as it may be shown.
    #[must_use]
    pub fn new(file: &Path, text: &str) -> Self {
        Self {
            name: file.display().to_string().into(),
            text: text.into(),
        }
    }

    /// The file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text as it may be shown.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line, from 1, of a place in the text.
    #[must_use]
    pub fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}

/// Without the text, which may be long.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let bytes = self.text.as_bytes();
        let (start, end) = (span.offset(), span.offset() + span.len());
        let (Some(before), Some(after)) = (bytes.get(..start), bytes.get(end..)) else {
            return Err(MietteError::OutOfBounds);
        };
        let newline = |byte: &u8| *byte == b'\n';
        let begin = before.iter().rposition(newline).map_or(0, |at| at + 1);
        // A span that ends with a newline is whole lines already.
        let rest = match bytes.get(..end) {
            Some([.., b'\n']) if end > start => 0,
            _ => after.iter().position(newline).unwrap_or(after.len()),
        };
        let shown = &bytes[begin..end + rest];
        let first_line = self.line(begin) - 1;
        let column = self
            .text
            .get(begin..start)
            .map_or(0, |text| text.chars().count());
        let lines = shown.iter().filter(|byte| newline(byte)).count() + 1;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_string(),
            shown,
            (begin, shown.len()).into(),
            first_line,
            column,
            lines,
        )))
    }
}
