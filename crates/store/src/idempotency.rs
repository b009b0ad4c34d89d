//! Responses to writes, kept for whoever asks again because they did not hear the first one.

use crate::db::{Db, Tx};
use crate::error::StoreError;

/// The state of a write that comes in with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A new write: go ahead, and [`finish`] or [`release`] it.
    Ours,
    /// The write is running, or was cut off before its response was kept.
    Running,
    /// The write has its response.
    Completed { status: u16, body: String },
    /// The key was used for something else.
    Reused,
}

/// Claims the key `name` of a caller for a request with this fingerprint.
///
/// # Errors
/// If the database cannot be written.
pub async fn claim(
    db: &Db,
    caller: &str,
    name: &str,
    fingerprint: &[u8],
    now_ms: i64,
) -> Result<Claim, StoreError> {
    let mut tx = db.begin().await?;
    let sql = "INSERT INTO idempotency_keys (caller, name, fingerprint, created_at_ms) VALUES ($1, $2, $3, $4)
               ON CONFLICT (caller, name) DO NOTHING";
    let values = vec![
        caller.into(),
        name.into(),
        fingerprint.into(),
        now_ms.into(),
    ];
    let inserted = tx.execute(sql, values).await?;
    if inserted > 0 {
        tx.commit().await?;
        return Ok(Claim::Ours);
    }
    let sql =
        "SELECT fingerprint, status, body FROM idempotency_keys WHERE caller = $1 AND name = $2";
    let row = tx
        .fetch_optional(sql, vec![caller.into(), name.into()])
        .await?;
    let Some(row) = row else {
        return Ok(Claim::Running);
    };
    if row.bytes("fingerprint")? != fingerprint {
        return Ok(Claim::Reused);
    }
    let Some(status) = row.opt_int("status")? else {
        return Ok(Claim::Running);
    };
    Ok(Claim::Completed {
        status: u16::try_from(status).unwrap_or(500),
        body: row.opt_text("body")?.unwrap_or_default(),
    })
}

/// Keeps the response of a write that was claimed. It must hold no secret.
///
/// # Errors
/// If the database cannot be written.
pub async fn finish(
    tx: &mut Tx,
    caller: &str,
    name: &str,
    status: u16,
    body: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE idempotency_keys SET status = $3, body = $4 WHERE caller = $1 AND name = $2";
    let values = vec![
        caller.into(),
        name.into(),
        i64::from(status).into(),
        body.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

/// Gives up a claim: nothing was done, so that it may be tried again.
///
/// # Errors
/// If the database cannot be written.
pub async fn release(tx: &mut Tx, caller: &str, name: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM idempotency_keys WHERE caller = $1 AND name = $2 AND status IS NULL";
    tx.execute(sql, vec![caller.into(), name.into()])
        .await
        .map(drop)
}

/// Forgets what is older.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_before(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM idempotency_keys WHERE created_at_ms < $1";
    tx.execute(sql, vec![before_ms.into()]).await
}
