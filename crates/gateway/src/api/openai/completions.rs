//! `POST /v1/completions`.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use llm::Endpoint;

use crate::app::AppState;
use crate::auth::ModelCaller;
use crate::error::ApiError;
use crate::inference::infer;

pub async fn create_completion(
    State(app): State<AppState>,
    ModelCaller(caller): ModelCaller,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    infer(&app, caller, Endpoint::Completions, request).await
}
