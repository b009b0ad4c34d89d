//! A response with a secret in it: shown once, kept nowhere.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

/// The response that is kept for repeated requests: without the secret.
#[derive(Debug, Clone)]
pub(crate) struct WithoutSecret(pub serde_json::Value);

/// Responds with `body`; a repeated request gets it with `null` for the secret.
pub(crate) fn secret_response(status: StatusCode, body: &impl Serialize, secret: &str) -> Response {
    secrets_response(status, body, &[secret])
}

/// Responds with a body that has several secrets.
pub(crate) fn secrets_response(
    status: StatusCode,
    body: &impl Serialize,
    secrets: &[&str],
) -> Response {
    let mut kept = serde_json::to_value(body).unwrap_or_default();
    for secret in secrets {
        if let Some(value) = kept.get_mut(secret) {
            *value = serde_json::Value::Null;
        }
    }
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(WithoutSecret(kept));
    response
}
