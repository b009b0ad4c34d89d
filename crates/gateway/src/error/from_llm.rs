//! Errors from faults of a request's text and of an upstream.

use std::time::Duration;

use http::StatusCode;
use llm::error::ErrorDetail;
use llm::{TranslateError, UpstreamError};

use super::ApiError;

impl From<TranslateError> for ApiError {
    fn from(error: TranslateError) -> Self {
        let message = error.to_string();
        let param = error.param().map(Box::from);
        let mut api_error = match error {
            TranslateError::Json(_) => Self::invalid_request("invalid_json", message),
            TranslateError::Missing { .. } => Self::invalid_request("missing_parameter", message),
            TranslateError::WrongType { .. } => Self::invalid_request("invalid_type", message),
            TranslateError::Duplicate { .. } => {
                Self::invalid_request("duplicate_parameter", message)
            }
            TranslateError::Unsupported { .. } | TranslateError::NotKept { .. } => {
                Self::invalid_request("unsupported_parameter", message)
            }
            TranslateError::Invalid { .. } | TranslateError::Messages { .. } => {
                Self::invalid_request("invalid_messages", message)
            }
            TranslateError::Wish { .. } => Self::invalid_request("invalid_parameter", message),
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
            UpstreamError::RateLimited {
                retry_after,
                detail,
            } => busy(
                "upstream_rate_limited",
                "The provider of this model is limiting our requests. This is not a limit of your key; try again shortly.",
                &detail,
                retry_after,
            ),
            UpstreamError::Overloaded {
                retry_after,
                detail,
            } => busy(
                "upstream_overloaded",
                "The provider of this model is overloaded. Try again shortly.",
                &detail,
                retry_after,
            ),
            UpstreamError::Timeout { phase } => bad_gateway(
                "upstream_timeout",
                format!(
                    "The provider of this model took too long ({phase}). Try again, or stream the response."
                ),
            ),
            UpstreamError::InvalidRequest { status, detail } => refused(status, detail),
            UpstreamError::ContextTooLong { detail } => with_detail(
                Self::invalid_request("context_length_exceeded", words_or(detail.message, NO_ROOM)),
                detail.param,
            ),
            UpstreamError::ContentFiltered { detail } => with_detail(
                Self::invalid_request("content_filter", words_or(detail.message, FILTERED)),
                detail.param,
            ),
            UpstreamError::Failed { status, ref detail } => {
                let message = if detail.message.is_empty() {
                    format!(
                        "The provider of this model failed to respond, with status {status}. Try again, or use another model."
                    )
                } else {
                    with_words(FAILED, &detail.message)
                };
                bad_gateway("upstream_error", message).with_source(anyhow::Error::new(error))
            }
            // The words may speak of the operator's account and credential: they are for the log alone.
            UpstreamError::QuotaExhausted { .. }
            | UpstreamError::Unauthorized { .. }
            | UpstreamError::Connect { .. }
            | UpstreamError::Protocol { .. } => bad_gateway("upstream_error", FAILED.to_owned())
                .with_source(anyhow::Error::new(error)),
        }
    }
}

const FAILED: &str =
    "The provider of this model failed to respond. Try again, or use another model.";

/// The messages for an overflow and for a filter where the provider gives none.
const NO_ROOM: &str = "The prompt and the wanted response do not fit the model's context.";
const FILTERED: &str = "The provider's content policy refused the request.";

fn busy(
    code: &'static str,
    message: &str,
    detail: &ErrorDetail,
    retry_after: Option<Duration>,
) -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "service_unavailable",
        code,
        with_words(message, &detail.message),
    )
    .with_retry_after(Some(retry_after.unwrap_or(super::RETRY_SOON)))
}

fn bad_gateway(code: &'static str, message: String) -> ApiError {
    ApiError::new(StatusCode::BAD_GATEWAY, "upstream_error", code, message)
}

/// Our message, and behind it the provider's words.
fn with_words(message: &str, words: &str) -> String {
    if words.is_empty() {
        return message.to_owned();
    }
    format!("{message} The provider says: {words}")
}

fn words_or(words: String, otherwise: &str) -> String {
    if words.is_empty() {
        otherwise.to_owned()
    } else {
        words
    }
}

/// The upstream says that the client's request is wrong, and says it in the contract's words.
fn refused(status: u16, detail: ErrorDetail) -> ApiError {
    let silent =
        format!("The provider refused the request with status {status}, without saying why.");
    let message = words_or(detail.message, &silent);
    let error = match status {
        409 => ApiError::new(
            StatusCode::CONFLICT,
            "conflict_error",
            "upstream_refused",
            message,
        ),
        422 => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_error",
            "upstream_refused",
            message,
        ),
        _ => ApiError::invalid_request("upstream_refused", message),
    };
    with_detail(error, detail.param)
}

fn with_detail(mut error: ApiError, param: Option<String>) -> ApiError {
    error.param = param.map(String::into_boxed_str);
    error
}
