//! `POST /v1/responses`.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use llm::languages::RESPONSES;
use llm::operation::CHAT;

use crate::auth::ModelCaller;
use crate::error::ApiError;
use crate::inference::{Surface, infer};
use crate::state::GatewayState;

pub async fn create_response(
    State(app): State<GatewayState>,
    ModelCaller(caller): ModelCaller,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    infer(&app, caller, Surface::of(&CHAT, &RESPONSES), request).await
}
