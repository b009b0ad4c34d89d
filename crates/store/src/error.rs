//! What a query can end in, besides its result.

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thing named does not exist.
    #[error("{what} does not exist")]
    NotFound { what: &'static str },
    /// The change contradicts what is there.
    #[error("{reason}")]
    Conflict { reason: String },
    /// The database cannot be reached, or is too busy. Nothing is known about the data.
    #[error("the database is unavailable")]
    Unavailable(#[source] sqlx::Error),
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
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::Conflict {
                reason: "it exists already".to_owned(),
            },
            sqlx::Error::Database(inner) if inner.is_foreign_key_violation() => Self::Conflict {
                reason: "it names something that does not exist".to_owned(),
            },
            sqlx::Error::Database(inner) if is_busy(inner.code().as_deref()) => {
                Self::Unavailable(error)
            }
            _ => Self::Database(error),
        }
    }
}

/// SQLite: busy (5), locked (6), out of disk (13) and unreadable files (10, 14); PostgreSQL: connection
/// (08), resources (53), operator intervention (57) and lock or statement timeouts (55, 40).
fn is_busy(code: Option<&str>) -> bool {
    let Some(code) = code else { return false };
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return matches!(number & 0xff, 5 | 6 | 10 | 13 | 14);
    }
    ["08", "53", "57", "55", "40"]
        .iter()
        .any(|class| code.starts_with(class))
}
