//! What the management API refuses with.

use std::time::Duration;

use http::StatusCode;
use store::StoreError;

use super::ApiError;

impl ApiError {
    fn unauthenticated(code: &'static str, message: &'static str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            code,
            message,
        )
    }

    fn forbidden(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_error", code, message)
    }

    // ---- who is calling ----------------------------------------------------------------------------

    pub fn not_signed_in() -> Self {
        Self::unauthenticated(
            "not_signed_in",
            "You are not signed in, or your session has ended. Sign in, or send a management key: 'Authorization: Bearer yxm-...'.",
        )
    }

    pub fn invalid_management_key() -> Self {
        Self::unauthenticated(
            "invalid_management_key",
            "The management key is unknown, expired or revoked. Create one in the Dashboard under Settings.",
        )
    }

    pub fn wrong_kind_of_key() -> Self {
        Self::forbidden(
            "wrong_kind_of_key",
            "An API key calls models, below /v1 and not below /api/v1; it cannot manage anything. Set the base URL of a client to the address that ends with /v1 alone; to manage, sign in to the Dashboard, or send a management key (yxm-...).",
        )
    }

    pub fn session_needed() -> Self {
        Self::forbidden(
            "session_needed",
            "A management key cannot do this. Sign in to the Dashboard.",
        )
    }

    pub fn missing_scope(scope: &str) -> Self {
        Self::forbidden(
            "insufficient_scope",
            format!("The management key lacks the scope '{scope}'. Create one that has it."),
        )
    }

    pub fn missing_role(role: &str) -> Self {
        Self::forbidden(
            "insufficient_role",
            format!(
                "This needs the role '{role}' in the account, or a higher one. Ask an owner of the account."
            ),
        )
    }

    pub fn operators_only() -> Self {
        Self::forbidden(
            "operators_only",
            "Only operators of this platform may do this.",
        )
    }

    pub fn cross_site_request() -> Self {
        Self::forbidden(
            "cross_site_request",
            "The request does not come from the Dashboard's own pages. Programs send a management key instead of a cookie.",
        )
    }

    pub fn invalid_credentials() -> Self {
        Self::unauthenticated(
            "invalid_credentials",
            "The e-mail address or the password is wrong.",
        )
    }

    /// The caller is known; only what they typed once more is wrong. No 401, which would sign them out.
    pub fn wrong_password(field: &'static str) -> Self {
        Self::validation("wrong_password", "The password is wrong.").with_param(field)
    }

    pub fn two_factor_required() -> Self {
        Self::unauthenticated(
            "two_factor_required",
            "Enter the code of your authenticator app, or one of your recovery codes.",
        )
        .with_param("code")
    }

    /// The password was right, or the caller is signed in; only the code is wrong.
    pub fn wrong_code() -> Self {
        Self::validation(
            "wrong_code",
            "The code is wrong or was used already. Wait for the next one.",
        )
        .with_param("code")
    }

    pub fn two_factor_needed() -> Self {
        Self::forbidden(
            "two_factor_needed",
            "Operators need two-factor authentication here. Turn it on under Settings, Security.",
        )
    }

    pub fn too_many_attempts(retry_after: Duration) -> Self {
        let seconds = super::whole_seconds(retry_after);
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limit_error",
            "too_many_attempts",
            format!("Too many attempts. Please try again in {seconds} s."),
        )
        .with_retry_after(Some(retry_after))
    }

    pub fn sign_up_closed() -> Self {
        Self::forbidden(
            "sign_up_closed",
            "Sign-up is closed here. Ask the operator for an invitation.",
        )
    }

    // ---- what is asked -----------------------------------------------------------------------------

    /// What is not there, and what is another account's, are answered alike.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found_error",
            "not_found",
            format!("There is no such {what}, or it is not yours."),
        )
    }

    pub fn conflict(
        code: &'static str,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict_error", code, message)
    }

    /// A field of the body cannot be taken.
    pub fn invalid_field(
        param: impl Into<String>,
        message: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        Self::validation("invalid_field", message).with_param(param)
    }

    pub fn unknown_field(param: impl Into<String>, message: String) -> Self {
        Self::validation("unknown_field", message).with_param(param)
    }

    pub fn invalid_link() -> Self {
        Self::validation(
            "invalid_link",
            "The link was used already, has expired, or was not copied whole. Ask for a new one.",
        )
        .with_param("token")
    }

    fn validation(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> Self {
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

    pub fn invalid_idempotency_key() -> Self {
        Self::invalid_request(
            "invalid_idempotency_key",
            "Idempotency-Key must have 1 to 255 visible ASCII characters.",
        )
    }

    pub fn idempotency_key_reused() -> Self {
        Self::validation(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new one.",
        )
    }

    pub fn idempotency_in_progress() -> Self {
        Self::conflict(
            "idempotency_in_progress",
            "A request with this Idempotency-Key is running, or was cut off before its answer was kept. Look at what is there before you try again with a new key.",
        )
        .with_retry_after(Some(Duration::from_secs(1)))
    }

    /// What the store says of a change that somebody asked for: what is missing or contradicts is theirs
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
