//! Failures as OpenAI words them: a status and the `{"error": {...}}` envelope.

use std::borrow::Cow;

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    message: String,
    kind: &'static str,
    param: Option<Cow<'static, str>>,
    code: Option<&'static str>,
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Inner<'a>,
}

#[derive(Serialize)]
struct Inner<'a> {
    message: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    param: Option<&'a str>,
    code: Option<&'a str>,
}

impl ApiError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            kind: "invalid_request_error",
            param: None,
            code: None,
        }
    }

    pub(crate) fn param(mut self, param: impl Into<Cow<'static, str>>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn missing(param: &'static str) -> Self {
        Self::invalid(format!("Missing required parameter: '{param}'."))
            .param(param)
            .code("missing_required_parameter")
    }

    pub(crate) fn model_not_found(model: &str) -> Self {
        Self::invalid(format!(
            "The model `{model}` does not exist or you do not have access to it."
        ))
        .code("model_not_found")
        .status(StatusCode::NOT_FOUND)
    }

    pub(crate) fn unknown_url(method: &http::Method, path: &str) -> Self {
        Self::invalid(format!("Invalid URL ({method} {path})"))
            .code("unknown_url")
            .status(StatusCode::NOT_FOUND)
    }

    pub(crate) fn method_not_allowed(method: &http::Method, path: &str) -> Self {
        Self::invalid(format!("Not allowed to {method} on {path}."))
            .code("method_not_supported")
            .status(StatusCode::METHOD_NOT_ALLOWED)
    }

    pub(crate) fn body_too_large(max: usize) -> Self {
        Self::invalid(format!("Request body is larger than {max} bytes."))
            .code("request_too_large")
            .status(StatusCode::PAYLOAD_TOO_LARGE)
    }

    pub(crate) fn content_filter() -> Self {
        Self::invalid(
            "The response was filtered due to the prompt triggering the content management \
             policy. Please modify your prompt and retry.",
        )
        .param("prompt")
        .code("content_filter")
    }

    /// A provider's error with this status. The 401 quotes a secret, as some providers do.
    pub(crate) fn with_status(status: StatusCode) -> Self {
        let (kind, code, message) = match status.as_u16() {
            400 => (
                "invalid_request_error",
                None,
                "The request was refused, as it asked.",
            ),
            401 => (
                "invalid_request_error",
                Some("invalid_api_key"),
                "Incorrect API key provided: sk-sandbox-SECRET. You can find your API key at \
                 https://sandbox.invalid/account/api-keys.",
            ),
            402 => (
                "insufficient_quota",
                Some("insufficient_quota"),
                "You exceeded your current quota, please check your plan and billing details.",
            ),
            403 => (
                "permission_error",
                Some("permission_denied"),
                "You are not allowed to sample from this model.",
            ),
            404 => (
                "invalid_request_error",
                Some("model_not_found"),
                "The model does not exist or you do not have access to it.",
            ),
            408 | 504 => ("server_error", Some("timeout"), "The request timed out."),
            429 => (
                "requests",
                Some("rate_limit_exceeded"),
                "Rate limit reached for requests. Please try again later.",
            ),
            503 | 529 => (
                "server_error",
                Some("overloaded"),
                "The engine is currently overloaded, please try again later.",
            ),
            405..=407 | 409..=428 | 430..=499 => (
                "invalid_request_error",
                None,
                "The request was refused, as it asked.",
            ),
            _ => (
                "server_error",
                None,
                "The server had an error while processing your request. Sorry about that!",
            ),
        };
        Self {
            status,
            message: message.to_owned(),
            kind,
            param: None,
            code,
        }
    }

    /// The body in Google's envelope, or in OpenAI's.
    pub(crate) fn body_of(&self, is_google: bool) -> Bytes {
        if !is_google {
            return self.body();
        }
        let code = self.status.as_u16();
        let status = match code {
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            500.. => "INTERNAL",
            _ => "INVALID_ARGUMENT",
        };
        let inner = serde_json::json!({ "code": code, "message": self.message, "status": status });
        json(&serde_json::json!({ "error": inner }))
    }

    fn body(&self) -> Bytes {
        let envelope = Envelope {
            error: Inner {
                message: &self.message,
                kind: self.kind,
                param: self.param.as_deref(),
                code: self.code,
            },
        };
        json(&envelope)
    }
}

/// Encodes a value whose encoding cannot fail: no maps with odd keys, no fallible `Serialize`.
pub(crate) fn json(value: &impl Serialize) -> Bytes {
    let mut buffer = Vec::with_capacity(1024);
    serde_json::to_writer(&mut buffer, value).expect("our own types are representable as JSON");
    Bytes::from(buffer)
}
