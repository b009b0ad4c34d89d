//! Which secrets are older than their accounts want them to be.

use crate::db::{Db, Row};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};

const DAY_MS: i64 = 86_400_000;

/// A key whose secret should be replaced, and nobody was told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationDue {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    /// Of the secret that is too old.
    pub hint: String,
    pub secret_created_at_ms: i64,
    /// After how many days the account wants a new one.
    pub rotation_days: i64,
}

const DUE: &str = "
    SELECT k.id, k.account_id, s.hint, s.created_at_ms, a.key_rotation_days
    FROM api_key_secrets s
    JOIN api_keys k ON k.id = s.api_key_id
    JOIN accounts a ON a.id = k.account_id
    WHERE s.ends_at_ms IS NULL AND s.created_at_ms <= $1 - a.key_rotation_days * 86400000
        AND s.created_at_ms <= $2 AND k.environment = 'live' AND k.revoked_at_ms IS NULL
        AND (k.expires_at_ms IS NULL OR k.expires_at_ms > $1) AND a.status = 'active'
        AND NOT EXISTS (SELECT 1 FROM key_events e WHERE e.api_key_id = k.id AND e.kind = 'rotation_due'
            AND e.at_ms > s.created_at_ms)
    ORDER BY s.created_at_ms LIMIT $3";

/// Live keys whose secret is too old and that have no event about it, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_due_for_rotation(
    db: &Db,
    now_ms: i64,
    limit: u32,
) -> Result<Vec<RotationDue>, StoreError> {
    // No account can ask for less than a day.
    let values = vec![
        now_ms.into(),
        (now_ms - DAY_MS).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(DUE, values).await?;
    rows.iter().map(RotationDue::from_row).collect()
}

impl RotationDue {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            account_id: row.text("account_id")?.into(),
            api_key_id: row.text("id")?.into(),
            hint: row.text("hint")?,
            secret_created_at_ms: row.int("created_at_ms")?,
            rotation_days: row.int("key_rotation_days")?,
        })
    }
}
