//! One row per request, append-only.

use crate::db::{Tx, Value};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, RequestId};

const COLUMNS: usize = 22;

/// What one request used, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEvent {
    pub request_id: RequestId,
    /// When the request was admitted or refused; it counts in the windows of this moment.
    pub at_ms: i64,
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub environment: &'static str,
    pub endpoint: &'static str,
    /// The model; empty when the request named none that exists.
    pub model_id: std::sync::Arc<str>,
    /// The deployment that answered, or was tried last; empty when none was.
    pub provider_name: std::sync::Arc<str>,
    pub upstream_model: std::sync::Arc<str>,
    pub attempts: u32,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
    /// `upstream`, `estimate` or `none`.
    pub counted_by: &'static str,
    /// The HTTP status that the client got.
    pub status: u16,
    /// The code of the error that the client got; empty without one.
    pub error_code: &'static str,
    pub end_reason: &'static str,
    /// Whether the request counts against the limits.
    pub is_admitted: bool,
    pub is_streamed: bool,
    pub duration_us: u64,
    pub first_token_us: Option<u64>,
}

/// Adds events. One that is there already is left as it is, so a batch may be tried again.
///
/// # Errors
/// When the database cannot be written.
pub async fn insert(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    let rows = events.iter().map(values).collect();
    tx.insert_many(
        "INSERT INTO usage_events (request_id, at_ms, account_id, api_key_id, environment, endpoint, model_id,
            provider_name, upstream_model, attempts, input_tokens, output_tokens, cached_tokens, reasoning_tokens,
            counted_by, status, error_code, end_reason, is_admitted, is_streamed, duration_us, first_token_us)",
        "ON CONFLICT (request_id) DO NOTHING",
        COLUMNS,
        rows,
    )
    .await
}

fn values(event: &UsageEvent) -> Vec<Value> {
    vec![
        event.request_id.as_str().into(),
        event.at_ms.into(),
        event.account_id.as_str().into(),
        event.api_key_id.as_str().into(),
        event.environment.into(),
        event.endpoint.into(),
        (&*event.model_id).into(),
        (&*event.provider_name).into(),
        (&*event.upstream_model).into(),
        i64::from(event.attempts).into(),
        event.input_tokens.into(),
        event.output_tokens.into(),
        event.cached_tokens.into(),
        event.reasoning_tokens.into(),
        event.counted_by.into(),
        i64::from(event.status).into(),
        event.error_code.into(),
        event.end_reason.into(),
        event.is_admitted.into(),
        event.is_streamed.into(),
        event.duration_us.into(),
        event.first_token_us.into(),
    ]
}
