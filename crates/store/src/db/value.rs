//! Arguments of a statement, for either engine.

use sqlx::Arguments;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use crate::error::StoreError;

/// One bound value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    OptText(Option<String>),
    Int(i64),
    OptInt(Option<i64>),
    Bool(bool),
    OptBool(Option<bool>),
    Bytes(Vec<u8>),
    OptBytes(Option<Vec<u8>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::OptText(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::OptInt(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// Counts are stored as signed integers; one beyond 2^63 cannot come from a request we accept.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<u64>> for Value {
    fn from(number: Option<u64>) -> Self {
        Self::OptInt(number.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
    }
}

pub(super) fn sqlite(values: Vec<Value>) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::OptText(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::OptInt(number) => arguments.add(number),
            Value::Bool(flag) => arguments.add(flag),
            Value::OptBool(flag) => arguments.add(flag),
            Value::Bytes(bytes) => arguments.add(bytes),
            Value::OptBytes(bytes) => arguments.add(bytes),
        }
        .map_err(|error| StoreError::Database(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

pub(super) fn postgres(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::OptText(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::OptInt(number) => arguments.add(number),
            Value::Bool(flag) => arguments.add(flag),
            Value::OptBool(flag) => arguments.add(flag),
            Value::Bytes(bytes) => arguments.add(bytes),
            Value::OptBytes(bytes) => arguments.add(bytes),
        }
        .map_err(|error| StoreError::Database(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}
