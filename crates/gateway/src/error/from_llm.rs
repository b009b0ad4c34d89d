//! How faults of a request's text and of an upstream look to the client.

use http::StatusCode;
use llm::error::ErrorDetail;
use llm::{TranslateError, UpstreamError};

use super::ApiError;

impl From<TranslateError> for ApiError {
    fn from(error: TranslateError) -> Self {
        let message = error.to_string();
        let param = error.param().map(str::to_owned);
        let mut api_error = match error {
            TranslateError::Json(_) => Self::invalid_request("invalid_json", message),
            TranslateError::Missing { .. } => Self::invalid_request("missing_parameter", message),
            TranslateError::WrongType { .. } => Self::invalid_request("invalid_type", message),
            TranslateError::Duplicate { .. } => {
                Self::invalid_request("duplicate_parameter", message)
            }
            TranslateError::Messages { .. } => Self::invalid_request("invalid_messages", message),
            TranslateError::OutOfRange { .. } => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "validation_error",
                "invalid_value",
                message,
            ),
        };
        api_error.param = param;
        api_error
    }
}

impl From<UpstreamError> for ApiError {
    fn from(error: UpstreamError) -> Self {
        match error {
            UpstreamError::RateLimited { retry_after } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "service_unavailable",
                "upstream_rate_limited",
                "The provider of this model is limiting our requests. This is not a limit of your key; try again shortly.",
            )
            .with_retry_after(Some(retry_after.unwrap_or(super::RETRY_SOON))),
            UpstreamError::Overloaded { retry_after } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "service_unavailable",
                "upstream_overloaded",
                "The provider of this model is overloaded. Try again shortly.",
            )
            .with_retry_after(Some(retry_after.unwrap_or(super::RETRY_SOON))),
            UpstreamError::Timeout { phase } => bad_gateway(
                "upstream_timeout",
                format!("The provider of this model took too long ({phase}). Try again, or stream the answer."),
            ),
            UpstreamError::InvalidRequest { status, detail } => refused(status, detail),
            UpstreamError::ContextTooLong { detail } => {
                with_detail(Self::invalid_request("context_length_exceeded", detail.message), detail.param)
            }
            UpstreamError::ContentFiltered { detail } => {
                with_detail(Self::invalid_request("content_filter", detail.message), detail.param)
            }
            UpstreamError::Unauthorized
            | UpstreamError::Connect { .. }
            | UpstreamError::Failed { .. }
            | UpstreamError::Protocol { .. } => {
                let message = "The provider of this model failed to answer. Try again, or use another model.";
                bad_gateway("upstream_error", message.to_owned()).with_source(anyhow::Error::new(error))
            }
        }
    }
}

fn bad_gateway(code: &'static str, message: String) -> ApiError {
    ApiError::new(StatusCode::BAD_GATEWAY, "upstream_error", code, message)
}

/// The upstream says that the client's request is wrong, and says it in the contract's words.
fn refused(status: u16, detail: ErrorDetail) -> ApiError {
    let error = match status {
        409 => ApiError::new(
            StatusCode::CONFLICT,
            "conflict_error",
            "upstream_refused",
            detail.message,
        ),
        422 => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_error",
            "upstream_refused",
            detail.message,
        ),
        _ => ApiError::invalid_request("upstream_refused", detail.message),
    };
    with_detail(error, detail.param)
}

fn with_detail(mut error: ApiError, param: Option<String>) -> ApiError {
    error.param = param;
    error
}
