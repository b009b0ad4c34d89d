//! Adding events to the sums.

use std::cmp::Ordering;
use std::sync::Arc;

use super::latencies::Latencies;
use super::{MINUTE_MS, STEPS_MS, Sums, rollup_table, sum_columns};
use crate::db::{Binder, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::usage_events::{Outcome, UsageEvent};

const TABLE: Table = rollup_table!(
    "usage_rollups", "usage_meters", "usage_latencies",
    key [account_id step_ms at_ms api_key_id model_id provider_name endpoint outcome status],
    beside [environment],
    order order_of_keys
);

/// A table of sums, the table of their meters, and how rows of both are written.
pub(crate) struct Table {
    /// The order of the rows, and which requests share one.
    pub(crate) order: fn(&Batch, &Batch) -> Ordering,
    pub(crate) bind_key: fn(&Batch, &mut Binder) -> Result<(), StoreError>,
    pub(crate) key_columns: usize,
    /// Before and behind the values of an upsert.
    pub(crate) insert_sums: (&'static str, &'static str),
    pub(crate) insert_meters: (&'static str, &'static str),
    pub(crate) insert_latencies: (&'static str, &'static str),
}

/// Requests that are alike, and their sums.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub model_id: Arc<str>,
    pub provider_name: Arc<str>,
    pub endpoint: &'static str,
    pub outcome: Outcome,
    pub status: u16,
    pub environment: &'static str,
    pub step_ms: i64,
    pub at_ms: i64,
    pub sums: Sums,
    /// Of the admitted requests.
    pub latencies: Latencies,
}

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

/// Adds events to the sums of a table.
///
/// # Errors
/// If the database cannot be written.
pub(crate) async fn add_to(
    table: &'static Table,
    tx: &mut Tx,
    events: &[UsageEvent],
    steps_ms: &[i64],
) -> Result<(), StoreError> {
    let columns = table.key_columns + 1 + sum_columns!(count);
    let mut batches = roll_up(events, table.order);
    for &step_ms in steps_ms {
        batches = coarser(batches, step_ms, table.order);
        let bind = |batch: &Batch, to: &mut Binder| {
            (table.bind_key)(batch, to)?;
            batch.sums.bind(to)
        };
        tx.insert_many(table.insert_sums, columns, &batches, bind)
            .await?;
        add_meters_to(table, tx, &batches).await?;
        // Of a minute nobody asks for a percentile: it would be most of the rows, for a handful of requests each.
        if step_ms != MINUTE_MS {
            add_latencies_to(table, tx, &batches).await?;
        }
    }
    Ok(())
}

async fn add_meters_to(
    table: &'static Table,
    tx: &mut Tx,
    batches: &[Batch],
) -> Result<(), StoreError> {
    let of_batch = |batch| Batch::meters(batch).map(move |(meter, amount)| (batch, meter, amount));
    let rows: Vec<_> = batches.iter().flat_map(of_batch).collect();
    let bind = |(batch, meter, amount): &(&Batch, llm::Meter, u64), to: &mut Binder| {
        (table.bind_key)(batch, to)?;
        to.word(meter.name())?;
        to.count(*amount)
    };
    tx.insert_many(table.insert_meters, table.key_columns + 2, &rows, bind)
        .await
}

async fn add_latencies_to(
    table: &'static Table,
    tx: &mut Tx,
    batches: &[Batch],
) -> Result<(), StoreError> {
    let mut rows: Vec<(&Batch, u8, u64)> = Vec::new();
    for batch in batches {
        let buckets = batch.latencies.buckets();
        rows.extend(buckets.map(|(bucket, requests)| (batch, bucket, requests)));
    }
    let bind = |(batch, bucket, requests): &(&Batch, u8, u64), to: &mut Binder| {
        (table.bind_key)(batch, to)?;
        to.int(i64::from(*bucket))?;
        to.count(*requests)
    };
    tx.insert_many(table.insert_latencies, table.key_columns + 2, &rows, bind)
        .await
}

/// Sums per minute of events that `order` calls equal, in its order: two writers that upsert the same rows
/// must not wait for each other crosswise.
fn roll_up(events: &[UsageEvent], order: fn(&Batch, &Batch) -> Ordering) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for event in events {
        // Neighbours are mostly alike: comparing them is cheaper than hashing all of them.
        match batches.last_mut().filter(|last| last.holds(event)) {
            Some(last) => last.take(event),
            None => batches.push(Batch::of(event)),
        }
    }
    joined(batches, order)
}

/// Sums the steps up into coarser ones of `step_ms`, a multiple of theirs.
fn coarser(
    mut batches: Vec<Batch>,
    step_ms: i64,
    order: fn(&Batch, &Batch) -> Ordering,
) -> Vec<Batch> {
    for batch in &mut batches {
        batch.at_ms -= batch.at_ms.rem_euclid(step_ms);
        batch.step_ms = step_ms;
    }
    joined(batches, order)
}

fn joined(mut batches: Vec<Batch>, order: fn(&Batch, &Batch) -> Ordering) -> Vec<Batch> {
    batches.sort_by(order);
    batches.dedup_by(|next, kept| {
        let is_same = order(next, kept) == Ordering::Equal;
        if is_same {
            kept.sums.add(&next.sums);
            kept.latencies.add(&next.latencies);
        }
        is_same
    });
    batches
}

fn order_of_keys(left: &Batch, right: &Batch) -> Ordering {
    left.account_id
        .cmp(&right.account_id)
        .then_with(|| left.api_key_id.cmp(&right.api_key_id))
        .then_with(|| left.kind().cmp(&right.kind()))
        .then_with(|| left.model_id.cmp(&right.model_id))
        .then_with(|| left.provider_name.cmp(&right.provider_name))
}

impl Batch {
    fn of(event: &UsageEvent) -> Self {
        Self {
            account_id: event.account_id.clone(),
            api_key_id: event.api_key_id.clone(),
            model_id: Arc::clone(&event.model_id),
            provider_name: Arc::clone(&event.provider_name),
            endpoint: event.endpoint,
            outcome: event.outcome(),
            status: event.status,
            environment: event.environment,
            step_ms: MINUTE_MS,
            at_ms: minute_of(event),
            sums: Sums::of(event),
            latencies: latencies_of(event),
        }
    }

    fn take(&mut self, event: &UsageEvent) {
        self.sums.add(&Sums::of(event));
        self.latencies.add(&latencies_of(event));
    }

    /// The parts of a key that are compared without a look at a text of any length.
    pub(crate) fn kind(&self) -> (i64, u16, Outcome, &'static str) {
        (self.at_ms, self.status, self.outcome, self.endpoint)
    }

    fn meters(&self) -> impl Iterator<Item = (llm::Meter, u64)> {
        self.sums.meters.iter()
    }

    fn holds(&self, event: &UsageEvent) -> bool {
        self.at_ms == minute_of(event)
            && self.status == event.status
            && self.api_key_id == event.api_key_id
            && self.outcome == event.outcome()
            && self.model_id == event.model_id
            && self.provider_name == event.provider_name
            && self.endpoint == event.endpoint
    }
}

fn latencies_of(event: &UsageEvent) -> Latencies {
    if event.is_admitted {
        Latencies::of(event.duration_us)
    } else {
        Latencies::default()
    }
}

fn minute_of(event: &UsageEvent) -> i64 {
    event.at_ms - event.at_ms.rem_euclid(MINUTE_MS)
}
