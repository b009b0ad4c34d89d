//! The second factor of a user: the sealed secret of their app, and codes for when the app is lost.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::UserId;
use crate::secret::KeyDigest;

/// The secret that a user's app makes codes of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totp {
    pub sealed: Vec<u8>,
    /// True if it is in force; before, it waits for a first code.
    pub is_confirmed: bool,
}

/// The secret of a user, if they have one.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_totp(db: &Db, user_id: &UserId) -> Result<Option<Totp>, StoreError> {
    let sql = "SELECT totp_secret, totp_confirmed_at_ms FROM users WHERE id = $1";
    let row = db
        .fetch_optional(sql, vec![user_id.as_str().into()])
        .await?;
    row.map_or(Ok(None), |row| Totp::from_row(&row))
}

/// Gives a user a secret that is not in force yet, in place of one that was not either.
///
/// # Errors
/// [`StoreError::Conflict`] if one is in force.
pub async fn begin_totp(tx: &mut Tx, user_id: &UserId, sealed: &[u8]) -> Result<(), StoreError> {
    let sql = "UPDATE users SET totp_secret = $2 WHERE id = $1 AND totp_confirmed_at_ms IS NULL";
    let values = vec![user_id.as_str().into(), sealed.into()];
    match tx.execute(sql, values).await? {
        0 => Err(StoreError::Conflict {
            reason: "two-factor authentication is on already".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Notes that a code of time step `step` was used; `false` when it, or a later one, was before.
///
/// # Errors
/// If the database cannot be written.
pub async fn use_totp_step(tx: &mut Tx, user_id: &UserId, step: u64) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET totp_last_step = $2 WHERE id = $1 AND totp_last_step < $2";
    let values = vec![user_id.as_str().into(), step.into()];
    Ok(tx.execute(sql, values).await? > 0)
}

/// Puts the secret of a user in force.
///
/// # Errors
/// If the database cannot be written.
pub async fn confirm_totp(tx: &mut Tx, user_id: &UserId, now_ms: i64) -> Result<(), StoreError> {
    let sql =
        "UPDATE users SET totp_confirmed_at_ms = $2 WHERE id = $1 AND totp_secret IS NOT NULL";
    tx.execute(sql, vec![user_id.as_str().into(), now_ms.into()])
        .await
        .map(drop)
}

/// Takes the second factor and all recovery codes from a user.
///
/// # Errors
/// If the database cannot be written.
pub async fn clear(tx: &mut Tx, user_id: &UserId) -> Result<(), StoreError> {
    let sql = "UPDATE users SET totp_secret = NULL, totp_confirmed_at_ms = NULL, totp_last_step = 0 WHERE id = $1";
    tx.execute(sql, vec![user_id.as_str().into()]).await?;
    delete_all(tx, user_id).await
}

/// Gives a user new recovery codes in place of all that they have.
///
/// # Errors
/// If the database cannot be written.
pub async fn replace(
    tx: &mut Tx,
    user_id: &UserId,
    digests: &[KeyDigest],
) -> Result<(), StoreError> {
    delete_all(tx, user_id).await?;
    for digest in digests {
        let sql = "INSERT INTO recovery_codes (user_id, digest) VALUES ($1, $2)";
        tx.execute(sql, vec![user_id.as_str().into(), digest.as_bytes().into()])
            .await?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` when there is no such code, or it was used.
///
/// # Errors
/// If the database cannot be written.
pub async fn take(
    tx: &mut Tx,
    user_id: &UserId,
    digest: KeyDigest,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE recovery_codes SET used_at_ms = $3
               WHERE user_id = $1 AND digest = $2 AND used_at_ms IS NULL";
    let values = vec![
        user_id.as_str().into(),
        digest.as_bytes().into(),
        now_ms.into(),
    ];
    Ok(tx.execute(sql, values).await? > 0)
}

async fn delete_all(tx: &mut Tx, user_id: &UserId) -> Result<(), StoreError> {
    let sql = "DELETE FROM recovery_codes WHERE user_id = $1";
    tx.execute(sql, vec![user_id.as_str().into()])
        .await
        .map(drop)
}

impl Totp {
    fn from_row(row: &Row) -> Result<Option<Self>, StoreError> {
        let is_confirmed = row.opt_int("totp_confirmed_at_ms")?.is_some();
        let sealed = row.opt_bytes("totp_secret")?;
        Ok(sealed.map(|sealed| Self {
            sealed,
            is_confirmed,
        }))
    }
}
