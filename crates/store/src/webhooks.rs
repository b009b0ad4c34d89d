//! Webhooks: addresses that accounts want messages sent to.

mod deliveries;

pub use deliveries::{Due, Settled, claim, enqueue, failing_since, list_due, note_last, settle};

use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, WebhookId};

/// An address that is told, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub account_id: AccountId,
    pub url: String,
    pub created_at_ms: i64,
    /// Since when nothing is sent to it any more.
    pub disabled_at_ms: Option<i64>,
    /// Since when every delivery failed.
    pub failing_since_ms: Option<i64>,
    pub last: Option<LastDelivery>,
}

/// The result of the last delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastDelivery {
    pub at_ms: i64,
    /// The status of the response; `None` without one.
    pub status: Option<i64>,
    /// The reason of the failure; empty without one.
    pub error: String,
}

/// Adds a webhook, with its secret sealed for [`place_of_secret`].
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, webhook: &Webhook, secret: Vec<u8>) -> Result<(), StoreError> {
    let values = vec![
        webhook.id.as_str().into(),
        webhook.account_id.as_str().into(),
        webhook.url.clone().into(),
        secret.as_slice().into(),
        webhook.created_at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO webhooks (id, account_id, url, secret, created_at_ms) VALUES ($1, $2, $3, $4, $5)",
        values,
    )
    .await
    .map(drop)
}

/// For what a secret is sealed: this webhook and no other.
pub fn place_of_secret(id: &WebhookId) -> String {
    format!("webhooks/{id}")
}

/// The webhooks of an account, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(db: &Db, account_id: &AccountId, limit: u32) -> Result<Vec<Webhook>, StoreError> {
    let sql = "SELECT * FROM webhooks WHERE account_id = $1 ORDER BY id LIMIT $2";
    let values = vec![account_id.as_str().into(), i64::from(limit).into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Webhook::from_row).collect()
}

/// A webhook of the account, and its sealed secret.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such webhook.
pub async fn get(
    db: &Db,
    account_id: &AccountId,
    id: &WebhookId,
) -> Result<(Webhook, Vec<u8>), StoreError> {
    let sql = "SELECT * FROM webhooks WHERE account_id = $1 AND id = $2";
    let values = vec![account_id.as_str().into(), id.as_str().into()];
    let row = db.fetch_optional(sql, values).await?.ok_or(NO_WEBHOOK)?;
    Ok((Webhook::from_row(&row)?, row.bytes("secret")?))
}

/// Counts the webhooks of an account. None is added until the end of the transaction.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_within(tx: &mut Tx, account_id: &AccountId) -> Result<u64, StoreError> {
    // The row of the account is held, so that two do not both count before either adds.
    tx.execute(
        "UPDATE accounts SET id = id WHERE id = $1",
        vec![account_id.as_str().into()],
    )
    .await?;
    let sql = "SELECT COUNT(*) AS n FROM webhooks WHERE account_id = $1";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into()])
        .await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Changes the address of a webhook and whether anything is sent to it; one that is sent to again begins without
/// failures, and what waits for one that is not is dropped.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such webhook.
pub async fn update(tx: &mut Tx, webhook: &Webhook) -> Result<(), StoreError> {
    let values = vec![
        webhook.account_id.as_str().into(),
        webhook.id.as_str().into(),
        webhook.url.clone().into(),
        webhook.disabled_at_ms.into(),
    ];
    let rows = tx
        .execute(
            "UPDATE webhooks SET url = $3, disabled_at_ms = $4, failing_since_ms = NULL
             WHERE account_id = $1 AND id = $2",
            values,
        )
        .await?;
    if rows == 0 {
        return Err(NO_WEBHOOK);
    }
    if webhook.disabled_at_ms.is_some() {
        let sql = "DELETE FROM webhook_deliveries WHERE webhook_id = $1";
        tx.execute(sql, vec![webhook.id.as_str().into()]).await?;
    }
    Ok(())
}

/// Removes a webhook with what waits for it.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such webhook.
pub async fn delete(tx: &mut Tx, account_id: &AccountId, id: &WebhookId) -> Result<(), StoreError> {
    let sql = "DELETE FROM webhook_deliveries WHERE webhook_id IN
               (SELECT id FROM webhooks WHERE account_id = $1 AND id = $2)";
    let values = || vec![account_id.as_str().into(), id.as_str().into()];
    tx.execute(sql, values()).await?;
    let sql = "DELETE FROM webhooks WHERE account_id = $1 AND id = $2";
    let rows = tx.execute(sql, values()).await?;
    if rows == 0 { Err(NO_WEBHOOK) } else { Ok(()) }
}

const NO_WEBHOOK: StoreError = StoreError::NotFound {
    what: "the webhook",
};

impl Webhook {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let last = row.opt_int("last_at_ms")?.map(|at_ms| {
            Ok::<_, StoreError>(LastDelivery {
                at_ms,
                status: row.opt_int("last_status")?,
                error: row.opt_text("last_error")?.unwrap_or_default(),
            })
        });
        Ok(Self {
            id: row.text("id")?.into(),
            account_id: row.text("account_id")?.into(),
            url: row.text("url")?,
            created_at_ms: row.int("created_at_ms")?,
            disabled_at_ms: row.opt_int("disabled_at_ms")?,
            failing_since_ms: row.opt_int("failing_since_ms")?,
            last: last.transpose()?,
        })
    }
}
