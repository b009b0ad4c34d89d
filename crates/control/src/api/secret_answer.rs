//! An answer with a secret in it: shown once, kept nowhere.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

/// What is kept of the answer, for whoever repeats the request: the same without the secret.
#[derive(Debug, Clone)]
pub struct WithoutSecret(pub serde_json::Value);

/// Answers with `body`; whoever repeats the request gets it with `null` for the secret.
pub fn secret_answer(status: StatusCode, body: &impl Serialize, secret: &str) -> Response {
    secrets_answer(status, body, &[secret])
}

/// The same with several secrets.
pub fn secrets_answer(status: StatusCode, body: &impl Serialize, secrets: &[&str]) -> Response {
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
