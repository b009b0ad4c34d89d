//! The end of files: what has expired or was never finished, and the chunks of what was deleted.

use super::give_room_back;
use crate::db::Tx;
use crate::error::StoreError;
use crate::id::AccountId;

/// Deletes files that have expired, and those that were begun before `begun_before_ms` and never finished, a few at a
/// time; returns how many.
///
/// # Errors
/// If the database cannot be written.
pub async fn retire_expired(
    tx: &mut Tx,
    now_ms: i64,
    begun_before_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "UPDATE files SET state = 'deleted' WHERE state <> 'deleted' AND id IN (
                   SELECT id FROM files WHERE (state = 'whole' AND expires_at_ms <= $1)
                       OR (state = 'writing' AND created_at_ms < $2)
                   ORDER BY id LIMIT $3)
               RETURNING account_id, bytes";
    let values = vec![now_ms.into(), begun_before_ms.into(), FILES_PER_STEP.into()];
    let rows = tx.fetch_all(sql, values).await?;
    for row in &rows {
        let account_id: AccountId = row.text("account_id")?.into();
        give_room_back(tx, &account_id, row.count("bytes")?).await?;
    }
    Ok(rows.len().try_into().unwrap_or(u64::MAX))
}

/// Removes chunks of deleted files, and the files that have none left; returns how many rows went.
///
/// # Errors
/// If the database cannot be written.
pub async fn remove_chunks(tx: &mut Tx) -> Result<u64, StoreError> {
    let sql = "DELETE FROM file_chunks WHERE (file_id, chunk) IN (
                   SELECT c.file_id, c.chunk FROM file_chunks c JOIN files f ON f.id = c.file_id
                   WHERE f.state = 'deleted' ORDER BY c.file_id, c.chunk LIMIT $1)";
    let chunks = tx.execute(sql, vec![CHUNKS_PER_STEP.into()]).await?;
    let sql = "DELETE FROM files WHERE state = 'deleted' AND id IN (
                   SELECT id FROM files f WHERE f.state = 'deleted'
                       AND NOT EXISTS (SELECT 1 FROM file_chunks c WHERE c.file_id = f.id)
                   ORDER BY id LIMIT $1)";
    let files = tx.execute(sql, vec![FILES_PER_STEP.into()]).await?;
    Ok(chunks + files)
}

/// Files that one transaction retires or removes.
const FILES_PER_STEP: i64 = 100;
/// Chunks that one transaction removes: the writer of SQLite is not held for long.
const CHUNKS_PER_STEP: i64 = 64;
