//! Management keys: what programs call the management API with.

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ManagementKeyId, UserId};
use crate::secret::KeyDigest;

/// A management key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementKey {
    pub id: ManagementKeyId,
    /// `None`: an operator's.
    pub account_id: Option<AccountId>,
    pub name: String,
    pub hint: String,
    /// `api-keys:read`, `admin:write`, …
    pub scopes: Vec<String>,
    pub created_by: UserId,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    pub revoked_at_ms: Option<i64>,
    pub last_used_at_ms: Option<i64>,
}

/// Adds a key.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, key: &ManagementKey, digest: KeyDigest) -> Result<(), StoreError> {
    let values = vec![
        key.id.as_str().into(),
        digest.as_bytes().into(),
        key.account_id.as_ref().map(AccountId::to_string).into(),
        key.name.clone().into(),
        key.hint.clone().into(),
        serde_json::Value::from(key.scopes.clone())
            .to_string()
            .into(),
        key.created_by.as_str().into(),
        key.created_at_ms.into(),
        key.expires_at_ms.into(),
    ];
    tx.execute(
        "INSERT INTO management_keys (id, digest, account_id, name, hint, scopes, created_by, created_at_ms, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values,
    )
    .await
    .map(drop)
}

/// The key with that secret, whatever its state. `None` too when whoever made it has lost what it takes:
/// the user was disabled, left the account, or runs the platform no more.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_by_digest(
    db: &Db,
    digest: KeyDigest,
) -> Result<Option<ManagementKey>, StoreError> {
    let sql = "SELECT k.* FROM management_keys k JOIN users u ON u.id = k.created_by
               WHERE k.digest = $1 AND u.status = 'active' AND (
                   (k.account_id IS NULL AND u.is_operator = TRUE)
                   OR EXISTS (SELECT 1 FROM members m WHERE m.account_id = k.account_id
                       AND m.user_id = k.created_by AND m.role = 'owner'))";
    let row = db
        .fetch_optional(sql, vec![digest.as_bytes().into()])
        .await?;
    row.as_ref().map(ManagementKey::from_row).transpose()
}

/// The key with that secret, whatever became of whoever made it: to end it.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_any_by_digest(
    db: &Db,
    digest: KeyDigest,
) -> Result<Option<ManagementKey>, StoreError> {
    let sql = "SELECT * FROM management_keys WHERE digest = $1";
    let row = db
        .fetch_optional(sql, vec![digest.as_bytes().into()])
        .await?;
    row.as_ref().map(ManagementKey::from_row).transpose()
}

/// Keys of an account (`None`: of the operators), newest first, `limit` of them, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    account_id: Option<&AccountId>,
    before: Option<&ManagementKeyId>,
    limit: u32,
) -> Result<Vec<ManagementKey>, StoreError> {
    let sql = "SELECT * FROM management_keys WHERE COALESCE(account_id, '') = $1 AND id < $2
               ORDER BY id DESC LIMIT $3";
    let values = vec![
        account_id.map_or("", AccountId::as_str).into(),
        before.map_or("~", ManagementKeyId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(ManagementKey::from_row).collect()
}

/// Revokes a key of an account (`None`: of the operators) for good; doing it twice is no error.
///
/// # Errors
/// [`StoreError::NotFound`] if they have no such key.
pub async fn revoke(
    tx: &mut Tx,
    account_id: Option<&AccountId>,
    id: &ManagementKeyId,
    now_ms: i64,
) -> Result<ManagementKey, StoreError> {
    let sql = "UPDATE management_keys SET revoked_at_ms = COALESCE(revoked_at_ms, $3)
               WHERE id = $1 AND COALESCE(account_id, '') = $2 RETURNING *";
    let values = vec![
        id.as_str().into(),
        account_id.map_or("", AccountId::as_str).into(),
        now_ms.into(),
    ];
    let row = tx.fetch_optional(sql, values).await?;
    let key = ManagementKey::from_row(&row.ok_or(StoreError::NotFound {
        what: "the management key",
    })?)?;
    auth_log::append(tx, &AuthChange::ManagementKey(id.clone()), now_ms).await?;
    Ok(key)
}

/// Notes that a key was used.
///
/// # Errors
/// If the database cannot be written.
pub async fn update_last_use(
    tx: &mut Tx,
    id: &ManagementKeyId,
    now_ms: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE management_keys SET last_used_at_ms = $2
               WHERE id = $1 AND COALESCE(last_used_at_ms, 0) < $2";
    tx.execute(sql, vec![id.as_str().into(), now_ms.into()])
        .await
        .map(drop)
}

impl ManagementKey {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        // Scopes that cannot be read must refuse, never widen.
        let scopes = serde_json::from_str(&row.text("scopes")?);
        Ok(Self {
            id: row.text("id")?.into(),
            account_id: row.opt_text("account_id")?.map(Into::into),
            name: row.text("name")?,
            hint: row.text("hint")?,
            scopes: scopes.map_err(|error| StoreError::Corrupt {
                table: "management_keys",
                detail: error.to_string(),
            })?,
            created_by: row.text("created_by")?.into(),
            created_at_ms: row.int("created_at_ms")?,
            expires_at_ms: row.opt_int("expires_at_ms")?,
            revoked_at_ms: row.opt_int("revoked_at_ms")?,
            last_used_at_ms: row.opt_int("last_used_at_ms")?,
        })
    }
}
