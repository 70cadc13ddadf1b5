//! The table of shapes, read from `shapes.toml`. Its first lines say how it is written.

use std::collections::BTreeMap;
use std::fmt;

use crate::plain;

const KINDS: &str = "<type>";
const OTHERWISE: &str = "<otherwise>";

/// All shapes, and which of them answers what.
#[derive(Debug)]
pub struct Table {
    pub shapes: BTreeMap<String, Shape>,
    pub errors: BTreeMap<String, Vec<u16>>,
    answers: Vec<(String, Expression)>,
}

/// An object.
#[derive(Debug, Default)]
pub struct Shape {
    /// The fields of every kind.
    pub fields: BTreeMap<String, Field>,
    /// Whether a field `type` tells what kind it is.
    pub has_kinds: bool,
    /// The fields of each kind.
    pub kinds: BTreeMap<String, BTreeMap<String, Field>>,
    /// The shape with more kinds.
    pub otherwise: Option<String>,
}

/// What stands in a field, and when.
#[derive(Debug)]
pub struct Field {
    pub expected: Expression,
    is_optional: bool,
    required_since: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

/// Any one of these.
#[derive(Debug, Clone)]
pub struct Expression(Vec<Term>);

#[derive(Debug, Clone)]
pub enum Term {
    Literal(String),
    Array(Expression),
    Map(Expression),
    Named(String),
}

impl Table {
    /// The table of this suite.
    pub fn new() -> Self {
        Self::read(include_str!("shapes.toml"))
    }

    /// Panics where the table is not well written: it is part of the test.
    pub fn read(text: &str) -> Self {
        let mut tables: BTreeMap<String, toml::Table> = toml::from_str(text).unwrap();
        let answers = tables.remove("answers").unwrap_or_default();
        let errors = tables.remove("errors").unwrap_or_default();
        let table = Self {
            shapes: tables
                .iter()
                .map(|(name, table)| (name.clone(), Shape::read(table)))
                .collect(),
            errors: errors.try_into().unwrap(),
            answers: answers
                .iter()
                .map(|(route, said)| (route.clone(), Expression::read(text_of(said))))
                .collect(),
        };
        table.assert_complete();
        table
    }

    /// What answers this request when all is well: the route with the most words of its own.
    pub fn answer(&self, method: &str, path: &str) -> Option<&Expression> {
        let path = path.split('?').next().unwrap_or_default();
        let request = format!("{method} {path}");
        let words: Vec<&str> = request.split('/').collect();
        let fitting = self.answers.iter().filter_map(|(route, expected)| {
            let route: Vec<&str> = route.split('/').collect();
            let is_place = |word: &str| word == "ID" || word == "PROPERTY";
            let fits = route.len() == words.len()
                && route
                    .iter()
                    .zip(&words)
                    .all(|(said, word)| is_place(said) || said == word);
            let places = route.iter().filter(|word| is_place(word)).count();
            fits.then_some((places, expected))
        });
        let nearest = fitting.min_by_key(|(places, _)| *places);
        nearest.map(|(_, expected)| expected)
    }

    /// The kinds that a shape has in a version, as `shape.kind`.
    pub fn kinds(&self, name: &str, version: &str) -> Vec<String> {
        let mut kinds = Vec::new();
        let mut looked_at = self.shapes.get(name);
        while let Some(shape) = looked_at {
            let of_version = shape
                .kinds
                .iter()
                .filter(|(_, fields)| fields.values().all(|field| field.exists_in(version)));
            kinds.extend(of_version.map(|(kind, _)| format!("{name}.{kind}")));
            let otherwise = shape.otherwise.as_ref();
            looked_at = otherwise.and_then(|name| self.shapes.get(name));
        }
        kinds
    }

    fn assert_complete(&self) {
        let fields = self.shapes.values().flat_map(|shape| {
            let kinds = shape.kinds.values().flat_map(BTreeMap::values);
            shape.fields.values().chain(kinds)
        });
        let expressions = fields.map(|field| &field.expected);
        let answers = self.answers.iter().map(|(_, expected)| expected);
        for expression in expressions.chain(answers) {
            for name in expression.names() {
                assert!(
                    plain::check(name).is_some() || self.shapes.contains_key(name),
                    "the table names `{name}`, which is neither a plain type nor a shape"
                );
            }
        }
        for name in self
            .shapes
            .values()
            .filter_map(|shape| shape.otherwise.as_ref())
        {
            assert!(
                self.shapes.contains_key(name),
                "no shape is called `{name}`"
            );
        }
    }
}

fn text_of(value: &toml::Value) -> &str {
    value.as_str().expect("the table's expressions are texts")
}

impl Shape {
    fn read(table: &toml::Table) -> Self {
        let mut shape = Self::default();
        for (name, value) in table {
            if name != KINDS {
                shape
                    .fields
                    .insert(name.clone(), Field::read(text_of(value)));
                continue;
            }
            shape.has_kinds = true;
            for (kind, said) in value.as_table().expect("kinds are a table") {
                if kind == OTHERWISE {
                    shape.otherwise = Some(text_of(said).to_owned());
                    continue;
                }
                let fields = match said.as_table() {
                    Some(fields) => fields
                        .iter()
                        .map(|(name, said)| (name.clone(), Field::read(text_of(said))))
                        .collect(),
                    None => BTreeMap::from([(kind.clone(), Field::read(text_of(said)))]),
                };
                shape.kinds.insert(kind.clone(), fields);
            }
        }
        shape
    }
}

impl Field {
    fn read(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let mut field = Self {
            expected: Expression::read(parts.next().unwrap_or_default()),
            is_optional: false,
            required_since: None,
            since: None,
            until: None,
        };
        for part in parts {
            let words: Vec<&str> = part.split(' ').collect();
            match words.as_slice() {
                ["optional"] => field.is_optional = true,
                ["since", version] => field.since = Some((*version).to_owned()),
                ["until", version] => field.until = Some((*version).to_owned()),
                ["required", "since", version] => {
                    field.required_since = Some((*version).to_owned())
                }
                _ => panic!("the table says `{part}`, which means nothing"),
            }
        }
        field
    }

    /// Versions are dates, so that their order is that of their texts.
    pub fn exists_in(&self, version: &str) -> bool {
        self.since.as_deref().is_none_or(|since| since <= version)
            && self.until.as_deref().is_none_or(|until| version <= until)
    }

    pub fn is_optional(&self) -> bool {
        self.is_optional
    }

    pub fn is_required_in(&self, version: &str) -> bool {
        let since = self.required_since.as_deref();
        !self.is_optional && since.is_none_or(|since| since <= version)
    }
}

impl Expression {
    fn read(text: &str) -> Self {
        let mut terms = Vec::new();
        let (mut depth, mut start) = (0_i32, 0);
        for (at, letter) in text.char_indices() {
            match letter {
                '[' | '{' => depth += 1,
                ']' | '}' => depth -= 1,
                '|' if depth == 0 => {
                    terms.push(Term::read(&text[start..at]));
                    start = at + 1;
                }
                _ => {}
            }
        }
        terms.push(Term::read(&text[start..]));
        Self(terms)
    }

    pub fn terms(&self) -> &[Term] {
        &self.0
    }

    fn names(&self) -> Vec<&str> {
        let of = |term| match term {
            &Term::Literal(_) => Vec::new(),
            Term::Array(of) | Term::Map(of) => of.names(),
            Term::Named(name) => vec![name.as_str()],
        };
        self.0.iter().flat_map(of).collect()
    }
}

impl Term {
    fn read(text: &str) -> Self {
        let text = text.trim();
        let within = |open, close| {
            let inner = text.strip_prefix(open)?;
            inner.strip_suffix(close)
        };
        if let Some(word) = within('\'', '\'') {
            Self::Literal(word.to_owned())
        } else if let Some(of) = within('[', ']') {
            Self::Array(Expression::read(of))
        } else if let Some(of) = within('{', '}') {
            Self::Map(Expression::read(of))
        } else {
            Self::Named(text.to_owned())
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.0.iter().enumerate() {
            let between = if index == 0 { "" } else { " | " };
            write!(f, "{between}{term}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(word) => write!(f, "'{word}'"),
            Self::Array(of) => write!(f, "[{of}]"),
            Self::Map(of) => write!(f, "{{{of}}}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}
