//! The secrets of keys, and the record by which a request is authenticated.

use super::record::{ApiKey, LastUse, last_use};
use crate::accounts::AccountStatus;
use crate::budgets::{self, Budget};
use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::id::ApiKeyId;
use crate::limit_override::LimitOverride;
use crate::partial_rows::PartialRows;
use crate::secret::KeyDigest;

/// Which pepper the digests are under. A second one will stand beside it during a rotation.
const PEPPER_VERSION: i64 = 1;

/// Everything that a request's key says, read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthRecord {
    pub key: ApiKey,
    pub account_status: AccountStatus,
    pub tier_id: String,
    /// The account's limits in place of those of its tier.
    pub limits: LimitOverride,
    /// The budgets that the account gave itself.
    pub account_budgets: Vec<Budget>,
    /// The budgets that an operator gave the account in place of its tier's.
    pub operator_budgets: Option<Vec<Budget>>,
    /// The end of the presented secret's grace; `None` for the current one.
    pub secret_ends_at_ms: Option<i64>,
    /// Requests admitted since `day_start_ms`.
    pub key_requests_today: u64,
    pub account_requests_today: u64,
}

/// The times of a regeneration: now, and the end of the secrets before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grace {
    pub now_ms: i64,
    pub old_ends_at_ms: i64,
}

/// A secret of a key, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretState {
    pub api_key_id: ApiKeyId,
    pub hint: String,
    pub created_at_ms: i64,
    pub ends_at_ms: Option<i64>,
    pub last_use: Option<LastUse>,
}

const FIND: &str = "
    SELECT k.*, s.hint AS hint, s.ends_at_ms, a.status, a.tier_id, a.limits,
        a.budgets AS account_budgets, a.operator_budgets,
        CAST(COALESCE((SELECT SUM(u.requests) FROM usage_rollups u
            WHERE u.account_id = a.id AND u.step_ms = 86400000 AND u.at_ms >= $2 AND u.api_key_id = k.id
                AND u.outcome <> 'refused'), 0) AS BIGINT) AS key_requests,
        CAST(COALESCE((SELECT SUM(u.requests) FROM usage_rollups u
            WHERE u.account_id = a.id AND u.step_ms = 86400000 AND u.at_ms >= $2 AND u.outcome <> 'refused'), 0) AS BIGINT) AS account_requests
    FROM api_key_secrets s
    JOIN api_keys k ON k.id = s.api_key_id
    JOIN accounts a ON a.id = k.account_id
    WHERE s.digest = $1";

const WARM: &str = "
    SELECT k.*, s.digest, s.hint AS hint, s.ends_at_ms, a.status, a.tier_id, a.limits,
        a.budgets AS account_budgets, a.operator_budgets,
        CAST(COALESCE((SELECT SUM(u.requests) FROM usage_rollups u
            WHERE u.account_id = a.id AND u.step_ms = 86400000 AND u.at_ms >= $2 AND u.api_key_id = k.id
                AND u.outcome <> 'refused'), 0) AS BIGINT) AS key_requests,
        CAST(COALESCE((SELECT SUM(u.requests) FROM usage_rollups u
            WHERE u.account_id = a.id AND u.step_ms = 86400000 AND u.at_ms >= $2 AND u.outcome <> 'refused'), 0) AS BIGINT) AS account_requests
    FROM (SELECT * FROM api_keys WHERE last_used_at_ms >= $1 ORDER BY last_used_at_ms DESC LIMIT $3) k
    JOIN api_key_secrets s ON s.api_key_id = k.id
    JOIN accounts a ON a.id = k.account_id";

/// The record behind a digest.
///
/// # Errors
/// If the database cannot be read, or the record is not what it should be.
pub async fn find_by_digest(
    db: &Db,
    digest: KeyDigest,
    day_start_ms: i64,
) -> Result<Option<AuthRecord>, StoreError> {
    let row = db
        .fetch_optional(FIND, vec![digest.as_bytes().into(), day_start_ms.into()])
        .await?;
    row.map(|row| AuthRecord::from_row(&row)).transpose()
}

/// The records of keys that were used since `since_ms`, at most `limit` keys.
///
/// # Errors
/// If the database cannot be read.
pub async fn warm_records(
    db: &Db,
    since_ms: i64,
    day_start_ms: i64,
    limit: u32,
) -> Result<Vec<(KeyDigest, AuthRecord)>, StoreError> {
    let rows = db
        .fetch_all(
            WARM,
            vec![
                since_ms.into(),
                day_start_ms.into(),
                i64::from(limit).into(),
            ],
        )
        .await?;
    // A row that cannot be read is told to whoever uses the key.
    Ok(PartialRows::of(&rows, |row| Ok((digest(row)?, AuthRecord::from_row(row)?))).rows)
}

/// The digests of every secret that a key has or had.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_digests(db: &Db, id: &ApiKeyId) -> Result<Vec<KeyDigest>, StoreError> {
    let sql = "SELECT digest FROM api_key_secrets WHERE api_key_id = $1";
    let rows = db.fetch_all(sql, vec![id.as_str().into()]).await?;
    rows.iter().map(digest).collect()
}

/// The digest of the secret of a key that is in force for good; `None` when there is no such key.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_current_digest(db: &Db, id: &ApiKeyId) -> Result<Option<KeyDigest>, StoreError> {
    let sql = "SELECT digest FROM api_key_secrets WHERE api_key_id = $1 AND ends_at_ms IS NULL
               ORDER BY created_at_ms DESC LIMIT 1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    row.as_ref().map(digest).transpose()
}

/// The secrets of a key, newest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_secrets(db: &Db, id: &ApiKeyId) -> Result<Vec<SecretState>, StoreError> {
    list_secrets_between(db, id, id).await
}

/// The secrets of the keys whose ids lie between two, those included; of each key newest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_secrets_between(
    db: &Db,
    first: &ApiKeyId,
    last: &ApiKeyId,
) -> Result<Vec<SecretState>, StoreError> {
    let sql = "SELECT * FROM api_key_secrets WHERE api_key_id >= $1 AND api_key_id <= $2
               ORDER BY api_key_id, created_at_ms DESC, ends_at_ms IS NOT NULL";
    let values = vec![first.as_str().into(), last.as_str().into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok(SecretState {
                api_key_id: row.text("api_key_id")?.into(),
                hint: row.text("hint")?,
                created_at_ms: row.int("created_at_ms")?,
                ends_at_ms: row.opt_int("ends_at_ms")?,
                last_use: last_use(row)?,
            })
        })
        .collect()
}

/// Notes when a secret was used last, unless a later use is known already.
///
/// # Errors
/// If the database cannot be written.
pub async fn update_last_use_of_secret(
    tx: &mut Tx,
    digest: KeyDigest,
    last: &LastUse,
) -> Result<(), StoreError> {
    let sql = "UPDATE api_key_secrets SET last_used_at_ms = $2, last_used_address = $3, last_used_agent = $4
               WHERE digest = $1 AND COALESCE(last_used_at_ms, 0) <= $2";
    let values = vec![
        digest.as_bytes().into(),
        last.at_ms.into(),
        last.address.clone().into(),
        last.agent.clone().into(),
    ];
    tx.execute(sql, values).await.map(drop)
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: &ApiKeyId,
    hint: &str,
    digest: KeyDigest,
    now_ms: i64,
) -> Result<(), StoreError> {
    let values: Vec<Value> = vec![
        digest.as_bytes().into(),
        id.as_str().into(),
        PEPPER_VERSION.into(),
        hint.into(),
        now_ms.into(),
    ];
    tx.execute(
        "INSERT INTO api_key_secrets (digest, api_key_id, pepper_version, hint, created_at_ms)
         VALUES ($1, $2, $3, $4, $5)",
        values,
    )
    .await
    .map(drop)
}

pub(super) async fn end_all(tx: &mut Tx, id: &ApiKeyId, ends_at_ms: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE api_key_secrets SET ends_at_ms = $2
         WHERE api_key_id = $1 AND (ends_at_ms IS NULL OR ends_at_ms > $2)",
        vec![id.as_str().into(), ends_at_ms.into()],
    )
    .await
    .map(drop)
}

fn digest(row: &Row) -> Result<KeyDigest, StoreError> {
    KeyDigest::from_bytes(&row.bytes("digest")?)
}

impl AuthRecord {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            key: ApiKey::from_row(row)?,
            account_status: AccountStatus::parse(&row.text("status")?)?,
            tier_id: row.text("tier_id")?,
            limits: LimitOverride::from_row(row, "limits")?,
            account_budgets: budgets::from_row(row, "account_budgets")?,
            operator_budgets: budgets::list_from_row(row, "operator_budgets")?,
            secret_ends_at_ms: row.opt_int("ends_at_ms")?,
            key_requests_today: row.count("key_requests")?,
            account_requests_today: row.count("account_requests")?,
        })
    }
}
