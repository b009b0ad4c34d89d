//! Baselines of API keys, as the detectors of anomalies write them.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::ApiKeyId;

/// The baseline of a key; `None` if none is stored.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(db: &Db, id: &ApiKeyId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT baseline FROM key_baselines WHERE api_key_id = $1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    row.map(|row| row.text("baseline")).transpose()
}

/// Finds the baseline of a key within the transaction that is about to replace it.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_within(tx: &mut Tx, id: &ApiKeyId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT baseline FROM key_baselines WHERE api_key_id = $1";
    let row = tx.fetch_optional(sql, vec![id.as_str().into()]).await?;
    row.map(|row| row.text("baseline")).transpose()
}

/// Stores the baseline of a key in place of the one before.
///
/// # Errors
/// If the database cannot be written.
pub async fn put(
    tx: &mut Tx,
    id: &ApiKeyId,
    baseline: String,
    now_ms: i64,
) -> Result<(), StoreError> {
    let values = vec![id.as_str().into(), baseline.into(), now_ms.into()];
    tx.execute(
        "INSERT INTO key_baselines (api_key_id, baseline, changed_at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (api_key_id) DO UPDATE SET baseline = excluded.baseline, changed_at_ms = excluded.changed_at_ms",
        values,
    )
    .await
    .map(drop)
}
