//! Errors of translation, and the classes of an upstream's failures.

use std::time::Duration;

use crate::json::JsonError;

/// A client's request that cannot be read, or cannot be expressed for a provider.
///
/// The text is written for the client: it names the parameter and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TranslateError {
    /// The body is not JSON.
    #[error("We could not parse the JSON body of your request: {0}.")]
    Json(#[from] JsonError),
    /// A required parameter is absent.
    #[error("Missing required parameter: '{param}'.")]
    Missing { param: &'static str },
    /// A parameter has the wrong JSON type.
    #[error("Invalid type for '{param}': expected {expected}.")]
    WrongType {
        param: &'static str,
        expected: &'static str,
    },
    /// A parameter has the right type but a value that can never be right.
    #[error("Invalid value for '{param}': expected {expected}.")]
    OutOfRange {
        param: &'static str,
        expected: &'static str,
    },
    /// A parameter that we act on is given twice; which one counts would be a guess.
    #[error("Duplicate parameter: '{param}'. Send it once.")]
    Duplicate { param: &'static str },
    /// A parameter that the provider of the model has no way to keep, and without which the response would mean
    /// something else.
    #[error(
        "The parameter '{param}' is not supported by the provider of this model. Leave it out, or use another model."
    )]
    Unsupported { param: String },
    /// A parameter that asks for something to be kept, or speaks of what would have to be, and is not.
    #[error(
        "The parameter '{param}' is not supported: nothing of the kind is kept here. Leave it out, and send the whole conversation in 'input'."
    )]
    NotKept { param: String },
    /// A part of the request has a form that cannot be understood.
    #[error("Invalid '{param}': {problem}.")]
    Invalid {
        param: String,
        problem: &'static str,
    },
    /// A wish about routing that cannot be understood.
    #[error("Invalid value for '{param}': {problem}.")]
    Wish {
        param: &'static str,
        problem: &'static str,
    },
    /// `messages` is not a conversation.
    #[error("Invalid 'messages': {problem}.")]
    Messages {
        param: String,
        problem: &'static str,
    },
}

impl TranslateError {
    /// The parameter that is at fault, where there is one.
    pub fn param(&self) -> Option<&str> {
        match self {
            Self::Json(_) => None,
            Self::Missing { param }
            | Self::WrongType { param, .. }
            | Self::OutOfRange { param, .. }
            | Self::Wish { param, .. }
            | Self::Duplicate { param } => Some(param),
            Self::Messages { param, .. }
            | Self::Unsupported { param }
            | Self::NotKept { param }
            | Self::Invalid { param, .. } => Some(param),
        }
    }
}

/// The wait that ran out before the upstream had the request: it cannot be at work on it.
pub const TAKING_THE_REQUEST: &str = "taking the request";

/// The failure of one call to an upstream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// The upstream's own rate limit (429).
    #[error("rate limited by the upstream{detail}")]
    RateLimited {
        retry_after: Option<Duration>,
        detail: ErrorDetail,
    },
    /// The upstream has no capacity now (503, 529).
    #[error("upstream overloaded{detail}")]
    Overloaded {
        retry_after: Option<Duration>,
        detail: ErrorDetail,
    },
    /// The operator's account at the upstream has nothing left (402, `insufficient_quota`).
    #[error("the operator's quota at the upstream is exhausted{detail}")]
    QuotaExhausted { detail: ErrorDetail },
    /// The upstream took too long; which wait ran out.
    #[error("timeout while waiting for {phase}")]
    Timeout { phase: &'static str },
    /// No connection, or it broke before a response.
    #[error("connection failed: {detail}")]
    Connect { detail: String },
    /// The upstream refused our credential (401, 403).
    #[error("the upstream refused the credential{detail}")]
    Unauthorized { detail: ErrorDetail },
    /// The upstream says that the request is wrong.
    #[error("the upstream refused the request with status {status}{detail}")]
    InvalidRequest { status: u16, detail: ErrorDetail },
    /// The prompt does not fit the model.
    #[error("context length exceeded{detail}")]
    ContextTooLong { detail: ErrorDetail },
    /// The upstream's content policy refused the request.
    #[error("refused by the content filter{detail}")]
    ContentFiltered { detail: ErrorDetail },
    /// The upstream failed (5xx).
    #[error("the upstream failed with status {status}{detail}")]
    Failed { status: u16, detail: ErrorDetail },
    /// The upstream's response breaks its protocol, or is larger than we accept.
    #[error("protocol error: {detail}")]
    Protocol { detail: &'static str },
}

/// An upstream's words about a failure: bounded, on one line, without what looks like a secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorDetail {
    /// Empty if it said nothing.
    pub message: String,
    pub code: Option<String>,
    pub param: Option<String>,
}

/// For logs, behind what happened.
impl std::fmt::Display for ErrorDetail {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(code) = &self.code {
            write!(out, " [{code}]")?;
        }
        if !self.message.is_empty() {
            write!(out, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl UpstreamError {
    /// Says that another deployment may be tried where this one failed. One that has the request and took too
    /// long may be at work on it: minutes of generation are not begun twice.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Overloaded { .. }
            | Self::QuotaExhausted { .. }
            | Self::Connect { .. }
            | Self::Unauthorized { .. }
            | Self::Failed { .. }
            | Self::Protocol { .. } => true,
            Self::Timeout { phase } => *phase == TAKING_THE_REQUEST,
            Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::ContentFiltered { .. } => false,
        }
    }

    /// The wait that the upstream asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Overloaded { retry_after, .. } => {
                *retry_after
            }
            Self::QuotaExhausted { .. }
            | Self::Timeout { .. }
            | Self::Connect { .. }
            | Self::Unauthorized { .. }
            | Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::ContentFiltered { .. }
            | Self::Failed { .. }
            | Self::Protocol { .. } => None,
        }
    }

    /// Says that the request is at fault, so that the deployment did its work.
    pub fn is_response(&self) -> bool {
        !self.is_retryable() && !matches!(self, Self::Timeout { .. })
    }

    /// A bounded word for metrics and usage events.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Overloaded { .. } => "overloaded",
            Self::QuotaExhausted { .. } => "quota_exhausted",
            Self::Timeout { .. } => "timeout",
            Self::Connect { .. } => "connect",
            Self::Unauthorized { .. } => "unauthorized",
            Self::InvalidRequest { .. } => "invalid_request",
            Self::ContextTooLong { .. } => "context_too_long",
            Self::ContentFiltered { .. } => "content_filtered",
            Self::Failed { .. } => "failed",
            Self::Protocol { .. } => "protocol",
        }
    }

    /// The upstream's words, if there are any.
    pub fn detail(&self) -> Option<&ErrorDetail> {
        match self {
            Self::RateLimited { detail, .. }
            | Self::Overloaded { detail, .. }
            | Self::QuotaExhausted { detail }
            | Self::Unauthorized { detail }
            | Self::InvalidRequest { detail, .. }
            | Self::ContextTooLong { detail }
            | Self::ContentFiltered { detail }
            | Self::Failed { detail, .. } => Some(detail),
            Self::Timeout { .. } | Self::Connect { .. } | Self::Protocol { .. } => None,
        }
    }

    /// The upstream's words, to be changed.
    pub fn detail_mut(&mut self) -> Option<&mut ErrorDetail> {
        match self {
            Self::RateLimited { detail, .. }
            | Self::Overloaded { detail, .. }
            | Self::QuotaExhausted { detail }
            | Self::Unauthorized { detail }
            | Self::InvalidRequest { detail, .. }
            | Self::ContextTooLong { detail }
            | Self::ContentFiltered { detail }
            | Self::Failed { detail, .. } => Some(detail),
            Self::Timeout { .. } | Self::Connect { .. } | Self::Protocol { .. } => None,
        }
    }
}
