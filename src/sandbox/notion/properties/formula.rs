//! Formulas: a small part of Notion's language, and none of it wrongly. A formula is the value of
//! one other property, `prop("Name")`, or a literal (`"text"`, `5`, `true`); anything else is
//! refused. The property is one that has a text, a number, a yes or no, or a date.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::super::errors::NotionError;
use super::kind::Kind;

/// What a formula says, with the key of the property that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Formula {
    Property(String),
    Text(String),
    Number(Number),
    Boolean(bool),
}

/// The type of a formula's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultType {
    String,
    Number,
    Boolean,
    Date,
}

impl ResultType {
    /// Notion's word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
        }
    }

    /// Of a formula that names a property of this kind; nothing when this simulator knows none.
    pub(crate) fn of(kind: &Kind) -> Option<Self> {
        match kind {
            Kind::Title | Kind::RichText | Kind::Url | Kind::Email | Kind::PhoneNumber => {
                Some(Self::String)
            }
            Kind::Number(_) => Some(Self::Number),
            Kind::Checkbox => Some(Self::Boolean),
            Kind::Date | Kind::CreatedTime | Kind::LastEditedTime => Some(Self::Date),
            _ => None,
        }
    }
}

impl Formula {
    /// Reads an expression; `named` knows key and kind of the property with a name.
    ///
    /// # Errors
    /// When it is more than this simulator evaluates, or names no fitting property.
    pub(crate) fn parse<'k>(
        expression: &str,
        named: impl FnOnce(&str) -> Option<(&'k str, &'k Kind)>,
    ) -> Result<Self, NotionError> {
        let refused = |why: &str| {
            NotionError::Validation(format!(
                "The formula {expression} cannot be evaluated by this simulator: {why}. It knows \
                 prop(\"Name\") of a text, number, checkbox, date, url, email, phone number or time \
                 stamp, and literals."
            ))
        };
        let text = expression.trim();
        let argument = text
            .strip_prefix("prop(")
            .and_then(|rest| rest.strip_suffix(')'));
        if let Some(argument) = argument {
            let name: String = serde_json::from_str(argument.trim())
                .map_err(|_| refused("the property's name is no text"))?;
            return match named(&name) {
                None => Err(refused("there is no such property")),
                Some((_, kind)) if ResultType::of(kind).is_none() => {
                    Err(refused("the property has no single value"))
                }
                Some((key, _)) => Ok(Self::Property(key.to_owned())),
            };
        }
        match serde_json::from_str(text) {
            Ok(Value::String(text)) => Ok(Self::Text(text)),
            Ok(Value::Number(number)) => Ok(Self::Number(number)),
            Ok(Value::Bool(truth)) => Ok(Self::Boolean(truth)),
            _ => Err(refused("it is neither a property nor a literal")),
        }
    }

    /// The expression; `name` knows the name of the property with a key.
    pub(crate) fn expression(&self, name: impl FnOnce(&str) -> Option<String>) -> String {
        match self {
            Self::Property(key) => {
                let name = name(key).unwrap_or_default();
                format!("prop({})", Value::String(name))
            }
            Self::Text(text) => Value::String(text.clone()).to_string(),
            Self::Number(number) => number.to_string(),
            Self::Boolean(truth) => truth.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(expression: &str) -> Result<Formula, NotionError> {
        Formula::parse(expression, |name| match name {
            "Points" => Some(("key", &Kind::Number("number"))),
            "People" => Some(("other", &Kind::People)),
            _ => None,
        })
    }

    proptest! {
        #[test]
        fn a_literal_says_itself(text in "\\PC{0,9}", number in any::<i64>(), truth: bool) {
            for formula in [Formula::Text(text), Formula::Number(number.into()), Formula::Boolean(truth)] {
                prop_assert_eq!(parse(&formula.expression(|_| None)), Ok(formula));
            }
        }

        #[test]
        fn no_expression_makes_the_parser_panic(text in "(prop)?[(]?\\PC{0,9}[)]?") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn a_property_is_named_and_everything_else_is_refused_with_the_reason() {
        let formula = Formula::Property("key".to_owned());
        assert_eq!(parse(" prop(\"Points\") "), Ok(formula.clone()));
        assert_eq!(
            formula.expression(|_| Some("A\"b".to_owned())),
            "prop(\"A\\\"b\")"
        );
        for (expression, why) in [
            ("prop(\"Colour\")", "no such property"),
            ("prop(\"People\")", "no single value"),
            ("prop(Points)", "name is no text"),
            ("prop(\"Points\") + 1", "neither a property nor a literal"),
            ("if(true, 1, 2)", "neither a property nor a literal"),
            ("", "neither a property nor a literal"),
        ] {
            let refusal = parse(expression).unwrap_err().to_string();
            assert!(refusal.contains(why), "{expression}: {refusal}");
        }
    }
}
