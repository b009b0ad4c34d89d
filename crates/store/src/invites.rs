//! Invites: to join an account, or to sign up where that needs one.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, InviteId};
use crate::members::Role;
use crate::secret::KeyDigest;

/// An invite, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    pub id: InviteId,
    /// `None`: to sign up with an account of one's own.
    pub account_id: Option<AccountId>,
    /// The only address that may accept it, in lower case.
    pub email: String,
    pub role: Role,
    /// The inviter's name.
    pub invited_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
}

/// Adds an invite.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, invite: &Invite, digest: KeyDigest) -> Result<(), StoreError> {
    let values = vec![
        invite.id.as_str().into(),
        digest.as_bytes().into(),
        invite.account_id.as_ref().map(AccountId::to_string).into(),
        invite.email.clone().into(),
        invite.role.as_str().into(),
        invite.invited_by.clone().into(),
        invite.created_at_ms.into(),
        invite.expires_at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO invites (id, digest, account_id, email, role, invited_by, created_at_ms, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values,
    )
    .await
    .map(drop)
}

/// The invite with that secret, if it can still be accepted.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_open(
    db: &Db,
    digest: KeyDigest,
    now_ms: i64,
) -> Result<Option<Invite>, StoreError> {
    let sql =
        "SELECT * FROM invites WHERE digest = $1 AND ended_at_ms IS NULL AND expires_at_ms > $2";
    let values = vec![digest.as_bytes().into(), now_ms.into()];
    let row = db.fetch_optional(sql, values).await?;
    row.as_ref().map(Invite::from_row).transpose()
}

/// The newest invite for an address that can still be accepted.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_open_for(
    db: &Db,
    email: &str,
    now_ms: i64,
) -> Result<Option<Invite>, StoreError> {
    let sql =
        "SELECT * FROM invites WHERE email = $1 AND ended_at_ms IS NULL AND expires_at_ms > $2
               ORDER BY id DESC LIMIT 1";
    let row = db
        .fetch_optional(sql, vec![email.into(), now_ms.into()])
        .await?;
    row.as_ref().map(Invite::from_row).transpose()
}

/// Uses an invite up, in one statement: of two who come at the same time, one gets `None`.
///
/// # Errors
/// If the database cannot be written.
pub async fn take(tx: &mut Tx, id: &InviteId, now_ms: i64) -> Result<Option<Invite>, StoreError> {
    let sql = "UPDATE invites SET ended_at_ms = $2 WHERE id = $1 AND ended_at_ms IS NULL AND expires_at_ms > $2
               RETURNING *";
    let row = tx
        .fetch_optional(sql, vec![id.as_str().into(), now_ms.into()])
        .await?;
    row.as_ref().map(Invite::from_row).transpose()
}

/// Open invites into an account, newest first, `limit` of them, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_open(
    db: &Db,
    account_id: &AccountId,
    now_ms: i64,
    before: Option<&InviteId>,
    limit: u32,
) -> Result<Vec<Invite>, StoreError> {
    let sql = "SELECT * FROM invites WHERE account_id = $1 AND ended_at_ms IS NULL AND expires_at_ms > $2 AND id < $3
               ORDER BY id DESC LIMIT $4";
    let values = vec![
        account_id.as_str().into(),
        now_ms.into(),
        before.map_or("~", InviteId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Invite::from_row).collect()
}

/// Open invites to sign up, newest first, `limit` of them, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_open_to_sign_up(
    db: &Db,
    now_ms: i64,
    before: Option<&InviteId>,
    limit: u32,
) -> Result<Vec<Invite>, StoreError> {
    let sql = "SELECT * FROM invites WHERE account_id IS NULL AND ended_at_ms IS NULL AND expires_at_ms > $1 AND id < $2
               ORDER BY id DESC LIMIT $3";
    let values = vec![
        now_ms.into(),
        before.map_or("~", InviteId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Invite::from_row).collect()
}

/// Counts the open invites into an account (`None`: to sign up).
///
/// # Errors
/// If the database cannot be read.
pub async fn count_open_within(
    tx: &mut Tx,
    account_id: Option<&AccountId>,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM invites
               WHERE COALESCE(account_id, '') = $1 AND ended_at_ms IS NULL AND expires_at_ms > $2";
    let values = vec![
        account_id.map_or("", AccountId::as_str).into(),
        now_ms.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Ends what is open for an address in an account (`None`: to sign up): a new invite takes its place.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_for(
    tx: &mut Tx,
    account_id: Option<&AccountId>,
    email: &str,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "UPDATE invites SET ended_at_ms = $3
               WHERE COALESCE(account_id, '') = $1 AND email = $2 AND ended_at_ms IS NULL";
    let values = vec![
        account_id.map_or("", AccountId::as_str).into(),
        email.into(),
        now_ms.into(),
    ];
    tx.execute(sql, values).await
}

/// Ends an open invite into an account (`None`: to sign up).
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such invite that is open.
pub async fn revoke(
    tx: &mut Tx,
    account_id: Option<&AccountId>,
    id: &InviteId,
    now_ms: i64,
) -> Result<Invite, StoreError> {
    let sql = "UPDATE invites SET ended_at_ms = $3
               WHERE COALESCE(account_id, '') = $1 AND id = $2 AND ended_at_ms IS NULL RETURNING *";
    let values = vec![
        account_id.map_or("", AccountId::as_str).into(),
        id.as_str().into(),
        now_ms.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    Invite::from_row(&row.ok_or(StoreError::NotFound { what: "the invite" })?)
}

impl Invite {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            account_id: row.opt_text("account_id")?.map(Into::into),
            email: row.text("email")?,
            role: Role::from_row(row)?,
            invited_by: row.text("invited_by")?,
            created_at_ms: row.int("created_at_ms")?,
            expires_at_ms: row.int("expires_at_ms")?,
        })
    }
}
