//! Tiers, for operators.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use store::tiers::{self, Tier};
use utoipa::ToSchema;

use crate::api::budget_shape::{BudgetSpec, kept};
use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::tier_shape::{CreditsModeName, TierResponse};
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// A tier; a limit that is `null` or left out is unlimited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TierRequest {
    #[schema(min_length = 1, max_length = 40)]
    id: String,
    #[schema(min_length = 1, max_length = 100)]
    display_name: String,
    #[schema(minimum = 0, maximum = 1_000_000)]
    rank: i64,
    #[schema(minimum = 1, maximum = 4)]
    priority: u8,
    requests_per_minute: Option<u64>,
    tokens_per_minute: Option<u64>,
    requests_per_day: Option<u64>,
    /// Requests of one key that run at the same time.
    concurrent_requests: Option<u64>,
    #[schema(minimum = 1, maximum = 1_000_000)]
    account_multiplier: u64,
    keys_max: Option<u64>,
    #[schema(minimum = 0, maximum = 10_000)]
    price_factor_percent: u64,
    /// `off` or `required`; left out, the accounts pay as the configuration says.
    credits: Option<CreditsModeName>,
    /// The most that each of its accounts may spend.
    #[serde(default)]
    #[schema(required = false, max_items = 10)]
    budgets: Vec<BudgetSpec>,
}

/// The tiers, lowest rank first.
#[utoipa::path(get, path = "/admin/tiers", tag = "admin", operation_id = "list_tiers",
    responses((status = 200, body = Page<TierResponse>)))]
pub(crate) async fn list_tiers(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<TierResponse>>, ApiError> {
    let counts = tiers::count_accounts(&app.db).await?;
    let tiers = tiers::list_tiers(&app.db).await?.rows;
    let described = tiers.iter().map(|tier| {
        let count = counts.iter().find(|(id, _)| *id == tier.id);
        TierResponse::of(tier, Some(count.map_or(0, |(_, count)| *count)))
    });
    Ok(Json(Page::whole(described.collect())))
}

/// Adds a tier.
#[utoipa::path(post, path = "/admin/tiers", tag = "admin", operation_id = "create_tier",
    request_body = TierRequest, responses((status = 201, body = TierResponse)))]
pub(crate) async fn create_tier(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<TierRequest>,
) -> Result<(StatusCode, Json<TierResponse>), ApiError> {
    let mut tier = Tier::from(body);
    app.commands(operator.actor())
        .create_tier(&mut tier)
        .await?;
    Ok((StatusCode::CREATED, Json(TierResponse::of(&tier, Some(0)))))
}

/// Replaces a tier. Its limits hold in every server when this is answered.
#[utoipa::path(patch, path = "/admin/tiers/{id}", tag = "admin", operation_id = "edit_tier",
    params(("id" = String, Path)), request_body = TierRequest,
    responses((status = 200, body = TierResponse)))]
pub(crate) async fn edit_tier(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<TierRequest>,
) -> Result<Json<TierResponse>, ApiError> {
    let mut tier = Tier::from(body);
    if tier.id != id {
        let message = "The id of a tier cannot be changed.";
        return Err(ApiError::invalid_field("id", message));
    }
    app.commands(operator.actor()).edit_tier(&mut tier).await?;
    let count = count(&app, &id).await?;
    Ok(Json(TierResponse::of(&tier, Some(count))))
}

/// Removes a tier that nothing uses.
#[utoipa::path(delete, path = "/admin/tiers/{id}", tag = "admin", operation_id = "delete_tier",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete_tier(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    app.commands(operator.actor()).delete_tier(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn count(app: &Control, id: &str) -> Result<u64, ApiError> {
    let counts = tiers::count_accounts(&app.db).await?;
    let found = counts.into_iter().find(|(tier, _)| tier == id);
    Ok(found.map_or(0, |(_, count)| count))
}

impl From<TierRequest> for Tier {
    fn from(body: TierRequest) -> Self {
        Self {
            id: body.id,
            display_name: body.display_name,
            rank: body.rank,
            priority: body.priority,
            requests_per_minute: body.requests_per_minute,
            tokens_per_minute: body.tokens_per_minute,
            requests_per_day: body.requests_per_day,
            concurrent_requests: body.concurrent_requests,
            account_multiplier: body.account_multiplier,
            keys_max: body.keys_max,
            price_factor_percent: body.price_factor_percent,
            credits: body.credits.map(Into::into),
            budgets: kept(body.budgets),
        }
    }
}
