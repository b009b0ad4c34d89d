//! Codes that are worth credits, for operators.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::redemption_codes::{self, RedemptionBatch};
use store::{RedemptionBatchId, StoreError};
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::secret_response::secret_response;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::commands::NewRedemptionBatch;
use crate::state::ControlState;

/// Codes of the same worth that were made together, without the codes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RedemptionBatchResponse {
    id: String,
    name: String,
    /// The worth of each code, in nano-dollars.
    amount_nanos: i64,
    /// The number of codes, and of those that were redeemed.
    codes: u64,
    redeemed: u64,
    created_by: String,
    created_at: Time,
    expires_at: Option<Time>,
    /// Codes that were not redeemed by then are worth nothing.
    voided_at: Option<Time>,
}

/// A batch with its codes, which are shown this once; `null` when the response is a repeated one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RedemptionCodesResponse {
    batch: RedemptionBatchResponse,
    #[schema(value_type = Option<Vec<String>>)]
    codes: Vec<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateRedemptionBatchRequest {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The worth of each code, in dollars as decimal text: `10`.
    #[schema(max_length = 30)]
    amount: String,
    #[schema(minimum = 1, maximum = 1_000)]
    codes: u64,
    expires_at: Option<Time>,
}

impl RedemptionBatchResponse {
    fn of((batch, redeemed): (RedemptionBatch, u64)) -> Self {
        Self {
            id: batch.id.to_string(),
            name: batch.name,
            amount_nanos: batch.amount_nanos,
            codes: batch.codes,
            redeemed,
            created_by: batch.created_by,
            created_at: Time(batch.created_at_ms),
            expires_at: batch.expires_at_ms.map(Time),
            voided_at: batch.voided_at_ms.map(Time),
        }
    }
}

/// Batches of codes, newest first.
#[utoipa::path(get, path = "/admin/redemption-batches", tag = "admin", operation_id = "list_redemption_batches",
    params(PageQuery), responses((status = 200, body = Page<RedemptionBatchResponse>)))]
pub(crate) async fn list_redemption_batches(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
) -> Result<Json<Page<RedemptionBatchResponse>>, ApiError> {
    let before = page.after.as_deref().map(RedemptionBatchId::from);
    let rows = redemption_codes::list(&app.db, before.as_ref(), page.rows()).await?;
    let key = |row: &(RedemptionBatch, u64)| row.0.id.to_string();
    Ok(Json(Page::of(
        rows,
        &page,
        key,
        RedemptionBatchResponse::of,
    )))
}

/// Makes a batch of codes; they are in this response and nowhere else.
#[utoipa::path(post, path = "/admin/redemption-batches", tag = "admin", operation_id = "create_redemption_batch",
    request_body = CreateRedemptionBatchRequest, responses((status = 201, body = RedemptionCodesResponse)))]
pub(crate) async fn create_redemption_batch(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<CreateRedemptionBatchRequest>,
) -> Result<Response, ApiError> {
    let new = NewRedemptionBatch {
        name: &body.name,
        amount: &body.amount,
        codes: body.codes,
        expires_at_ms: body.expires_at.map(|time| time.0),
    };
    let commands = app.commands(operator.actor());
    let (batch, codes) = commands.create_redemption_batch(new).await?;
    let response = RedemptionCodesResponse {
        batch: RedemptionBatchResponse::of((batch, 0)),
        codes: codes.iter().map(|code| code.reveal()).collect(),
    };
    Ok(secret_response(StatusCode::CREATED, &response, "codes"))
}

/// Voids the codes of a batch that are not redeemed yet.
#[utoipa::path(post, path = "/admin/redemption-batches/{id}/void", tag = "admin", operation_id = "void_redemption_batch",
    params(("id" = String, Path)), responses((status = 200, body = RedemptionBatchResponse)))]
pub(crate) async fn void_redemption_batch(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<Json<RedemptionBatchResponse>, ApiError> {
    let id = RedemptionBatchId::from(id);
    match redemption_codes::find(&app.db, &id).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("batch")),
        found => found.map(drop)?,
    }
    let commands = app.commands(operator.actor());
    let batch = commands.void_redemption_batch(&id).await?;
    Ok(Json(RedemptionBatchResponse::of(batch)))
}
