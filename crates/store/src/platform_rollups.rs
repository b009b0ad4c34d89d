//! Sums per minute, hour and day over all accounts, for operators: those of the accounts without their keys,
//! in the order of time.

use std::cmp::Ordering;

use crate::db::{Db, Tx, Value};
use crate::error::StoreError;
use crate::usage_events::UsageEvent;
use crate::usage_rollups::{
    Batch, DAY_MS, Filter, Group, LatencyPoint, MINUTE_MS, Point, STEPS_MS, Sums, Table, TimeSpan,
    add_meters, add_to, latency_points, outcome_word, rollup_table, select_sums,
};

const TABLE: Table = rollup_table!(
    "platform_rollups", "platform_meters", "platform_latencies",
    key [step_ms at_ms account_id model_id provider_name endpoint outcome status environment],
    beside [],
    order order_without_keys
);

/// Adds events to the sums, in the transaction that adds the events themselves.
///
/// # Errors
/// If the database cannot be written.
pub async fn add(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    add_steps(tx, events, &STEPS_MS).await
}

/// Adds to some of the steps only: a writer of events of long ago leaves out what would be pruned at once.
///
/// # Errors
/// If the database cannot be written.
pub async fn add_steps(
    tx: &mut Tx,
    events: &[UsageEvent],
    steps_ms: &[i64],
) -> Result<(), StoreError> {
    add_to(&TABLE, tx, events, steps_ms).await
}

fn order_without_keys(left: &Batch, right: &Batch) -> Ordering {
    left.account_id
        .cmp(&right.account_id)
        .then_with(|| left.kind().cmp(&right.kind()))
        .then_with(|| left.environment.cmp(right.environment))
        .then_with(|| left.model_id.cmp(&right.model_id))
        .then_with(|| left.provider_name.cmp(&right.provider_name))
}

macro_rules! of_span {
    () => {
        " WHERE step_ms = $1 AND at_ms >= $2 AND at_ms < $3
             AND ($4 = '' OR account_id = $4) AND ($5 = '' OR model_id = $5) AND ($6 = '' OR environment = $6)
             AND ($7 = '' OR outcome = $7) AND ($8 = '' OR endpoint = $8) AND ($9 = '' OR provider_name = $9)"
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
                " FROM platform_rollups",
                of_span!(),
                " GROUP BY ",
                $by,
                " ORDER BY at_ms"
            ),
            concat!(
                "SELECT at_ms, ",
                $group,
                " AS group_key, meter, CAST(SUM(amount) AS BIGINT) AS amount
                 FROM platform_meters",
                of_span!(),
                " GROUP BY ",
                $by,
                ", meter"
            ),
            concat!(
                "SELECT at_ms, ",
                $group,
                " AS group_key, bucket, CAST(SUM(requests) AS BIGINT) AS requests
                 FROM platform_latencies",
                of_span!(),
                " GROUP BY ",
                $by,
                ", bucket"
            ),
        )
    };
}

/// The sums of all accounts per step and group, oldest first; steps without requests are left out. Keys are
/// not told apart.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_points(
    db: &Db,
    span: TimeSpan,
    group: Group,
    filter: &Filter,
) -> Result<Vec<Point>, StoreError> {
    let (sums, meters, _) = statements(group);
    let values = values(span, filter);
    let rows = db.fetch_all(sums, values.clone()).await?;
    let mut points: Vec<Point> = rows
        .iter()
        .map(Point::from_row)
        .collect::<Result<_, StoreError>>()?;
    add_meters(&mut points, &db.fetch_all(meters, values).await?)?;
    Ok(points)
}

/// The latencies of the admitted requests of all accounts, per step (hours or days) and group, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_latencies(
    db: &Db,
    span: TimeSpan,
    group: Group,
    filter: &Filter,
) -> Result<Vec<LatencyPoint>, StoreError> {
    let (_, _, latencies) = statements(group);
    latency_points(&db.fetch_all(latencies, values(span, filter)).await?)
}

fn statements(group: Group) -> (&'static str, &'static str, &'static str) {
    match group {
        Group::None | Group::ApiKey => points!("''", "at_ms"),
        Group::Model => points!("model_id", "at_ms, model_id"),
        Group::Environment => points!("environment", "at_ms, environment"),
        Group::Outcome => points!("outcome", "at_ms, outcome"),
        Group::Endpoint => points!("endpoint", "at_ms, endpoint"),
        Group::Provider => points!("provider_name", "at_ms, provider_name"),
        Group::Account => points!("account_id", "at_ms, account_id"),
    }
}

fn values(span: TimeSpan, filter: &Filter) -> Vec<Value> {
    vec![
        span.step_ms.into(),
        span.from_ms.into(),
        span.to_ms.into(),
        filter.account_id.clone().into(),
        filter.model_id.clone().into(),
        filter.environment.clone().into(),
        outcome_word(filter.outcome).into(),
        filter.endpoint.clone().into(),
        filter.provider_name.clone().into(),
    ]
}

/// The sums of each account since `since_ms` (the begin of a day), without the meters that have no column.
///
/// # Errors
/// If the database cannot be read.
pub async fn list_by_account(db: &Db, since_ms: i64) -> Result<Vec<(String, Sums)>, StoreError> {
    let sql = concat!(
        "SELECT account_id, ",
        select_sums!(),
        " FROM platform_rollups WHERE step_ms = $1 AND at_ms >= $2
         GROUP BY account_id"
    );
    let rows = db
        .fetch_all(sql, vec![DAY_MS.into(), since_ms.into()])
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("account_id")?, Sums::from_row(row)?)))
        .collect()
}

/// Forgets sums per minute from before `before_ms`; the coarser ones stay.
///
/// # Errors
/// If the database cannot be written.
pub async fn prune_minutes(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    let values: Vec<Value> = vec![MINUTE_MS.into(), before_ms.into()];
    let sql = "DELETE FROM platform_meters WHERE step_ms = $1 AND at_ms < $2";
    tx.execute(sql, values.clone()).await?;
    let sql = "DELETE FROM platform_rollups WHERE step_ms = $1 AND at_ms < $2";
    tx.execute(sql, values).await
}
