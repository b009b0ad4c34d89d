//! The chain of responses that a conversation went on from, back to its begin.

use super::KeptResponse;
use crate::db::{Db, Row, Value};
use crate::error::StoreError;
use crate::id::{AccountId, ResponseId};

/// A query over a chain: what it selects of the rows `k`, and the order by which a link is how far from the last.
macro_rules! over_chain {
    ($select:literal, $order:literal) => {
        concat!(
            "WITH RECURSIVE chain (id, previous_id, place) AS (
                 SELECT id, previous_id, CAST(1 AS BIGINT) FROM kept_responses
                 WHERE id = $1 AND account_id = $2 AND expires_at_ms > $3
                 UNION ALL
                 SELECT p.id, p.previous_id, c.place + 1 FROM kept_responses p JOIN chain c ON p.id = c.previous_id
                 WHERE p.account_id = $2 AND p.expires_at_ms > $3 AND c.place < $4) ",
            $select,
            " FROM chain c JOIN kept_responses k ON k.id = c.id ORDER BY c.place",
            $order
        )
    };
}

/// A response in a chain, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainLink {
    pub id: ResponseId,
    pub previous_id: Option<ResponseId>,
    /// Bytes of its content.
    pub bytes: u64,
}

/// The links of the chain that ends in a response, the latest first, at most `links_max`. The chain is whole if the last
/// link has no previous one.
///
/// # Errors
/// If the database cannot be read.
pub async fn read_links(
    db: &Db,
    account_id: &AccountId,
    id: &ResponseId,
    (links_max, now_ms): (u64, i64),
) -> Result<Vec<ChainLink>, StoreError> {
    let sql = over_chain!("SELECT k.id, k.previous_id, k.bytes", "");
    let values = values(account_id, id, links_max, now_ms);
    let rows = db.fetch_all(sql, values).await?;
    let link = |row: &Row| {
        Ok(ChainLink {
            id: row.text("id")?.into(),
            previous_id: row.opt_text("previous_id")?.map(ResponseId::from),
            bytes: row.count("bytes")?,
        })
    };
    rows.iter().map(link).collect()
}

/// The responses of that chain with their content, the earliest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn read_chain(
    db: &Db,
    account_id: &AccountId,
    id: &ResponseId,
    (links_max, now_ms): (u64, i64),
) -> Result<Vec<KeptResponse>, StoreError> {
    let sql = over_chain!(
        "SELECT k.id, k.account_id, k.api_key_id, k.previous_id, k.input, k.response, k.bytes, k.created_at_ms, k.expires_at_ms",
        " DESC"
    );
    let values = values(account_id, id, links_max, now_ms);
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(KeptResponse::from_row).collect()
}

fn values(account_id: &AccountId, id: &ResponseId, links_max: u64, now_ms: i64) -> Vec<Value> {
    vec![
        id.as_str().into(),
        account_id.as_str().into(),
        now_ms.into(),
        links_max.into(),
    ]
}
