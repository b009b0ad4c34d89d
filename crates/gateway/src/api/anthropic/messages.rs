//! `POST /v1/messages` and `POST /v1/messages/count_tokens`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use llm::languages::ANTHROPIC;
use llm::operation::CHAT;
use serde::Serialize;

use crate::auth::ModelCaller;
use crate::error::ApiError;
use crate::inference::{Surface, estimate_input, infer};
use crate::state::GatewayState;

/// An estimate of a prompt.
#[derive(Debug, Serialize)]
pub struct TokenCountResponse {
    input_tokens: u64,
}

pub async fn create_message(
    State(app): State<GatewayState>,
    ModelCaller(caller): ModelCaller,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    infer(&app, caller, Surface::of(&CHAT, &ANTHROPIC), request).await
}

/// The tokens of a prompt, estimated here: no provider is asked, and nothing is charged.
pub async fn count_tokens(
    State(app): State<GatewayState>,
    ModelCaller(caller): ModelCaller,
    request: Request<Body>,
) -> Result<Json<TokenCountResponse>, ApiError> {
    let surface = Surface::of(&CHAT, &ANTHROPIC);
    let input_tokens = estimate_input(&app, &caller, surface, None, request).await?;
    Ok(Json(TokenCountResponse { input_tokens }))
}
