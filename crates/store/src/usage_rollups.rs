//! Sums per hour, key and model: what counters and screens read instead of raw rows.

use std::collections::HashMap;
use std::sync::Arc;

use crate::db::{Binder, Db, Row, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::usage_events::UsageEvent;

const COLUMNS: usize = 12;
const HOUR_MS: i64 = 3_600_000;
/// A status from here on counts as an error.
const ERROR_STATUS: u16 = 400;

/// Sums of some requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Requests that were admitted.
    pub requests: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Admitted requests that ended in an error.
    pub errors: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
}

impl Sums {
    fn add(&mut self, event: &UsageEvent) {
        self.requests += u64::from(event.is_admitted);
        self.refused += u64::from(!event.is_admitted);
        self.errors += u64::from(event.is_admitted && event.status >= ERROR_STATUS);
        self.input_tokens += event.input_tokens;
        self.output_tokens += event.output_tokens;
        self.cached_tokens += event.cached_tokens;
        self.reasoning_tokens += event.reasoning_tokens;
    }

    fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            requests: row.count("requests")?,
            refused: row.count("refused")?,
            errors: row.count("errors")?,
            input_tokens: row.count("input_tokens")?,
            output_tokens: row.count("output_tokens")?,
            cached_tokens: row.count("cached_tokens")?,
            reasoning_tokens: row.count("reasoning_tokens")?,
        })
    }
}

type Bucket = (ApiKeyId, i64, Arc<str>);

/// The sums of a bucket, with what is written beside them.
#[derive(Debug)]
struct Rollup {
    account_id: AccountId,
    environment: &'static str,
    sums: Sums,
}

/// Adds events to the sums, in the transaction that adds the events themselves.
///
/// # Errors
/// When the database cannot be written.
pub async fn add(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO usage_rollups (api_key_id, hour_at_ms, model_id, account_id, environment, requests,
            refused, errors, input_tokens, output_tokens, cached_tokens, reasoning_tokens)";
    const TAIL: &str = "ON CONFLICT (api_key_id, hour_at_ms, model_id) DO UPDATE SET
            requests = usage_rollups.requests + excluded.requests,
            refused = usage_rollups.refused + excluded.refused,
            errors = usage_rollups.errors + excluded.errors,
            input_tokens = usage_rollups.input_tokens + excluded.input_tokens,
            output_tokens = usage_rollups.output_tokens + excluded.output_tokens,
            cached_tokens = usage_rollups.cached_tokens + excluded.cached_tokens,
            reasoning_tokens = usage_rollups.reasoning_tokens + excluded.reasoning_tokens";
    tx.insert_many((HEAD, TAIL), COLUMNS, &roll_up(events), bind)
        .await
}

/// Sums per bucket, in one order always: two writers that upsert the same rows must not wait for each
/// other crosswise.
fn roll_up(events: &[UsageEvent]) -> Vec<(Bucket, Rollup)> {
    let mut buckets: HashMap<Bucket, Rollup> = HashMap::new();
    for event in events {
        let hour_at_ms = event.at_ms - event.at_ms.rem_euclid(HOUR_MS);
        let bucket = (
            event.api_key_id.clone(),
            hour_at_ms,
            Arc::clone(&event.model_id),
        );
        let rollup = buckets.entry(bucket).or_insert_with(|| Rollup {
            account_id: event.account_id.clone(),
            environment: event.environment,
            sums: Sums::default(),
        });
        rollup.sums.add(event);
    }
    let mut rollups: Vec<_> = buckets.into_iter().collect();
    rollups.sort_by(|(left, _), (right, _)| left.cmp(right));
    rollups
}

fn bind(
    ((api_key_id, hour_at_ms, model_id), rollup): &(Bucket, Rollup),
    to: &mut Binder,
) -> Result<(), StoreError> {
    let sums = &rollup.sums;
    to.text(api_key_id.as_str())?;
    to.int(*hour_at_ms)?;
    to.text(model_id)?;
    to.text(rollup.account_id.as_str())?;
    to.text(rollup.environment)?;
    to.count(sums.requests)?;
    to.count(sums.refused)?;
    to.count(sums.errors)?;
    to.count(sums.input_tokens)?;
    to.count(sums.output_tokens)?;
    to.count(sums.cached_tokens)?;
    to.count(sums.reasoning_tokens)
}

/// The sums of one key since `since_ms` (a full hour), by model.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_by_model(
    db: &Db,
    account_id: &AccountId,
    api_key_id: &ApiKeyId,
    since_ms: i64,
) -> Result<Vec<(String, Sums)>, StoreError> {
    let sql = "SELECT model_id,
            CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(refused) AS BIGINT) AS refused,
            CAST(SUM(errors) AS BIGINT) AS errors, CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
            CAST(SUM(output_tokens) AS BIGINT) AS output_tokens, CAST(SUM(cached_tokens) AS BIGINT) AS cached_tokens,
            CAST(SUM(reasoning_tokens) AS BIGINT) AS reasoning_tokens
        FROM usage_rollups WHERE api_key_id = $1 AND account_id = $2 AND hour_at_ms >= $3
        GROUP BY model_id ORDER BY model_id";
    let values = vec![
        api_key_id.as_str().into(),
        account_id.as_str().into(),
        since_ms.into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("model_id")?, Sums::from_row(row)?)))
        .collect()
}
