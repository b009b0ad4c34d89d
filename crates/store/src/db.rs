//! Two engines behind one door. Only here and below is an engine named.
//!
//! SQLite has one writer: a pool of one connection on which every transaction begins `IMMEDIATE`, because
//! one that reads first and then wants to write fails at once when another process wrote in between.
//! Reads have a pool of their own and never wait for the writer. PostgreSQL has one pool for both.

mod binder;
mod row;
mod value;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use crate::error::StoreError;
use crate::migrations;
pub(crate) use binder::Binder;
use binder::Engine;
pub(crate) use row::Row;
pub(crate) use value::Value;

const READERS_MAX: u32 = 4;
const POSTGRES_CONNECTIONS_MAX: u32 = 8;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A bound on what waits between us and SQLite's thread, in rows.
const ROW_BUFFER: usize = 64;

/// A connected database.
#[derive(Debug, Clone)]
pub enum Db {
    Sqlite {
        reader: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// A write transaction. Dropped without [`Tx::commit`], it leaves no trace.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Connects. `sqlite:PATH` (created when absent) or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no such server or the file cannot be opened;
    /// [`StoreError::Conflict`] when the URL is of neither kind.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return open_sqlite(Path::new(path.trim_start_matches("//"))).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.options([("statement_timeout", "10s")]);
            let pool = PoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS_MAX)
                .acquire_timeout(ACQUIRE_TIMEOUT);
            return Ok(Self::Postgres(
                pool.connect_with(options)
                    .await
                    .map_err(StoreError::Unavailable)?,
            ));
        }
        Err(StoreError::Conflict {
            reason: "database.url begins with neither sqlite: nor postgres://".to_owned(),
        })
    }

    /// Brings the schema up to date. Runs once however many processes start together.
    ///
    /// # Errors
    /// [`StoreError::Newer`] when a newer program has migrated this database already.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let result = match self {
            Self::Sqlite { writer, .. } => migrations::for_sqlite().run(writer).await,
            Self::Postgres(pool) => migrations::for_postgres().run(pool).await,
        };
        result.map_err(|error| match error {
            MigrateError::VersionMissing(version) if version > migrations::NEWEST => {
                StoreError::Newer { version }
            }
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => inner.into(),
            other => StoreError::Database(sqlx::Error::Migrate(Box::new(other))),
        })
    }

    /// Holds that the schema is the one that this program knows.
    ///
    /// # Errors
    /// [`StoreError::Newer`], or [`StoreError::Conflict`] when migrations are missing.
    pub async fn require_schema(&self) -> Result<(), StoreError> {
        match self.schema_version().await? {
            Some(version) if version == migrations::NEWEST => Ok(()),
            Some(version) if version > migrations::NEWEST => Err(StoreError::Newer { version }),
            Some(_) | None => {
                let reason = "its schema is older than this version of yunxin, and database.migrate is false; run `yunxin migrate`";
                Err(StoreError::Conflict {
                    reason: reason.to_owned(),
                })
            }
        }
    }

    /// The highest migration that was applied; `None` for an empty database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn schema_version(&self) -> Result<Option<i64>, StoreError> {
        let exists = match self {
            Self::Sqlite { .. } => {
                "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = '_sqlx_migrations'"
            }
            Self::Postgres(_) => {
                "SELECT COUNT(*) AS n FROM information_schema.tables
                 WHERE table_name = '_sqlx_migrations' AND table_schema = CURRENT_SCHEMA()"
            }
        };
        if self.fetch_one(exists, vec![]).await?.int("n")? == 0 {
            return Ok(None);
        }
        let row = self
            .fetch_one(
                "SELECT MAX(version) AS version FROM _sqlx_migrations",
                vec![],
            )
            .await?;
        row.opt_int("version")
    }

    /// `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// How much room the database takes.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn size_bytes(&self) -> Result<Option<u64>, StoreError> {
        let sql = match self {
            Self::Sqlite { .. } => {
                "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()"
            }
            Self::Postgres(_) => "SELECT CAST(pg_database_size(CURRENT_DATABASE()) AS BIGINT) AS n",
        };
        self.fetch_one(sql, vec![]).await?.opt_count("n")
    }

    /// Begins a write transaction.
    ///
    /// # Errors
    /// When no connection can be had in time.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Flushes and disconnects.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { reader, writer } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) async fn fetch_all(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { reader, .. } => {
                let rows = sqlx::query_with(sql, value::sqlite(values)?)
                    .fetch_all(reader)
                    .await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                let rows = sqlx::query_with(sql, value::postgres(values)?)
                    .fetch_all(pool)
                    .await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn fetch_optional(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { reader, .. } => {
                let row = sqlx::query_with(sql, value::sqlite(values)?)
                    .fetch_optional(reader)
                    .await?;
                row.map(Row::Sqlite)
            }
            Self::Postgres(pool) => {
                let row = sqlx::query_with(sql, value::postgres(values)?)
                    .fetch_optional(pool)
                    .await?;
                row.map(Row::Postgres)
            }
        })
    }

    pub(crate) async fn fetch_one(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Row, StoreError> {
        self.fetch_optional(sql, values)
            .await?
            .ok_or(StoreError::NotFound { what: "the row" })
    }
}

impl Tx {
    /// Makes the changes durable.
    ///
    /// # Errors
    /// When the database cannot promise that; the changes may or may not be there.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => sqlx::query_with(sql, value::sqlite(values)?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Self::Postgres(tx) => sqlx::query_with(sql, value::postgres(values)?)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    /// Runs `head VALUES (…), (…) tail` over many rows, in few statements. `bind` adds the columns of a
    /// row: straight to the driver, because at thousands of rows per second a vector in between shows.
    pub(crate) async fn insert_many<T>(
        &mut self,
        (head, tail): (&'static str, &'static str),
        columns: usize,
        rows: &[T],
        bind: impl Fn(&T, &mut Binder) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut left = rows;
        for size in ROWS_PER_INSERT {
            while let Some((batch, rest)) = left.split_at_checked(size) {
                left = rest;
                let arguments = match self {
                    Self::Sqlite(_) => Engine::Sqlite(SqliteArguments::default()),
                    Self::Postgres(_) => Engine::Postgres(PgArguments::default()),
                };
                let mut binder = Binder::new(arguments, size * columns);
                for row in batch {
                    bind(row, &mut binder)?;
                }
                // Composed of our own fragments and placeholders; every value is bound.
                let sql = AssertSqlSafe(format!(
                    "{head} VALUES {} {tail}",
                    placeholders(size, columns, binder.engine())
                ));
                self.execute_bound(sql, binder).await?;
            }
        }
        Ok(())
    }

    async fn execute_bound(
        &mut self,
        sql: AssertSqlSafe<String>,
        binder: Binder,
    ) -> Result<(), StoreError> {
        match (self, binder.finish()) {
            (Self::Sqlite(tx), Engine::Sqlite(arguments)) => {
                sqlx::query_with(sql, arguments)
                    .execute(&mut **tx)
                    .await
                    .map(drop)?;
            }
            (Self::Postgres(tx), Engine::Postgres(arguments)) => {
                sqlx::query_with(sql, arguments)
                    .execute(&mut **tx)
                    .await
                    .map(drop)?;
            }
            // `insert_many` makes the binder of the transaction's own kind.
            (Self::Sqlite(_), Engine::Postgres(_)) | (Self::Postgres(_), Engine::Sqlite(_)) => {}
        }
        Ok(())
    }

    pub(crate) async fn fetch_optional(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let row = sqlx::query_with(sql, value::sqlite(values)?)
                    .fetch_optional(&mut **tx)
                    .await?;
                row.map(Row::Sqlite)
            }
            Self::Postgres(tx) => {
                let row = sqlx::query_with(sql, value::postgres(values)?)
                    .fetch_optional(&mut **tx)
                    .await?;
                row.map(Row::Postgres)
            }
        })
    }

    pub(crate) async fn fetch_all(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = sqlx::query_with(sql, value::sqlite(values)?)
                    .fetch_all(&mut **tx)
                    .await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = sqlx::query_with(sql, value::postgres(values)?)
                    .fetch_all(&mut **tx)
                    .await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }
}

/// Rows of one `INSERT`, largest first. Few sizes, so that each is prepared once per connection. With 22
/// columns the largest stays below SQLite's 32,766 and PostgreSQL's 65,535 parameters.
const ROWS_PER_INSERT: [usize; 5] = [256, 64, 16, 4, 1];

/// The parameters of a long statement. SQLite reads `$1` as a name and searches all names before it for
/// each: a statement with thousands takes longer to prepare than to run, so there they have none.
fn placeholders(rows: usize, columns: usize, engine: &Engine) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            text.push_str(if column == 0 { "" } else { ", " });
            match engine {
                Engine::Sqlite(_) => text.push('?'),
                Engine::Postgres(_) => {
                    text.push('$');
                    text.push_str(&(row * columns + column + 1).to_string());
                }
            }
        }
        text.push(')');
    }
    text
}

async fn open_sqlite(path: &Path) -> Result<Db, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .row_buffer_size(ROW_BUFFER);
    let pool = |connections: u32| {
        PoolOptions::<Sqlite>::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
    };
    let writer = pool(1)
        .connect_with(options.clone())
        .await
        .map_err(StoreError::Unavailable)?;
    // Lazily: the file exists by now, and a start should not wait for connections that nobody asked for.
    let reader =
        pool(READERS_MAX).connect_lazy_with(options.read_only(true).create_if_missing(false));
    Ok(Db::Sqlite { reader, writer })
}
