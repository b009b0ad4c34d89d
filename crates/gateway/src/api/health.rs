//! `GET /healthz` and `GET /readyz`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::Serialize;

use crate::state::GatewayState;

#[derive(Debug, Serialize)]
struct ProcessHealthResponse {
    status: &'static str,
}

/// The process runs.
pub async fn get_health() -> Response {
    Json(ProcessHealthResponse { status: "ok" }).into_response()
}

/// The process can take requests: it holds its lease on the auth log, so the database responds, no job that
/// requests depend on is down, and it is not about to stop.
pub async fn get_readiness(State(app): State<GatewayState>) -> Response {
    let status = if app.process.draining.is_cancelled() {
        "draining"
    } else if !app.keys.has_lease() {
        "database_unavailable"
    } else if app.metrics.vital_jobs_down.get() > 0 {
        "job_down"
    } else {
        return Json(ProcessHealthResponse { status: "ready" }).into_response();
    };
    (
        StatusCode::SERVICE_UNAVAILABLE,
        [(RETRY_AFTER, "1")],
        Json(ProcessHealthResponse { status }),
    )
        .into_response()
}
