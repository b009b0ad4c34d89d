//! Reading the sums.

use super::{
    DAY_MS, HOUR_MS, LatencyPoint, MINUTE_MS, Point, Sums, add_meters, latency_points,
    meters_by_key,
};
use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::usage_events::{LogFilter, Outcome};

/// The dimension that sums are grouped by.
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
pub struct TimeSpan {
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
    pub outcome: Option<Outcome>,
    pub endpoint: String,
    pub provider_name: String,
    /// For operators.
    pub account_id: String,
}

/// Columns of sums over any number of rows.
macro_rules! select_sums {
    () => {
        concat!(
            "CAST(SUM(CASE WHEN outcome = 'refused' THEN 0 ELSE requests END) AS BIGINT) AS requests,
             CAST(SUM(CASE WHEN outcome = 'refused' THEN requests ELSE 0 END) AS BIGINT) AS refused,
             CAST(SUM(CASE WHEN outcome = 'error' THEN requests ELSE 0 END) AS BIGINT) AS errors",
            crate::usage_rollups::sum_columns!(summed)
        )
    };
}
pub(crate) use select_sums;

macro_rules! of_account {
    () => {
        " WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND at_ms < $4
             AND ($5 = '' OR api_key_id = $5) AND ($6 = '' OR model_id = $6) AND ($7 = '' OR environment = $7)
             AND ($8 = '' OR outcome = $8) AND ($9 = '' OR endpoint = $9) AND ($10 = '' OR provider_name = $10)"
    };
}

/// The statements of sums, of meters and of latencies, by what they are told apart by.
macro_rules! points {
    ($group:literal, $by:literal) => {
        (
            concat!(
                "SELECT at_ms, ",
                $group,
                " AS group_key, ",
                select_sums!(),
                " FROM usage_rollups",
                of_account!(),
                " GROUP BY ",
                $by,
                " ORDER BY at_ms"
            ),
            concat!(
                "SELECT at_ms, ",
                $group,
                " AS group_key, meter, CAST(SUM(amount) AS BIGINT) AS amount
                 FROM usage_meters",
                of_account!(),
                " GROUP BY ",
                $by,
                ", meter"
            ),
            concat!(
                "SELECT at_ms, ",
                $group,
                " AS group_key, bucket, CAST(SUM(requests) AS BIGINT) AS requests
                 FROM usage_latencies",
                of_account!(),
                " GROUP BY ",
                $by,
                ", bucket"
            ),
        )
    };
}

/// The sums of an account per step and group, oldest first; steps without requests are left out.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_points(
    db: &Db,
    account_id: &AccountId,
    span: TimeSpan,
    group: Group,
    filter: &Filter,
) -> Result<Vec<Point>, StoreError> {
    let (sums, meters, _) = statements(group);
    let values = values(account_id, span, filter);
    let rows = db.fetch_all(sums, values.clone()).await?;
    let mut points: Vec<Point> = rows
        .iter()
        .map(Point::from_row)
        .collect::<Result<_, StoreError>>()?;
    add_meters(&mut points, &db.fetch_all(meters, values).await?)?;
    Ok(points)
}

/// The latencies of the admitted requests of an account, per step (hours or days) and group, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_latencies(
    db: &Db,
    account_id: &AccountId,
    span: TimeSpan,
    group: Group,
    filter: &Filter,
) -> Result<Vec<LatencyPoint>, StoreError> {
    let (_, _, latencies) = statements(group);
    let rows = db.fetch_all(latencies, values(account_id, span, filter));
    latency_points(&rows.await?)
}

fn statements(group: Group) -> (&'static str, &'static str, &'static str) {
    match group {
        Group::None | Group::Account => points!("''", "at_ms"),
        Group::Model => points!("model_id", "at_ms, model_id"),
        Group::ApiKey => points!("api_key_id", "at_ms, api_key_id"),
        Group::Environment => points!("environment", "at_ms, environment"),
        Group::Outcome => points!("outcome", "at_ms, outcome"),
        Group::Endpoint => points!("endpoint", "at_ms, endpoint"),
        Group::Provider => points!("provider_name", "at_ms, provider_name"),
    }
}

fn values(account_id: &AccountId, span: TimeSpan, filter: &Filter) -> Vec<Value> {
    vec![
        account_id.as_str().into(),
        span.step_ms.into(),
        span.from_ms.into(),
        span.to_ms.into(),
        filter.api_key_id.clone().into(),
        filter.model_id.clone().into(),
        filter.environment.clone().into(),
        outcome_word(filter.outcome).into(),
        filter.endpoint.clone().into(),
        filter.provider_name.clone().into(),
    ]
}

/// A word to filter by; empty is any.
pub(crate) fn outcome_word(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("", Outcome::as_str)
}

/// The hours of a span (from, before) in which an account has requests that pass a filter, newest first,
/// with how many.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_hours(
    db: &Db,
    account_id: &AccountId,
    filter: &LogFilter,
    (from_ms, to_ms): (i64, i64),
) -> Result<Vec<(i64, u64)>, StoreError> {
    let sql = "SELECT at_ms, CAST(SUM(requests) AS BIGINT) AS requests FROM usage_rollups
               WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND at_ms < $4
                   AND ($5 = '' OR api_key_id = $5) AND ($6 = '' OR model_id = $6 OR model_id = '') AND ($7 = '' OR environment = $7)
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
        outcome_word(filter.outcome).into(),
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
/// If the database cannot be read.
pub async fn list_by_model(
    db: &Db,
    account_id: &AccountId,
    api_key_id: &ApiKeyId,
    since_ms: i64,
) -> Result<Vec<(String, Sums)>, StoreError> {
    let sums = concat!(
        "SELECT model_id, ",
        select_sums!(),
        " FROM usage_rollups
         WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND api_key_id = $4
         GROUP BY model_id ORDER BY model_id"
    );
    let meters = "SELECT model_id AS group_key, meter, CAST(SUM(amount) AS BIGINT) AS amount FROM usage_meters
                  WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 AND api_key_id = $4
                  GROUP BY model_id, meter";
    let values: Vec<Value> = vec![
        account_id.as_str().into(),
        DAY_MS.into(),
        since_ms.into(),
        api_key_id.as_str().into(),
    ];
    let rows = db.fetch_all(sums, values.clone()).await?;
    let by_model = meters_by_key(&db.fetch_all(meters, values).await?)?;
    let of_model = |row: &Row| {
        let model = row.text("model_id")?;
        let mut sums = Sums::from_row(row)?;
        sums.meters = by_model.get(&model).copied().unwrap_or_default();
        Ok((model, sums))
    };
    rows.iter().map(of_model).collect()
}

/// The sums of an account since `since_ms` (the begin of a day).
///
/// # Errors
/// If the database cannot be read.
pub async fn sum_of_account(
    db: &Db,
    account_id: &AccountId,
    since_ms: i64,
) -> Result<Sums, StoreError> {
    let span = TimeSpan {
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
/// If the database cannot be read.
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

/// The charges of each key of an account since `since_ms`, in nano-dollars.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_charges_of_keys(
    db: &Db,
    account_id: &AccountId,
    since_ms: i64,
) -> Result<Vec<(ApiKeyId, u64)>, StoreError> {
    let sql =
        "SELECT api_key_id, CAST(SUM(charge_nanos) AS BIGINT) AS charge_nanos FROM usage_rollups
               WHERE account_id = $1 AND step_ms = $2 AND at_ms >= $3 GROUP BY api_key_id";
    let values = vec![account_id.as_str().into(), DAY_MS.into(), since_ms.into()];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("api_key_id")?.into(), row.count("charge_nanos")?)))
        .collect()
}

/// Forgets sums per minute from before `before_ms`, of one account after another so that no write is long;
/// the coarser ones stay. Returns how many rows went.
///
/// # Errors
/// If the database cannot be written.
pub async fn prune_minutes(
    tx: &mut Tx,
    account_id: &AccountId,
    before_ms: i64,
) -> Result<u64, StoreError> {
    let values: Vec<Value> = vec![
        account_id.as_str().into(),
        MINUTE_MS.into(),
        before_ms.into(),
    ];
    let sql = "DELETE FROM usage_meters WHERE account_id = $1 AND step_ms = $2 AND at_ms < $3";
    tx.execute(sql, values.clone()).await?;
    let sql = "DELETE FROM usage_rollups WHERE account_id = $1 AND step_ms = $2 AND at_ms < $3";
    tx.execute(sql, values).await
}
