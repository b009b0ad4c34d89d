//! Errors of reading and decoding a body.

use http::header::ACCEPT_ENCODING;
use http::{HeaderName, StatusCode};

use super::ApiError;

/// The supported content codings, which a 415 lists (RFC 9110, section 12.5.3).
const TAKEN: [(HeaderName, &str); 1] = [(ACCEPT_ENCODING, "gzip, deflate, zstd, identity")];

impl ApiError {
    /// `setting` is the name of the limit, where an operator can change it.
    pub fn body_too_large(limit_bytes: usize, setting: Option<&'static str>) -> Self {
        Self::larger_than(limit_bytes, "", setting)
    }

    pub fn body_too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "invalid_request_error",
            "request_timeout",
            "The request body did not arrive in time. Send the request again.",
        )
    }

    pub fn body_broken() -> Self {
        Self::invalid_request(
            "request_incomplete",
            "The request body ended before it was complete, or its chunks are malformed. Send the request again.",
        )
    }

    /// The error for a body that was compressed.
    pub fn decoded_body_too_large(limit_bytes: usize, setting: Option<&'static str>) -> Self {
        Self::larger_than(limit_bytes, " when it is decompressed", setting)
    }

    fn larger_than(limit_bytes: usize, when: &str, setting: Option<&'static str>) -> Self {
        let named = setting.map_or_else(String::new, |name| format!(" ({name})"));
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request_error",
            "request_too_large",
            format!(
                "The request body is larger than {limit_bytes} bytes{when}{named}. Send less, or refer to large content by URL."
            ),
        )
    }

    pub fn encoded_body() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request_error",
            "unsupported_content_encoding",
            "The request body has a Content-Encoding that is not taken here, or too many of them. Send it with gzip, deflate or zstd, or without Content-Encoding.",
        )
        .with_headers(&TAKEN)
    }

    pub fn broken_encoding(coding: &str) -> Self {
        Self::invalid_request(
            "invalid_request_body_encoding",
            format!(
                "The request body is not what its Content-Encoding '{coding}' says: it is cut off, damaged, or encoded in another way. Send it again, or without Content-Encoding."
            ),
        )
    }
}
