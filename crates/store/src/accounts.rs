//! Accounts: the customers.

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::AccountId;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    /// What its members call it.
    pub name: String,
    pub tier_id: String,
    pub status: AccountStatus,
    /// For operators only.
    pub notes: String,
    pub created_at_ms: i64,
}

/// Whether an account's keys are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountStatus {
    Active,
    Suspended,
}

impl AccountStatus {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        match text {
            "active" => Ok(Self::Active),
            "suspended" => Ok(Self::Suspended),
            other => Err(StoreError::Corrupt {
                table: "accounts",
                detail: format!("status {other:?}"),
            }),
        }
    }
}

/// Adds an account.
///
/// # Errors
/// [`StoreError::Conflict`] when the tier does not exist.
pub async fn insert(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    let values = vec![
        account.id.as_str().into(),
        account.email.clone().into(),
        account.tier_id.clone().into(),
        account.status.as_str().into(),
        account.created_at_ms.into(),
        account.name.clone().into(),
        account.notes.clone().into(),
    ];
    tx.execute(
        "INSERT INTO accounts (id, email, tier_id, status, created_at_ms, name, notes)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values,
    )
    .await
    .map(drop)
}

/// The account, or an error when there is none.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn get_account(db: &Db, id: &AccountId) -> Result<Account, StoreError> {
    let row = db
        .fetch_optional(
            "SELECT * FROM accounts WHERE id = $1",
            vec![id.as_str().into()],
        )
        .await?;
    Account::from_row(&row.ok_or(StoreError::NotFound {
        what: "the account",
    })?)
}

/// Accounts in the order of their ids (which is that of their age), `limit` of them, after `after`.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_accounts(
    db: &Db,
    after: Option<&AccountId>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let sql = "SELECT * FROM accounts WHERE id > $1 ORDER BY id LIMIT $2";
    let after = after.map_or("", AccountId::as_str);
    let rows = db
        .fetch_all(sql, vec![after.into(), i64::from(limit).into()])
        .await?;
    rows.iter().map(Account::from_row).collect()
}

/// Moves an account to another tier. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::NotFound`] without the account, [`StoreError::Conflict`] without the tier.
pub async fn update_tier(
    tx: &mut Tx,
    id: &AccountId,
    tier_id: &str,
    now_ms: i64,
) -> Result<i64, StoreError> {
    let sql = "UPDATE accounts SET tier_id = $2 WHERE id = $1";
    changed(
        tx.execute(sql, vec![id.as_str().into(), tier_id.into()])
            .await?,
    )?;
    auth_log::append(tx, &AuthChange::Account(id.clone()), now_ms).await
}

/// Suspends an account or lets it work again. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::NotFound`] without the account.
pub async fn update_status(
    tx: &mut Tx,
    id: &AccountId,
    status: AccountStatus,
    now_ms: i64,
) -> Result<i64, StoreError> {
    let sql = "UPDATE accounts SET status = $2 WHERE id = $1";
    changed(
        tx.execute(sql, vec![id.as_str().into(), status.as_str().into()])
            .await?,
    )?;
    auth_log::append(tx, &AuthChange::Account(id.clone()), now_ms).await
}

fn changed(rows: u64) -> Result<(), StoreError> {
    if rows == 0 {
        Err(StoreError::NotFound {
            what: "the account",
        })
    } else {
        Ok(())
    }
}

impl Account {
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            email: row.text("email")?,
            name: row.text("name")?,
            tier_id: row.text("tier_id")?,
            status: AccountStatus::parse(&row.text("status")?)?,
            notes: row.text("notes")?,
            created_at_ms: row.int("created_at_ms")?,
        })
    }
}
