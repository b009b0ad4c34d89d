//! The three things that are done with a statement, on a connection of either engine.

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, SqlStr, Sqlite};

use super::borrowed::Borrowed;
use super::row::Row;
use crate::error::StoreError;

macro_rules! statements {
    ($engine:ty, $arguments:ty, $row:path) => {
        impl Borrowed<$engine> {
            /// Returns how many rows it touched.
            pub(super) async fn execute(
                &mut self,
                sql: SqlStr,
                arguments: $arguments,
            ) -> Result<u64, StoreError> {
                let statement = sqlx::query_with(sql, arguments).execute(self.start());
                let done = Self::in_time(statement).await;
                Ok(self.end(done)?.rows_affected())
            }

            pub(super) async fn fetch_optional(
                &mut self,
                sql: SqlStr,
                arguments: $arguments,
            ) -> Result<Option<Row>, StoreError> {
                let statement = sqlx::query_with(sql, arguments).fetch_optional(self.start());
                let row = Self::in_time(statement).await;
                Ok(self.end(row)?.map($row))
            }

            pub(super) async fn fetch_all(
                &mut self,
                sql: SqlStr,
                arguments: $arguments,
            ) -> Result<Vec<Row>, StoreError> {
                let statement = sqlx::query_with(sql, arguments).fetch_all(self.start());
                let rows = Self::in_time(statement).await;
                Ok(self.end(rows)?.into_iter().map($row).collect())
            }
        }
    };
}

statements!(Sqlite, SqliteArguments, Row::Sqlite);
statements!(Postgres, PgArguments, Row::Postgres);
