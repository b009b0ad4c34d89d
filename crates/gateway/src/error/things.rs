//! Refusals of what is asked of a thing, and of JSON that cannot be taken.

use std::borrow::Cow;

use http::StatusCode;
use store::StoreError;

use super::ApiError;

impl ApiError {
    /// The error for what is not there and for what is another account's, alike.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found_error",
            "not_found",
            format!("There is no such {what}, or it is not yours."),
        )
    }

    pub fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict_error", code, message)
    }

    /// A field of the body cannot be taken.
    pub fn invalid_field(param: impl Into<String>, message: impl Into<Cow<'static, str>>) -> Self {
        Self::validation("invalid_field", message).with_param(param)
    }

    pub fn unknown_field(param: impl Into<String>, message: String) -> Self {
        Self::validation("unknown_field", message).with_param(param)
    }

    pub fn validation(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_error",
            code,
            message,
        )
    }

    pub fn json_expected() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request_error",
            "json_expected",
            "Send the body as JSON, with 'Content-Type: application/json'.",
        )
    }

    pub fn malformed_json(detail: &str) -> Self {
        Self::invalid_request("invalid_json", format!("The body is not JSON: {detail}."))
    }

    /// The error of a command that the store refused: what is missing or contradicts is the caller's
    /// to mend, the rest is ours.
    pub fn of_change(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what } => {
                Self::not_found(what.strip_prefix("the ").unwrap_or(what))
            }
            StoreError::Conflict { reason } => Self::conflict("conflict", reason),
            other => other.into(),
        }
    }
}
