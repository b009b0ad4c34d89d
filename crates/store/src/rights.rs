//! Rights that a change can take away: read after each such change, so that they can be kept
//! outside of the database, and enforced on a database that was restored from before the change.

use serde::{Deserialize, Serialize};

use crate::auth_log::{self, AuthChange};
use crate::db::{Db, Tx, Value};
use crate::error::StoreError;
use crate::secret::KeyDigest;

/// The rights of one thing, at one time. Texts are those of the columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Rights {
    ApiKey {
        id: String,
        is_revoked: bool,
        /// Digests of its secrets that end, in hexadecimal digits, and when.
        ends: Vec<(String, i64)>,
        expires_at_ms: Option<i64>,
        models: Option<String>,
        endpoints: Option<String>,
        networks: Option<String>,
        /// Records from before the name have another one.
        #[serde(alias = "held")]
        quarantine: Option<QuarantineRecord>,
    },
    Account {
        id: String,
        is_suspended: bool,
        tier: String,
    },
    User {
        id: String,
        is_disabled: bool,
        is_operator: bool,
    },
    /// A user got another password; which, is not kept here.
    Password {
        id: String,
    },
    /// Sessions of a user ended; which, is not kept here.
    Sessions {
        id: String,
    },
    ManagementKey {
        id: String,
        is_revoked: bool,
    },
    Member {
        account: String,
        user: String,
        /// `None`: no member any more.
        role: Option<String>,
    },
}

/// The quarantine of an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineRecord {
    state: String,
    since_ms: i64,
    by: String,
    kind: String,
}

/// The age of kept rights against the database: how far they may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordAge {
    /// The record is newer than the database: restrictions, expiry and tier are as it says.
    Newer,
    /// The database was changed since, too: only what takes a right away for good is enforced.
    Apart,
}

/// The rights of what a line of the auth log is about; `None` where it is about none, or it does not exist.
///
/// # Errors
/// If the database cannot be read.
pub async fn read(db: &Db, change: &AuthChange) -> Result<Option<Rights>, StoreError> {
    match change {
        AuthChange::ApiKey(id) => read_api_key(db, id.as_str()).await,
        AuthChange::Account(id) => read_account(db, id.as_str()).await,
        AuthChange::User(id) => read_user(db, id.as_str()).await,
        AuthChange::Password(id) => Ok(Some(Rights::Password { id: id.to_string() })),
        AuthChange::Sessions(id) => Ok(Some(Rights::Sessions { id: id.to_string() })),
        AuthChange::ManagementKey(id) => read_management_key(db, id.as_str()).await,
        AuthChange::Member(account, user) => {
            let sql = "SELECT role FROM members WHERE account_id = $1 AND user_id = $2";
            let values = vec![account.as_str().into(), user.as_str().into()];
            let row = db.fetch_optional(sql, values).await?;
            Ok(Some(Rights::Member {
                account: account.to_string(),
                user: user.to_string(),
                role: row.map(|row| row.text("role")).transpose()?,
            }))
        }
        AuthChange::Catalog | AuthChange::Limits(_) | AuthChange::Unknown => Ok(None),
    }
}

async fn read_account(db: &Db, id: &str) -> Result<Option<Rights>, StoreError> {
    let sql = "SELECT status, tier_id FROM accounts WHERE id = $1";
    let Some(row) = db.fetch_optional(sql, vec![id.into()]).await? else {
        return Ok(None);
    };
    Ok(Some(Rights::Account {
        id: id.to_owned(),
        is_suspended: row.text("status")? != "active",
        tier: row.text("tier_id")?,
    }))
}

async fn read_user(db: &Db, id: &str) -> Result<Option<Rights>, StoreError> {
    let sql = "SELECT status, is_operator FROM users WHERE id = $1";
    let Some(row) = db.fetch_optional(sql, vec![id.into()]).await? else {
        return Ok(None);
    };
    Ok(Some(Rights::User {
        id: id.to_owned(),
        is_disabled: row.text("status")? != "active",
        is_operator: row.bool("is_operator")?,
    }))
}

async fn read_management_key(db: &Db, id: &str) -> Result<Option<Rights>, StoreError> {
    let sql = "SELECT revoked_at_ms FROM management_keys WHERE id = $1";
    let Some(row) = db.fetch_optional(sql, vec![id.into()]).await? else {
        return Ok(None);
    };
    Ok(Some(Rights::ManagementKey {
        id: id.to_owned(),
        is_revoked: row.opt_int("revoked_at_ms")?.is_some(),
    }))
}

async fn read_api_key(db: &Db, id: &str) -> Result<Option<Rights>, StoreError> {
    let sql = "SELECT * FROM api_keys WHERE id = $1";
    let Some(row) = db.fetch_optional(sql, vec![id.into()]).await? else {
        return Ok(None);
    };
    let quarantine = row.opt_text("quarantine")?.map(|state| {
        Ok::<_, StoreError>(QuarantineRecord {
            state,
            since_ms: row.opt_int("quarantine_since_ms")?.unwrap_or_default(),
            by: row.opt_text("quarantine_event_id")?.unwrap_or_default(),
            kind: row.opt_text("quarantine_kind")?.unwrap_or_default(),
        })
    });
    let sql = "SELECT digest, ends_at_ms FROM api_key_secrets WHERE api_key_id = $1 AND ends_at_ms IS NOT NULL
               ORDER BY digest";
    let mut ends = Vec::new();
    for secret in db.fetch_all(sql, vec![id.into()]).await? {
        ends.push((digits(&secret.bytes("digest")?), secret.int("ends_at_ms")?));
    }
    Ok(Some(Rights::ApiKey {
        id: id.to_owned(),
        is_revoked: row.opt_int("revoked_at_ms")?.is_some(),
        ends,
        expires_at_ms: row.opt_int("expires_at_ms")?,
        models: row.opt_text("allowed_models")?,
        endpoints: row.opt_text("allowed_endpoints")?,
        networks: row.opt_text("allowed_networks")?,
        quarantine: quarantine.transpose()?,
    }))
}

/// Enforces what is kept; returns how many rows were not as it says. What is revoked, suspended, disabled or ended in
/// the database already stays that.
///
/// # Errors
/// If the database cannot be written.
pub async fn enforce(
    tx: &mut Tx,
    rights: &Rights,
    age: RecordAge,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let mut changed = 0;
    for (is_wanted, sql, values) in statements(rights, age == RecordAge::Newer, now_ms) {
        if is_wanted {
            changed += tx.execute(sql, values).await?;
        }
    }
    if changed > 0 {
        auth_log::append(tx, &rights.subject(), now_ms).await?;
    }
    Ok(changed)
}

/// A statement that takes something away, and whether it is to be run.
type Statement = (bool, &'static str, Vec<Value>);

fn statements(rights: &Rights, is_newer: bool, now_ms: i64) -> Vec<Statement> {
    match rights {
        Rights::ApiKey { .. } => of_api_key(rights, is_newer, now_ms),
        Rights::Account {
            id,
            is_suspended,
            tier,
        } => vec![
            (
                *is_suspended,
                "UPDATE accounts SET status = 'suspended' WHERE id = $1 AND status = 'active'",
                vec![id.clone().into()],
            ),
            (
                is_newer,
                "UPDATE accounts SET tier_id = $2 WHERE id = $1 AND tier_id <> $2
                 AND EXISTS (SELECT 1 FROM tiers WHERE id = $2)",
                vec![id.clone().into(), tier.clone().into()],
            ),
        ],
        Rights::User {
            id,
            is_disabled,
            is_operator,
        } => vec![
            (
                *is_disabled,
                "UPDATE users SET status = 'disabled' WHERE id = $1 AND status = 'active'",
                vec![id.clone().into()],
            ),
            (
                !is_operator,
                "UPDATE users SET is_operator = FALSE WHERE id = $1 AND is_operator = TRUE",
                vec![id.clone().into()],
            ),
        ],
        Rights::Password { id } => vec![(
            is_newer,
            "UPDATE users SET password_hash = NULL WHERE id = $1 AND password_hash IS NOT NULL",
            vec![id.clone().into()],
        )],
        Rights::Sessions { id } => vec![(
            true,
            "UPDATE sessions SET ended_at_ms = $2 WHERE user_id = $1 AND ended_at_ms IS NULL",
            vec![id.clone().into(), now_ms.into()],
        )],
        Rights::ManagementKey { id, is_revoked } => vec![(
            *is_revoked,
            "UPDATE management_keys SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL",
            vec![id.clone().into(), now_ms.into()],
        )],
        Rights::Member {
            account,
            user,
            role,
        } => {
            let mut values = vec![account.clone().into(), user.clone().into()];
            let sql = match role {
                None => "DELETE FROM members WHERE account_id = $1 AND user_id = $2",
                Some(role) => {
                    values.push(role.clone().into());
                    "UPDATE members SET role = $3 WHERE account_id = $1 AND user_id = $2 AND role <> $3"
                }
            };
            vec![(is_newer, sql, values)]
        }
    }
}

fn of_api_key(rights: &Rights, is_newer: bool, now_ms: i64) -> Vec<Statement> {
    const END: &str = "UPDATE api_key_secrets SET ends_at_ms = $2
        WHERE digest = $1 AND (ends_at_ms IS NULL OR ends_at_ms > $2)";
    const RESTRICT: &str = "UPDATE api_keys SET allowed_models = $2, allowed_endpoints = $3, allowed_networks = $4,
            expires_at_ms = $5
        WHERE id = $1 AND (COALESCE(allowed_models, '') <> COALESCE($2, '')
            OR COALESCE(allowed_endpoints, '') <> COALESCE($3, '') OR COALESCE(allowed_networks, '') <> COALESCE($4, '')
            OR COALESCE(expires_at_ms, 0) <> COALESCE($5, 0))";
    const QUARANTINE: &str =
        "UPDATE api_keys SET quarantine = $2, quarantine_since_ms = $3, quarantine_event_id = $4, quarantine_kind = $5
        WHERE id = $1 AND (quarantine IS NULL OR (quarantine <> $2 AND $2 = 'frozen'))";
    let Rights::ApiKey {
        id,
        is_revoked,
        ends,
        expires_at_ms,
        models,
        endpoints,
        networks,
        quarantine,
    } = rights
    else {
        return Vec::new();
    };
    let mut statements = vec![
        (
            *is_revoked,
            "UPDATE api_keys SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL",
            vec![id.clone().into(), now_ms.into()],
        ),
        (
            is_newer,
            RESTRICT,
            vec![
                id.clone().into(),
                models.clone().into(),
                endpoints.clone().into(),
                networks.clone().into(),
                (*expires_at_ms).into(),
            ],
        ),
    ];
    for (digits, ends_at_ms) in ends {
        if let Some(digest) = digest_of(digits) {
            statements.push((
                true,
                END,
                vec![digest.as_bytes().into(), (*ends_at_ms).into()],
            ));
        }
    }
    if let Some(quarantine) = quarantine {
        let values = vec![
            id.clone().into(),
            quarantine.state.clone().into(),
            quarantine.since_ms.into(),
            quarantine.by.clone().into(),
            quarantine.kind.clone().into(),
        ];
        statements.push((is_newer, QUARANTINE, values));
    }
    statements
}

/// Suspends every account and revokes every management key: for a database that was restored and whose later
/// revocations are unknown. Returns how many of each.
///
/// # Errors
/// If the database cannot be written.
pub async fn suspend_everything(tx: &mut Tx, now_ms: i64) -> Result<(u64, u64), StoreError> {
    let sql = "UPDATE accounts SET status = 'suspended' WHERE status = 'active'";
    let accounts = tx.execute(sql, vec![]).await?;
    let sql = "UPDATE management_keys SET revoked_at_ms = $1 WHERE revoked_at_ms IS NULL";
    let keys = tx.execute(sql, vec![now_ms.into()]).await?;
    Ok((accounts, keys))
}

/// Ends every session, where later sign-outs are unknown. Returns how many.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_sessions(tx: &mut Tx, now_ms: i64) -> Result<u64, StoreError> {
    let sql =
        "UPDATE sessions SET ended_at_ms = $1 WHERE ended_at_ms IS NULL AND expires_at_ms > $1";
    tx.execute(sql, vec![now_ms.into()]).await
}

/// Ends every link that works once, since those used after a backup are unknown. Returns how many.
///
/// # Errors
/// If the database cannot be written.
pub async fn end_links(tx: &mut Tx, now_ms: i64) -> Result<u64, StoreError> {
    let sql =
        "UPDATE one_time_links SET used_at_ms = $1 WHERE used_at_ms IS NULL AND expires_at_ms > $1";
    tx.execute(sql, vec![now_ms.into()]).await
}

impl Rights {
    /// The subject of the rights, as the auth log names it.
    pub fn subject(&self) -> AuthChange {
        match self {
            Self::ApiKey { id, .. } => AuthChange::ApiKey(id.as_str().into()),
            Self::Account { id, .. } => AuthChange::Account(id.as_str().into()),
            Self::User { id, .. } => AuthChange::User(id.as_str().into()),
            Self::Password { id } => AuthChange::Password(id.as_str().into()),
            Self::Sessions { id } => AuthChange::Sessions(id.as_str().into()),
            Self::ManagementKey { id, .. } => AuthChange::ManagementKey(id.as_str().into()),
            Self::Member { account, user, .. } => {
                AuthChange::Member(account.as_str().into(), user.as_str().into())
            }
        }
    }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest in hexadecimal digits; `None` if it is none.
fn digest_of(digits: &str) -> Option<KeyDigest> {
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
    KeyDigest::from_bytes(&bytes?).ok()
}
