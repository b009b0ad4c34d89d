//! The database of another program, read as it is, within one snapshot.

use serde_json::{Map, Number, Value};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Row as _, SqliteConnection, TypeInfo,
    ValueRef,
};

use crate::error::StoreError;

/// A row, by the names of its columns.
pub type ForeignRow = Map<String, Value>;

/// The database of another program.
#[derive(Debug)]
pub enum ForeignDb {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl ForeignDb {
    /// Opens a database to be read only: `postgres://…`, or the path of a SQLite file.
    ///
    /// # Errors
    /// If it cannot be reached, or is of another engine.
    pub async fn open(place: &str) -> Result<Self, StoreError> {
        let unreachable = |error: sqlx::Error| StoreError::Unreachable {
            place: "the database to import from".to_owned(),
            cause: error.to_string(),
        };
        if place.starts_with("postgres://") || place.starts_with("postgresql://") {
            let options: PgConnectOptions = place.parse().map_err(unreachable)?;
            let mut connection = options.connect().await.map_err(unreachable)?;
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            sqlx::query(begin).execute(&mut connection).await?;
            return Ok(Self::Postgres(connection));
        }
        if place.contains("://") {
            return Err(StoreError::Unreachable {
                place: "the database to import from".to_owned(),
                cause: "only PostgreSQL and SQLite can be read".to_owned(),
            });
        }
        let path = place.strip_prefix("sqlite:").unwrap_or(place);
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection = options.connect().await.map_err(unreachable)?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self::Sqlite(connection))
    }

    /// The names of the columns of a table; none if there is no such table.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn columns(&mut self, table: &str) -> Result<Vec<String>, StoreError> {
        let names = match self {
            Self::Sqlite(connection) => {
                let sql = "SELECT name FROM pragma_table_info(?1)";
                sqlx::query_scalar(sql)
                    .bind(table)
                    .fetch_all(connection)
                    .await?
            }
            Self::Postgres(connection) => {
                let sql = "SELECT column_name::TEXT FROM information_schema.columns
                           WHERE table_schema = ANY (current_schemas(false)) AND table_name = $1";
                sqlx::query_scalar(sql)
                    .bind(table)
                    .fetch_all(connection)
                    .await?
            }
        };
        Ok(names)
    }

    /// All rows of a table; none if there is no such table.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn rows(&mut self, table: &'static str) -> Result<Vec<ForeignRow>, StoreError> {
        if self.columns(table).await?.is_empty() {
            return Ok(vec![]);
        }
        match self {
            Self::Sqlite(connection) => {
                let sql = AssertSqlSafe(format!("SELECT * FROM \"{table}\""));
                let rows = sqlx::query(sql).fetch_all(connection).await?;
                rows.iter().map(of_sqlite).collect()
            }
            Self::Postgres(connection) => {
                let sql = AssertSqlSafe(format!("SELECT row_to_json(t)::TEXT FROM \"{table}\" t"));
                let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(connection).await?;
                let parse =
                    |text: &String| serde_json::from_str(text).map_err(|error| unreadable(&error));
                rows.iter().map(parse).collect()
            }
        }
    }

    /// Ends the snapshot.
    pub async fn close(self) {
        // Nothing was written.
        let _ = match self {
            Self::Sqlite(connection) => connection.close().await,
            Self::Postgres(connection) => connection.close().await,
        };
    }
}

fn of_sqlite(row: &SqliteRow) -> Result<ForeignRow, StoreError> {
    let mut values = ForeignRow::new();
    for (index, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(index)?;
        let value = if raw.is_null() {
            Value::Null
        } else {
            match raw.type_info().name() {
                "INTEGER" | "BOOLEAN" => row.try_get_unchecked::<i64, _>(index)?.into(),
                "REAL" => {
                    let number = Number::from_f64(row.try_get_unchecked(index)?);
                    number.map_or(Value::Null, Value::Number)
                }
                _ => row.try_get_unchecked::<String, _>(index)?.into(),
            }
        };
        values.insert(column.name().to_owned(), value);
    }
    Ok(values)
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Corrupt {
        table: "of the database to import from",
        detail: error.to_string(),
    }
}
