//! Sums per minute, hour and day over all accounts, for operators: those of the accounts without their keys,
//! in the order of time.

use std::cmp::Ordering;

use crate::db::{Binder, Db, Tx, Value};
use crate::error::StoreError;
use crate::usage_events::UsageEvent;
use crate::usage_rollups::{
    Batch, DAY_MS, Filter, Group, MINUTE_MS, Point, STEPS_MS, Span, Sums, added_sums, bind_sums,
    coarser, roll_up, sum_columns, sums, sums_from_row,
};

const COLUMNS: usize = 18;

/// Adds events to the sums, in the transaction that adds the events themselves.
///
/// # Errors
/// When the database cannot be written.
pub async fn add(tx: &mut Tx, events: &[UsageEvent]) -> Result<(), StoreError> {
    add_steps(tx, events, &STEPS_MS).await
}

/// The same for some of the steps only: whoever writes of long ago leaves out what would be pruned at once.
///
/// # Errors
/// When the database cannot be written.
pub async fn add_steps(
    tx: &mut Tx,
    events: &[UsageEvent],
    steps_ms: &[i64],
) -> Result<(), StoreError> {
    const HEAD: &str = concat!(
        "INSERT INTO platform_rollups (step_ms, at_ms, account_id, model_id, provider_name, endpoint, outcome,
            status, environment, ",
        sums!(),
        ")"
    );
    const TAIL: &str = concat!(
        "ON CONFLICT (step_ms, at_ms, account_id, model_id, provider_name, endpoint, outcome, status, environment)",
        added_sums!("platform_rollups")
    );
    let mut batches = roll_up(events, order_without_keys);
    for &step_ms in steps_ms {
        batches = coarser(batches, step_ms, order_without_keys);
        let bind = |batch: &Batch, to: &mut Binder| bind(batch, step_ms, to);
        tx.insert_many((HEAD, TAIL), COLUMNS, &batches, bind)
            .await?;
    }
    Ok(())
}

fn order_without_keys(left: &Batch, right: &Batch) -> Ordering {
    let key = |batch: &Batch| (batch.at_ms, batch.status, batch.outcome, batch.endpoint);
    left.account_id
        .cmp(&right.account_id)
        .then_with(|| key(left).cmp(&key(right)))
        .then_with(|| left.environment.cmp(right.environment))
        .then_with(|| left.model_id.cmp(&right.model_id))
        .then_with(|| left.provider_name.cmp(&right.provider_name))
}

fn bind(batch: &Batch, step_ms: i64, to: &mut Binder) -> Result<(), StoreError> {
    to.int(step_ms)?;
    to.int(batch.at_ms)?;
    to.shared(batch.account_id.shared())?;
    to.shared(&batch.model_id)?;
    to.shared(&batch.provider_name)?;
    to.word(batch.endpoint)?;
    to.word(batch.outcome)?;
    to.int(batch.status.into())?;
    to.word(batch.environment)?;
    bind_sums(&batch.sums, to)
}

macro_rules! points {
    ($group:literal, $by:literal) => {
        concat!(
            "SELECT at_ms, ", $group, " AS group_key, ", sum_columns!(), " FROM platform_rollups
             WHERE step_ms = $1 AND at_ms >= $2 AND at_ms < $3
                 AND ($4 = '' OR account_id = $4) AND ($5 = '' OR model_id = $5) AND ($6 = '' OR environment = $6)
                 AND ($7 = '' OR outcome = $7) AND ($8 = '' OR endpoint = $8) AND ($9 = '' OR provider_name = $9)
             GROUP BY ", $by, " ORDER BY at_ms"
        )
    };
}

/// The sums of all accounts per step and group, oldest first; steps without requests are left out. Keys are
/// not told apart.
///
/// # Errors
/// When the database cannot be read.
pub async fn list_points(
    db: &Db,
    span: Span,
    group: Group,
    filter: &Filter,
) -> Result<Vec<Point>, StoreError> {
    let sql = match group {
        Group::None | Group::ApiKey => points!("''", "at_ms"),
        Group::Model => points!("model_id", "at_ms, model_id"),
        Group::Environment => points!("environment", "at_ms, environment"),
        Group::Outcome => points!("outcome", "at_ms, outcome"),
        Group::Endpoint => points!("endpoint", "at_ms, endpoint"),
        Group::Provider => points!("provider_name", "at_ms, provider_name"),
        Group::Account => points!("account_id", "at_ms, account_id"),
    };
    let values: Vec<Value> = vec![
        span.step_ms.into(),
        span.from_ms.into(),
        span.to_ms.into(),
        filter.account_id.clone().into(),
        filter.model_id.clone().into(),
        filter.environment.clone().into(),
        filter.outcome.clone().into(),
        filter.endpoint.clone().into(),
        filter.provider_name.clone().into(),
    ];
    let rows = db.fetch_all(sql, values).await?;
    rows.iter().map(Point::from_row).collect()
}

/// The sums of each account since `since_ms` (the begin of a day).
///
/// # Errors
/// When the database cannot be read.
pub async fn list_by_account(db: &Db, since_ms: i64) -> Result<Vec<(String, Sums)>, StoreError> {
    let sql = concat!(
        "SELECT account_id, ",
        sum_columns!(),
        " FROM platform_rollups WHERE step_ms = $1 AND at_ms >= $2
         GROUP BY account_id"
    );
    let rows = db
        .fetch_all(sql, vec![DAY_MS.into(), since_ms.into()])
        .await?;
    rows.iter()
        .map(|row| Ok((row.text("account_id")?, sums_from_row(row)?)))
        .collect()
}

/// Forgets sums per minute from before `before_ms`; the coarser ones stay.
///
/// # Errors
/// When the database cannot be written.
pub async fn prune_minutes(tx: &mut Tx, before_ms: i64) -> Result<u64, StoreError> {
    let sql = "DELETE FROM platform_rollups WHERE step_ms = $1 AND at_ms < $2";
    tx.execute(sql, vec![MINUTE_MS.into(), before_ms.into()])
        .await
}
