//! Templates in scenario files: compiled and checked when a file is loaded, rendered for each
//! request.
//!
//! What a value may do depends on where its template stands. In a path it can only be a piece of
//! one segment or of one query value; in a JSONPath only a piece of a quoted text; in a JSON body
//! only a piece of a JSON string. So neither a captured value nor an input can change the route, the
//! query or the shape of the body.

use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value, filters,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::inputs::{FUNCTIONS, Inputs, TARGET, TARGET_PREFIX, VARIABLES};
use crate::diagnostic::{At, Complaints, suggest};

/// Everything but the unreserved characters of RFC 3986, 2.3.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Instructions that one rendering may take: a template that loops for ever is an error.
const FUEL: u64 = 100_000;

/// The filters that templates have: those whose result is not much longer than what goes in, so that
/// no file makes the harness run out of memory.
const FILTERS: [&str; 8] = [
    "lower",
    "upper",
    "capitalize",
    "trim",
    "replace",
    "first",
    "last",
    "join",
];

/// Where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a header, a text body or a string of a JSON body.
    Text,
    /// In a path with its query.
    Path,
    /// In a JSONPath.
    JsonPath,
}

/// What a template may use.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// Stand-ins for everything that is known at this point of the file.
    pub(super) sample: Inputs,
    /// Whether the random functions may be called: in requests, not in expectations.
    pub(super) random: bool,
}

impl Scope {
    /// The same scope for what is expected of an answer.
    pub(super) fn for_answers(&self) -> Self {
        Self {
            sample: self.sample.clone(),
            random: false,
        }
    }

    pub(super) fn context(&self) -> Value {
        if self.random {
            self.sample.random_context("sample")
        } else {
            self.sample.context()
        }
    }

    fn names(&self) -> Vec<String> {
        let functions = FUNCTIONS.iter().filter(|_| self.random);
        let plain = VARIABLES
            .iter()
            .chain(functions)
            .map(|name| (*name).to_owned());
        let lists = self.sample.lists().map(|list| format!("data.{list}"));
        let captured = self.sample.captured_names().map(str::to_owned);
        plain.chain(lists).chain(captured).collect()
    }
}

/// A text with places to fill in.
#[derive(Debug, Clone)]
pub(super) struct Template {
    source: String,
    /// `None` when there is nothing to fill in.
    compiled: Option<Arc<Environment<'static>>>,
    uses: BTreeSet<String>,
}

impl Template {
    /// Compiles a template and checks every name in it.
    pub(super) fn compile(
        text: &At<String>,
        place: Place,
        scope: &Scope,
        complaints: &Complaints,
    ) -> Option<Self> {
        let source = text.value.clone();
        if !["{{", "{%", "{#"].iter().any(|open| source.contains(open)) {
            return Some(Self {
                source,
                compiled: None,
                uses: BTreeSet::new(),
            });
        }
        let mut environment = environment(place);
        if let Err(error) = environment.add_template_owned("", source.clone()) {
            let part = error.range().unwrap_or(0..source.len());
            complaints.add(
                &complaints.inside(text, part),
                format!("not a valid template: {}", reason(&error)),
                "write what is filled in as `{{ name }}`",
            );
            return None;
        }
        let undeclared = environment
            .get_template("")
            .ok()?
            .undeclared_variables(true);
        let template = Self {
            source,
            uses: undeclared.iter().map(|name| used(name)).collect(),
            compiled: Some(Arc::new(environment)),
        };
        let mut known = true;
        for name in BTreeSet::from_iter(&undeclared) {
            known &= template.check_name(name, text, scope, complaints);
        }
        (known && template.try_out(text, scope, complaints)).then_some(template)
    }

    fn check_name(
        &self,
        name: &str,
        text: &At<String>,
        scope: &Scope,
        complaints: &Complaints,
    ) -> bool {
        let first = head(name);
        let list = name.split('.').nth(1);
        let known = match first {
            "data" => list.is_some_and(|list| scope.sample.lists().any(|known| known == list)),
            // Which ones there are is known with the configuration.
            TARGET => list.is_some(),
            _ if VARIABLES.contains(&first) => true,
            _ if FUNCTIONS.contains(&first) => scope.random,
            _ => scope.sample.captured(first).is_some(),
        };
        if known {
            return true;
        }
        let shown = if first == "data" { name } else { first };
        let start = self.source.find(shown).unwrap_or(0);
        let names = scope.names();
        let (message, help) = if first == TARGET {
            let message = "`target` holds the variables of the target, one by one".to_owned();
            (message, "write `target.tasks_database`".to_owned())
        } else if FUNCTIONS.contains(&first) {
            let message = format!("`{first}` draws anew in each place, so nothing can equal it");
            (
                message,
                "draw from `data`, which is the same in a whole iteration".to_owned(),
            )
        } else {
            let known = suggest(shown, names.iter().map(String::as_str));
            let message = format!("nothing is called `{shown}` here");
            let rule = "what an earlier step of the same list captures is known too";
            (message, format!("{known}; {rule}"))
        };
        let span = complaints.inside(text, start..start + shown.len());
        complaints.add(&span, message, help);
        false
    }

    /// Renders with stand-ins, to find the mistakes that do not depend on the values.
    fn try_out(&self, text: &At<String>, scope: &Scope, complaints: &Complaints) -> bool {
        let Err(error) = self.render_with(&scope.context()) else {
            return true;
        };
        let certain = matches!(
            error.kind(),
            ErrorKind::UnknownFilter
                | ErrorKind::UnknownTest
                | ErrorKind::UnknownFunction
                | ErrorKind::UnknownMethod
                | ErrorKind::TooManyArguments
                | ErrorKind::MissingArgument
                | ErrorKind::OutOfFuel
        );
        if certain {
            let part = error.range().unwrap_or(0..self.source.len());
            complaints.add(
                &complaints.inside(text, part),
                format!("the template fails: {}", reason(&error)),
                format!("the filters are {}", FILTERS.join(", ")),
            );
        }
        !certain
    }

    /// The template as it stands in the file.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Whether there is nothing to fill in.
    pub(super) fn is_fixed(&self) -> bool {
        self.compiled.is_none()
    }

    /// The variables, functions and captures that it uses.
    pub(super) fn uses(&self) -> impl Iterator<Item = &str> {
        self.uses.iter().map(String::as_str)
    }

    /// Fills the template in; the error says why that is not possible.
    pub(super) fn render(&self, context: &Value) -> Result<String, String> {
        self.render_with(context).map_err(|error| reason(&error))
    }

    fn render_with(&self, context: &Value) -> Result<String, Error> {
        match &self.compiled {
            None => Ok(self.source.clone()),
            Some(environment) => environment.get_template("")?.render(context.clone()),
        }
    }
}

/// What a template uses when it names this: the first segment, and of the target's variables which.
fn used(name: &str) -> String {
    let mut segments = name.split('.');
    match (segments.next(), segments.next()) {
        (Some(TARGET), Some(variable)) => format!("{TARGET_PREFIX}{variable}"),
        _ => head(name).to_owned(),
    }
}

/// The first segment of `task.id`.
fn head(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// What went wrong, without the debug listing.
fn reason(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

fn environment(place: Place) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    add_filters(&mut environment);
    if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    match place {
        Place::Text => {}
        Place::Path => environment.set_formatter(|out, state, value| {
            write(out, state, value, |text| {
                utf8_percent_encode(text, ESCAPED).to_string()
            })
        }),
        Place::JsonPath => environment
            .set_formatter(|out, state, value| write(out, state, value, escape_json_path)),
    }
    environment
}

/// Adds [`FILTERS`].
fn add_filters(environment: &mut Environment<'static>) {
    environment.add_filter("lower", filters::lower);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("replace", filters::replace);
    environment.add_filter("first", filters::first);
    environment.add_filter("last", filters::last);
    environment.add_filter("join", filters::join);
}

fn write(
    out: &mut Output<'_>,
    _: &mut State<'_, '_>,
    value: &Value,
    escape: impl FnOnce(&str) -> String,
) -> Result<(), Error> {
    let text = match value.kind() {
        ValueKind::String | ValueKind::Number | ValueKind::Bool => value.to_string(),
        kind => {
            let reason = format!("a text or a number can stand here, not {kind}");
            return Err(Error::new(ErrorKind::InvalidOperation, reason));
        }
    };
    if text.is_empty() {
        let reason = "an empty text here would address something else";
        return Err(Error::new(ErrorKind::InvalidOperation, reason));
    }
    out.write_str(&escape(&text)).map_err(Error::from)
}

/// Writes what could end a quoted text as `\u0027`, which both kinds of quotes of RFC 9535 know.
fn escape_json_path(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        let plain = character.is_ascii_alphanumeric() || " -_.:@".contains(character);
        if plain || !character.is_ascii() {
            escaped.push(character);
        } else {
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        }
    }
    escaped
}
