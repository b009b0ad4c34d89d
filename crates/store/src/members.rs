//! Members: which users belong to which accounts, and as what.

use crate::accounts::Account;
use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, UserId};

/// The role of a member; each may do what those before it may.
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
/// [`StoreError::Conflict`] if they are one already.
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
/// If the database cannot be read.
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

/// The accounts that operators own or administer, at most `limit`: for operators only.
///
/// # Errors
/// If the database cannot be read.
pub async fn accounts_of_operators(db: &Db, limit: u32) -> Result<Vec<AccountId>, StoreError> {
    let sql = "SELECT DISTINCT m.account_id FROM members m JOIN users u ON u.id = m.user_id
               WHERE u.is_operator = TRUE AND u.status = 'active' AND m.role IN ('owner', 'admin')
               ORDER BY m.account_id LIMIT $1";
    let rows = db.fetch_all(sql, vec![i64::from(limit).into()]).await?;
    let ids = rows.iter().map(|row| Ok(row.text("account_id")?.into()));
    ids.collect()
}

/// The accounts of a user with their roles, oldest first.
///
/// # Errors
/// If the database cannot be read.
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

/// A member, as the others see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub joined_at_ms: i64,
    pub has_two_factor: bool,
}

/// Members of an account, those who joined last first, `limit` of them, after the one who joined at a time.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: &AccountId,
    before: Option<(i64, &UserId)>,
    limit: u32,
) -> Result<Vec<Member>, StoreError> {
    let sql = "SELECT m.user_id, m.role, m.joined_at_ms, u.email, u.name, u.totp_confirmed_at_ms
               FROM members m JOIN users u ON u.id = m.user_id
               WHERE m.account_id = $1 AND (m.joined_at_ms < $2 OR (m.joined_at_ms = $2 AND m.user_id < $3))
               ORDER BY m.joined_at_ms DESC, m.user_id DESC LIMIT $4";
    let (at_ms, id) = before.map_or((i64::MAX, "~"), |(at_ms, id)| (at_ms, id.as_str()));
    let values = vec![
        account_id.as_str().into(),
        at_ms.into(),
        id.into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Member::from_row).collect()
}

/// One member.
///
/// # Errors
/// [`StoreError::NotFound`] if the user is none.
pub async fn get(db: &Db, account_id: &AccountId, user_id: &UserId) -> Result<Member, StoreError> {
    let sql = "SELECT m.user_id, m.role, m.joined_at_ms, u.email, u.name, u.totp_confirmed_at_ms
               FROM members m JOIN users u ON u.id = m.user_id WHERE m.account_id = $1 AND m.user_id = $2";
    let values = vec![account_id.as_str().into(), user_id.as_str().into()];
    let row = db.fetch_optional(sql, values).await?;
    Member::from_row(&row.ok_or(NO_MEMBER)?)
}

/// Counts the owners of an account.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_owners_within(tx: &mut Tx, account_id: &AccountId) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM members WHERE account_id = $1 AND role = 'owner'";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into()])
        .await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Gives a member who is `from` another role.
///
/// # Errors
/// [`StoreError::Conflict`] if they are not `from` any more.
pub async fn update_role(
    tx: &mut Tx,
    account_id: &AccountId,
    user_id: &UserId,
    (from, to): (Role, Role),
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE members SET role = $4 WHERE account_id = $1 AND user_id = $2 AND role = $3";
    let values = vec![
        account_id.as_str().into(),
        user_id.as_str().into(),
        from.as_str().into(),
        to.as_str().into(),
    ];
    changed(tx.execute(sql, values).await?)?;
    note(tx, account_id, user_id, now_ms).await
}

/// Takes a member who is `from` out of an account.
///
/// # Errors
/// [`StoreError::Conflict`] if they are not `from` any more.
pub async fn delete(
    tx: &mut Tx,
    account_id: &AccountId,
    user_id: &UserId,
    from: Role,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM members WHERE account_id = $1 AND user_id = $2 AND role = $3";
    let values = vec![
        account_id.as_str().into(),
        user_id.as_str().into(),
        from.as_str().into(),
    ];
    changed(tx.execute(sql, values).await?)?;
    note(tx, account_id, user_id, now_ms).await
}

async fn note(
    tx: &mut Tx,
    account_id: &AccountId,
    user_id: &UserId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let change = AuthChange::Member(account_id.clone(), user_id.clone());
    auth_log::append(tx, &change, now_ms).await.map(drop)
}

const NO_MEMBER: StoreError = StoreError::NotFound { what: "the member" };

fn changed(rows: u64) -> Result<(), StoreError> {
    if rows > 0 {
        return Ok(());
    }
    Err(StoreError::Conflict {
        reason: "the member was changed by somebody else meanwhile; look again".to_owned(),
    })
}

impl Member {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            user_id: row.text("user_id")?.into(),
            email: row.text("email")?,
            name: row.text("name")?,
            role: Role::from_row(row)?,
            joined_at_ms: row.int("joined_at_ms")?,
            has_two_factor: row.opt_int("totp_confirmed_at_ms")?.is_some(),
        })
    }
}

/// Returns whether a user with this address, which must be in lower case, is a member.
///
/// # Errors
/// If the database cannot be read.
pub async fn has_email(db: &Db, account_id: &AccountId, email: &str) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM members m JOIN users u ON u.id = m.user_id
               WHERE m.account_id = $1 AND u.email = $2";
    let values = vec![account_id.as_str().into(), email.into()];
    Ok(db.fetch_one(sql, values).await?.count("n")? > 0)
}
