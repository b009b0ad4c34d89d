//! Hints of a client about the way of its request, in headers and in the body.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use llm::operation::RequestBody;
use llm::route_ask::{self, RouteAsk};
use llm::{Operation, TranslateError};
use tokio::time::Instant;

use crate::error::ApiError;
use crate::routing;

/// The longest that a client waits for its turn, in milliseconds.
const DEADLINE_MS: HeaderName = HeaderName::from_static("x-yunxin-deadline-ms");
/// The headers by which clients name a session, the first of which counts.
const SESSION: [HeaderName; 6] = [
    HeaderName::from_static("x-yunxin-session"),
    HeaderName::from_static("x-claude-code-session-id"),
    HeaderName::from_static("session_id"),
    HeaderName::from_static("session-id"),
    HeaderName::from_static("x-session-affinity"),
    HeaderName::from_static("cf-aig-session-id"),
];

/// The hints of a request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hints {
    /// The time until which the client waits for its turn.
    pub(super) until: Option<Instant>,
    /// The session, as a number.
    pub(super) session: Option<u64>,
}

impl Hints {
    /// The session that the headers name, or else the body.
    pub(super) fn session_or(&self, ask: Option<&RouteAsk>) -> Option<u64> {
        let of_body = || ask?.session.as_ref();
        self.session
            .or_else(|| of_body().map(|name| routing::hash(name.as_bytes())))
    }

    /// The hints of a request's headers.
    ///
    /// # Errors
    /// If the deadline is no number of milliseconds.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let session = SESSION.iter().find_map(|name| headers.get(name));
        Ok(Self {
            until: headers.get(DEADLINE_MS).map(until).transpose()?.flatten(),
            session: session.map(|value| routing::hash(value.as_bytes())),
        })
    }
}

/// The time in so many milliseconds; `None` if it is beyond all times.
fn until(value: &HeaderValue) -> Result<Option<Instant>, ApiError> {
    let text = value.to_str().unwrap_or_default().trim();
    let millis: u64 = text.parse().map_err(|_| {
        let message = "Invalid value for the header 'x-yunxin-deadline-ms': expected a whole number of milliseconds, such as 2000.";
        ApiError::invalid_request("invalid_parameter", message).with_param(DEADLINE_MS.as_str())
    })?;
    Ok(Instant::now().checked_add(Duration::from_millis(millis)))
}

/// Reads what a body asks of routing, and takes it out of the body, where that is JSON.
///
/// # Errors
/// If it is not, or asks something that cannot be understood.
pub(super) fn take_ask(
    operation: &Operation,
    body: &Bytes,
) -> Result<Option<(RouteAsk, Option<Bytes>)>, TranslateError> {
    match operation.body {
        RequestBody::Json { .. } => route_ask::take(body),
        RequestBody::Multipart | RequestBody::Empty => Ok(None),
    }
}
