//! The one error that leaves the server, in OpenAI's envelope.
//!
//! Constructors are named by meaning; status, type and code follow from them, so that the tables of the
//! contract are written down once. The source never reaches a body: it travels in the response's
//! extensions to whoever logs.

mod batches;
mod bodies;
mod budgets;
mod credentials;
mod credits;
mod files;
mod from_llm;
mod ingress;
mod key_safety;
mod media;
mod responses;
mod routes;
mod shed;
mod things;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use llm::ModelType;
use llm::language::ErrorFacts;
use llm::languages::HOUSE;
use store::key_events::KeyEventKind;
use store::sealed::MasterKey;
use store::usage_events::{ErrorShown, SealedText};
use store::{RequestId, StoreError};

pub use budgets::BudgetLeft;

/// The `Retry-After` where the time that it will take is not known.
const RETRY_SOON: Duration = Duration::from_secs(1);
/// The longest `Retry-After` that the official clients obey; a longer one they ignore, and retry at once.
const RETRY_WAIT_MAX: Duration = Duration::from_secs(60);
/// Tells the SDKs of OpenAI and Anthropic not to retry.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// A response that refuses or fails.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    message: Cow<'static, str>,
    param: Option<Box<str>>,
    retry_after: Option<Duration>,
    /// Further headers of the response.
    headers: Box<[(HeaderName, HeaderValue)]>,
    source: Option<Arc<anyhow::Error>>,
}

/// The log's view of a failed response; in the response's extensions.
#[derive(Debug, Clone)]
pub struct LoggedError {
    pub code: &'static str,
    pub source: Option<Arc<anyhow::Error>>,
}

impl ApiError {
    /// An error of the envelope; what leaves by several doors has a constructor by its meaning.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            kind,
            code,
            message: message.into(),
            param: None,
            retry_after: None,
            headers: Box::default(),
            source: None,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The code for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Names the field or parameter that the error is about.
    #[must_use]
    pub fn with_param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into().into_boxed_str());
        self
    }

    /// Says how long to wait; for a status that has a wait, `None` is a short one.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.retry_after = retry_after;
        self
    }

    fn with_headers(self, headers: &'static [(HeaderName, &'static str)]) -> Self {
        let headers = headers.iter();
        self.with_own_headers(
            headers.map(|(name, value)| (name.clone(), HeaderValue::from_static(value))),
        )
    }

    /// Headers whose values are of this response alone.
    fn with_own_headers(
        mut self,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> Self {
        self.headers = self.headers.into_iter().chain(headers).collect();
        self
    }

    fn with_source(mut self, source: impl Into<anyhow::Error>) -> Self {
        self.source = Some(Arc::new(source.into()));
        self
    }

    // ---- 401 and 403: who is calling -------------------------------------------------------------

    fn invalid_api_key_because(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "invalid_api_key",
            message,
        )
    }

    pub fn unknown_api_key() -> Self {
        Self::invalid_api_key_because(
            "The API key is unknown. Check it, or create one in the Dashboard under API Keys.",
        )
    }

    pub fn expired_api_key() -> Self {
        Self::invalid_api_key_because(
            "The API key has expired. Create a new one in the Dashboard under API Keys.",
        )
    }

    pub fn replaced_api_key() -> Self {
        Self::invalid_api_key_because(
            "The API key was regenerated and this is an old secret of it. Use the secret that was shown when it was regenerated.",
        )
    }

    pub fn key_revoked() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "key_revoked",
            "The API key was revoked. Create a new one in the Dashboard under API Keys.",
        )
    }

    pub fn key_frozen(seen: KeyEventKind) -> Self {
        let seen = match seen {
            KeyEventKind::CostlierModel => "it used a costlier model for the first time",
            KeyEventKind::NewNetwork => "it was used from a new network",
            KeyEventKind::RequestSpike => "it sent far more requests than usual",
            KeyEventKind::SpendSpike => "it spent far more than usual",
            KeyEventKind::ErrorBurst => "its requests failed far more often than usual",
            KeyEventKind::BrowserUse => "it was sent by a browser",
            KeyEventKind::LeakReported => "it was reported as leaked",
            KeyEventKind::RotationDue => "it is older than it should be",
            KeyEventKind::BudgetAlert => "a budget of it is spent",
        };
        let message = format!(
            "The API key is frozen, because {seen}. If that was meant to be, its owner can release it in the Dashboard under API Keys."
        );
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "key_frozen",
            message,
        )
    }

    fn insufficient_permissions(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "insufficient_permissions",
            message,
        )
    }

    pub fn account_suspended() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "account_suspended",
            "The account is suspended. Contact the operator of this service.",
        )
    }

    pub fn address_not_allowed() -> Self {
        Self::insufficient_permissions(
            "The API key may not be used from this network address. Its allowed networks are part of its settings.",
        )
    }

    pub fn endpoint_not_allowed(resource: &str) -> Self {
        Self::insufficient_permissions(format!(
            "The API key is restricted to other endpoints than '{resource}'. Use another key, or change its restrictions."
        ))
    }

    pub fn model_not_allowed(model: &str) -> Self {
        Self::insufficient_permissions(format!("The API key is restricted to other models than '{model}'. Use another key, or change its restrictions."))
            .with_param("model")
    }

    pub fn model_not_for_test_keys(model: &str) -> Self {
        Self::insufficient_permissions(format!(
            "A test key reaches only the sandbox models, not '{model}'. Use a live key."
        ))
        .with_param("model")
    }

    pub fn model_tier_restricted(model: &str, min_tier: &str, tier: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "model_tier_restricted",
            format!("The model '{model}' needs the {min_tier} tier or a higher one; this account has the {tier} tier. Upgrade the account, or choose a model that GET /v1/models shows as available."),
        )
        .with_param("model")
    }

    // ---- 400, 404, 405, 422: what is asked -------------------------------------------------------

    pub fn model_not_found(model: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found_error",
            "invalid_model",
            format!("The model '{model}' does not exist. GET /v1/models lists those that do."),
        )
        .with_param("model")
    }

    pub fn model_of_another_type(model: &str, model_type: ModelType) -> Self {
        Self::invalid_request(
            "model_type_mismatch",
            format!(
                "The model '{model}' is of type {model_type} and does not serve this endpoint."
            ),
        )
        .with_param("model")
    }

    pub fn invalid_request(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            code,
            message,
        )
    }

    pub fn invalid_query(param: &'static str, expected: &'static str) -> Self {
        Self::invalid_request(
            "invalid_parameter",
            format!("Invalid value for '{param}': expected {expected}."),
        )
        .with_param(param)
    }

    /// A parameter that is not known, where one that is passed over could be a wish that is broken.
    pub fn unknown_parameter(param: &str) -> Self {
        Self::invalid_request(
            "unknown_parameter",
            format!("Unknown parameter: '{param}'. Leave it out, or check its spelling."),
        )
        .with_param(param)
    }

    /// The request leaves out every deployment of the model; `reasons` say by what.
    pub fn no_matching_deployment(model: &str, reasons: &str) -> Self {
        Self::invalid_request(
            "no_matching_deployment",
            format!(
                "No deployment of the model '{model}' can serve this request: {reasons}. Nothing was counted or charged. Change the request, or use another model."
            ),
        )
    }

    pub fn tokens_exceed_limit(needed: u64, limit: u64) -> Self {
        Self::invalid_request(
            "tokens_exceed_limit",
            format!("The request may need about {needed} tokens, more than the {limit} tokens per minute of this key: it can never pass. Shorten the prompt, or lower max_tokens."),
        )
        .with_param("max_tokens")
    }

    // ---- 429 ---------------------------------------------------------------------------------------

    pub fn rate_limited(what: &str, limit: u64, retry_after_seconds: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_error",
            "rate_limit_exceeded",
            format!(
                "Rate limit reached: {limit} {what}. Please try again in {retry_after_seconds} s."
            ),
        )
        .with_retry_after(Some(Duration::from_secs(retry_after_seconds)))
    }

    /// Says besides that the key is throttled, if it is.
    #[must_use]
    pub fn of_key(mut self, is_throttled: bool) -> Self {
        if is_throttled {
            self.message.to_mut().push_str(
                " The key has a tenth of its limits, because something unusual was noticed; its owner can release it in the Dashboard under API Keys.",
            );
        }
        self
    }

    // ---- 5xx: our faults and the upstream's --------------------------------------------------------

    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "internal_error",
            "Something went wrong on our side. Try again, and report the x-request-id if it happens again.",
        )
        .with_source(source)
    }

    /// We cannot tell, because something that we depend on is missing or too busy.
    pub fn unavailable(source: impl Into<anyhow::Error>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "service_unavailable",
            "The service cannot respond at the moment. This is not a problem of your API key or request; try again shortly.",
        )
        .with_retry_after(Some(RETRY_SOON))
        .with_source(source)
    }

    /// We have too much of this to do at the moment. Nothing is broken, so nothing is logged.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "service_unavailable",
            "The service is busy. This is not a problem of your API key or request; try again shortly.",
        )
        .with_retry_after(Some(RETRY_SOON))
    }

    /// The deployments of a model are configured for nothing that this caller may reach.
    pub fn no_deployment(model: &str) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "no_deployment",
            format!("The model '{model}' has no deployment that can serve it at the moment. Try again later, or use another model."),
        )
        .with_retry_after(Some(Duration::from_secs(30)))
    }

    /// An error as a client is told it, in whichever language.
    pub fn facts(&self) -> ErrorFacts<'_> {
        ErrorFacts {
            message: &self.message,
            kind: self.kind,
            param: self.param.as_deref(),
            code: (!self.code.is_empty()).then_some(self.code),
            request_id: None,
            status: self.status.as_u16(),
            retry_after_s: self.wait().map(whole_seconds),
        }
    }

    /// An error of a request that has an id, as a client is told it.
    pub fn facts_of<'a>(&'a self, request_id: &'a str) -> ErrorFacts<'a> {
        ErrorFacts {
            request_id: Some(request_id),
            ..self.facts()
        }
    }

    /// The error as the receipt of that request shows it.
    pub fn shown(&self, master: &MasterKey, request: &RequestId) -> ErrorShown {
        let message = SealedText::seal(master, request, &self.message);
        ErrorShown::new(message, self.param.as_deref())
    }

    /// The body of the response in the house's language, which is OpenAI's.
    pub fn envelope(&self) -> Vec<u8> {
        HOUSE.error_body(&self.facts())
    }

    /// The time after which the same request may succeed; `None` if there is none to be told.
    pub fn retry_after(&self) -> Option<Duration> {
        self.wait()
    }

    /// The `Retry-After` of the response. Every 429 and 503 has one, also where the wait is unknown.
    fn wait(&self) -> Option<Duration> {
        let is_told = matches!(
            self.status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        );
        self.retry_after.or(is_told.then_some(RETRY_SOON))
    }

    /// True if the same request may succeed after the wait; else the response has `x-should-retry: false`.
    fn is_worth_a_retry(&self, wait: Option<Duration>) -> bool {
        match self.status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => true,
            StatusCode::TOO_MANY_REQUESTS => wait.is_none_or(|wait| wait <= RETRY_WAIT_MAX),
            status => !status.is_client_error(),
        }
    }

    /// The cause, for logs.
    pub fn source(&self) -> Option<&anyhow::Error> {
        self.source.as_deref()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.envelope().into());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(HOUSE.content_type()));
        let wait = self.wait();
        if let Some(wait) = wait {
            headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if !self.is_worth_a_retry(wait) {
            headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
        }
        headers.extend(self.headers.iter().cloned());
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                http::header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer"),
            );
        }
        response.extensions_mut().insert(LoggedError {
            code: self.code,
            source: self.source.clone(),
        });
        // For a client that is told in another language.
        response.extensions_mut().insert(self);
        response
    }
}

/// Rounded up: a client that waits as told must not be early.
pub fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// Whatever the store says, it is our fault or nobody's: never 401, 403 or 404.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unreachable { .. } | StoreError::Unavailable(_) | StoreError::TimedOut => {
                Self::unavailable(error)
            }
            StoreError::NotFound { .. }
            | StoreError::Conflict { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Newer { .. }
            | StoreError::Database(_) => Self::internal(error),
        }
    }
}
