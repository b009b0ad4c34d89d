//! Accounts: the customers.

use crate::auth_log::{self, AuthChange};
use crate::budgets::{self, Budget};
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::AccountId;
use crate::limit_override::LimitOverride;
use crate::pattern;

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    /// The name that its members gave it.
    pub name: String,
    pub tier_id: String,
    pub status: AccountStatus,
    /// For operators only.
    pub notes: String,
    /// After how many days the secrets of its live keys should be replaced; `None` for never.
    pub key_rotation_days: Option<i64>,
    /// Limits in place of those of its tier.
    pub limits: LimitOverride,
    /// The budgets that it gave itself.
    pub budgets: Vec<Budget>,
    /// The budgets that an operator gave it in place of its tier's.
    pub operator_budgets: Option<Vec<Budget>>,
    pub created_at_ms: i64,
}

/// The default of [`Account::key_rotation_days`].
pub const KEY_ROTATION_DAYS: i64 = 90;

/// The status of an account: its keys are accepted, or not.
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
/// [`StoreError::Conflict`] if the tier does not exist.
pub async fn insert(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    let values = vec![
        account.id.as_str().into(),
        account.email.clone().into(),
        account.tier_id.clone().into(),
        account.status.as_str().into(),
        account.created_at_ms.into(),
        account.name.clone().into(),
        account.notes.clone().into(),
        account.key_rotation_days.into(),
        account.limits.encode().into(),
        budgets::encode(&account.budgets).into(),
        budgets::encode_list(account.operator_budgets.as_deref()).into(),
    ];
    tx.execute(
        "INSERT INTO accounts (id, email, tier_id, status, created_at_ms, name, notes, key_rotation_days, limits,
            budgets, operator_budgets)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values,
    )
    .await
    .map(drop)
}

/// The account, or an error when there is none.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
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
/// If the database cannot be read.
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

/// Which accounts an operator asks for. Empty texts do not narrow.
#[derive(Debug, Clone, Default)]
pub struct AccountFilter {
    /// A part of the id, the name or the address, in any case.
    pub text: String,
    pub tier_id: String,
    /// `active` or `suspended`.
    pub status: String,
}

/// The status of an account, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such account.
pub async fn lock_status(tx: &mut Tx, id: &AccountId) -> Result<AccountStatus, StoreError> {
    let sql = "UPDATE accounts SET status = status WHERE id = $1 RETURNING status";
    let row = tx.fetch_optional(sql, vec![id.as_str().into()]).await?;
    let row = row.ok_or(StoreError::NotFound {
        what: "the account",
    })?;
    AccountStatus::parse(&row.text("status")?)
}

/// An account with what it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOverview {
    pub account: Account,
    pub members: u64,
    /// Keys, revoked and expired ones too.
    pub api_keys: u64,
}

/// Any accounts, newest first, `limit` of them, older than `before`: for operators only.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_for_operator(
    db: &Db,
    filter: &AccountFilter,
    before: Option<&AccountId>,
    limit: u32,
) -> Result<Vec<AccountOverview>, StoreError> {
    let sql = "SELECT a.*, (SELECT COUNT(*) FROM members m WHERE m.account_id = a.id) AS members,
                   (SELECT COUNT(*) FROM api_keys k WHERE k.account_id = a.id) AS api_keys
               FROM accounts a
               WHERE a.id < $1 AND ($2 = '' OR LOWER(a.name) LIKE $2 ESCAPE '!' OR LOWER(a.email) LIKE $2 ESCAPE '!'
                       OR a.id LIKE $2 ESCAPE '!')
                   AND ($3 = '' OR a.tier_id = $3) AND ($4 = '' OR a.status = $4)
               ORDER BY a.id DESC LIMIT $5";
    let values = vec![
        before.map_or("~", AccountId::as_str).into(),
        pattern::containing(&filter.text).into(),
        filter.tier_id.clone().into(),
        filter.status.clone().into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(AccountOverview {
                account: Account::from_row(row)?,
                members: row.count("members")?,
                api_keys: row.count("api_keys")?,
            })
        })
        .collect()
}

/// Counts the keys of the account that are neither revoked nor expired.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_active_keys(db: &Db, id: &AccountId, now_ms: i64) -> Result<u64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM api_keys WHERE account_id = $1 AND revoked_at_ms IS NULL
               AND (expires_at_ms IS NULL OR expires_at_ms > $2)";
    let values = vec![id.as_str().into(), now_ms.into()];
    db.fetch_one(sql, values).await?.count("n")
}

/// Changes the name, the tier, the status, the notes, the rotation, the limits and the budgets of an account. Returns the change that replicas
/// have to learn of.
///
/// # Errors
/// [`StoreError::NotFound`] if the account, [`StoreError::Conflict`] if the tier does not exist.
pub async fn update(tx: &mut Tx, account: &Account, now_ms: i64) -> Result<i64, StoreError> {
    let sql = "UPDATE accounts SET name = $2, tier_id = $3, status = $4, notes = $5, key_rotation_days = $6,
                   limits = $7, budgets = $8, operator_budgets = $9
               WHERE id = $1";
    let values = vec![
        account.id.as_str().into(),
        account.name.clone().into(),
        account.tier_id.clone().into(),
        account.status.as_str().into(),
        account.notes.clone().into(),
        account.key_rotation_days.into(),
        account.limits.encode().into(),
        budgets::encode(&account.budgets).into(),
        budgets::encode_list(account.operator_budgets.as_deref()).into(),
    ];
    changed(tx.execute(sql, values).await?)?;
    auth_log::append(tx, &AuthChange::Account(account.id.clone()), now_ms).await
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
            key_rotation_days: row.opt_int("key_rotation_days")?,
            limits: LimitOverride::from_row(row, "limits")?,
            budgets: budgets::from_row(row, "budgets")?,
            operator_budgets: budgets::list_from_row(row, "operator_budgets")?,
            created_at_ms: row.int("created_at_ms")?,
        })
    }
}
