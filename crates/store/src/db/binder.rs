//! Binding many values in a row, for either engine.

use std::sync::Arc;

use sqlx::encode::Encode;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, Postgres, Sqlite, Type};

use crate::error::StoreError;

/// The arguments of one statement.
pub(crate) struct Binder {
    arguments: Engine,
    /// Words that were bound before. The driver keeps its arguments, so that a text costs it two allocations
    /// unless it is shared already.
    words: Vec<(&'static str, Arc<str>)>,
}

pub(super) enum Engine {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

impl Binder {
    pub(super) fn new(mut arguments: Engine, values: usize) -> Self {
        match &mut arguments {
            Engine::Sqlite(arguments) => arguments.reserve(values, 0),
            Engine::Postgres(arguments) => arguments.reserve(values, 0),
        }
        Self {
            arguments,
            words: Vec::new(),
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.arguments
    }

    pub(super) fn finish(self) -> Engine {
        self.arguments
    }

    /// A text that is shared already.
    pub(crate) fn shared(&mut self, text: &Arc<str>) -> Result<(), StoreError> {
        self.add(Arc::clone(text))
    }

    /// One of the few words of a column.
    pub(crate) fn word(&mut self, word: &'static str) -> Result<(), StoreError> {
        let known = self
            .words
            .iter()
            .find(|(known, _)| std::ptr::eq(*known, word));
        let shared = match known {
            Some((_, shared)) => Arc::clone(shared),
            None => {
                let shared: Arc<str> = word.into();
                self.words.push((word, Arc::clone(&shared)));
                shared
            }
        };
        self.add(shared)
    }

    pub(crate) fn text(&mut self, text: String) -> Result<(), StoreError> {
        self.add(text)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.add(bytes.to_vec())
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
        match &mut self.arguments {
            Engine::Sqlite(arguments) => arguments.add(value),
            Engine::Postgres(arguments) => arguments.add(value),
        }
        .map_err(|error| StoreError::Database(sqlx::Error::Encode(error)))
    }
}
