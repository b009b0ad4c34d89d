//! Keys in JSON.

use std::collections::HashMap;

use gateway::api::json_body::present;
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::api_keys::{
    self, AnomalyAction, ApiKey, ApiKeyFilter, Environment, Quarantine, Restrictions, SecretState,
};
use store::usage_rollups::{self, DAY_MS};
use store::{AccountId, ApiKeyId};
use utoipa::{IntoParams, ToSchema};

use super::limits_shape::KeyLimitsSpec;
use crate::api::account::budgets;
use crate::api::budget_shape::{BudgetResponse, BudgetSpec, kept};
use crate::api::time::Time;
use crate::commands::{ApiKeyEdit, api_key_status};
use crate::state::Control;

const STATUSES: [&str; 4] = ["active", "expiring", "expired", "revoked"];
const TEXT_CHARS_MAX: usize = 100;

/// Which keys are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListApiKeysQuery {
    /// `active`, `expiring`, `expired` or `revoked`.
    status: Option<String>,
    /// `live` or `test`.
    environment: Option<String>,
    /// A part of the name or of the hint.
    #[param(max_length = 100)]
    query: Option<String>,
}

impl ListApiKeysQuery {
    pub(super) fn checked(self) -> Result<ApiKeyFilter, ApiError> {
        let status = self.status.unwrap_or_default();
        if !status.is_empty() && !STATUSES.contains(&status.as_str()) {
            let expected = "active, expiring, expired or revoked";
            return Err(ApiError::invalid_query("status", expected));
        }
        let environment = self.environment.unwrap_or_default();
        if !["", "live", "test"].contains(&environment.as_str()) {
            return Err(ApiError::invalid_query("environment", "live or test"));
        }
        let text = self.query.unwrap_or_default();
        if text.chars().count() > TEXT_CHARS_MAX {
            return Err(ApiError::invalid_query("query", "at most 100 characters"));
        }
        Ok(ApiKeyFilter {
            status,
            environment,
            text,
            ..ApiKeyFilter::default()
        })
    }
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateApiKeyRequest {
    /// The purpose: "Production Server".
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub environment: KeyEnvironment,
    pub expires_at: Option<Time>,
    pub restrictions: Option<KeyRestrictions>,
    /// The action on an anomaly; without it, the account is told.
    pub anomaly_action: Option<OnAnomaly>,
    /// Responses to the key say what they cost; without it, they do.
    pub shows_cost: Option<bool>,
    /// Prompts of the key get cache breakpoints where the provider caches up to them; without it, they do not.
    pub caches_prompts: Option<bool>,
    /// The most that may be spent with it, by window; without any, there is no end.
    #[schema(max_items = 10)]
    pub budgets: Option<Vec<BudgetSpec>>,
    /// Its limits below those of the account; what is left out is the account's.
    pub limits: Option<KeyLimitsSpec>,
}

/// The action on an anomaly: tell the account; besides give the key a tenth of its limits; or
/// refuse it.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnAnomaly {
    Notify,
    Throttle,
    Freeze,
}

impl From<OnAnomaly> for AnomalyAction {
    fn from(action: OnAnomaly) -> Self {
        match action {
            OnAnomaly::Notify => Self::Notify,
            OnAnomaly::Throttle => Self::Throttle,
            OnAnomaly::Freeze => Self::Freeze,
        }
    }
}

/// The environment of a key: `test` keys reach only the sandbox models, and nothing is charged.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyEnvironment {
    Live,
    Test,
}

impl From<KeyEnvironment> for Environment {
    fn from(environment: KeyEnvironment) -> Self {
        match environment {
            KeyEnvironment::Live => Self::Live,
            KeyEnvironment::Test => Self::Test,
        }
    }
}

/// The restrictions of a key; `null` does not narrow.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRestrictions {
    pub models: Option<Vec<String>>,
    /// Operations of the data plane.
    pub endpoints: Option<Vec<String>>,
    /// Addresses and CIDR ranges.
    pub networks: Option<Vec<String>>,
}

impl From<KeyRestrictions> for Restrictions {
    fn from(restrictions: KeyRestrictions) -> Self {
        Self {
            models: restrictions.models,
            endpoints: restrictions.endpoints,
            networks: restrictions.networks,
        }
    }
}

/// The changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditApiKeyRequest {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `null` removes the expiry.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Time>)]
    expires_at: Option<Option<Time>>,
    restrictions: Option<KeyRestrictions>,
    anomaly_action: Option<OnAnomaly>,
    shows_cost: Option<bool>,
    caches_prompts: Option<bool>,
    /// All budgets, in place of those before; `[]` takes them away.
    #[schema(max_items = 10)]
    budgets: Option<Vec<BudgetSpec>>,
    /// All limits below those of the account, in place of those before; `{}` takes them away.
    limits: Option<KeyLimitsSpec>,
}

impl From<EditApiKeyRequest> for ApiKeyEdit {
    fn from(edit: EditApiKeyRequest) -> Self {
        Self {
            name: edit.name,
            restrictions: edit.restrictions.map(Restrictions::from),
            expires_at_ms: edit.expires_at.map(|end| end.map(|at| at.0)),
            anomaly_action: edit.anomaly_action.map(AnomalyAction::from),
            shows_cost: edit.shows_cost,
            caches_prompts: edit.caches_prompts,
            budgets: edit.budgets.map(kept),
            own_limits: edit.limits.map(Into::into),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegenerateApiKeyRequest {
    /// The time that the old secret works on.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: Option<i64>,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyResponse {
    id: String,
    name: String,
    /// The ends of the current secret.
    hint: String,
    #[schema(value_type = KeyEnvironment)]
    environment: &'static str,
    /// `active`, `expiring` (within 7 days), `expired` or `revoked`.
    #[schema(value_type = crate::api::document_words::ApiKeyStatus)]
    status: &'static str,
    restrictions: KeyRestrictions,
    /// The maker of the key, by the name in the audit log then; empty if that is not known.
    created_by: String,
    created_at: Time,
    expires_at: Option<Time>,
    revoked_at: Option<Time>,
    last_use: Option<LastUseResponse>,
    secret_created_at: Time,
    /// Replaced secrets that still work.
    old_secrets: u64,
    /// Requests per day of the last seven days, oldest first, today last.
    usage_7d: Vec<u64>,
    /// The charges of the last thirty days.
    charge_nanos_30d: u64,
    /// `notify`, `throttle` or `freeze`.
    #[schema(value_type = OnAnomaly)]
    anomaly_action: &'static str,
    /// Responses to the key say what they cost.
    shows_cost: bool,
    /// Prompts of the key get cache breakpoints where the provider caches up to them.
    caches_prompts: bool,
    /// The most that may be spent with it, and what was.
    budgets: Vec<BudgetResponse>,
    /// Its limits below those of the account, as they were set. Where the account's are lower by now, those hold.
    limits: KeyLimitsSpec,
    /// The quarantine after an anomaly; `release` ends it.
    quarantine: Option<QuarantineResponse>,
}

/// The quarantine of a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuarantineResponse {
    /// `throttled` or `frozen`.
    #[schema(value_type = crate::api::document_words::QuarantineState)]
    state: &'static str,
    since: Time,
    /// The event that caused it, and its kind.
    event_id: String,
    kind: &'static str,
}

impl QuarantineResponse {
    fn of(quarantine: &Quarantine) -> Self {
        Self {
            state: quarantine.state.as_str(),
            since: Time(quarantine.since_ms),
            event_id: quarantine.by.to_string(),
            kind: quarantine.kind.as_str(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastUseResponse {
    at: Time,
    address: String,
    agent: String,
}

/// A key with its secret, which is shown this once; `null` when the response is a repeated one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeySecretResponse {
    pub api_key: ApiKeyResponse,
    #[schema(value_type = Option<String>)]
    pub secret: String,
}

/// A secret of a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SecretStateResponse {
    hint: String,
    is_current: bool,
    created_at: Time,
    /// The time at which it stops, or stopped, working.
    ends_at: Option<Time>,
    last_used_at: Option<Time>,
    last_used_address: Option<String>,
    last_used_agent: Option<String>,
}

impl SecretStateResponse {
    pub(super) fn of(secret: SecretState) -> Self {
        let (at, address, agent) = match secret.last_use {
            Some(last) => (Some(Time(last.at_ms)), Some(last.address), Some(last.agent)),
            None => (None, None, None),
        };
        Self {
            hint: secret.hint,
            is_current: secret.ends_at_ms.is_none(),
            created_at: Time(secret.created_at_ms),
            ends_at: secret.ends_at_ms.map(Time),
            last_used_at: at,
            last_used_address: address,
            last_used_agent: agent,
        }
    }
}

const DAYS: usize = 7;
const MONTH_DAYS: i64 = 30;

/// Describes keys of an account, which are in the order of their ids.
pub(super) async fn describe_all(
    app: &Control,
    account_id: &AccountId,
    keys: Vec<ApiKey>,
) -> Result<Vec<ApiKeyResponse>, ApiError> {
    let (Some(one), Some(other)) = (keys.first(), keys.last()) else {
        return Ok(Vec::new());
    };
    let (first, last) = ((&one.id).min(&other.id), (&one.id).max(&other.id));
    let secrets = api_keys::list_secrets_between(&app.db, first, last).await?;
    let now_ms = app.clock.now_ms();
    let today_ms = now_ms - now_ms.rem_euclid(DAY_MS);
    let since_ms = today_ms - (DAYS as i64 - 1) * DAY_MS;
    let days = usage_rollups::list_days_of_keys(&app.db, account_id, since_ms).await?;
    let month_ms = today_ms - (MONTH_DAYS - 1) * DAY_MS;
    let charges = usage_rollups::list_charges_of_keys(&app.db, account_id, month_ms).await?;
    let charges: HashMap<ApiKeyId, u64> = charges.into_iter().collect();
    let mut standing = Vec::with_capacity(keys.len());
    for key in &keys {
        standing.push(budgets::of_key(app, key).await?);
    }
    let describe = |(key, budgets): (ApiKey, Vec<BudgetResponse>)| {
        let charge_nanos = charges.get(&key.id).copied().unwrap_or_default();
        let id = key.id.clone();
        let own = secrets.iter().filter(|secret| secret.api_key_id == id);
        let mut usage = [0; DAYS];
        for (_, at_ms, requests) in days.iter().filter(|(id, ..)| *id == key.id) {
            let day = usize::try_from((at_ms - since_ms) / DAY_MS).unwrap_or(DAYS);
            if let Some(sum) = usage.get_mut(day) {
                *sum += requests;
            }
        }
        ApiKeyResponse {
            charge_nanos_30d: charge_nanos,
            budgets,
            ..describe(key, own, usage, now_ms)
        }
    };
    Ok(keys.into_iter().zip(standing).map(describe).collect())
}

fn describe<'s>(
    key: ApiKey,
    secrets: impl Iterator<Item = &'s SecretState> + Clone,
    usage: [u64; DAYS],
    now_ms: i64,
) -> ApiKeyResponse {
    let current = secrets.clone().find(|secret| secret.ends_at_ms.is_none());
    let old = secrets.filter(|secret| secret.ends_at_ms.is_some_and(|end_ms| end_ms > now_ms));
    ApiKeyResponse {
        status: api_key_status(&key, now_ms),
        environment: key.environment.as_str(),
        id: key.id.to_string(),
        name: key.name,
        hint: key.hint,
        restrictions: KeyRestrictions {
            models: key.restrictions.models,
            endpoints: key.restrictions.endpoints,
            networks: key.restrictions.networks,
        },
        created_by: key.created_by,
        created_at: Time(key.created_at_ms),
        expires_at: key.expires_at_ms.map(Time),
        revoked_at: key.revoked_at_ms.map(Time),
        last_use: key.last_use.map(|last| LastUseResponse {
            at: Time(last.at_ms),
            address: last.address,
            agent: last.agent,
        }),
        secret_created_at: Time(current.map_or(key.created_at_ms, |secret| secret.created_at_ms)),
        old_secrets: u64::try_from(old.count()).unwrap_or(u64::MAX),
        usage_7d: usage.to_vec(),
        charge_nanos_30d: 0,
        anomaly_action: key.anomaly_action.as_str(),
        shows_cost: key.shows_cost,
        caches_prompts: key.caches_prompts,
        budgets: Vec::new(),
        limits: key.own_limits.into(),
        quarantine: key.quarantine.as_ref().map(QuarantineResponse::of),
    }
}
