//! Binding many values in a row, for either engine.

use sqlx::encode::Encode;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Postgres, Sqlite, Type};

use crate::error::StoreError;

/// The arguments of one statement.
pub(crate) enum Binder {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

impl Binder {
    pub(crate) fn text(&mut self, text: &str) -> Result<(), StoreError> {
        self.add(text)
    }

    pub(crate) fn int(&mut self, number: i64) -> Result<(), StoreError> {
        self.add(number)
    }

    /// A count: stored signed. One beyond 2^63 cannot come from a request we accept.
    pub(crate) fn count(&mut self, number: u64) -> Result<(), StoreError> {
        self.add(i64::try_from(number).unwrap_or(i64::MAX))
    }

    pub(crate) fn opt_count(&mut self, number: Option<u64>) -> Result<(), StoreError> {
        self.add(number.map(|count| i64::try_from(count).unwrap_or(i64::MAX)))
    }

    pub(crate) fn bool(&mut self, flag: bool) -> Result<(), StoreError> {
        self.add(flag)
    }

    fn add<'t, T>(&mut self, value: T) -> Result<(), StoreError>
    where
        T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>,
    {
        match self {
            Self::Sqlite(arguments) => arguments.add(value),
            Self::Postgres(arguments) => arguments.add(value),
        }
        .map_err(|error| StoreError::Database(sqlx::Error::Encode(error)))
    }
}
