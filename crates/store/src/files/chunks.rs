//! The content of files, chunk by chunk.

use super::HoldingsMax;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, FileId};

/// Adds the next chunk of a file that is written, of so many bytes before it was sealed; `false` if its account may keep
/// no more.
///
/// # Errors
/// [`StoreError::NotFound`] if the file was removed meanwhile.
pub async fn add_chunk(
    tx: &mut Tx,
    (account_id, id): (&AccountId, &FileId),
    chunk: u64,
    (plain_bytes, sealed): (u64, Vec<u8>),
    max: HoldingsMax,
) -> Result<bool, StoreError> {
    let sql =
        "UPDATE file_holdings SET bytes = bytes + $2 WHERE account_id = $1 AND bytes + $2 <= $3";
    let values = vec![
        account_id.as_str().into(),
        plain_bytes.into(),
        max.bytes.into(),
    ];
    if tx.execute(sql, values).await? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE files SET bytes = bytes + $2, chunks = chunks + 1
               WHERE id = $1 AND account_id = $3 AND state = 'writing' AND chunks = $4";
    let values = vec![
        id.as_str().into(),
        plain_bytes.into(),
        account_id.as_str().into(),
        chunk.into(),
    ];
    if tx.execute(sql, values).await? == 0 {
        return Err(StoreError::NotFound { what: "the file" });
    }
    let sql = "INSERT INTO file_chunks (file_id, chunk, sealed) VALUES ($1, $2, $3)";
    let values = vec![id.as_str().into(), chunk.into(), sealed.as_slice().into()];
    tx.execute(sql, values).await?;
    Ok(true)
}

/// A chunk of a file, sealed; `None` behind the last, or once it was removed.
///
/// # Errors
/// If the database cannot be read.
pub async fn read_chunk(db: &Db, id: &FileId, chunk: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT sealed FROM file_chunks WHERE file_id = $1 AND chunk = $2";
    let row = db
        .fetch_optional(sql, vec![id.as_str().into(), chunk.into()])
        .await?;
    row.map(|row| row.bytes("sealed")).transpose()
}
