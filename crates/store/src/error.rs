//! Errors of queries. Each says its cause; the log shows the innermost one.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thing named does not exist.
    #[error("{what} does not exist")]
    NotFound { what: &'static str },
    /// The change contradicts what is there.
    #[error("{reason}")]
    Conflict { reason: String },
    /// There is no database where the configuration says, or it does not let us in.
    #[error("cannot open {place}: {cause}")]
    Unreachable { place: String, cause: String },
    /// The database is gone, full, or too busy. Nothing is known about the data.
    #[error("the database is unavailable: {0}")]
    Unavailable(sqlx::Error),
    /// The database took longer than its caller waits. Nothing is known about the data.
    #[error("the database took too long")]
    TimedOut,
    /// The database holds something that cannot be.
    #[error("{table} holds something that cannot be read: {detail}")]
    Corrupt { table: &'static str, detail: String },
    /// The database was made by a newer version of the program.
    #[error(
        "the database has migration {version}, which this version of yunxin does not know; run the newer version, or restore a backup from before the upgrade"
    )]
    Newer { version: i64 },
    /// The database refused a statement: a fault of ours.
    #[error("the database refused a statement: {0}")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(error),
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Conflict {
                reason: "it exists already".to_owned(),
            },
            sqlx::Error::Database(inner) if inner.is_foreign_key_violation() => Self::Conflict {
                reason: "it names something that does not exist".to_owned(),
            },
            sqlx::Error::Database(inner) if is_of_its_surroundings(inner.code().as_deref()) => {
                Self::Unavailable(error)
            }
            _ => Self::Database(error),
        }
    }
}

/// SQLite: busy (5), locked (6), out of memory (7), read-only (8), interrupted (9), a failed read or write (10), a full
/// disk (13), a file that cannot be opened (14), a protocol of locks that did not end (15).
const SQLITE: [u32; 9] = [5, 6, 7, 8, 9, 10, 13, 14, 15];
/// PostgreSQL: connection (08), authorization (28), no such database (3D), serialization (40), resources (53), locks and
/// state (55), operator intervention and statement timeout (57), system (58).
const POSTGRES: [&str; 8] = ["08", "28", "3D", "40", "53", "55", "57", "58"];
/// Of class 25: a standby or a read-only server, and the timeouts of an idle and of a long transaction.
const POSTGRES_STATES: [&str; 3] = ["25006", "25P03", "25P04"];

/// Returns whether the statement was right and its surroundings were not: another time it may go well.
fn is_of_its_surroundings(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return SQLITE.contains(&(number & 0xff));
    }
    POSTGRES.iter().any(|class| code.starts_with(class)) || POSTGRES_STATES.contains(&code)
}
