//! Hints of a client about the way of its request, in headers and in the body.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use llm::operation::RequestBody;
use llm::route_ask::{self, RouteAsk};
use llm::{Operation, TranslateError};
use tokio::time::Instant;

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
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let millis = headers
            .get(DEADLINE_MS)
            .and_then(|value| value.to_str().ok());
        let millis = millis.and_then(|text| text.trim().parse::<u64>().ok());
        let until = |millis| Instant::now().checked_add(Duration::from_millis(millis));
        let session = SESSION.iter().find_map(|name| headers.get(name));
        Self {
            until: millis.and_then(until),
            session: session.map(|value| routing::hash(value.as_bytes())),
        }
    }
}

/// Reads what a body asks of routing, and takes it out of the body, where that is JSON.
///
/// # Errors
/// If it is not.
pub(super) fn take_ask(
    operation: &Operation,
    body: &Bytes,
) -> Result<Option<(RouteAsk, Option<Bytes>)>, TranslateError> {
    match operation.body {
        RequestBody::Json { .. } => Ok(route_ask::take(body)?),
        RequestBody::Multipart | RequestBody::Empty => Ok(None),
    }
}
