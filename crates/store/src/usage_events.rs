//! One row per request, append-only.

mod detail;
mod json;
mod line;
mod outcome;
mod sealed_text;

use llm::{Meter, Usage};
use serde::{Deserialize, Serialize};

use crate::db::{Db, Row, Tx, insert_columns};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId, RequestId};

pub use detail::{
    AttemptCause, AttemptRecord, Detail, ErrorShown, HoldShown, LimitShown, PricesShown,
    dropped_shown,
};
use line::Word;
pub use outcome::{CountedBy, EndReason, Outcome};
pub use sealed_text::{MESSAGE_CHARS_MAX, SealedText};

/// The meters whose amounts columns have: `input_tokens` and `output_tokens` (sums over classes), `cached_tokens`,
/// `reasoning_tokens`, and the number of requests. The others are kept by name, so that a new meter needs no migration.
const IN_COLUMNS: [Meter; 5] = [
    Meter::UncachedInput,
    Meter::CacheRead,
    Meter::Output,
    Meter::Reasoning,
    Meter::Requests,
];

/// The usage of one request, and how the request ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageEvent {
    pub request_id: RequestId,
    /// The time of admission or refusal; the request counts in the windows of this moment.
    pub at_ms: i64,
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    #[serde(deserialize_with = "line::word")]
    pub environment: Word,
    #[serde(deserialize_with = "line::word")]
    pub endpoint: Word,
    /// The model; empty when the request named none that exists.
    pub model_id: std::sync::Arc<str>,
    /// The name that the request asked for, where that is not the model's id: an alias, or no model at all.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub requested_model: std::sync::Arc<str>,
    /// The provider that answered, or was tried last; empty when none was.
    pub provider_name: std::sync::Arc<str>,
    pub usage: Usage,
    /// The charge to the account, in nano-dollars.
    pub charge_nanos: u64,
    pub counted_by: CountedBy,
    /// The HTTP status that the client got.
    pub status: u16,
    /// The code of the error that the client got; empty without one.
    #[serde(deserialize_with = "line::word")]
    pub error_code: Word,
    pub end_reason: EndReason,
    /// True if the request counts against the limits.
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
    pub outcome: Option<Outcome>,
    /// An HTTP status; 0 is any.
    pub status: i64,
    pub error_code: String,
}

impl UsageEvent {
    /// The model that people look for: the one that exists, or the name that was asked for.
    pub fn model(&self) -> &std::sync::Arc<str> {
        if self.model_id.is_empty() {
            &self.requested_model
        } else {
            &self.model_id
        }
    }

    /// The outcome, as sums tell requests apart.
    pub fn outcome(&self) -> Outcome {
        Outcome::of(self.is_admitted, self.status, self.end_reason)
    }

    /// The amounts that no column has.
    pub(crate) fn meters(&self) -> Usage {
        let mut meters = self.usage;
        for meter in IN_COLUMNS {
            meters[meter] = 0;
        }
        meters
    }
}

insert_columns!("usage_events", |event: UsageEvent, to| {
    account_id: to.shared(event.account_id.shared()),
    request_id: to.shared(event.request_id.shared()),
    at_ms: to.int(event.at_ms),
    api_key_id: to.shared(event.api_key_id.shared()),
    environment: to.word(event.environment),
    endpoint: to.word(event.endpoint),
    model_id: to.shared(&event.model_id),
    requested_model: to.shared(&event.requested_model),
    provider_name: to.shared(&event.provider_name),
    input_tokens: to.count(event.usage.input_tokens()),
    output_tokens: to.count(event.usage.output_tokens()),
    cached_tokens: to.count(event.usage[Meter::CacheRead]),
    reasoning_tokens: to.count(event.usage[Meter::Reasoning]),
    charge_nanos: to.count(event.charge_nanos),
    counted_by: to.word(event.counted_by.as_str()),
    status: to.int(event.status.into()),
    error_code: to.word(event.error_code),
    end_reason: to.word(event.end_reason.as_str()),
    is_admitted: to.bool(event.is_admitted),
    is_streamed: to.bool(event.is_streamed),
    duration_us: to.count(event.duration_us),
    first_token_us: to.opt_count(event.first_token_us),
    detail: to.text(event.detail.to_text(&event.meters())),
});

/// Adds events. One that is there already is left as it is, so a batch may be tried again.
///
/// # Errors
/// If the database cannot be written.
pub async fn insert(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    const TAIL: &str = "ON CONFLICT (account_id, request_id) DO NOTHING";
    tx.insert_many((HEAD, TAIL), COLUMNS, events, bind).await
}

/// Leaves out the events that are there already: after a commit of which nobody knows whether it held,
/// so that sums are not added twice.
///
/// # Errors
/// If the database cannot be read.
pub async fn retain_new(tx: &mut Tx, events: &mut Vec<UsageEvent>) -> Result<(), StoreError> {
    retain(tx, events, |_| true).await
}

/// Leaves out the lines of batches that are there already: each is accounted for once, whichever server ran it.
///
/// # Errors
/// If the database cannot be read.
pub async fn retain_new_lines(tx: &mut Tx, events: &mut Vec<UsageEvent>) -> Result<(), StoreError> {
    if events.iter().any(|event| event.request_id.may_repeat()) {
        retain(tx, events, |event| event.request_id.may_repeat()).await?;
    }
    Ok(())
}

/// Leaves out those among the events that `may_be_there` and are.
async fn retain(
    tx: &mut Tx,
    events: &mut Vec<UsageEvent>,
    may_be_there: impl Fn(&UsageEvent) -> bool,
) -> Result<(), StoreError> {
    let mut is_new = Vec::with_capacity(events.len());
    for event in &*events {
        if !may_be_there(event) {
            is_new.push(true);
            continue;
        }
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

/// A request that was accounted for, and what it was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountedRequest {
    pub charge_nanos: u64,
    pub is_completed: bool,
}

/// Looks for a request of an account among those that were accounted for.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_accounted(
    db: &Db,
    account_id: &AccountId,
    id: &RequestId,
) -> Result<Option<AccountedRequest>, StoreError> {
    let sql = "SELECT charge_nanos, end_reason FROM usage_events WHERE account_id = $1 AND request_id = $2";
    let row = db
        .fetch_optional(sql, vec![account_id.as_str().into(), id.as_str().into()])
        .await?;
    let found = |row: &Row| {
        Ok(AccountedRequest {
            charge_nanos: row.count("charge_nanos")?,
            is_completed: row.text("end_reason")? == EndReason::Completed.as_str(),
        })
    };
    row.as_ref().map(found).transpose()
}

/// Forgets an account's events from before `before_ms`, the oldest first and at most `rows_max`; how many went.
/// Sums are not touched.
///
/// # Errors
/// If the database cannot be written.
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
