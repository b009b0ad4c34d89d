//! Reading the body of a request, within its limits.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::Request;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::{Instant, timeout_at};

use crate::config::ServerConfig;
use crate::error::ApiError;

/// Bytes that are set aside at once for a body whose length is announced but not yet proven.
const ALLOCATED_AHEAD_MAX: usize = 256 * 1024;

pub(super) async fn read(
    config: &ServerConfig,
    request: Request<Body>,
    deadline: Instant,
) -> Result<Bytes, ApiError> {
    let limit = config.body_bytes_max;
    let headers = request.headers();
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity")
    {
        return Err(ApiError::encoded_body());
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(ApiError::body_too_large(limit));
    }
    let idle = Duration::from_millis(config.body_idle_timeout_ms);
    let mut body = request.into_body();
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
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
        if first.len().max(rest.len()) + data.len() > limit {
            return Err(ApiError::body_too_large(limit));
        }
        if first.is_empty() && rest.is_empty() {
            // A body of one frame, as most are, is not copied.
            first = data;
            continue;
        }
        if rest.is_empty() {
            rest.reserve(announced.unwrap_or_default().min(ALLOCATED_AHEAD_MAX));
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&data);
    }
    Ok(if rest.is_empty() {
        first
    } else {
        rest.freeze()
    })
}
