//! The balance of an account, and the part of it that servers hold.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::AccountId;

/// The credits of an account, in nano-dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// The sum of its postings.
    pub balance_nanos: i64,
    /// The part that servers hold for requests.
    pub escrowed_nanos: i64,
}

impl Balance {
    /// The part that nothing is held of.
    pub fn available_nanos(self) -> i64 {
        self.balance_nanos - self.escrowed_nanos
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            balance_nanos: row.int("balance_nanos")?,
            escrowed_nanos: row.int("escrowed_nanos")?,
        })
    }
}

/// The balance of an account; nothing if it never had credits.
///
/// # Errors
/// If the database cannot be read.
pub async fn balance_of(db: &Db, account_id: &AccountId) -> Result<Balance, StoreError> {
    let sql = "SELECT balance_nanos, escrowed_nanos FROM credit_balances WHERE account_id = $1";
    let row = db
        .fetch_optional(sql, vec![account_id.as_str().into()])
        .await?;
    row.as_ref()
        .map_or(Ok(Balance::default()), Balance::from_row)
}

/// Accounts that have or had credits with their balances, in the order of their ids.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_balances(
    db: &Db,
    after: Option<&AccountId>,
    limit: u32,
) -> Result<Vec<(AccountId, Balance)>, StoreError> {
    let sql = "SELECT account_id, balance_nanos, escrowed_nanos FROM credit_balances
               WHERE account_id > $1 ORDER BY account_id LIMIT $2";
    let after = after.map_or("", AccountId::as_str);
    let values = vec![after.into(), i64::from(limit).into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("account_id")?.into(), Balance::from_row(row)?)))
        .collect()
}

/// Makes the row of an account that has none.
pub(super) async fn open(tx: &mut Tx, account_id: &AccountId) -> Result<(), StoreError> {
    let sql = "INSERT INTO credit_balances (account_id, balance_nanos, escrowed_nanos, changes)
               VALUES ($1, 0, 0, 0) ON CONFLICT (account_id) DO NOTHING";
    tx.execute(sql, vec![account_id.as_str().into()])
        .await
        .map(drop)
}

/// Locks the row of an account until the end of the transaction, and reads it; `None` if there is none.
pub(super) async fn lock(
    tx: &mut Tx,
    account_id: &AccountId,
) -> Result<Option<Balance>, StoreError> {
    let sql = "UPDATE credit_balances SET changes = changes + 1 WHERE account_id = $1
               RETURNING balance_nanos, escrowed_nanos";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into()])
        .await?;
    row.as_ref().map(Balance::from_row).transpose()
}

pub(super) async fn write(
    tx: &mut Tx,
    account_id: &AccountId,
    balance: Balance,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE credit_balances SET balance_nanos = $2, escrowed_nanos = $3 WHERE account_id = $1";
    let values = vec![
        account_id.as_str().into(),
        balance.balance_nanos.into(),
        balance.escrowed_nanos.into(),
    ];
    tx.execute(sql, values).await.map(drop)
}
