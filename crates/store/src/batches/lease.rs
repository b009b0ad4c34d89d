//! The server that runs a batch, for as long as it says that it does. Times are the database's own, which all servers
//! share.

use super::{Batch, BatchState};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::BatchId;

/// Returns whether there is a batch that no server runs.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_any_free(db: &Db, now_ms: i64) -> Result<bool, StoreError> {
    let sql =
        "SELECT 1 AS found FROM batches WHERE ended_at_ms IS NULL AND lease_until_ms <= $1 LIMIT 1";
    Ok(db.fetch_optional(sql, vec![now_ms.into()]).await?.is_some())
}

/// Takes a batch that no server runs, until `until_ms`: of the accounts with the fewest that run, the oldest first.
///
/// # Errors
/// If the database cannot be written.
pub async fn claim(
    tx: &mut Tx,
    server: &str,
    now_ms: i64,
    until_ms: i64,
) -> Result<Option<Batch>, StoreError> {
    let sql = concat!(
        "UPDATE batches SET server_id = $1, lease_until_ms = $2
         WHERE ended_at_ms IS NULL AND lease_until_ms <= $3 AND id = (
             SELECT b.id FROM batches b WHERE b.ended_at_ms IS NULL AND b.lease_until_ms <= $3
             ORDER BY (SELECT COUNT(*) FROM batches o WHERE o.account_id = b.account_id AND o.lease_until_ms > $3), b.id
             LIMIT 1)
         RETURNING ",
        columns!()
    );
    let row = tx
        .fetch_optional(sql, vec![server.into(), until_ms.into(), now_ms.into()])
        .await?;
    row.as_ref().map(Batch::from_row).transpose()
}

/// Goes on running a batch until `until_ms`, and returns its state; `None` if another server has it.
///
/// # Errors
/// If the database cannot be written.
pub async fn hold(
    tx: &mut Tx,
    id: &BatchId,
    server: &str,
    until_ms: i64,
) -> Result<Option<BatchState>, StoreError> {
    let sql = "UPDATE batches SET lease_until_ms = $3 WHERE id = $1 AND server_id = $2 AND ended_at_ms IS NULL RETURNING state";
    let values = vec![id.as_str().into(), server.into(), until_ms.into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.map(|row| row.word("state", BatchState::parse))
        .transpose()
}

/// Leaves a batch to whichever server takes it next.
///
/// # Errors
/// If the database cannot be written.
pub async fn release(db: &Db, id: &BatchId, server: &str) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let sql =
        "UPDATE batches SET server_id = '', lease_until_ms = 0 WHERE id = $1 AND server_id = $2";
    tx.execute(sql, vec![id.as_str().into(), server.into()])
        .await?;
    tx.commit().await
}

/// Leaves all batches to whichever server takes them next: at the start of the only server of a database.
///
/// # Errors
/// If the database cannot be written.
pub async fn release_all(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    let sql = "UPDATE batches SET server_id = '', lease_until_ms = 0 WHERE lease_until_ms > 0";
    tx.execute(sql, vec![]).await?;
    tx.commit().await
}
