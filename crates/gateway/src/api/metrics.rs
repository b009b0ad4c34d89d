//! `GET /metrics`, on a listener of its own.

mod gates;

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use tokio::time::timeout;

use crate::state::GatewayState;

/// The time that a scrape waits for the newest requests to be counted.
const FLUSH_WAIT: Duration = Duration::from_millis(500);

pub async fn get_metrics(State(app): State<GatewayState>) -> Response {
    // Requests are counted when their events are taken in hand: no counter is touched on their way.
    let _ = timeout(FLUSH_WAIT, app.metering.flush()).await;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    app.metrics.cached_keys.set(count(app.keys.len()));
    app.metrics.lease_valid.set(i64::from(app.keys.has_lease()));
    let shared = app.shared.limiter.shared_now();
    let is_shared = shared.is_none_or(|shared| shared.standing() == "joined");
    app.metrics.limits_shared.set(i64::from(is_shared));
    gates::note(&app);
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], app.metrics.encode()).into_response()
}
