//! `GET /metrics`, on a listener of its own.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::app::AppState;

pub async fn get_metrics(State(app): State<AppState>) -> Response {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    app.metrics.cached_keys.set(count(app.keys.len()));
    app.metrics.lease_held.set(i64::from(app.keys.has_lease()));
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], app.metrics.encode()).into_response()
}
