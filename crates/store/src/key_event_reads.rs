//! The key events that users have seen.

use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, KeyEventId, UserId};

/// Counts the events of an account that a user has not seen, up to `limit`.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_unseen(
    db: &Db,
    user_id: &UserId,
    account_id: &AccountId,
    limit: u32,
) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM (SELECT id FROM key_events WHERE account_id = $2
                   AND id > COALESCE((SELECT seen_id FROM key_event_reads WHERE user_id = $1 AND account_id = $2), '')
                   LIMIT $3) AS unseen";
    let values = vec![
        user_id.as_str().into(),
        account_id.as_str().into(),
        i64::from(limit).into(),
    ];
    db.fetch_one(sql, values).await?.count("n")
}

/// A user has seen the events of an account up to `id`; what they saw later stays seen.
///
/// # Errors
/// If the database cannot be written.
pub async fn mark_seen(
    tx: &mut Tx,
    user_id: &UserId,
    account_id: &AccountId,
    id: &KeyEventId,
) -> Result<(), StoreError> {
    let values = vec![
        user_id.as_str().into(),
        account_id.as_str().into(),
        id.as_str().into(),
    ];
    tx.execute(
        "INSERT INTO key_event_reads (user_id, account_id, seen_id) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, account_id) DO UPDATE SET seen_id = excluded.seen_id
             WHERE excluded.seen_id > key_event_reads.seen_id",
        values,
    )
    .await
    .map(drop)
}
