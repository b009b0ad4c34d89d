//! The part of each server's journal that the database has. Written with the events themselves, so that each is there once.

use crate::db::{Db, Tx};
use crate::error::StoreError;

/// A place in the journal of a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UsageCursor {
    pub segment: u64,
    pub offset: u64,
}

/// The place up to which the database has the journal; `None` of a journal that it does not know.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(db: &Db, journal: &str) -> Result<Option<UsageCursor>, StoreError> {
    let sql = "SELECT segment, byte_offset FROM usage_cursors WHERE journal = $1";
    let row = db.fetch_optional(sql, vec![journal.into()]).await?;
    row.map(|row| {
        Ok(UsageCursor {
            segment: row.count("segment")?,
            offset: row.count("byte_offset")?,
        })
    })
    .transpose()
}

/// Moves the place, in the transaction that writes the events before it.
///
/// # Errors
/// If the database cannot be written.
pub async fn advance(
    tx: &mut Tx,
    journal: &str,
    cursor: UsageCursor,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO usage_cursors (journal, segment, byte_offset, moved_at_ms) VALUES ($1, $2, $3, $4)
        ON CONFLICT (journal) DO UPDATE SET segment = excluded.segment, byte_offset = excluded.byte_offset,
            moved_at_ms = excluded.moved_at_ms";
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let values = vec![
        journal.into(),
        count(cursor.segment).into(),
        count(cursor.offset).into(),
        now_ms.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}
