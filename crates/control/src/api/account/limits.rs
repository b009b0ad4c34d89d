//! `GET /api/v1/accounts/{account_id}/limits`: what is used of the limits right now.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::Serialize;
use store::api_keys::{self, ApiKeyFilter};
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::auth::{AccountCaller, Viewer};
use crate::limit_status::{LimitState, LimitStatus};
use crate::state::ControlState;

/// Keys that are shown; those that were made last come first.
const KEYS_MAX: u32 = 200;

/// The limit status of an account and of its active keys in this server.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitsResponse {
    account: Vec<LimitStateResponse>,
    api_keys: Vec<KeyLimitsResponse>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyLimitsResponse {
    id: String,
    name: String,
    limits: Vec<LimitStateResponse>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitStateResponse {
    /// `requests_per_minute`, `tokens_per_minute` or `requests_per_day`.
    #[schema(value_type = crate::api::document_words::LimitResource)]
    resource: &'static str,
    /// `null` is unlimited.
    limit: Option<u64>,
    used: u64,
    resets_at: Time,
}

impl LimitStateResponse {
    fn of(state: LimitState) -> Self {
        Self {
            resource: state.resource,
            limit: state.limit,
            used: state.used,
            resets_at: Time(state.resets_at_ms),
        }
    }
}

/// Shows the limit status right now, of the account and of each active key.
#[utoipa::path(get, path = "/accounts/{account_id}/limits", tag = "limits", operation_id = "get_limits",
    params(("account_id" = String, Path)), responses((status = 200, body = LimitsResponse)))]
pub(crate) async fn get_limits(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Json<LimitsResponse>, ApiError> {
    let now_ms = app.clock.now_ms();
    let filter = ApiKeyFilter {
        status: "active".to_owned(),
        now_ms,
        ..ApiKeyFilter::default()
    };
    let id = caller.account_id();
    let keys = api_keys::list_newest(&app.db, id, &filter, None, KEYS_MAX).await?;
    let catalog = app.gateway.catalog.load();
    let tier = catalog.tier(&caller.account.tier_id).ok_or_else(|| {
        ApiError::unavailable(anyhow::anyhow!("the account's tier is not loaded"))
    })?;
    let tier = caller.account.limits.over(tier);
    let status = LimitStatus::new(&app.gateway.shared.limiter, &tier);
    let described = |states: [LimitState; 3]| states.map(LimitStateResponse::of).into();
    let api_keys = keys.into_iter().map(|key| KeyLimitsResponse {
        limits: described(status.of_key(&key)),
        id: key.id.to_string(),
        name: key.name,
    });
    Ok(Json(LimitsResponse {
        account: described(status.of_account(id)),
        api_keys: api_keys.collect(),
    }))
}
