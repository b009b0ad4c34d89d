//! Identities: who a user is at a provider through which they sign in.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::UserId;

/// A user's identity at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub provider: String,
    /// The provider's own, unchanging name for them.
    pub subject: String,
    pub user_id: UserId,
    pub created_at_ms: i64,
}

/// Adds an identity.
///
/// # Errors
/// [`StoreError::Conflict`] if it is somebody's already.
pub async fn insert(tx: &mut Tx, identity: &Identity) -> Result<(), StoreError> {
    let values = vec![
        identity.provider.clone().into(),
        identity.subject.clone().into(),
        identity.user_id.as_str().into(),
        identity.created_at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO identities (provider, subject, user_id, created_at_ms) VALUES ($1, $2, $3, $4)",
        values,
    )
    .await
    .map(drop)
}

/// The user who is `subject` at a provider.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_user(
    db: &Db,
    provider: &str,
    subject: &str,
) -> Result<Option<UserId>, StoreError> {
    let sql = "SELECT user_id FROM identities WHERE provider = $1 AND subject = $2";
    let row = db
        .fetch_optional(sql, vec![provider.into(), subject.into()])
        .await?;
    row.map(|row| Ok(row.text("user_id")?.into())).transpose()
}

/// Identities of a user, oldest first; at most [`LISTED_MAX`].
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &Db, user_id: &UserId) -> Result<Vec<Identity>, StoreError> {
    let sql =
        "SELECT * FROM identities WHERE user_id = $1 ORDER BY created_at_ms, provider LIMIT $2";
    let rows = db
        .fetch_all(sql, vec![user_id.as_str().into(), LISTED_MAX.into()])
        .await?;
    rows.iter().map(Identity::from_row).collect()
}

/// Takes a provider from a user who can still sign in without it; whether it was taken.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_unless_last(
    tx: &mut Tx,
    user_id: &UserId,
    provider: &str,
) -> Result<bool, StoreError> {
    // Locks the user on both engines: of two that take the last two providers, one has to see the other.
    let lock = "UPDATE users SET name = name WHERE id = $1";
    tx.execute(lock, vec![user_id.as_str().into()]).await?;
    let sql = "DELETE FROM identities WHERE user_id = $1 AND provider = $2 AND (
            EXISTS (SELECT 1 FROM users WHERE id = $1 AND password_hash IS NOT NULL)
            OR EXISTS (SELECT 1 FROM identities others WHERE others.user_id = $1 AND others.provider <> $2))";
    let deleted = tx
        .execute(sql, vec![user_id.as_str().into(), provider.into()])
        .await?;
    Ok(deleted > 0)
}

/// Identities that are listed; there are no more providers than this.
pub const LISTED_MAX: i64 = 100;

impl Identity {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            provider: row.text("provider")?,
            subject: row.text("subject")?,
            user_id: row.text("user_id")?.into(),
            created_at_ms: row.int("created_at_ms")?,
        })
    }
}
