//! Escrow: the part of a balance that one process may hold for requests without asking again.
//!
//! What a process takes is durable before it is held for any request. Charges take from it as they are written, and the
//! rest is given back: by the process, by the next one on its journal, or by others once its server is gone.

use super::balance::{self, Balance};
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::AccountId;

/// The process that holds, and the journal in which its charges come.
#[derive(Debug, Clone, Copy)]
pub struct EscrowOwner<'a> {
    pub server: &'a str,
    pub journal: &'a str,
}

/// The wish of a process for credits of an account.
#[derive(Debug, Clone, Copy)]
pub struct EscrowWish {
    /// The sum that the requests that wait need.
    pub needed_nanos: i64,
    /// The least that one of them needs: less is not taken.
    pub least_nanos: i64,
    /// The chunk that is taken beyond, in percent of what is available, and at most.
    pub chunk_percent: i64,
    pub chunk_nanos_max: i64,
}

/// The result of a wish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EscrowTaken {
    pub taken_nanos: i64,
    /// The amount that the process holds after it.
    pub own_nanos: i64,
    /// The balance after it.
    pub balance: Balance,
}

impl EscrowWish {
    fn of(self, available: i64) -> i64 {
        if available < self.least_nanos {
            return 0;
        }
        let chunk = available / 100 * self.chunk_percent;
        let chunk = chunk.min(self.chunk_nanos_max);
        self.needed_nanos.max(chunk).clamp(0, available.max(0))
    }
}

/// Moves credits of an account into the escrow of a process, as far as there are any.
///
/// # Errors
/// If the database cannot be written.
pub async fn take(
    tx: &mut Tx,
    owner: EscrowOwner<'_>,
    account_id: &AccountId,
    wish: EscrowWish,
) -> Result<EscrowTaken, StoreError> {
    let Some(mut balance) = balance::lock(tx, account_id).await? else {
        return Ok(EscrowTaken::default());
    };
    let taken_nanos = wish.of(balance.available_nanos());
    let own_nanos = read(tx, owner.server, account_id).await? + taken_nanos;
    if taken_nanos > 0 {
        balance.escrowed_nanos += taken_nanos;
        let sql = "INSERT INTO credit_escrows (server_id, account_id, journal, amount_nanos) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (server_id, account_id)
                   DO UPDATE SET amount_nanos = credit_escrows.amount_nanos + excluded.amount_nanos";
        let values = vec![
            owner.server.into(),
            account_id.as_str().into(),
            owner.journal.into(),
            taken_nanos.into(),
        ];
        tx.execute(sql, values).await?;
        balance::write(tx, account_id, balance).await?;
    }
    Ok(EscrowTaken {
        taken_nanos,
        own_nanos,
        balance,
    })
}

/// The balance of an account, and what a process holds of it.
///
/// # Errors
/// If the database cannot be read.
pub async fn look(
    db: &Db,
    server: &str,
    account_id: &AccountId,
) -> Result<EscrowTaken, StoreError> {
    let sql = "SELECT b.balance_nanos, b.escrowed_nanos, COALESCE(e.amount_nanos, 0) AS own_nanos
               FROM credit_balances b LEFT JOIN credit_escrows e ON e.account_id = b.account_id AND e.server_id = $1
               WHERE b.account_id = $2";
    let values = vec![server.into(), account_id.as_str().into()];
    let Some(row) = db.fetch_optional(sql, values).await? else {
        return Ok(EscrowTaken::default());
    };
    Ok(EscrowTaken {
        taken_nanos: 0,
        own_nanos: row.int("own_nanos")?,
        balance: Balance::from_row(&row)?,
    })
}

/// Gives back at most so much of what a process holds of an account; how much it was.
///
/// # Errors
/// If the database cannot be written.
pub async fn give_back(
    tx: &mut Tx,
    server: &str,
    account_id: &AccountId,
    most_nanos: i64,
) -> Result<i64, StoreError> {
    let Some(mut balance) = balance::lock(tx, account_id).await? else {
        return Ok(0);
    };
    let held = read(tx, server, account_id).await?;
    let back = most_nanos.clamp(0, held);
    balance.escrowed_nanos -= back;
    write(tx, server, account_id, held - back).await?;
    balance::write(tx, account_id, balance).await?;
    Ok(back)
}

/// The processes that hold credits, each with its journal.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_owners(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    let sql = "SELECT DISTINCT server_id, journal FROM credit_escrows ORDER BY server_id, journal";
    let rows = db.fetch_all(sql, vec![]).await?;
    rows.iter()
        .map(|row| Ok((row.text("server_id")?, row.text("journal")?)))
        .collect()
}

/// Gives back everything that a process holds; how much it was.
///
/// # Errors
/// If the database cannot be written.
pub async fn release(tx: &mut Tx, server: &str) -> Result<i64, StoreError> {
    let sql = "SELECT account_id FROM credit_escrows WHERE server_id = $1 ORDER BY account_id";
    let rows = tx.fetch_all(sql, vec![server.into()]).await?;
    let mut sum = 0i64;
    for row in &rows {
        let account_id = row.text("account_id")?.into();
        sum = sum.saturating_add(give_back(tx, server, &account_id, i64::MAX).await?);
    }
    Ok(sum)
}

/// The amount that a process holds of an account, whose balance is locked.
pub(super) async fn read(
    tx: &mut Tx,
    server: &str,
    account_id: &AccountId,
) -> Result<i64, StoreError> {
    let sql = "SELECT amount_nanos FROM credit_escrows WHERE server_id = $1 AND account_id = $2";
    let values = vec![server.into(), account_id.as_str().into()];
    let row = tx.fetch_optional(sql, values).await?;
    row.map_or(Ok(0), |row| row.int("amount_nanos"))
}

/// Writes what a process holds; a row of nothing is removed.
pub(super) async fn write(
    tx: &mut Tx,
    server: &str,
    account_id: &AccountId,
    amount_nanos: i64,
) -> Result<(), StoreError> {
    let mut values = vec![server.into(), account_id.as_str().into()];
    let sql = if amount_nanos > 0 {
        values.push(amount_nanos.into());
        "UPDATE credit_escrows SET amount_nanos = $3 WHERE server_id = $1 AND account_id = $2"
    } else {
        "DELETE FROM credit_escrows WHERE server_id = $1 AND account_id = $2"
    };
    tx.execute(sql, values).await.map(drop)
}
