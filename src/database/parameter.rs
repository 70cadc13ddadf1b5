//! The value of a statement's parameter, as it is sent.

use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, error::BoxDynError};

/// A value with the type that it is sent as; the statement casts it to any other (`$1::uuid`).
#[derive(Debug, Clone, PartialEq)]
pub enum Parameter {
    /// `boolean`
    Bool(bool),
    /// `bigint`
    Integer(i64),
    /// `double precision`
    Float(f64),
    /// `text`
    Text(String),
}

impl Parameter {
    /// Appends it as the next of a statement's parameters.
    pub(super) fn bind(&self, arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        match self {
            Self::Bool(value) => arguments.add(value),
            Self::Integer(value) => arguments.add(value),
            Self::Float(value) => arguments.add(value),
            Self::Text(value) => arguments.add(value),
        }
    }
}
