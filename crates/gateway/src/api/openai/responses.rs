//! `/v1/responses`: asking a model in OpenAI's newer language, and what is kept of it.

mod input_items;
mod turn;

use std::sync::{Arc, OnceLock};

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use llm::languages::RESPONSES;
use llm::operation::CHAT;
use serde::{Deserialize, Serialize};
use store::ResponseId;

use crate::auth::{ApiKeyCaller, ModelCaller};
use crate::error::ApiError;
use crate::inference::{Surface, count_request, infer, infer_completed};
use crate::kept_responses::follow;
use crate::state::GatewayState;
pub use input_items::list_input_items;

/// The query of a response that is asked for again.
#[derive(Debug, Deserialize)]
pub struct GetResponseQuery {
    stream: Option<bool>,
}

#[derive(Debug, Serialize)]
pub struct ResponseDeletedResponse {
    id: String,
    object: &'static str,
    deleted: bool,
}

pub async fn create_response(
    State(app): State<GatewayState>,
    ModelCaller(caller): ModelCaller,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let surface = Surface::of(&CHAT, &RESPONSES);
    // Whoever holds a client token is a guest of the account, whose conversations are none of theirs.
    if !app.kept_responses.is_on() || caller.token.is_some() {
        return infer(&app, caller, surface, request).await;
    }
    let turn = Arc::new(OnceLock::new());
    let completion = turn::completion(&app, &caller, Arc::clone(&turn));
    let response = infer_completed(&app, caller, surface, completion, request).await?;
    match Arc::into_inner(turn).and_then(OnceLock::into_inner) {
        Some(turn) => follow(turn, response).await,
        None => Ok(response),
    }
}

pub async fn get_response(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<GetResponseQuery>, QueryRejection>,
) -> Result<Response, ApiError> {
    let id = known(&app, &caller, id)?;
    let query = query.map_err(|_| ApiError::invalid_query("stream", "false"))?;
    if query.stream == Some(true) {
        return Err(ApiError::invalid_query(
            "stream",
            "false: a response is asked for again whole",
        ));
    }
    let kept = &app.kept_responses;
    let account_id = caller.key.account_id();
    let turn = kept.find(&app.master, account_id, &id).await?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, json)], turn.response).into_response())
}

pub async fn delete_response(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<ResponseDeletedResponse>, ApiError> {
    let id = known(&app, &caller, id)?;
    let _counted = count_request(&app, &caller).await?;
    let account_id = caller.key.account_id();
    app.kept_responses.delete(account_id, &id).await?;
    Ok(Json(ResponseDeletedResponse {
        id: id.to_string(),
        object: "response",
        deleted: true,
    }))
}

/// The id in a path, of a caller whose key may use the endpoint.
fn known(
    app: &GatewayState,
    caller: &ApiKeyCaller,
    id: Result<Path<String>, PathRejection>,
) -> Result<ResponseId, ApiError> {
    if !caller.key.allows_endpoint(CHAT.name) {
        return Err(ApiError::endpoint_not_allowed(CHAT.name));
    }
    let not_found = || ApiError::response_not_found(app.kept_responses.is_on());
    let Path(id) = id.map_err(|_| not_found())?;
    ResponseId::parse(&id).ok_or_else(not_found)
}
