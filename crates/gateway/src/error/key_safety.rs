//! Errors of key safety: for browsers and client tokens.

use http::StatusCode;

use super::ApiError;

impl ApiError {
    /// `docs` is the address of this server's documentation, if it is known.
    pub fn browser_not_allowed(docs: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "permission_error",
            "browser_not_allowed",
            format!(
                "API keys cannot be used from a browser: whoever opens the page can read the key. Send the request from your server, or have your server mint a client token for the page (POST /v1/client_tokens). If the page was public, revoke this key. More: {docs}/docs/keys-in-browsers"
            ),
        )
    }

    // ---- client tokens -----------------------------------------------------------------------------

    pub fn malformed_client_token() -> Self {
        Self::invalid_api_key_because(
            "The client token is malformed. Check that it was passed on whole.",
        )
    }

    pub fn unknown_client_token() -> Self {
        Self::invalid_api_key_because(
            "The client token was not minted here. Ask your server for a new one.",
        )
    }

    pub fn expired_client_token() -> Self {
        Self::invalid_api_key_because(
            "The client token has expired. Ask your server for a new one.",
        )
    }

    pub fn origin_not_allowed() -> Self {
        Self::insufficient_permissions(
            "The client token is for pages of other origins. Its allowed_origins are chosen when it is minted; with none, no page may carry it.",
        )
    }

    pub fn not_for_client_tokens() -> Self {
        Self::insufficient_permissions(
            "A client token can only ask models. Send the API key from your server.",
        )
    }

    pub fn model_not_of_token(model: &str) -> Self {
        Self::insufficient_permissions(format!(
            "The client token is for other models than '{model}'. Its models are chosen when it is minted."
        ))
        .with_param("model")
    }

    pub fn output_not_of_token(max: u32) -> Self {
        Self::insufficient_permissions(format!(
            "The client token is for requests of at most {max} tokens of output: send max_tokens, times n no larger."
        ))
        .with_param("max_tokens")
    }

    pub fn client_token_used_up(max: u32) -> Self {
        Self::insufficient_permissions(format!(
            "The client token was good for {max} requests, which were made. Ask your server for a new one."
        ))
    }
}
