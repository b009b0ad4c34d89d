//! Responses that are kept, sealed, so that conversations go on from them; and how much each account keeps.

mod chain;

use crate::db::{Db, Row, Tx, record};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, ResponseId};

pub use chain::{ChainLink, read_chain, read_links};

record!(
    /// A response that is kept, with the items that were sent for it.
    KeptResponse, columns {
        id: ResponseId = |row, column| Ok(row.text(column)?.into()),
        account_id: AccountId = |row, column| Ok(row.text(column)?.into()),
        /// The key that asked for it.
        api_key_id: ApiKeyId = |row, column| Ok(row.text(column)?.into()),
        /// The response that the conversation went on from.
        previous_id: Option<ResponseId> = |row, column| Ok(row.opt_text(column)?.map(ResponseId::from)),
        /// The list of items that the client sent, sealed.
        input: Vec<u8> = Row::bytes,
        /// The response as the client got it, sealed.
        response: Vec<u8> = Row::bytes,
        /// Bytes of both before they were sealed.
        bytes: u64 = Row::count,
        created_at_ms: i64 = Row::int,
        expires_at_ms: i64 = Row::int,
    }
);

/// The most that an account may keep.
#[derive(Debug, Clone, Copy)]
pub struct KeptMax {
    pub responses: u64,
    pub bytes: u64,
}

/// Keeps a response; `false` if its account keeps as much as it may.
///
/// # Errors
/// If the database cannot be written.
pub async fn add(tx: &mut Tx, kept: &KeptResponse, max: KeptMax) -> Result<bool, StoreError> {
    let account = kept.account_id.as_str();
    let sql = "INSERT INTO kept_response_holdings (account_id, responses, bytes) VALUES ($1, 0, 0)
               ON CONFLICT (account_id) DO NOTHING";
    tx.execute(sql, vec![account.into()]).await?;
    let sql = "UPDATE kept_response_holdings SET responses = responses + 1, bytes = bytes + $2
               WHERE account_id = $1 AND responses < $3 AND bytes + $2 <= $4";
    let values = vec![
        account.into(),
        kept.bytes.into(),
        max.responses.into(),
        max.bytes.into(),
    ];
    if tx.execute(sql, values).await? == 0 {
        return Ok(false);
    }
    let sql = concat!(
        "INSERT INTO kept_responses (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let values = vec![
        kept.id.as_str().into(),
        account.into(),
        kept.api_key_id.as_str().into(),
        kept.previous_id.as_ref().map(ToString::to_string).into(),
        kept.input.as_slice().into(),
        kept.response.as_slice().into(),
        kept.bytes.into(),
        kept.created_at_ms.into(),
        kept.expires_at_ms.into(),
    ];
    tx.execute(sql, values).await?;
    Ok(true)
}

/// A response of an account that has not expired; `None` if there is none.
///
/// # Errors
/// If the database cannot be read.
pub async fn find(
    db: &Db,
    account_id: &AccountId,
    id: &ResponseId,
    now_ms: i64,
) -> Result<Option<KeptResponse>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM kept_responses WHERE id = $1 AND account_id = $2 AND expires_at_ms > $3"
    );
    let values = vec![
        id.as_str().into(),
        account_id.as_str().into(),
        now_ms.into(),
    ];
    let row = db.fetch_optional(sql, values).await?;
    row.as_ref().map(KeptResponse::from_row).transpose()
}

/// Deletes a response of an account, and gives its room back. Returns `false` if there is none.
///
/// # Errors
/// If the database cannot be written.
pub async fn delete(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &ResponseId,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM kept_responses WHERE id = $1 AND account_id = $2 AND expires_at_ms > $3
               RETURNING bytes";
    let values = vec![
        id.as_str().into(),
        account_id.as_str().into(),
        now_ms.into(),
    ];
    let Some(row) = tx.fetch_optional(sql, values).await? else {
        return Ok(false);
    };
    give_room_back(tx, account_id, row.count("bytes")?).await?;
    Ok(true)
}

/// Removes a few responses that have expired; returns how many.
///
/// # Errors
/// If the database cannot be written.
pub async fn remove_expired(tx: &mut Tx, now_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM kept_responses WHERE id IN (
                   SELECT id FROM kept_responses WHERE expires_at_ms <= $1 ORDER BY account_id, id LIMIT $2)
               RETURNING account_id, bytes";
    let values = vec![now_ms.into(), REMOVED_PER_STEP.into()];
    let rows = tx.fetch_all(sql, values).await?;
    for row in &rows {
        let account_id: AccountId = row.text("account_id")?.into();
        give_room_back(tx, &account_id, row.count("bytes")?).await?;
    }
    Ok(rows.len().try_into().unwrap_or(u64::MAX))
}

/// Responses that one transaction removes: the writer of SQLite is not held for long.
const REMOVED_PER_STEP: i64 = 64;

async fn give_room_back(tx: &mut Tx, account_id: &AccountId, bytes: u64) -> Result<(), StoreError> {
    let sql = "UPDATE kept_response_holdings SET responses = responses - 1, bytes = bytes - $2
               WHERE account_id = $1";
    let values = vec![account_id.as_str().into(), bytes.into()];
    tx.execute(sql, values).await.map(drop)
}
