//! Reading the body of a request, within its limits.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::{Instant, timeout_at};

use crate::collected::Collected;
use crate::config::ServerConfig;
use crate::content_coding::ContentCoding;
use crate::error::ApiError;

pub(super) async fn read(
    config: &ServerConfig,
    request: Request<Body>,
    deadline: Instant,
) -> Result<Bytes, ApiError> {
    let limit = config.body_bytes_max;
    let headers = request.headers();
    let coding = ContentCoding::of(headers)?;
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(ApiError::body_too_large(limit));
    }
    let idle = Duration::from_millis(config.body_idle_timeout_ms);
    let mut body = request.into_body();
    let mut collected = Collected::up_to(limit, announced.unwrap_or_default());
    while !body.is_end_stream() {
        let frame = match timeout_at((Instant::now() + idle).min(deadline), body.frame()).await {
            Err(_) => return Err(ApiError::body_too_slow()),
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(ApiError::body_broken()),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if !collected.add(data) {
            return Err(ApiError::body_too_large(limit));
        }
    }
    coding.decode(collected.finish(), limit).await
}
