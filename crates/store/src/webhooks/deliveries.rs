//! Deliveries to webhooks: a row each until it is delivered or given up.

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, WebhookDeliveryId, WebhookId};

/// A delivery whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub id: WebhookDeliveryId,
    pub webhook_id: WebhookId,
    pub account_id: AccountId,
    pub url: String,
    /// Sealed.
    pub secret: Vec<u8>,
    pub body: String,
    /// The number of attempts so far.
    pub attempts: i64,
    pub due_at_ms: i64,
}

/// The result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub at_ms: i64,
    pub status: Option<i64>,
    /// The reason of the failure; `None` if it was delivered.
    pub error: Option<String>,
    /// The time of the next attempt after a backoff; `None` if it is done or given up.
    pub again_at_ms: Option<i64>,
    /// Nothing is sent to the webhook any more.
    pub is_last: bool,
}

/// Has `body` delivered to every webhook of an account that is not disabled; returns how many those are.
///
/// # Errors
/// If the database cannot be written.
pub async fn enqueue(
    tx: &mut Tx,
    account_id: &AccountId,
    body: &str,
    now_ms: i64,
) -> Result<usize, StoreError> {
    let sql = "SELECT id FROM webhooks WHERE account_id = $1 AND disabled_at_ms IS NULL";
    let rows = tx.fetch_all(sql, vec![account_id.as_str().into()]).await?;
    for row in &rows {
        let values = vec![
            WebhookDeliveryId::generate().as_str().into(),
            row.text("id")?.into(),
            body.into(),
            now_ms.into(),
        ];
        tx.execute(
            "INSERT INTO webhook_deliveries (id, webhook_id, body, attempts, due_at_ms) VALUES ($1, $2, $3, 0, $4)",
            values,
        )
        .await?;
    }
    Ok(rows.len())
}

/// Deliveries that are due, those that wait longest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_due(db: &Db, now_ms: i64, limit: u32) -> Result<Vec<Due>, StoreError> {
    let sql = "SELECT d.*, w.account_id, w.url, w.secret FROM webhook_deliveries d
               JOIN webhooks w ON w.id = d.webhook_id
               WHERE d.due_at_ms <= $1 AND w.disabled_at_ms IS NULL ORDER BY d.due_at_ms LIMIT $2";
    let rows = db
        .fetch_all(sql, vec![now_ms.into(), i64::from(limit).into()])
        .await?;
    rows.iter().map(Due::from_row).collect()
}

/// Takes a delivery upon oneself until `until_ms`; of two servers that try at the same time one gets `false`.
///
/// # Errors
/// If the database cannot be written.
pub async fn claim(tx: &mut Tx, due: &Due, until_ms: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE webhook_deliveries SET due_at_ms = $3, attempts = attempts + 1
               WHERE id = $1 AND due_at_ms = $2";
    let values = vec![
        due.id.as_str().into(),
        due.due_at_ms.into(),
        until_ms.into(),
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Since when every delivery to a webhook failed; `None` when the last one did not.
///
/// # Errors
/// If the database cannot be read.
pub async fn failing_since(tx: &mut Tx, id: &WebhookId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT failing_since_ms FROM webhooks WHERE id = $1";
    let row = tx.fetch_optional(sql, vec![id.as_str().into()]).await?;
    row.map_or(Ok(None), |row| row.opt_int("failing_since_ms"))
}

/// Writes down what came of a try.
///
/// # Errors
/// If the database cannot be written.
pub async fn settle(tx: &mut Tx, due: &Due, settled: &Settled) -> Result<(), StoreError> {
    let id = due.id.as_str();
    match settled.again_at_ms {
        Some(at_ms) => {
            let sql = "UPDATE webhook_deliveries SET due_at_ms = $2 WHERE id = $1";
            tx.execute(sql, vec![id.into(), at_ms.into()]).await?;
        }
        None => {
            let sql = "DELETE FROM webhook_deliveries WHERE id = $1";
            tx.execute(sql, vec![id.into()]).await?;
        }
    }
    note_last(tx, &due.webhook_id, settled).await?;
    if settled.is_last {
        let values = || vec![due.webhook_id.as_str().into()];
        let sql = "DELETE FROM webhook_deliveries WHERE webhook_id = $1";
        tx.execute(sql, values()).await?;
    }
    Ok(())
}

/// Notes how the last delivery to a webhook went.
///
/// # Errors
/// If the database cannot be written.
pub async fn note_last(tx: &mut Tx, id: &WebhookId, settled: &Settled) -> Result<(), StoreError> {
    let has_failed = settled.error.is_some();
    let values = vec![
        id.as_str().into(),
        settled.at_ms.into(),
        settled.status.into(),
        settled.error.clone().into(),
        has_failed.into(),
        settled.is_last.into(),
    ];
    tx.execute(
        "UPDATE webhooks SET last_at_ms = $2, last_status = $3, last_error = $4,
            failing_since_ms = CASE WHEN $5 THEN COALESCE(failing_since_ms, $2) ELSE NULL END,
            disabled_at_ms = CASE WHEN $6 THEN $2 ELSE disabled_at_ms END
         WHERE id = $1",
        values,
    )
    .await
    .map(drop)
}

impl Due {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            webhook_id: row.text("webhook_id")?.into(),
            account_id: row.text("account_id")?.into(),
            url: row.text("url")?,
            secret: row.bytes("secret")?,
            body: row.text("body")?,
            attempts: row.int("attempts")?,
            due_at_ms: row.int("due_at_ms")?,
        })
    }
}
