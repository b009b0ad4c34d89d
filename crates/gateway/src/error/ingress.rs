//! Refusals before a request is known: of connections, of heads that are no HTTP/1.1, of bodies.

use http::StatusCode;

use super::ApiError;

impl ApiError {
    pub fn too_many_connections() -> Self {
        Self::full(
            "too_many_connections",
            "The server has as many connections as it takes. Try again shortly.",
        )
    }

    /// `detail` is a sentence about the head.
    pub fn malformed_request(detail: &'static str) -> Self {
        Self::invalid_request("malformed_request", detail)
    }

    pub fn headers_too_large() -> Self {
        Self::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "invalid_request_error",
            "headers_too_large",
            "The request's line and headers are larger than server.header_bytes_max, or there are more than 100 headers. Send less.",
        )
    }

    pub fn uri_too_long() -> Self {
        Self::new(
            StatusCode::URI_TOO_LONG,
            "invalid_request_error",
            "uri_too_long",
            "The request's target is longer than 65,534 bytes.",
        )
    }

    /// All bodies together.
    pub fn too_many_body_bytes() -> Self {
        Self::full(
            "too_many_body_bytes",
            "The server holds as many bytes of request bodies as it takes. Try again shortly.",
        )
    }

    /// The bodies of one `key` or `address`.
    pub fn too_many_body_bytes_of(whose: &'static str) -> Self {
        Self::throttled(
            "too_many_body_bytes",
            format!(
                "The request bodies of this {whose} that are on their way, or wait for a response to begin, have as many bytes as one {whose} may have (server.buffered_body_bytes_per_{whose}_max). Send fewer at once."
            ),
        )
    }

    fn full(code: &'static str, message: &'static str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            code,
            message,
        )
        .with_retry_after(Some(super::RETRY_SOON))
    }

    fn throttled(code: &'static str, message: String) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_error",
            code,
            message,
        )
        .with_retry_after(Some(super::RETRY_SOON))
    }
}
