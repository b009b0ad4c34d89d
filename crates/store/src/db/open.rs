//! Connecting, with what each engine must hold to.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::{Db, files};
use crate::error::StoreError;

const READERS_MAX: u32 = 4;
const POSTGRES_CONNECTIONS_MAX: u32 = 8;
/// Transactions at the same time; the other connections are for reads.
const POSTGRES_TRANSACTIONS_MAX: usize = 6;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A bound on what waits between us and SQLite's thread, in rows.
const ROW_BUFFER: usize = 64;
/// The longest wait at the start for a PostgreSQL that refuses connections because it is starting itself.
const CONNECT_MAX: Duration = Duration::from_secs(3);
const CONNECT_AGAIN: Duration = Duration::from_millis(200);

/// The parameters of every session on PostgreSQL, so that none of them can hold up the others for long when its server
/// is stopped, cut off or killed within a transaction.
const SESSION: [(&str, &str); 7] = [
    ("statement_timeout", "10s"),
    // A row that somebody else holds: given up, and tried again by whoever can.
    ("lock_timeout", "2s"),
    // Less than a second: a change of rights that waits for a stopped server's row has to end, with the wait for that
    // server's lease, within a lease and a second.
    ("idle_in_transaction_session_timeout", "750ms"),
    // A peer that vanished without a word is noticed within half a minute, and its locks with it.
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];
/// A migration may take as long as it takes, and waits for whoever migrates at the same time.
const MIGRATION_SESSION: [(&str, &str); 3] = [
    ("statement_timeout", "0"),
    ("lock_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
];

pub(super) async fn sqlite(path: &Path) -> Result<Db, StoreError> {
    let unreachable = |cause: String| StoreError::Unreachable {
        place: format!("the SQLite file {}", files::shown(path)),
        cause,
    };
    files::keep_private(path).map_err(|error| unreachable(error.to_string()))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
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
    let writer = pool(1).connect_with(options.clone()).await;
    let writer = writer.map_err(|error| unreachable(files::cause(path, &error)))?;
    // Lazily: the file exists by now, and a start should not wait for connections that nobody asked for.
    let reader = pool(READERS_MAX).connect_lazy_with(options.read_only(true));
    Ok(Db::Sqlite { reader, writer })
}

/// Connects once without a pool, which would say only that it waited in vain.
pub(super) async fn postgres(options: PgConnectOptions) -> Result<Db, StoreError> {
    let options = options.options(SESSION);
    let deadline = Instant::now() + CONNECT_MAX;
    let first = loop {
        match timeout_at(deadline, options.connect()).await {
            Ok(Ok(connection)) => break connection,
            Ok(Err(error)) if is_starting(&error) && Instant::now() + CONNECT_AGAIN < deadline => {
                sleep(CONNECT_AGAIN).await;
            }
            Ok(Err(error)) => return Err(unreachable(&options, in_words(&error))),
            Err(_) => {
                let cause = format!("no response within {} s", CONNECT_MAX.as_secs());
                return Err(unreachable(&options, cause));
            }
        }
    };
    let _ = first.close().await;
    let pool = PoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT);
    Ok(Db::Postgres {
        pool: pool.connect_lazy_with(options),
        transactions: Arc::new(Semaphore::new(POSTGRES_TRANSACTIONS_MAX)),
    })
}

/// A place among the transactions, waited for as long as for a connection.
pub(super) async fn in_time(
    place: impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>>,
) -> Result<OwnedSemaphorePermit, StoreError> {
    match timeout(ACQUIRE_TIMEOUT, place).await {
        Ok(Ok(place)) => Ok(place),
        Ok(Err(_)) => Err(sqlx::Error::PoolClosed.into()),
        Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
    }
}

/// A connection for migrations, which are not bounded as others are.
pub(super) async fn for_migrations(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let options = options.clone().options(MIGRATION_SESSION);
    let connected = options.connect().await;
    connected.map_err(|error| unreachable(&options, in_words(&error)))
}

/// Refused, or "the database system is starting up".
fn is_starting(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

fn unreachable(options: &PgConnectOptions, cause: String) -> StoreError {
    let host = match options.get_socket() {
        Some(folder) => format!("the socket in {}", folder.display()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let user = options.get_username();
    let name = options.get_database().unwrap_or(user);
    StoreError::Unreachable {
        place: format!("PostgreSQL at {host} (database {name:?}, user {user:?})"),
        cause,
    }
}

/// Without what the driver says around it.
fn in_words(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}
