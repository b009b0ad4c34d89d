//! Adding events to the sums.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{MINUTE_MS, STEPS_MS, Sums};
use crate::db::{Binder, Tx};
use crate::error::StoreError;
use crate::id::{AccountId, ApiKeyId};
use crate::usage_events::UsageEvent;

const COLUMNS: usize = 19;

/// The columns of sums in either table of sums, in the order of [`bind_sums`].
macro_rules! sums {
    () => {
        "requests, input_tokens, output_tokens, cached_tokens, reasoning_tokens, charge_nanos, duration_us,
         first_tokens, first_token_us"
    };
}

pub(crate) use sums;

/// What an upsert does with those columns of a row that is there.
macro_rules! added_sums {
    ($table:literal) => {
        added_sums!($table, requests, input_tokens, output_tokens, cached_tokens, reasoning_tokens, charge_nanos,
            duration_us, first_tokens, first_token_us)
    };
    ($table:literal, $first:ident $(, $column:ident)*) => {
        concat!(
            " DO UPDATE SET ", stringify!($first), " = ", $table, ".", stringify!($first),
            " + excluded.", stringify!($first),
            $( ", ", stringify!($column), " = ", $table, ".", stringify!($column), " + excluded.", stringify!($column) ),*
        )
    };
}
pub(crate) use added_sums;

/// Requests that are alike, and their sums.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub account_id: AccountId,
    pub api_key_id: ApiKeyId,
    pub model_id: Arc<str>,
    pub provider_name: Arc<str>,
    pub endpoint: &'static str,
    pub outcome: &'static str,
    pub status: u16,
    pub environment: &'static str,
    pub at_ms: i64,
    pub sums: Sums,
}

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
        "INSERT INTO usage_rollups (account_id, step_ms, at_ms, api_key_id, model_id, provider_name, endpoint, outcome,
            status, environment, ",
        sums!(),
        ")"
    );
    const TAIL: &str = concat!(
        "ON CONFLICT (account_id, step_ms, at_ms, api_key_id, model_id, provider_name, endpoint, outcome, status)",
        added_sums!("usage_rollups")
    );
    let mut batches = roll_up(events, order_of_keys);
    for &step_ms in steps_ms {
        batches = coarser(batches, step_ms, order_of_keys);
        let bind = |batch: &Batch, to: &mut Binder| bind(batch, step_ms, to);
        tx.insert_many((HEAD, TAIL), COLUMNS, &batches, bind)
            .await?;
    }
    Ok(())
}

fn bind(batch: &Batch, step_ms: i64, to: &mut Binder) -> Result<(), StoreError> {
    to.shared(batch.account_id.shared())?;
    to.int(step_ms)?;
    to.int(batch.at_ms)?;
    to.shared(batch.api_key_id.shared())?;
    to.shared(&batch.model_id)?;
    to.shared(&batch.provider_name)?;
    to.word(batch.endpoint)?;
    to.word(batch.outcome)?;
    to.int(batch.status.into())?;
    to.word(batch.environment)?;
    bind_sums(&batch.sums, to)
}

/// Binds those columns. A row has one outcome, so one count of requests says it all.
pub(crate) fn bind_sums(sums: &Sums, to: &mut Binder) -> Result<(), StoreError> {
    to.count(sums.requests + sums.refused)?;
    to.count(sums.input_tokens)?;
    to.count(sums.output_tokens)?;
    to.count(sums.cached_tokens)?;
    to.count(sums.reasoning_tokens)?;
    to.count(sums.charge_nanos)?;
    to.count(sums.duration_us)?;
    to.count(sums.first_tokens)?;
    to.count(sums.first_token_us)
}

/// Sums per minute of events that `order` calls equal, in its order: two writers that upsert the same rows
/// must not wait for each other crosswise.
pub(crate) fn roll_up(events: &[UsageEvent], order: fn(&Batch, &Batch) -> Ordering) -> Vec<Batch> {
    let mut batches: Vec<Batch> = Vec::new();
    for event in events {
        // Neighbours are mostly alike: comparing them is cheaper than hashing all of them.
        match batches.last_mut().filter(|last| last.holds(event)) {
            Some(last) => last.sums.add(&Sums::of(event)),
            None => batches.push(Batch::of(event)),
        }
    }
    joined(batches, order)
}

/// The same sums in steps of `step_ms`, which holds whole steps of theirs.
pub(crate) fn coarser(
    mut batches: Vec<Batch>,
    step_ms: i64,
    order: fn(&Batch, &Batch) -> Ordering,
) -> Vec<Batch> {
    for batch in &mut batches {
        batch.at_ms -= batch.at_ms.rem_euclid(step_ms);
    }
    joined(batches, order)
}

fn joined(mut batches: Vec<Batch>, order: fn(&Batch, &Batch) -> Ordering) -> Vec<Batch> {
    batches.sort_by(order);
    batches.dedup_by(|next, kept| {
        let is_same = order(next, kept) == Ordering::Equal;
        if is_same {
            kept.sums.add(&next.sums);
        }
        is_same
    });
    batches
}

fn order_of_keys(left: &Batch, right: &Batch) -> Ordering {
    let key = |batch: &Batch| (batch.at_ms, batch.status, batch.outcome, batch.endpoint);
    left.account_id
        .cmp(&right.account_id)
        .then_with(|| left.api_key_id.cmp(&right.api_key_id))
        .then_with(|| key(left).cmp(&key(right)))
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
            at_ms: minute_of(event),
            sums: Sums::of(event),
        }
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

fn minute_of(event: &UsageEvent) -> i64 {
    event.at_ms - event.at_ms.rem_euclid(MINUTE_MS)
}
