//! Errors with which the management API refuses.

use std::borrow::Cow;
use std::time::Duration;

use gateway::error::{ApiError, whole_seconds};
use http::StatusCode;

fn unauthenticated(code: &'static str, message: &'static str) -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "authentication_error",
        code,
        message,
    )
}

fn forbidden(code: &'static str, message: impl Into<Cow<'static, str>>) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "permission_error", code, message)
}

pub(crate) fn not_signed_in() -> ApiError {
    unauthenticated(
        "not_signed_in",
        "You are not signed in, or your session has ended. Sign in, or send a management key: 'Authorization: Bearer yxm-...'.",
    )
}

pub(crate) fn invalid_management_key() -> ApiError {
    unauthenticated(
        "invalid_management_key",
        "The management key is unknown, expired or revoked. Create one in the Dashboard under Settings.",
    )
}

pub(crate) fn wrong_kind_of_key() -> ApiError {
    forbidden(
        "wrong_kind_of_key",
        "An API key calls models, below /v1 and not below /api/v1; it cannot manage anything. Set the base URL of a client to the address that ends with /v1 alone; to manage, sign in to the Dashboard, or send a management key (yxm-...).",
    )
}

pub(crate) fn session_needed() -> ApiError {
    forbidden(
        "session_needed",
        "A management key cannot do this. Sign in to the Dashboard.",
    )
}

pub(crate) fn missing_scope(scope: &str) -> ApiError {
    forbidden(
        "insufficient_scope",
        format!("The management key lacks the scope '{scope}'. Create one that has it."),
    )
}

pub(crate) fn missing_role(role: &str) -> ApiError {
    forbidden(
        "insufficient_role",
        format!(
            "This needs the role '{role}' in the account, or a higher one. Ask an owner of the account."
        ),
    )
}

pub(crate) fn operators_only() -> ApiError {
    forbidden(
        "operators_only",
        "Only operators of this platform may do this.",
    )
}

pub(crate) fn cross_site_request() -> ApiError {
    forbidden(
        "cross_site_request",
        "The request does not come from the Dashboard's own pages. Programs send a management key instead of a cookie.",
    )
}

pub(crate) fn invalid_credentials() -> ApiError {
    unauthenticated(
        "invalid_credentials",
        "The e-mail address or the password is wrong.",
    )
}

/// The caller is known; only what they typed once more is wrong. No 401, which would sign them out.
pub(crate) fn wrong_password(field: &'static str) -> ApiError {
    ApiError::validation("wrong_password", "The password is wrong.").with_param(field)
}

pub(crate) fn two_factor_required() -> ApiError {
    unauthenticated(
        "two_factor_required",
        "Enter the code of your authenticator app, or one of your recovery codes.",
    )
    .with_param("code")
}

/// The password was right, or the caller is signed in; only the code is wrong.
pub(crate) fn wrong_code() -> ApiError {
    ApiError::validation(
        "wrong_code",
        "The code is wrong or was used already. Wait for the next one.",
    )
    .with_param("code")
}

pub(crate) fn two_factor_needed() -> ApiError {
    forbidden(
        "two_factor_needed",
        "Operators need two-factor authentication here. Turn it on under Settings, Security.",
    )
}

pub(crate) fn too_many_attempts(retry_after: Duration) -> ApiError {
    let seconds = whole_seconds(retry_after);
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "rate_limit_error",
        "too_many_attempts",
        format!("Too many attempts. Please try again in {seconds} s."),
    )
    .with_retry_after(Some(retry_after))
}

pub(crate) fn sign_up_closed() -> ApiError {
    forbidden(
        "sign_up_closed",
        "Sign-up is closed here. Ask the operator for an invitation.",
    )
}

pub(crate) fn invalid_link() -> ApiError {
    ApiError::validation(
        "invalid_link",
        "The link was used already, has expired, or was not copied whole. Ask for a new one.",
    )
    .with_param("token")
}

pub(crate) fn invalid_idempotency_key() -> ApiError {
    ApiError::invalid_request(
        "invalid_idempotency_key",
        "Idempotency-Key must have 1 to 255 visible ASCII characters.",
    )
}

pub(crate) fn idempotency_key_reused() -> ApiError {
    ApiError::validation(
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request. Use a new one.",
    )
}

pub(crate) fn idempotency_in_progress() -> ApiError {
    ApiError::conflict(
        "idempotency_in_progress",
        "A request with this Idempotency-Key is running, or was cut off before its response was kept. Look at what is there before you try again with a new key.",
    )
    .with_retry_after(Some(Duration::from_secs(1)))
}

pub(crate) fn payment_provider_unavailable() -> ApiError {
    ApiError::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "service_unavailable",
        "payment_provider_unavailable",
        "The payment provider does not respond at the moment, or refused. Nothing was charged by this; try again shortly, or pay in another way.",
    )
    .with_retry_after(Some(Duration::from_secs(5)))
}

pub(crate) fn invalid_signature() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "authentication_error",
        "invalid_signature",
        "The report is not signed by a key that this server knows, or was changed on its way.",
    )
}

pub(crate) fn invalid_leak_report(secrets_max: usize) -> ApiError {
    ApiError::invalid_request(
        "invalid_leak_report",
        format!(
            "The body is no list of at most {secrets_max} secrets with token, type, url and source."
        ),
    )
}
