//! Members: which users belong to which accounts, and as what.

use crate::accounts::Account;
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, UserId};

/// What a member may do; each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Also makes and manages API keys.
    Member,
    /// Also manages members and the account.
    Admin,
    /// Also appoints owners and makes management keys.
    Owner,
}

impl Role {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "viewer" => Self::Viewer,
            "member" => Self::Member,
            "admin" => Self::Admin,
            "owner" => Self::Owner,
            _ => return None,
        })
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let text = row.text("role")?;
        Self::parse(&text).ok_or_else(|| StoreError::Corrupt {
            table: "members",
            detail: format!("role {text:?}"),
        })
    }
}

/// Makes a user a member of an account.
///
/// # Errors
/// [`StoreError::Conflict`] when they are one already.
pub async fn insert(
    tx: &mut Tx,
    account_id: &AccountId,
    user_id: &UserId,
    role: Role,
    now_ms: i64,
) -> Result<(), StoreError> {
    let values = vec![
        account_id.as_str().into(),
        user_id.as_str().into(),
        role.as_str().into(),
        now_ms.into(),
    ];
    tx.execute(
        "INSERT INTO members (account_id, user_id, role, joined_at_ms) VALUES ($1, $2, $3, $4)",
        values,
    )
    .await
    .map(drop)
}

/// The role of a user in an account; `None` when they are no member.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_role(
    db: &Db,
    account_id: &AccountId,
    user_id: &UserId,
) -> Result<Option<Role>, StoreError> {
    let sql = "SELECT role FROM members WHERE account_id = $1 AND user_id = $2";
    let values = vec![account_id.as_str().into(), user_id.as_str().into()];
    let row = db.fetch_optional(sql, values).await?;
    row.as_ref().map(Role::from_row).transpose()
}

/// The accounts of a user with their roles, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_accounts_of(
    db: &Db,
    user_id: &UserId,
) -> Result<Vec<(Account, Role)>, StoreError> {
    let sql = "SELECT a.*, m.role FROM members m JOIN accounts a ON a.id = m.account_id
               WHERE m.user_id = $1 ORDER BY m.joined_at_ms, a.id";
    let rows = db.fetch_all(sql, vec![user_id.as_str().into()]).await?;
    rows.iter()
        .map(|row| Ok((Account::from_row(row)?, Role::from_row(row)?)))
        .collect()
}
