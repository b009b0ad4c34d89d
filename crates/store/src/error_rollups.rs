//! Requests that ended in an error code, per hour, key, model and provider: what is grouped for those who ask why.

use std::collections::BTreeMap;

use crate::db::{Db, Row, Tx, Value, insert_columns};
use crate::error::StoreError;
use crate::id::{AccountId, RequestId};
use crate::usage_events::UsageEvent;
use crate::usage_rollups::HOUR_MS;

/// Requests of an hour that ended alike.
struct Batch<'a> {
    event: &'a UsageEvent,
    hour_ms: i64,
    requests: u64,
    first_at_ms: i64,
    last_at_ms: i64,
    sample: &'a RequestId,
}

insert_columns!("error_rollups", |batch: Batch<'_>, to| {
    account_id: to.shared(batch.event.account_id.shared()),
    hour_ms: to.int(batch.hour_ms),
    api_key_id: to.shared(batch.event.api_key_id.shared()),
    model: to.shared(batch.event.model()),
    provider_name: to.shared(&batch.event.provider_name),
    error_code: to.word(batch.event.error_code),
    requests: to.count(batch.requests),
    first_at_ms: to.int(batch.first_at_ms),
    last_at_ms: to.int(batch.last_at_ms),
    sample_request_id: to.shared(batch.sample.shared()),
});

/// Adds the events that ended in an error code, in the transaction that adds the events themselves.
///
/// # Errors
/// If the database cannot be written.
pub async fn add(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    const TAIL: &str = "ON CONFLICT (account_id, hour_ms, api_key_id, model, provider_name, error_code) DO UPDATE SET
        requests = error_rollups.requests + excluded.requests,
        first_at_ms = CASE WHEN excluded.first_at_ms < error_rollups.first_at_ms
            THEN excluded.first_at_ms ELSE error_rollups.first_at_ms END,
        last_at_ms = CASE WHEN excluded.last_at_ms > error_rollups.last_at_ms
            THEN excluded.last_at_ms ELSE error_rollups.last_at_ms END,
        sample_request_id = CASE WHEN excluded.sample_request_id > error_rollups.sample_request_id
            THEN excluded.sample_request_id ELSE error_rollups.sample_request_id END";
    let batches = batches(events);
    if batches.is_empty() {
        return Ok(());
    }
    tx.insert_many((HEAD, TAIL), COLUMNS, &batches, bind).await
}

/// The events in batches, in one order always: two writers must not wait for each other crosswise.
fn batches(events: &[UsageEvent]) -> Vec<Batch<'_>> {
    let mut batches: BTreeMap<_, Batch<'_>> = BTreeMap::new();
    for event in events.iter().filter(|event| !event.error_code.is_empty()) {
        let hour_ms = event.at_ms - event.at_ms.rem_euclid(HOUR_MS);
        let key = (
            event.account_id.as_str(),
            hour_ms,
            event.api_key_id.as_str(),
            &**event.model(),
            &*event.provider_name,
            event.error_code,
        );
        let batch = batches.entry(key).or_insert(Batch {
            event,
            hour_ms,
            requests: 0,
            first_at_ms: event.at_ms,
            last_at_ms: event.at_ms,
            sample: &event.request_id,
        });
        batch.requests += 1;
        batch.first_at_ms = batch.first_at_ms.min(event.at_ms);
        batch.last_at_ms = batch.last_at_ms.max(event.at_ms);
        batch.sample = batch.sample.max(&event.request_id);
    }
    batches.into_values().collect()
}

/// Which errors are looked for; an empty text is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorFilter {
    pub account_id: String,
    pub api_key_id: String,
    pub model: String,
    pub provider_name: String,
    pub error_code: String,
    /// From the begin of an hour on, and before the begin of another.
    pub from_ms: i64,
    pub to_ms: i64,
}

/// Requests that ended in the same error code, for the same model, with the same key (or, for operators, at the same
/// provider).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorGroup {
    pub error_code: String,
    pub model: String,
    /// The key; empty for operators.
    pub api_key_id: String,
    /// The provider that was tried last; empty for accounts, and where none was.
    pub provider_name: String,
    pub requests: u64,
    pub accounts: u64,
    pub first_at_ms: i64,
    pub last_at_ms: i64,
    pub sample_account_id: AccountId,
    pub sample_request_id: RequestId,
}

/// The dimension that tells groups apart, besides code and model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorsBy {
    ApiKey,
    Provider,
}

macro_rules! groups {
    ($by:literal, $names:literal) => {
        concat!(
            "SELECT error_code, model, ",
            $names,
            ", CAST(SUM(requests) AS BIGINT) AS requests, COUNT(DISTINCT account_id) AS accounts,
                 MIN(first_at_ms) AS first_at_ms, MAX(last_at_ms) AS last_at_ms,
                 MAX(sample_request_id || ' ' || account_id) AS sample
             FROM error_rollups
             WHERE hour_ms >= $1 AND hour_ms < $2 AND ($3 = '' OR account_id = $3) AND ($4 = '' OR api_key_id = $4)
                 AND ($5 = '' OR model = $5) AND ($6 = '' OR error_code = $6) AND ($7 = '' OR provider_name = $7)
             GROUP BY error_code, model, ",
            $by,
            " ORDER BY SUM(requests) DESC, error_code, model, ",
            $by,
            " LIMIT $8"
        )
    };
}

/// The largest groups, `limit` of them.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_groups(
    db: &Db,
    filter: &ErrorFilter,
    by: ErrorsBy,
    limit: u32,
) -> Result<Vec<ErrorGroup>, StoreError> {
    let sql = match by {
        ErrorsBy::ApiKey => groups!("api_key_id", "api_key_id, '' AS provider_name"),
        ErrorsBy::Provider => groups!("provider_name", "'' AS api_key_id, provider_name"),
    };
    let values: Vec<Value> = vec![
        filter.from_ms.into(),
        filter.to_ms.into(),
        filter.account_id.clone().into(),
        filter.api_key_id.clone().into(),
        filter.model.clone().into(),
        filter.error_code.clone().into(),
        filter.provider_name.clone().into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(ErrorGroup::from_row).collect()
}

/// Forgets what is older than `before_ms`.
///
/// # Errors
/// If the database cannot be written.
pub async fn prune(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM error_rollups WHERE hour_ms < $1";
    tx.execute(sql, vec![(before_ms - HOUR_MS).into()]).await
}

impl ErrorGroup {
    fn from_row(row: &Row) -> Result<Self, StoreError> {
        let sample = row.text("sample")?;
        let (request_id, account_id) = sample.split_once(' ').unwrap_or((&sample, ""));
        Ok(Self {
            error_code: row.text("error_code")?,
            model: row.text("model")?,
            api_key_id: row.text("api_key_id")?,
            provider_name: row.text("provider_name")?,
            requests: row.count("requests")?,
            accounts: row.count("accounts")?,
            first_at_ms: row.int("first_at_ms")?,
            last_at_ms: row.int("last_at_ms")?,
            sample_account_id: account_id.into(),
            sample_request_id: request_id.into(),
        })
    }
}
