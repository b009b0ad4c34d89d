//! One row per request, append-only.

mod detail;
mod line;

use crate::db::{Binder, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, RequestId};

pub use detail::{Attempt, Detail, LimitShown};

const COLUMNS: usize = 22;
/// A status from here on is an error.
const ERROR_STATUS: u16 = 400;

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
    /// The provider that answered, or was tried last; empty when none was.
    pub provider_name: std::sync::Arc<str>,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
    /// What the account is charged, in nano-dollars.
    pub charge_nanos: u64,
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
    pub detail: Detail,
}

/// Which requests are looked for; an empty text is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter {
    pub api_key_id: String,
    pub model_id: String,
    pub environment: String,
    pub endpoint: String,
    /// `ok`, `error` or `refused`.
    pub outcome: String,
    /// An HTTP status; 0 is any.
    pub status: i64,
}

impl UsageEvent {
    /// `ok`, `error` (admitted, and failed or broken off) or `refused`.
    pub fn outcome(&self) -> &'static str {
        if !self.is_admitted {
            "refused"
        } else if self.status >= ERROR_STATUS || self.end_reason == "broken" {
            "error"
        } else {
            "ok"
        }
    }
}

/// Adds events. One that is there already is left as it is, so a batch may be tried again.
///
/// # Errors
/// When the database cannot be written.
pub async fn insert(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO usage_events (account_id, request_id, at_ms, api_key_id, environment, endpoint, model_id,
            provider_name, input_tokens, output_tokens, cached_tokens, reasoning_tokens, charge_nanos,
            counted_by, status, error_code, end_reason, is_admitted, is_streamed, duration_us, first_token_us, detail)";
    const TAIL: &str = "ON CONFLICT (account_id, request_id) DO NOTHING";
    tx.insert_many((HEAD, TAIL), COLUMNS, events, bind).await
}

/// Leaves out the events that are there already: after a commit of which nobody knows whether it held,
/// so that sums are not added twice.
///
/// # Errors
/// When the database cannot be read.
pub async fn retain_new(tx: &mut Tx, events: &mut Vec<UsageEvent>) -> Result<(), StoreError> {
    let mut is_new = Vec::with_capacity(events.len());
    for event in &*events {
        let sql = "SELECT 1 AS found FROM usage_events WHERE account_id = $1 AND request_id = $2";
        let values = vec![
            event.account_id.as_str().into(),
            event.request_id.as_str().into(),
        ];
        is_new.push(tx.fetch_optional(sql, values).await?.is_none());
    }
    let mut is_new = is_new.into_iter();
    events.retain(|_| is_new.next().unwrap_or(true));
    Ok(())
}

/// Forgets an account's events from before `before_ms`, the oldest first and at most `rows_max`; how many went.
/// Sums are not touched.
///
/// # Errors
/// When the database cannot be written.
pub async fn prune(
    tx: &mut Tx,
    account_id: &AccountId,
    before_ms: i64,
    rows_max: u32,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM usage_events WHERE account_id = $1 AND request_id IN (
            SELECT request_id FROM usage_events WHERE account_id = $1 AND request_id < $2
            ORDER BY request_id LIMIT $3)";
    let values = vec![
        account_id.as_str().into(),
        RequestId::first_at(before_ms).as_str().into(),
        i64::from(rows_max).into(),
    ];
    tx.execute(sql, values).await
}

fn bind(event: &UsageEvent, to: &mut Binder) -> Result<(), StoreError> {
    to.shared(event.account_id.shared())?;
    to.shared(event.request_id.shared())?;
    to.int(event.at_ms)?;
    to.shared(event.api_key_id.shared())?;
    to.word(event.environment)?;
    to.word(event.endpoint)?;
    to.shared(&event.model_id)?;
    to.shared(&event.provider_name)?;
    to.count(event.input_tokens)?;
    to.count(event.output_tokens)?;
    to.count(event.cached_tokens)?;
    to.count(event.reasoning_tokens)?;
    to.count(event.charge_nanos)?;
    to.word(event.counted_by)?;
    to.int(event.status.into())?;
    to.word(event.error_code)?;
    to.word(event.end_reason)?;
    to.bool(event.is_admitted)?;
    to.bool(event.is_streamed)?;
    to.count(event.duration_us)?;
    to.opt_count(event.first_token_us)?;
    to.text(event.detail.to_text())
}
