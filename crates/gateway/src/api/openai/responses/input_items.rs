//! `GET /v1/responses/{id}/input_items`: what a response was made from, page by page.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use llm::json::Value;
use llm::languages::kept::{Turn, list_items};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::ResponseId;

use super::known;
use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::state::GatewayState;

/// Items of one page, as OpenAI has them.
const PAGE_MAX: usize = 100;
const PAGE: usize = 20;

/// The place of a page. What more `include` asks for is not in a list of input.
#[derive(Debug, Deserialize)]
pub struct InputItemsQuery {
    after: Option<String>,
    limit: Option<usize>,
    order: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct InputItemsResponse {
    object: &'static str,
    data: Vec<Box<RawValue>>,
    first_id: Option<String>,
    last_id: Option<String>,
    has_more: bool,
}

pub async fn list_input_items(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<InputItemsQuery>, QueryRejection>,
) -> Result<Json<InputItemsResponse>, ApiError> {
    let id = known(&app, &caller, id)?;
    let expected = "a query of after, limit and order";
    let Query(query) = query.map_err(|_| ApiError::invalid_query("query", expected))?;
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(ApiError::invalid_query("limit", "a number from 1 to 100"));
    }
    let account_id = caller.key.account_id();
    // Found first, so that one that is missing is told as such; the chain behind it may have lost its begin.
    let kept = &app.kept_responses;
    kept.find(&app.master, account_id, &id).await?;
    let chain = kept.chain(&app.master, account_id, &id, None).await?;
    let (ids, turns): (Vec<ResponseId>, Vec<Turn>) = chain.into_iter().unzip();
    let seeds: Vec<&str> = ids.iter().map(ResponseId::as_str).collect();
    page(list_items(&turns, &seeds), &query, limit).map(Json)
}

fn page(
    mut items: Vec<Value>,
    query: &InputItemsQuery,
    limit: usize,
) -> Result<InputItemsResponse, ApiError> {
    match query.order.as_deref() {
        None | Some("desc") => items.reverse(),
        Some("asc") => {}
        Some(_) => return Err(ApiError::invalid_query("order", "asc or desc")),
    }
    let id = |item: &Value| item.text_of("id").map(str::to_owned);
    if let Some(after) = &query.after {
        let place = items
            .iter()
            .position(|item| item.text_of("id") == Some(after));
        let place = place.ok_or_else(|| ApiError::invalid_query("after", "the id of an item"))?;
        items.drain(..=place);
    }
    let has_more = items.len() > limit;
    items.truncate(limit);
    let written = |item: &Value| RawValue::from_string(item.to_json()).map_err(ApiError::internal);
    Ok(InputItemsResponse {
        object: "list",
        first_id: items.first().and_then(id),
        last_id: items.last().and_then(id),
        data: items.iter().map(written).collect::<Result<_, _>>()?,
        has_more,
    })
}
