//! API keys and their secrets. A key keeps its identity when its secret is replaced.

mod find;
mod quarantine;
mod record;
mod rotation;
mod secrets;

pub use find::{OperatorKeyFilter, list_for_operator};
pub use quarantine::{AnomalyAction, Quarantine, QuarantineState, quarantine, release};
pub use record::{ApiKey, Environment, LastUse, Restrictions};
pub use rotation::{RotationDue, list_due_for_rotation};
pub use secrets::{
    AuthRecord, Grace, SecretState, find_by_digest, find_current_digest, list_digests,
    list_secrets, list_secrets_between, update_last_use_of_secret, warm_records,
};

use crate::auth_log::{self, AuthChange};
use crate::budgets;
use crate::db::{Db, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::pattern;
use crate::secret::{KeyDigest, PlainKey};

/// A key of the account, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such key.
pub async fn lock_api_key(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &ApiKeyId,
) -> Result<ApiKey, StoreError> {
    auth_log::lock(tx).await?;
    let sql = "SELECT k.*, (SELECT s.hint FROM api_key_secrets s WHERE s.api_key_id = k.id AND s.ends_at_ms IS NULL
                   ORDER BY s.created_at_ms DESC LIMIT 1) AS hint
               FROM api_keys k WHERE k.account_id = $1 AND k.id = $2";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into(), id.as_str().into()])
        .await?;
    ApiKey::from_row(&row.ok_or(NO_KEY)?)
}

/// Adds a key with its first secret. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::Conflict`] if the account does not exist.
pub async fn insert(
    tx: &mut Tx,
    key: &ApiKey,
    secret: &PlainKey,
    digest: KeyDigest,
) -> Result<i64, StoreError> {
    insert_with(tx, key, &secret.hint(), digest).await
}

/// Adds a key whose secret another program made; its hint is the record's. Returns the change that replicas have to learn of.
///
/// # Errors
/// [`StoreError::Conflict`] if the account does not exist, or another key has that secret.
pub async fn insert_imported(
    tx: &mut Tx,
    key: &ApiKey,
    digest: KeyDigest,
) -> Result<i64, StoreError> {
    insert_with(tx, key, &key.hint, digest).await
}

async fn insert_with(
    tx: &mut Tx,
    key: &ApiKey,
    hint: &str,
    digest: KeyDigest,
) -> Result<i64, StoreError> {
    let values = vec![
        key.id.as_str().into(),
        key.account_id.as_str().into(),
        key.name.clone().into(),
        key.environment.as_str().into(),
        record::encode_list(key.restrictions.models.as_deref()).into(),
        record::encode_list(key.restrictions.endpoints.as_deref()).into(),
        record::encode_list(key.restrictions.networks.as_deref()).into(),
        key.created_at_ms.into(),
        key.expires_at_ms.into(),
        key.anomaly_action.as_str().into(),
        key.created_by.clone().into(),
        key.shows_cost.into(),
        budgets::encode(&key.budgets).into(),
        key.caches_prompts.into(),
        key.own_limits.encode().into(),
    ];
    tx.execute(
        "INSERT INTO api_keys (id, account_id, name, environment, allowed_models, allowed_endpoints,
            allowed_networks, created_at_ms, expires_at_ms, anomaly_action, created_by, shows_cost, budgets,
            caches_prompts, own_limits)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        values,
    )
    .await?;
    secrets::insert(tx, &key.id, hint, digest, key.created_at_ms).await?;
    auth_log::append(tx, &AuthChange::ApiKey(key.id.clone()), key.created_at_ms).await
}

/// Counts the keys of the account that are neither revoked nor expired. None is added until the end of the
/// transaction.
///
/// # Errors
/// If the database cannot be read.
pub async fn count_active(
    tx: &mut Tx,
    account_id: &AccountId,
    now_ms: i64,
) -> Result<u64, StoreError> {
    auth_log::lock(tx).await?;
    let sql = "SELECT COUNT(*) AS active FROM api_keys
               WHERE account_id = $1 AND revoked_at_ms IS NULL AND (expires_at_ms IS NULL OR expires_at_ms > $2)";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into(), now_ms.into()])
        .await?;
    row.ok_or(StoreError::NotFound { what: "the count" })?
        .count("active")
}

/// Keys of an account, oldest first, `limit` of them, after `after`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_api_keys(
    db: &Db,
    account_id: &AccountId,
    after: Option<&ApiKeyId>,
    limit: u32,
) -> Result<Vec<ApiKey>, StoreError> {
    let sql = "SELECT k.*, (SELECT s.hint FROM api_key_secrets s WHERE s.api_key_id = k.id AND s.ends_at_ms IS NULL
                   ORDER BY s.created_at_ms DESC LIMIT 1) AS hint
               FROM api_keys k WHERE k.account_id = $1 AND k.id > $2 ORDER BY k.id LIMIT $3";
    let after = after.map_or("", ApiKeyId::as_str);
    let rows = db
        .fetch_all(
            sql,
            vec![
                account_id.as_str().into(),
                after.into(),
                i64::from(limit).into(),
            ],
        )
        .await?;
    rows.iter().map(ApiKey::from_row).collect()
}

/// Which keys are asked for. Empty texts do not narrow.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyFilter {
    /// `active`, `expiring`, `expired` or `revoked`.
    pub status: String,
    /// `live` or `test`.
    pub environment: String,
    /// A part of the name or the hint, in any case.
    pub text: String,
    pub now_ms: i64,
    /// Keys that expire until then are expiring.
    pub expiring_until_ms: i64,
}

/// Keys of an account, newest first, `limit` of them, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_newest(
    db: &Db,
    account_id: &AccountId,
    filter: &ApiKeyFilter,
    before: Option<&ApiKeyId>,
    limit: u32,
) -> Result<Vec<ApiKey>, StoreError> {
    let sql = "SELECT * FROM (
            SELECT k.*, (SELECT s.hint FROM api_key_secrets s WHERE s.api_key_id = k.id AND s.ends_at_ms IS NULL
                    ORDER BY s.created_at_ms DESC LIMIT 1) AS hint,
                CASE WHEN k.revoked_at_ms IS NOT NULL THEN 'revoked'
                    WHEN k.expires_at_ms IS NULL THEN 'active'
                    WHEN k.expires_at_ms <= $3 THEN 'expired'
                    WHEN k.expires_at_ms <= $4 THEN 'expiring' ELSE 'active' END AS state
            FROM api_keys k WHERE k.account_id = $1 AND k.id < $2) AS keys
        WHERE ($5 = '' OR state = $5 OR ($5 = 'active' AND state = 'expiring')) AND ($6 = '' OR environment = $6)
            AND ($7 = '' OR LOWER(name) LIKE $7 ESCAPE '!' OR LOWER(COALESCE(hint, '')) LIKE $7 ESCAPE '!')
        ORDER BY id DESC LIMIT $8";
    let values = vec![
        account_id.as_str().into(),
        before.map_or("~", ApiKeyId::as_str).into(),
        filter.now_ms.into(),
        filter.expiring_until_ms.into(),
        filter.status.clone().into(),
        filter.environment.clone().into(),
        pattern::containing(&filter.text).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(ApiKey::from_row).collect()
}

/// A key of the account.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such key.
pub async fn get_api_key(
    db: &Db,
    account_id: &AccountId,
    id: &ApiKeyId,
) -> Result<ApiKey, StoreError> {
    let key = get_for_operator(db, id).await?;
    if key.account_id == *account_id {
        Ok(key)
    } else {
        Err(NO_KEY)
    }
}

/// Changes the name, the restrictions, the expiry, the budgets, the limits and the wish for anomalies of a key. Returns the change
/// that replicas have to learn of.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such key.
pub async fn update(tx: &mut Tx, key: &ApiKey, now_ms: i64) -> Result<i64, StoreError> {
    let values = vec![
        key.account_id.as_str().into(),
        key.id.as_str().into(),
        key.name.clone().into(),
        record::encode_list(key.restrictions.models.as_deref()).into(),
        record::encode_list(key.restrictions.endpoints.as_deref()).into(),
        record::encode_list(key.restrictions.networks.as_deref()).into(),
        key.expires_at_ms.into(),
        key.anomaly_action.as_str().into(),
        key.shows_cost.into(),
        budgets::encode(&key.budgets).into(),
        key.caches_prompts.into(),
        key.own_limits.encode().into(),
    ];
    let rows = tx
        .execute(
            "UPDATE api_keys SET name = $3, allowed_models = $4, allowed_endpoints = $5, allowed_networks = $6,
                expires_at_ms = $7, anomaly_action = $8, shows_cost = $9, budgets = $10,
                caches_prompts = $11, own_limits = $12
             WHERE account_id = $1 AND id = $2",
            values,
        )
        .await?;
    if rows == 0 {
        return Err(NO_KEY);
    }
    auth_log::append(tx, &AuthChange::ApiKey(key.id.clone()), now_ms).await
}

/// Ends the secrets of a key that were replaced and still work. Returns the change that replicas have to
/// learn of.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_grace(tx: &mut Tx, id: &ApiKeyId, now_ms: i64) -> Result<i64, StoreError> {
    let sql =
        "UPDATE api_key_secrets SET ends_at_ms = $2 WHERE api_key_id = $1 AND ends_at_ms > $2";
    tx.execute(sql, vec![id.as_str().into(), now_ms.into()])
        .await?;
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), now_ms).await
}

/// Any account's key: for operators only.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn get_for_operator(db: &Db, id: &ApiKeyId) -> Result<ApiKey, StoreError> {
    let sql = "SELECT k.*, (SELECT s.hint FROM api_key_secrets s WHERE s.api_key_id = k.id AND s.ends_at_ms IS NULL
                   ORDER BY s.created_at_ms DESC LIMIT 1) AS hint
               FROM api_keys k WHERE k.id = $1";
    let row = db.fetch_optional(sql, vec![id.as_str().into()]).await?;
    ApiKey::from_row(&row.ok_or(NO_KEY)?)
}

/// Revokes a key for good. Returns the change that replicas have to learn of; revoking twice is no
/// error, and waits as the first time did.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such key.
pub async fn revoke(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &ApiKeyId,
    now_ms: i64,
) -> Result<i64, StoreError> {
    let sql = "UPDATE api_keys SET revoked_at_ms = COALESCE(revoked_at_ms, $3) WHERE account_id = $1 AND id = $2";
    let rows = tx
        .execute(
            sql,
            vec![
                account_id.as_str().into(),
                id.as_str().into(),
                now_ms.into(),
            ],
        )
        .await?;
    if rows == 0 {
        return Err(NO_KEY);
    }
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), now_ms).await
}

/// Gives a key another secret; everything else about it stays. The secrets that worked so far end at
/// `old_ends_at_ms` (or earlier, if they were ending already). Returns the change that replicas have to
/// learn of.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such key, [`StoreError::Conflict`] when it is revoked.
pub async fn regenerate(
    tx: &mut Tx,
    account_id: &AccountId,
    id: &ApiKeyId,
    replacement: (&PlainKey, KeyDigest),
    grace: Grace,
) -> Result<i64, StoreError> {
    // Two at the same time would each leave the other\'s secret in force.
    auth_log::lock(tx).await?;
    let sql = "SELECT revoked_at_ms FROM api_keys WHERE account_id = $1 AND id = $2";
    let row = tx
        .fetch_optional(sql, vec![account_id.as_str().into(), id.as_str().into()])
        .await?;
    if row.ok_or(NO_KEY)?.opt_int("revoked_at_ms")?.is_some() {
        return Err(StoreError::Conflict {
            reason: "the key is revoked; create a new one".to_owned(),
        });
    }
    secrets::end_all(tx, id, grace.old_ends_at_ms).await?;
    secrets::insert(tx, id, &replacement.0.hint(), replacement.1, grace.now_ms).await?;
    auth_log::append(tx, &AuthChange::ApiKey(id.clone()), grace.now_ms).await
}

/// Notes the last use of a key.
///
/// # Errors
/// If the database cannot be written.
pub async fn update_last_use(tx: &mut Tx, id: &ApiKeyId, last: &LastUse) -> Result<(), StoreError> {
    let values = vec![
        id.as_str().into(),
        last.at_ms.into(),
        last.address.clone().into(),
        last.agent.clone().into(),
    ];
    tx.execute(
        "UPDATE api_keys SET last_used_at_ms = $2, last_used_address = $3, last_used_agent = $4
         WHERE id = $1 AND (last_used_at_ms IS NULL OR last_used_at_ms < $2)",
        values,
    )
    .await
    .map(drop)
}

/// The name of a key of an account.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_name(
    db: &Db,
    account_id: &AccountId,
    id: &ApiKeyId,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT name FROM api_keys WHERE id = $1 AND account_id = $2";
    let values = vec![id.as_str().into(), account_id.as_str().into()];
    let row = db.fetch_optional(sql, values).await?;
    row.map(|row| row.text("name")).transpose()
}

const NO_KEY: StoreError = StoreError::NotFound {
    what: "the API key",
};

fn corrupt(detail: String) -> StoreError {
    StoreError::Corrupt {
        table: "api_keys",
        detail,
    }
}
