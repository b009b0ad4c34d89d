//! A key as it is stored.

use super::corrupt;
use super::quarantine::{AnomalyAction, Quarantine};
use crate::budgets::{self, Budget};
use crate::db::Row;
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::key_limits::KeyLimits;

/// An API key, without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub account_id: AccountId,
    pub name: String,
    pub environment: Environment,
    /// Shows which secret is the current one; empty on a record that was not stored yet.
    pub hint: String,
    pub restrictions: Restrictions,
    /// The maker of the key, by the name in the audit log then.
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    pub revoked_at_ms: Option<i64>,
    pub last_use: Option<LastUse>,
    /// The owner's choice of what an anomaly does.
    pub anomaly_action: AnomalyAction,
    /// Responses to the key say what they cost.
    pub shows_cost: bool,
    /// Prompts of the key get cache breakpoints.
    pub caches_prompts: bool,
    /// The most that may be spent with it.
    pub budgets: Vec<Budget>,
    /// Its limits below those of the account's tier.
    pub own_limits: KeyLimits,
    /// The quarantine that is in force.
    pub quarantine: Option<Quarantine>,
}

/// The last use of a key: time, address and user agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    pub at_ms: i64,
    pub address: String,
    pub agent: String,
}

/// The environment of a key: which models it reaches, and whether use is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Everything its account may use, at its price.
    Live,
    /// Only what providers for tests serve, for nothing.
    Test,
}

impl Environment {
    /// The word in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// The restrictions of a key, set by its owner. `None` does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restrictions {
    pub models: Option<Vec<String>>,
    /// Names of resources: `chat`, `embeddings`, …
    pub endpoints: Option<Vec<String>>,
    /// Addresses and CIDR ranges.
    pub networks: Option<Vec<String>>,
}

impl ApiKey {
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?.into(),
            account_id: row.text("account_id")?.into(),
            name: row.text("name")?,
            environment: environment(&row.text("environment")?)?,
            hint: row.opt_text("hint")?.unwrap_or_default(),
            restrictions: Restrictions {
                models: decode_list(row.opt_text("allowed_models")?)?,
                endpoints: decode_list(row.opt_text("allowed_endpoints")?)?,
                networks: decode_list(row.opt_text("allowed_networks")?)?,
            },
            created_by: row.text("created_by")?,
            created_at_ms: row.int("created_at_ms")?,
            expires_at_ms: row.opt_int("expires_at_ms")?,
            revoked_at_ms: row.opt_int("revoked_at_ms")?,
            last_use: last_use(row)?,
            anomaly_action: AnomalyAction::from_row(row)?,
            shows_cost: row.bool("shows_cost")?,
            caches_prompts: row.bool("caches_prompts")?,
            budgets: budgets::from_row(row, "budgets")?,
            own_limits: KeyLimits::from_row(row, "own_limits")?,
            quarantine: Quarantine::from_row(row)?,
        })
    }
}

fn environment(text: &str) -> Result<Environment, StoreError> {
    match text {
        "live" => Ok(Environment::Live),
        "test" => Ok(Environment::Test),
        other => Err(corrupt(format!("environment {other:?}"))),
    }
}

pub(super) fn last_use(row: &Row) -> Result<Option<LastUse>, StoreError> {
    let Some(at_ms) = row.opt_int("last_used_at_ms")? else {
        return Ok(None);
    };
    Ok(Some(LastUse {
        at_ms,
        address: row.opt_text("last_used_address")?.unwrap_or_default(),
        agent: row.opt_text("last_used_agent")?.unwrap_or_default(),
    }))
}

pub(super) fn encode_list(list: Option<&[String]>) -> Option<String> {
    list.map(|items| serde_json::Value::from(items.to_vec()).to_string())
}

/// A restriction that cannot be read must refuse, never widen: it is an error, not "unrestricted".
fn decode_list(text: Option<String>) -> Result<Option<Vec<String>>, StoreError> {
    let Some(text) = text else { return Ok(None) };
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| corrupt(error.to_string()))
}
