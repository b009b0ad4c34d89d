//! Links that work once: what is stored is the digest of their secret.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::UserId;
use crate::secret::KeyDigest;

/// The purpose of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// To become the first operator.
    FirstOperator,
    /// To choose a new password; given by an operator.
    PasswordReset,
    /// A password reset sent by mail: opening it proves the address.
    MailedPasswordReset,
    /// To finish a sign-up, sent by mail.
    SignUp,
}

impl LinkKind {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstOperator => "first_operator",
            Self::PasswordReset => "password_reset",
            Self::MailedPasswordReset => "mailed_password_reset",
            Self::SignUp => "sign_up",
        }
    }

    fn parse(text: &str) -> Result<Self, StoreError> {
        let all = [
            Self::FirstOperator,
            Self::PasswordReset,
            Self::MailedPasswordReset,
            Self::SignUp,
        ];
        let known = all.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| StoreError::Corrupt {
            table: "one_time_links",
            detail: format!("kind {text:?}"),
        })
    }
}

/// A link that is going to be given out.
#[derive(Debug, Clone)]
pub struct NewLink {
    pub kind: LinkKind,
    pub user_id: Option<UserId>,
    /// The data of the link's purpose, as its maker wrote it.
    pub payload: Option<String>,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
}

/// A link that was just used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedLink {
    pub user_id: Option<UserId>,
    pub payload: Option<String>,
}

/// Adds a link.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, link: &NewLink, digest: KeyDigest) -> Result<(), StoreError> {
    let values = vec![
        digest.as_bytes().into(),
        link.kind.as_str().into(),
        link.user_id.as_ref().map(UserId::to_string).into(),
        link.payload.clone().into(),
        link.created_at_ms.into(),
        link.expires_at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO one_time_links (digest, kind, user_id, payload, created_at_ms, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        values,
    )
    .await
    .map(drop)
}

/// Uses a link up, in one statement: of two who come at the same time, one gets `None`, as does whoever
/// comes late, or with a link for something else.
///
/// # Errors
/// If the database cannot be written.
pub async fn take(
    tx: &mut Tx,
    kind: LinkKind,
    digest: KeyDigest,
    now_ms: i64,
) -> Result<Option<UsedLink>, StoreError> {
    let sql = "UPDATE one_time_links SET used_at_ms = $3
               WHERE digest = $1 AND kind = $2 AND used_at_ms IS NULL AND expires_at_ms > $3
               RETURNING user_id, payload";
    let values = vec![
        digest.as_bytes().into(),
        kind.as_str().into(),
        now_ms.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    row.as_ref().map(UsedLink::from_row).transpose()
}

/// A link that could be used, without using it: what it is for, and whose it is.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_open(
    db: &Db,
    digest: KeyDigest,
    now_ms: i64,
) -> Result<Option<(LinkKind, Option<UserId>)>, StoreError> {
    let sql = "SELECT kind, user_id FROM one_time_links
               WHERE digest = $1 AND used_at_ms IS NULL AND expires_at_ms > $2";
    let values = vec![digest.as_bytes().into(), now_ms.into()];
    let row = db.fetch_optional(sql, values).await?;
    let found = |row: &Row| {
        let user_id = row.opt_text("user_id")?.map(Into::into);
        Ok((LinkKind::parse(&row.text("kind")?)?, user_id))
    };
    row.as_ref().map(found).transpose()
}

/// Makes all links of a kind for a user worthless.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_all(
    tx: &mut Tx,
    kind: LinkKind,
    user_id: &UserId,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "UPDATE one_time_links SET used_at_ms = $3
               WHERE kind = $1 AND user_id = $2 AND used_at_ms IS NULL";
    let values = vec![kind.as_str().into(), user_id.as_str().into(), now_ms.into()];
    tx.execute(sql, values).await
}

/// Forgets links whose time was over before.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete_before(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM one_time_links WHERE expires_at_ms < $1";
    tx.execute(sql, vec![before_ms.into()]).await
}

impl UsedLink {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: row.opt_text("user_id")?.map(Into::into),
            payload: row.opt_text("payload")?,
        })
    }
}
