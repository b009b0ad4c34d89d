//! Two engines behind one door. Only here and below is an engine named.
//!
//! SQLite has one writer: a pool of one connection on which every transaction begins `IMMEDIATE`, because
//! one that reads first and then wants to write fails at once when another process wrote in between.
//! Reads have a pool of their own and never wait for the writer. PostgreSQL has one pool for both. On either, a
//! connection on which something went wrong is not used again (`borrowed`).

mod binder;
mod borrowed;
mod copy;
mod files;
mod foreign;
mod insert;
mod open;
mod record;
mod row;
mod statements;
mod url;
mod value;
mod word;

use std::sync::Arc;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgArguments, PgPool};
use sqlx::sqlite::{SqliteArguments, SqlitePool};
use sqlx::{AssertSqlSafe, Connection, Postgres, SqlSafeStr, SqlStr, Sqlite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::StoreError;
use crate::migrations;
pub(crate) use binder::Binder;
use binder::Engine;
use borrowed::Borrowed;
pub use copy::{CopiedTable, copy};
pub use foreign::{ForeignDb, ForeignRow};
pub(crate) use insert::insert_columns;
pub(crate) use record::record;
pub(crate) use row::Row;
use url::DatabasePlace;
pub(crate) use value::Value;
pub(crate) use word::word_enum;

/// A connected database.
#[derive(Debug, Clone)]
pub enum Db {
    Sqlite {
        reader: SqlitePool,
        writer: SqlitePool,
    },
    Postgres {
        pool: PgPool,
        /// Fewer than there are connections: who reads within a transaction needs a second one, and would else wait for
        /// transactions that wait for a lock of this one.
        transactions: Arc<Semaphore>,
    },
}

/// A write transaction. Dropped without [`Tx::commit`], it leaves no trace.
pub struct Tx {
    running: Running,
    /// Its place among the transactions of PostgreSQL, given back behind the connection.
    _place: Option<OwnedSemaphorePermit>,
    /// The last line of the auth log that was added in it.
    auth_seq: Option<i64>,
}

enum Running {
    Sqlite(Borrowed<Sqlite>),
    Postgres(Borrowed<Postgres>),
}

impl Db {
    /// Connects. `sqlite:PATH` (created when absent) or `postgres://…`.
    ///
    /// # Errors
    /// If there is no such server or the file cannot be opened, [`StoreError::Unreachable`] with the place and the cause;
    /// [`StoreError::Conflict`] if the URL is of neither kind.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        match DatabasePlace::parse(url)? {
            DatabasePlace::Sqlite(path) => open::sqlite(&path).await,
            DatabasePlace::Postgres(options) => open::postgres(*options).await,
        }
    }

    /// Looks at a URL without connecting.
    ///
    /// # Errors
    /// If it names no database of ours, [`StoreError::Conflict`] with words for its author.
    pub fn check_url(url: &str) -> Result<(), StoreError> {
        DatabasePlace::parse(url).map(drop)
    }

    /// Brings the schema up to date. Runs once however many processes start together.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer program has migrated this database already.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.migrate_to(migrations::NEWEST).await
    }

    /// Brings the schema up to one migration: tests see by it what a later one makes of rows.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer program has migrated this database already.
    #[doc(hidden)]
    pub async fn migrate_to(&self, version: i64) -> Result<(), StoreError> {
        let result = match self {
            Self::Sqlite { writer, .. } => migrations::for_sqlite().run_to(version, writer).await,
            Self::Postgres { pool, .. } => {
                let mut connection = open::for_migrations(&pool.connect_options()).await?;
                let migrator = migrations::for_postgres();
                let result = migrator.run_to(version, &mut connection).await;
                let _ = connection.close().await;
                result
            }
        };
        result.map_err(|error| match error {
            MigrateError::VersionMissing(version) if version > migrations::NEWEST => {
                StoreError::Newer { version }
            }
            MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => inner.into(),
            other => StoreError::Database(sqlx::Error::Migrate(Box::new(other))),
        })
    }

    /// Checks that the schema is the one that this program knows.
    ///
    /// # Errors
    /// If the schema is newer, [`StoreError::Newer`]; if migrations are missing, [`StoreError::Conflict`].
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
    /// If the database cannot be read.
    pub async fn schema_version(&self) -> Result<Option<i64>, StoreError> {
        let exists = match self {
            Self::Sqlite { .. } => {
                "SELECT COUNT(*) AS n FROM sqlite_master WHERE name = '_sqlx_migrations'"
            }
            Self::Postgres { .. } => {
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
            Self::Postgres { .. } => "postgres",
        }
    }

    /// The size of the database.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn size_bytes(&self) -> Result<Option<u64>, StoreError> {
        let sql = match self {
            Self::Sqlite { .. } => {
                "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()"
            }
            Self::Postgres { .. } => {
                "SELECT CAST(pg_database_size(CURRENT_DATABASE()) AS BIGINT) AS n"
            }
        };
        self.fetch_one(sql, vec![]).await?.opt_count("n")
    }

    /// The database's clock, in milliseconds since 1970.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn clock_ms(&self) -> Result<i64, StoreError> {
        let sql = match self {
            Self::Sqlite { .. } => {
                "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS n"
            }
            Self::Postgres { .. } => {
                "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS n"
            }
        };
        self.fetch_one(sql, vec![]).await?.int("n")
    }

    /// Begins a write transaction.
    ///
    /// # Errors
    /// If no connection can be had in time.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let (running, place) = match self {
            Self::Sqlite { writer, .. } => (Running::Sqlite(Borrowed::begin(writer).await?), None),
            Self::Postgres { pool, transactions } => {
                let place = open::in_time(Arc::clone(transactions).acquire_owned()).await?;
                (Running::Postgres(Borrowed::begin(pool).await?), Some(place))
            }
        };
        Ok(Tx {
            running,
            _place: place,
            auth_seq: None,
        })
    }

    /// Flushes and disconnects.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { reader, writer } => {
                reader.close().await;
                writer.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }

    pub(crate) async fn fetch_all(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        match self {
            Self::Sqlite { reader, .. } => {
                let arguments = value::sqlite(values)?;
                Borrowed::take(reader)
                    .await?
                    .fetch_all(sql, arguments)
                    .await
            }
            Self::Postgres { pool, .. } => {
                let arguments = value::postgres(values)?;
                Borrowed::take(pool).await?.fetch_all(sql, arguments).await
            }
        }
    }

    pub(crate) async fn fetch_optional(
        &self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        let sql = sql.into_sql_str();
        match self {
            Self::Sqlite { reader, .. } => {
                let arguments = value::sqlite(values)?;
                Borrowed::take(reader)
                    .await?
                    .fetch_optional(sql, arguments)
                    .await
            }
            Self::Postgres { pool, .. } => {
                let arguments = value::postgres(values)?;
                Borrowed::take(pool)
                    .await?
                    .fetch_optional(sql, arguments)
                    .await
            }
        }
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
    /// If the database cannot promise that; the changes may or may not be there.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.running {
            Running::Sqlite(tx) => tx.commit().await,
            Running::Postgres(tx) => tx.commit().await,
        }
    }

    /// The last line of the auth log that was added in this transaction; `None` if it changes no rights.
    #[must_use]
    pub fn auth_seq(&self) -> Option<i64> {
        self.auth_seq
    }

    pub(crate) fn added_to_auth_log(&mut self, seq: i64) {
        self.auth_seq = Some(seq);
    }

    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        self.execute_sql(sql.into_sql_str(), values).await
    }

    /// Runs a statement whose rows come from a `SELECT` that ends at `/* free */`: those that somebody else has locked
    /// are passed over. SQLite locks no rows.
    pub(crate) async fn execute_on_free_rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let lock = match self.running {
            Running::Sqlite(_) => "",
            Running::Postgres(_) => "FOR UPDATE SKIP LOCKED",
        };
        // Composed of our own fragments; every value is bound.
        let sql = AssertSqlSafe(sql.replace("/* free */", lock));
        self.execute_sql(sql.into_sql_str(), values).await
    }

    async fn execute_sql(&mut self, sql: SqlStr, values: Vec<Value>) -> Result<u64, StoreError> {
        match &mut self.running {
            Running::Sqlite(tx) => tx.execute(sql, value::sqlite(values)?).await,
            Running::Postgres(tx) => tx.execute(sql, value::postgres(values)?).await,
        }
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
                let arguments = match self.running {
                    Running::Sqlite(_) => Engine::Sqlite(SqliteArguments::default()),
                    Running::Postgres(_) => Engine::Postgres(PgArguments::default()),
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
        let sql = sql.into_sql_str();
        match (&mut self.running, binder.finish()) {
            (Running::Sqlite(tx), Engine::Sqlite(arguments)) => {
                tx.execute(sql, arguments).await.map(drop)
            }
            (Running::Postgres(tx), Engine::Postgres(arguments)) => {
                tx.execute(sql, arguments).await.map(drop)
            }
            // `insert_many` makes the binder of the transaction's own kind.
            (Running::Sqlite(_), Engine::Postgres(_))
            | (Running::Postgres(_), Engine::Sqlite(_)) => Ok(()),
        }
    }

    pub(crate) async fn fetch_optional(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        let sql = sql.into_sql_str();
        match &mut self.running {
            Running::Sqlite(tx) => tx.fetch_optional(sql, value::sqlite(values)?).await,
            Running::Postgres(tx) => tx.fetch_optional(sql, value::postgres(values)?).await,
        }
    }

    pub(crate) async fn fetch_all(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        match &mut self.running {
            Running::Sqlite(tx) => tx.fetch_all(sql, value::sqlite(values)?).await,
            Running::Postgres(tx) => tx.fetch_all(sql, value::postgres(values)?).await,
        }
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
