//! Sessions: signed-in browsers. The cookie's secret is stored as a digest.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{SessionId, UserId};
use crate::secret::KeyDigest;
use crate::users::User;

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at_ms: i64,
    pub last_seen_at_ms: i64,
    /// When it ends even if it is used.
    pub expires_at_ms: i64,
    /// From where, and by what, it was begun.
    pub address: String,
    pub agent: String,
}

/// Adds a session.
///
/// # Errors
/// When the database cannot be written.
pub async fn insert(tx: &mut Tx, session: &Session, digest: KeyDigest) -> Result<(), StoreError> {
    let values = vec![
        digest.as_bytes().into(),
        session.id.as_str().into(),
        session.user_id.as_str().into(),
        session.created_at_ms.into(),
        session.last_seen_at_ms.into(),
        session.expires_at_ms.into(),
        session.address.clone().into(),
        session.agent.clone().into(),
    ];
    tx.execute(
        "INSERT INTO sessions (digest, id, user_id, created_at_ms, last_seen_at_ms, expires_at_ms, address, agent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values,
    )
    .await
    .map(drop)
}

/// The session with that secret and its user, unless it has ended, or expired by `now_ms`, or was not seen
/// since `seen_since_ms`.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_by_digest(
    db: &Db,
    digest: KeyDigest,
    now_ms: i64,
    seen_since_ms: i64,
) -> Result<Option<(Session, User)>, StoreError> {
    let sql = "SELECT u.*, s.id AS session_id, s.user_id, s.created_at_ms AS began_at_ms, s.last_seen_at_ms,
                   s.expires_at_ms, s.address, s.agent
               FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.digest = $1 AND s.ended_at_ms IS NULL AND s.expires_at_ms > $2 AND s.last_seen_at_ms >= $3
                   AND u.status = 'active'";
    let values = vec![
        digest.as_bytes().into(),
        now_ms.into(),
        seen_since_ms.into(),
    ];
    let row = db.fetch_optional(sql, values).await?;
    let found = |row: &Row| {
        let session = Session {
            id: row.text("session_id")?.into(),
            user_id: row.text("user_id")?.into(),
            created_at_ms: row.int("began_at_ms")?,
            last_seen_at_ms: row.int("last_seen_at_ms")?,
            expires_at_ms: row.int("expires_at_ms")?,
            address: row.text("address")?,
            agent: row.text("agent")?,
        };
        Ok((session, User::from_row(row)?))
    };
    row.as_ref().map(found).transpose()
}

/// Notes that a session was used.
///
/// # Errors
/// When the database cannot be written.
pub async fn update_last_seen(tx: &mut Tx, id: &SessionId, now_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET last_seen_at_ms = $2 WHERE id = $1 AND last_seen_at_ms < $2";
    tx.execute(sql, vec![id.as_str().into(), now_ms.into()])
        .await
        .map(drop)
}
