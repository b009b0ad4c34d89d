//! `GET /v1/key`: what the calling key is.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::limits_json::{RateLimitsResponse, limits};
use crate::auth::ApiKeyCaller;
use crate::state::GatewayState;

#[derive(Debug, Serialize)]
pub struct KeyResponse {
    object: &'static str,
    id: String,
    name: String,
    hint: String,
    environment: &'static str,
    account_id: String,
    tier: String,
    priority: u8,
    limits: RateLimitsResponse,
    /// `null` where the key is not restricted.
    allowed_models: Option<Vec<String>>,
    allowed_endpoints: Option<Vec<String>>,
    allowed_networks: Option<Vec<String>>,
    /// Seconds since 1970.
    created: i64,
    expires: Option<i64>,
}

pub async fn get_key(State(app): State<GatewayState>, caller: ApiKeyCaller) -> Json<KeyResponse> {
    let record = caller.key.record();
    let restrictions = record.restrictions.clone();
    Json(KeyResponse {
        object: "api_key",
        id: record.id.to_string(),
        name: record.name.clone(),
        hint: record.hint.clone(),
        environment: record.environment.as_str(),
        account_id: record.account_id.to_string(),
        tier: caller.tier.id.clone(),
        priority: caller.tier.priority,
        limits: limits(&app, &caller),
        allowed_models: restrictions.models,
        allowed_endpoints: restrictions.endpoints,
        allowed_networks: restrictions.networks,
        created: record.created_at_ms / 1_000,
        expires: record.expires_at_ms.map(|ms| ms / 1_000),
    })
}
