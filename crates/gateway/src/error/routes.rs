//! Errors of paths, methods and protocols.

use http::header::UPGRADE;
use http::{HeaderName, Method, StatusCode};

use super::ApiError;

/// The protocol to use instead of WebSocket. RFC 9110 requires the header in a 426.
const SPOKEN: [(HeaderName, &str); 2] =
    [(UPGRADE, "HTTP/1.1"), (http::header::CONNECTION, "upgrade")];

impl ApiError {
    pub fn route_not_found(method: &Method, path: &str) -> Self {
        let advice = match path.strip_prefix("/v1") {
            Some("/responses") => {
                "The Responses API is not served here: use POST /v1/chat/completions."
            }
            Some("/messages") => {
                "Anthropic's Messages API is not served here: use POST /v1/chat/completions."
            }
            Some("" | "/") => {
                "This is the base URL that clients take; what they ask is below it, such as POST /v1/chat/completions."
            }
            Some(rest) if rest.starts_with('/') => {
                "The endpoints are listed in the documentation; the base URL that clients take ends with /v1."
            }
            _ => "The endpoints are listed in the documentation.",
        };
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found_error",
            "route_not_found",
            format!("There is no {method} {path}. {advice}"),
        )
    }

    /// Makes clients that try WebSocket first (Codex) fall back to HTTP at once; a 404 they would retry.
    pub fn websocket_not_supported() -> Self {
        Self::new(
            StatusCode::UPGRADE_REQUIRED,
            "invalid_request_error",
            "websocket_not_supported",
            "There are no WebSockets here. Send the request by HTTP; responses are streamed as server-sent events with \"stream\": true.",
        )
        .with_headers(&SPOKEN)
    }

    pub fn method_not_allowed(method: &Method, path: &str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request_error",
            "method_not_allowed",
            format!(
                "{path} does not take {method}. The Allow header lists the methods that it takes."
            ),
        )
    }
}
