//! A connection out of a pool, which goes back only if all went well on it.
//!
//! A statement that fails with anything but a constraint leaves a connection in a state of which little is known:
//! SQLite may have rolled the transaction back by itself, PostgreSQL may have gone, a statement that was given up may
//! still run. Such a connection is thrown away, and the pool opens another.

use std::time::Duration;

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{Database, Executor, Postgres, Sqlite};
use tokio::time::timeout;

use crate::error::StoreError;

/// The differences of the engines here.
pub(super) trait Dialect: Database {
    const BEGIN: &'static str;
    /// The timeout of a statement; `None` where nothing between us and the data can fall silent.
    const PATIENCE: Option<Duration>;

    /// Runs a statement without parameters.
    fn run(
        connection: &mut Self::Connection,
        sql: &'static str,
    ) -> impl Future<Output = sqlx::Result<()>> + Send;
}

impl Dialect for Sqlite {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const PATIENCE: Option<Duration> = None;

    async fn run(connection: &mut Self::Connection, sql: &'static str) -> sqlx::Result<()> {
        connection.execute(sql).await.map(drop)
    }
}

impl Dialect for Postgres {
    const BEGIN: &'static str = "BEGIN";
    /// Longer than the server's own `statement_timeout`: it passes only when the server, or the network to it, is gone.
    const PATIENCE: Option<Duration> = Some(Duration::from_secs(15));

    async fn run(connection: &mut Self::Connection, sql: &'static str) -> sqlx::Result<()> {
        connection.execute(sql).await.map(drop)
    }
}

/// The connection.
pub(super) struct Borrowed<D: Dialect> {
    /// Taken by the drop, and by nobody else.
    connection: Option<PoolConnection<D>>,
    /// Nothing runs on it, and nothing went wrong on it.
    is_sound: bool,
    is_in_transaction: bool,
}

impl<D: Dialect> Borrowed<D> {
    pub(super) async fn take(pool: &Pool<D>) -> Result<Self, StoreError> {
        Ok(Self {
            connection: Some(pool.acquire().await?),
            is_sound: true,
            is_in_transaction: false,
        })
    }

    pub(super) async fn begin(pool: &Pool<D>) -> Result<Self, StoreError> {
        let mut borrowed = Self::take(pool).await?;
        let begun = Self::in_time(D::run(borrowed.start(), D::BEGIN)).await;
        borrowed.end(begun)?;
        borrowed.is_in_transaction = true;
        Ok(borrowed)
    }

    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        let committed = Self::in_time(D::run(self.start(), "COMMIT")).await;
        self.end(committed)?;
        self.is_in_transaction = false;
        Ok(())
    }

    /// The connection for one statement. A statement that is given up half way leaves it unsound.
    pub(super) fn start(&mut self) -> &mut D::Connection {
        self.is_sound = false;
        self.connection
            .as_mut()
            .expect("the connection is there until the drop")
    }

    /// Says how that statement ended.
    pub(super) fn end<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.is_sound = matches!(result, Ok(_) | Err(StoreError::Conflict { .. }));
        result
    }

    /// Awaits a statement, but not for ever.
    pub(super) async fn in_time<T>(
        statement: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StoreError> {
        let Some(patience) = D::PATIENCE else {
            return Ok(statement.await?);
        };
        match timeout(patience, statement).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}

impl<D: Dialect> Drop for Borrowed<D> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the pool counts the connection as taken until the task has ended"
    )]
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if !self.is_sound {
            connection.close_on_drop();
        } else if self.is_in_transaction {
            tokio::spawn(async move {
                let ended = Self::in_time(D::run(&mut connection, "ROLLBACK")).await;
                if ended.is_err() {
                    connection.close_on_drop();
                }
            });
        }
    }
}
