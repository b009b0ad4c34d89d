//! `/v1/batches`: files of requests that are run when there is room for them.

mod object;
mod request;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use store::BatchId;
use store::batches::{self, Batch};

use crate::api::json_body::JsonBody;
use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::inference::count_request;
use crate::state::{Gateway, GatewayState};
use object::BatchObject;
use request::CreateBatchRequest;

/// Batches of one page, as OpenAI has them.
const PAGE_MAX: u32 = 100;
const PAGE_DEFAULT: u32 = 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListBatchesQuery {
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize)]
pub struct BatchListResponse {
    object: &'static str,
    data: Vec<BatchObject>,
    first_id: Option<String>,
    last_id: Option<String>,
    has_more: bool,
}

pub async fn create_batch(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    JsonBody(body): JsonBody<CreateBatchRequest>,
) -> Result<Json<BatchObject>, ApiError> {
    let _counted = count_request(&app, &caller).await?;
    let batch = body.checked(&app, &caller).await?;
    let unfinished_max = app.config.batches.unfinished_per_account_max;
    let mut tx = app.db.begin().await?;
    if !batches::insert(&mut tx, &batch, unfinished_max).await? {
        return Err(ApiError::too_many_batches(unfinished_max));
    }
    tx.commit().await?;
    let batch = find(&app, &caller, &batch.id).await?;
    app.batch_wanted.notify_one();
    Ok(Json(BatchObject::of(&app, &batch)?))
}

pub async fn list_batches(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    query: Result<Query<ListBatchesQuery>, QueryRejection>,
) -> Result<Json<BatchListResponse>, ApiError> {
    let expected = "a query of after and limit";
    let Query(query) = query.map_err(|_| ApiError::invalid_query("query", expected))?;
    let limit = query.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(ApiError::invalid_query("limit", "a number from 1 to 100"));
    }
    let after = query
        .after
        .as_deref()
        .map(|id| known(id).ok_or_else(|| ApiError::invalid_query("after", "the id of a batch")));
    let after = after.transpose()?;
    let account_id = caller.key.account_id();
    let mut found = batches::list(&app.db, account_id, after.as_ref(), limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > shown;
    found.truncate(shown);
    let id = |batch: Option<&Batch>| batch.map(|batch| batch.id.to_string());
    let data: Result<Vec<_>, _> = found
        .iter()
        .map(|batch| BatchObject::of(&app, batch))
        .collect();
    Ok(Json(BatchListResponse {
        object: "list",
        first_id: id(found.first()),
        last_id: id(found.last()),
        data: data?,
        has_more,
    }))
}

pub async fn get_batch(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<BatchObject>, ApiError> {
    let batch = find(&app, &caller, &asked(id)?).await?;
    Ok(Json(BatchObject::of(&app, &batch)?))
}

pub async fn cancel_batch(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<BatchObject>, ApiError> {
    let _counted = count_request(&app, &caller).await?;
    let id = asked(id)?;
    let mut tx = app.db.begin().await?;
    let account_id = caller.key.account_id();
    let is_cancelled = batches::cancel(&mut tx, account_id, &id, app.clock.now_ms()).await?;
    tx.commit().await?;
    let batch = find(&app, &caller, &id).await?;
    let is_wished = is_cancelled || batch.cancelling_at_ms.is_some();
    if !is_wished {
        return Err(ApiError::batch_not_cancellable(batch.state.as_str()));
    }
    app.batch_wanted.notify_one();
    Ok(Json(BatchObject::of(&app, &batch)?))
}

/// A batch of the caller's account. One of another account is none.
async fn find(app: &Gateway, caller: &ApiKeyCaller, id: &BatchId) -> Result<Batch, ApiError> {
    let found = batches::find(&app.db, caller.key.account_id(), id).await?;
    found.ok_or_else(|| ApiError::not_found("batch"))
}

fn asked(id: Result<Path<String>, PathRejection>) -> Result<BatchId, ApiError> {
    let id = id.ok().and_then(|Path(id)| known(&id));
    id.ok_or_else(|| ApiError::not_found("batch"))
}

/// An id that can be one of a batch.
fn known(text: &str) -> Option<BatchId> {
    let digits = text.strip_prefix("batch_")?;
    let is_known = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_known.then(|| text.into())
}
