//! `POST /v1/completions`.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use llm::Endpoint;

use crate::auth::ModelCaller;
use crate::error::ApiError;
use crate::inference::infer;
use crate::state::GatewayState;

pub async fn create_completion(
    State(app): State<GatewayState>,
    ModelCaller(caller): ModelCaller,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    infer(&app, caller, Endpoint::Completions, request).await
}
