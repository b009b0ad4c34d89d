//! Reading the sums.

use super::{DAY_MS, HOUR_MS, MINUTE_MS, Sums};
use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::usage_events::LogFilter;

/// What sums are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Not at all.
    None,
    Model,
    ApiKey,
    Environment,
    /// `ok`, `error` or `refused`.
    Outcome,
    Endpoint,
    Provider,
    /// For operators.
    Account,
}

/// Steps from `from_ms` on and before `to_ms`; both are the begin of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub step_ms: i64,
    pub from_ms: i64,
    pub to_ms: i64,
}

/// Which requests are summed; an empty text is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub api_key_id: String,
    pub model_id: String,
    pub environment: String,
    pub outcome: String,
    pub endpoint: String,
    pub provider_name: String,
    /// For operators.
    pub account_id: String,
}

/// The sums of one step and one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    pub at_ms: i64,
    /// What the group is called; empty when nothing is told apart.
    pub key: String,
    pub sums: Sums,
}

/// Columns of sums over any number of rows.
macro_rules! sum_columns {
    () => {
        "CAST(SUM(CASE WHEN outcome = 'refused' THEN 0 ELSE requests END) AS BIGINT) AS requests,
         CAST(SUM(CASE WHEN outcome = 'refused' THEN requests ELSE 0 END) AS BIGINT) AS refused,
         CAST(SUM(CASE WHEN outcome = 'error' THEN requests ELSE 0 END) AS BIGINT) AS errors,
         CAST(SUM(input_tokens) AS BIGINT) AS input_tokens, CAST(SUM(output_tokens) AS BIGINT) AS output_tokens,
         CAST(SUM(cached_tokens) AS BIGINT) AS cached_tokens,
         CAST(SUM(reasoning_tokens) AS BIGINT) AS reasoning_tokens,
         CAST(SUM(charge_nanos) AS BIGINT) AS charge_nanos, CAST(SUM(duration_us) AS BIGINT) AS duration_us,
         CAST(SUM(first_tokens) AS BIGINT) AS first_tokens, CAST(SUM(first_token_us) AS BIGINT) AS first_token_us"
    };
}
pub(crate) use sum_columns;

macro_rules! points {
    ($group:literal, $by:literal) => {
        concat!(
            "SELECT at_ms, ", $group, " AS group_key, ", sum_columns!(), " FROM usage_rollups
             WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND at_ms < $4
                 AND ($5 = '' OR api_key_id = $5) AND ($6 = '' OR model_id = $6) AND ($7 = '' OR environment = $7)
                 AND ($8 = '' OR outcome = $8) AND ($9 = '' OR endpoint = $9) AND ($10 = '' OR provider_name = $10)
             GROUP BY ", $by, " ORDER BY at_ms"
        )
    };
}

/// The sums of an account per step and group, oldest first; steps without requests are left out.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_points(
    db: &Db,
    account_id: &AccountId,
    span: Span,
    group: Group,
    filter: &Filter,
) -> Result<Vec<Point>, StoreError> {
    let sql = match group {
        Group::None | Group::Account => points!("''", "at_ms"),
        Group::Model => points!("model_id", "at_ms, model_id"),
        Group::ApiKey => points!("api_key_id", "at_ms, api_key_id"),
        Group::Environment => points!("environment", "at_ms, environment"),
        Group::Outcome => points!("outcome", "at_ms, outcome"),
        Group::Endpoint => points!("endpoint", "at_ms, endpoint"),
        Group::Provider => points!("provider_name", "at_ms, provider_name"),
    };
    let values: Vec<Value> = vec![
        account_id.as_str().into(),
        span.step_ms.into(),
        span.from_ms.into(),
        span.to_ms.into(),
        filter.api_key_id.clone().into(),
        filter.model_id.clone().into(),
        filter.environment.clone().into(),
        filter.outcome.clone().into(),
        filter.endpoint.clone().into(),
        filter.provider_name.clone().into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Point::from_row).collect()
}

/// The hours of a span (from, before) in which an account has requests that pass a filter, newest first,
/// with how many.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_hours(
    db: &Db,
    account_id: &AccountId,
    filter: &LogFilter,
    (from_ms, to_ms): (i64, i64),
) -> Result<Vec<(i64, u64)>, StoreError> {
    let sql = "SELECT at_ms, CAST(SUM(requests) AS BIGINT) AS requests FROM usage_rollups
               WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND at_ms < $4
                   AND ($5 = '' OR api_key_id = $5) AND ($6 = '' OR model_id = $6) AND ($7 = '' OR environment = $7)
                   AND ($8 = '' OR outcome = $8) AND ($9 = '' OR endpoint = $9) AND ($10 = 0 OR status = $10)
               GROUP BY at_ms ORDER BY at_ms DESC";
    let values: Vec<Value> = vec![
        account_id.as_str().into(),
        HOUR_MS.into(),
        (from_ms - from_ms.rem_euclid(HOUR_MS)).into(),
        to_ms.into(),
        filter.api_key_id.clone().into(),
        filter.model_id.clone().into(),
        filter.environment.clone().into(),
        filter.outcome.clone().into(),
        filter.endpoint.clone().into(),
        filter.status.into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.int("at_ms")?, row.count("requests")?)))
        .collect()
}

/// The sums of one key since `since_ms` (the begin of a day), by model.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_by_model(
    db: &Db,
    account_id: &AccountId,
    api_key_id: &ApiKeyId,
    since_ms: i64,
) -> Result<Vec<(String, Sums)>, StoreError> {
    let sql = concat!(
        "SELECT model_id, ",
        sum_columns!(),
        " FROM usage_rollups
         WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND api_key_id = $4
         GROUP BY model_id ORDER BY model_id"
    );
    let values = vec![
        account_id.as_str().into(),
        DAY_MS.into(),
        since_ms.into(),
        api_key_id.as_str().into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("model_id")?, Sums::from_row(row)?)))
        .collect()
}

/// The sums of an account since `since_ms` (the begin of a day).
///
/// # Errors
/// When the database cannot be read.
pub async fn sum_of_account(
    db: &Db,
    account_id: &AccountId,
    since_ms: i64,
) -> Result<Sums, StoreError> {
    let span = Span {
        step_ms: DAY_MS,
        from_ms: since_ms,
        to_ms: i64::MAX,
    };
    let days = list_points(db, account_id, span, Group::None, &Filter::default()).await?;
    let mut sums = Sums::default();
    for day in days {
        sums.add(&day.sums);
    }
    Ok(sums)
}

/// Admitted requests of the keys of an account per day since `since_ms`: key, day, requests.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_days_of_keys(
    db: &Db,
    account_id: &AccountId,
    since_ms: i64,
) -> Result<Vec<(ApiKeyId, i64, u64)>, StoreError> {
    let sql =
        "SELECT api_key_id, at_ms, CAST(SUM(requests) AS BIGINT) AS requests FROM usage_rollups
               WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND outcome <> 'refused'
               GROUP BY api_key_id, at_ms";
    let values = vec![account_id.as_str().into(), DAY_MS.into(), since_ms.into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.text("api_key_id")?.into(),
                row.int("at_ms")?,
                row.count("requests")?,
            ))
        })
        .collect()
}

/// Forgets sums per minute from before `before_ms`, of one account after another so that no write is long;
/// the coarser ones stay. Returns how many rows went.
///
/// # Errors
/// When the database cannot be written.
pub async fn prune_minutes(
    tx: &mut Tx,
    account_id: &AccountId,
    before_ms: i64,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM usage_rollups WHERE account_id = $1 AND step_ms = $2 AND at_ms < $3";
    let values = vec![
        account_id.as_str().into(),
        MINUTE_MS.into(),
        before_ms.into(),
    ];
    tx.execute(sql, values).await
}

impl Point {
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            at_ms: row.int("at_ms")?,
            key: row.text("group_key")?,
            sums: sums_from_row(row)?,
        })
    }
}

pub(crate) fn sums_from_row(row: &Row) -> Result<Sums, StoreError> {
    Ok(Sums {
        requests: row.count("requests")?,
        refused: row.count("refused")?,
        errors: row.count("errors")?,
        input_tokens: row.count("input_tokens")?,
        output_tokens: row.count("output_tokens")?,
        cached_tokens: row.count("cached_tokens")?,
        reasoning_tokens: row.count("reasoning_tokens")?,
        charge_nanos: row.count("charge_nanos")?,
        duration_us: row.count("duration_us")?,
        first_tokens: row.count("first_tokens")?,
        first_token_us: row.count("first_token_us")?,
    })
}
