//! Sessions: signed-in browsers. The cookie's secret is stored as a digest.

use crate::auth_log::{self, AuthChange};
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
    /// The end of the session even if it is used.
    pub expires_at_ms: i64,
    /// From where, and by what, it was begun.
    pub address: String,
    pub agent: String,
}

/// Adds a session.
///
/// # Errors
/// If the database cannot be written.
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

/// The session with that secret and its user, unless it has ended, or expired by `now_ms`, or its user is
/// disabled.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_by_digest(
    db: &Db,
    digest: KeyDigest,
    now_ms: i64,
) -> Result<Option<(Session, User)>, StoreError> {
    let sql = "SELECT u.*, s.id AS session_id, s.user_id, s.created_at_ms AS began_at_ms, s.last_seen_at_ms,
                   s.expires_at_ms, s.address, s.agent
               FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.digest = $1 AND s.ended_at_ms IS NULL AND s.expires_at_ms > $2
                   AND u.status = 'active'";
    let values = vec![digest.as_bytes().into(), now_ms.into()];
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
/// If the database cannot be written.
pub async fn update_last_seen(tx: &mut Tx, id: &SessionId, now_ms: i64) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET last_seen_at_ms = $2 WHERE id = $1 AND last_seen_at_ms < $2";
    tx.execute(sql, vec![id.as_str().into(), now_ms.into()])
        .await
        .map(drop)
}

/// Sessions of a user that have not ended by `now_ms`, the last used first; at most [`LISTED_MAX`].
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    user_id: &UserId,
    now_ms: i64,
    seen_since_ms: i64,
) -> Result<Vec<Session>, StoreError> {
    let sql =
        "SELECT * FROM sessions WHERE user_id = $1 AND ended_at_ms IS NULL AND expires_at_ms > $2
                   AND last_seen_at_ms >= $3
               ORDER BY last_seen_at_ms DESC, id DESC LIMIT $4";
    let values = vec![
        user_id.as_str().into(),
        now_ms.into(),
        seen_since_ms.into(),
        LISTED_MAX.into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Session::from_row).collect()
}

/// Sessions that are listed; a person has few.
pub const LISTED_MAX: i64 = 200;

/// Returns whether a user began a session from this address before, as far as it is remembered.
///
/// # Errors
/// If the database cannot be read.
pub async fn is_known_address(
    db: &Db,
    user_id: &UserId,
    address: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM sessions WHERE user_id = $1 AND address = $2";
    let values = vec![user_id.as_str().into(), address.into()];
    Ok(db.fetch_one(sql, values).await?.count("n")? > 0)
}

/// Ends a session of a user.
///
/// # Errors
/// [`StoreError::NotFound`] if they have no such session that goes on.
pub async fn end(
    tx: &mut Tx,
    user_id: &UserId,
    id: &SessionId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET ended_at_ms = $3 WHERE user_id = $1 AND id = $2 AND ended_at_ms IS NULL";
    let values = vec![user_id.as_str().into(), id.as_str().into(), now_ms.into()];
    if tx.execute(sql, values).await? == 0 {
        return Err(StoreError::NotFound {
            what: "the session",
        });
    }
    note_end(tx, user_id, now_ms).await
}

async fn note_end(tx: &mut Tx, user_id: &UserId, now_ms: i64) -> Result<(), StoreError> {
    let change = AuthChange::Sessions(user_id.clone());
    auth_log::append(tx, &change, now_ms).await.map(drop)
}

/// Ends all sessions of a user but one (`None`: all). Returns how many.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_all(
    tx: &mut Tx,
    user_id: &UserId,
    but: Option<&SessionId>,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "UPDATE sessions SET ended_at_ms = $3 WHERE user_id = $1 AND id <> $2 AND ended_at_ms IS NULL";
    let but = but.map_or("", SessionId::as_str);
    let values = vec![user_id.as_str().into(), but.into(), now_ms.into()];
    let ended = tx.execute(sql, values).await?;
    if ended > 0 {
        note_end(tx, user_id, now_ms).await?;
    }
    Ok(ended)
}

/// Gives a session another secret; the one before is worth nothing any more.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such session.
pub async fn update_digest(
    tx: &mut Tx,
    id: &SessionId,
    digest: KeyDigest,
) -> Result<(), StoreError> {
    let sql = "UPDATE sessions SET digest = $2 WHERE id = $1 AND ended_at_ms IS NULL";
    let values = vec![id.as_str().into(), digest.as_bytes().into()];
    if tx.execute(sql, values).await? == 0 {
        return Err(StoreError::NotFound {
            what: "the session",
        });
    }
    Ok(())
}

/// Forgets sessions whose time was over before.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_before(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM sessions WHERE expires_at_ms < $1";
    tx.execute(sql, vec![before_ms.into()]).await
}

impl Session {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            user_id: row.text("user_id")?.into(),
            created_at_ms: row.int("created_at_ms")?,
            last_seen_at_ms: row.int("last_seen_at_ms")?,
            expires_at_ms: row.int("expires_at_ms")?,
            address: row.text("address")?,
            agent: row.text("agent")?,
        })
    }
}
