//! From the journal to the database, in transactions, each event once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use store::usage_cursors::{self, UsageCursor};
use store::{Db, StoreError, error_rollups, ledger, platform_rollups, usage_events, usage_rollups};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Metering;
use crate::budgets::Budgets;
use crate::clock::Clock;
use crate::config::MeteringConfig;
use crate::journal::{Batch, Position};

/// Events of one transaction: after an outage much waits, and on SQLite the lease waits for the same writer.
const EVENTS_PER_WRITE: usize = 8_192;
/// The timeout of one write.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// The attempts, and the time in all, of a clean stop to write what is left.
const LAST_TRIES: u32 = 3;
const LAST_TRIES_MAX: Duration = Duration::from_secs(10);
/// A start does not wait longer for what an earlier process left.
const FIRST_TRY_MAX: Duration = Duration::from_secs(2);
/// Time between two lines of the log that say the same.
const SAY_AGAIN: Duration = Duration::from_secs(10);

/// The parts that a [`Shipper`] is made of.
#[derive(Debug)]
pub struct ShipperParts {
    pub metering: Arc<Metering>,
    pub budgets: Arc<Budgets>,
    pub db: Db,
    pub clock: Clock,
}

/// Takes the events of a journal to the database.
#[derive(Debug)]
pub struct Shipper {
    parts: ShipperParts,
    flush_interval: Duration,
    last_use_interval_ms: i64,
    /// The place up to which the database has the journal; `None` if only the database knows.
    cursor: Option<Position>,
    /// The database has no place of this journal, but may have its events: a backup from before there were places.
    is_unknown: bool,
    /// The last transaction failed, and may have held all the same.
    is_in_doubt: bool,
    /// The time at which the log last said that writing fails; `None` while it goes well.
    failure_said_at: Option<Instant>,
    last_uses_written_at_ms: i64,
}

impl Shipper {
    /// A shipper that has written nothing yet.
    pub fn new(config: &MeteringConfig, parts: ShipperParts) -> Self {
        Self {
            flush_interval: Duration::from_millis(config.flush_interval_ms),
            last_use_interval_ms: config.last_use_interval_ms,
            last_uses_written_at_ms: parts.clock.now_ms(),
            parts,
            cursor: None,
            is_unknown: false,
            is_in_doubt: false,
            failure_said_at: None,
        }
    }

    /// Writes what an earlier process left, before anything is served.
    pub async fn write_first(&mut self) {
        // What takes longer is written while requests are served.
        let _ = timeout(FIRST_TRY_MAX, self.ship()).await;
    }

    /// Writes until `stop`, and then what is left. What the database does not take stays in the journal.
    pub async fn run(mut self, stop: CancellationToken) {
        let metering = Arc::clone(&self.parts.metering);
        while !stop.is_cancelled() {
            tokio::select! {
                () = sleep(self.flush_interval) => {}
                () = metering.wanted.notified() => {}
                () = self.parts.budgets.wanted() => {}
                () = stop.cancelled() => {}
            }
            let interval = self.flush_interval;
            tokio::select! {
                _ = self.ship() => {}
                () = note_all(&metering, interval) => {}
                () = metering.given_up.cancelled() => break,
            }
        }
        metering.note();
        if !self.write_last().await {
            let pending = metering.state().pending;
            tracing::warn!(
                pending,
                "the database did not take all that was used; it stays in the journal, and the next start writes it"
            );
        }
    }

    /// Returns true when nothing is left.
    async fn write_last(&mut self) -> bool {
        self.last_uses_written_at_ms = i64::MIN / 2;
        let metering = Arc::clone(&self.parts.metering);
        let tries = async {
            for _ in 0..LAST_TRIES {
                if self.ship().await {
                    return true;
                }
            }
            false
        };
        tokio::select! {
            is_written = timeout(LAST_TRIES_MAX, tries) => is_written.unwrap_or(false),
            () = metering.given_up.cancelled() => false,
        }
    }

    /// Returns true when everything that was settled is written.
    async fn ship(&mut self) -> bool {
        self.parts.metering.note();
        if self.is_in_doubt {
            self.parts.budgets.doubt(true);
        }
        loop {
            let shipped = timeout(WRITE_MAX, self.ship_batch()).await;
            match shipped.unwrap_or(Err(StoreError::TimedOut.into())) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    // The transaction may have held.
                    self.cursor = None;
                    self.is_in_doubt = true;
                    self.say_failure(&error);
                    return false;
                }
            }
        }
        if self.failure_said_at.take().is_some() {
            tracing::info!("usage events are written again");
        }
        if std::mem::take(&mut self.is_in_doubt) {
            self.parts.budgets.doubt(false);
        }
        self.restore_budgets().await;
        self.write_last_uses_if_due().await
    }

    /// Returns whether there may be more.
    async fn ship_batch(&mut self) -> anyhow::Result<bool> {
        let metering = Arc::clone(&self.parts.metering);
        let from = self.cursor().await?;
        if metering.journal.has_unneeded(from) {
            let journal = Arc::clone(&metering.journal);
            spawn_blocking(move || journal.remove_shipped(from)).await?;
        }
        let fresh = metering.take_fresh(from);
        let is_all = fresh.is_some();
        let batch = match fresh {
            Some(batch) => batch,
            None => self.read_behind(from).await?,
        };
        let (next, own) = (batch.next, batch.own);
        if !batch.events.is_empty() {
            self.write(batch).await?;
        }
        self.cursor = Some(next);
        let is_done = is_all || next == from;
        self.is_unknown &= !is_done;
        metering.shipped(next, Some((own, self.parts.clock.now_ms())));
        Ok(!is_done)
    }

    async fn read_behind(&self, from: Position) -> anyhow::Result<Batch> {
        let journal = Arc::clone(&self.parts.metering.journal);
        let read = spawn_blocking(move || journal.read_settled(from, EVENTS_PER_WRITE));
        read.await?.context("the journal cannot be read")
    }

    async fn cursor(&mut self) -> Result<Position, StoreError> {
        if let Some(cursor) = self.cursor {
            return Ok(cursor);
        }
        let id = self.parts.metering.journal.id();
        let found = usage_cursors::find(&self.parts.db, id).await?;
        self.is_unknown |= found.is_none();
        let found = found.unwrap_or_default();
        let cursor = Position {
            segment: found.segment,
            offset: found.offset,
        };
        self.cursor = Some(cursor);
        Ok(cursor)
    }

    async fn write(&self, mut batch: Batch) -> Result<(), StoreError> {
        let mut tx = self.parts.db.begin().await?;
        // A line of a batch may have been accounted for before a crash, by whichever server.
        usage_events::retain_new_lines(&mut tx, &mut batch.events).await?;
        if batch.may_repeat || self.is_unknown {
            self.parts.budgets.may_be_written(&batch.events);
            usage_events::retain_new(&mut tx, &mut batch.events).await?;
        }
        usage_events::insert(&mut tx, &batch.events).await?;
        usage_rollups::add(&mut tx, &batch.events).await?;
        platform_rollups::add(&mut tx, &batch.events).await?;
        error_rollups::add(&mut tx, &batch.events).await?;
        let cursor = UsageCursor {
            segment: batch.next.segment,
            offset: batch.next.offset,
        };
        let id = self.parts.metering.journal.id();
        usage_cursors::advance(&mut tx, id, cursor, self.parts.clock.now_ms()).await?;
        let lost = ledger::post_charges(&mut tx, &batch.events).await?;
        tx.commit().await?;
        self.parts.budgets.written(&batch.events);
        self.parts.metering.give_back(batch.events);
        self.tell_loss(lost);
        Ok(())
    }

    /// Alarms operators of what customers did not pay for.
    fn tell_loss(&self, nanos: u64) {
        if nanos > 0 {
            self.parts.metering.metrics.credits_lost.inc_by(nanos);
            tracing::error!(
                nanos,
                "requests cost more than was held for them, or their account had nothing left; the platform bears it"
            );
        }
    }

    /// Reads what was spent before, now that the database has all that was settled here.
    async fn restore_budgets(&self) {
        let ShipperParts {
            budgets, db, clock, ..
        } = &self.parts;
        let restored = timeout(WRITE_MAX, budgets.restore(db, clock.now_ms())).await;
        if let Err(error) = restored.unwrap_or(Err(StoreError::TimedOut)) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what was spent of budgets could not be read; trying again"
            );
        }
    }

    /// A full disk lasts: it is said at once, and then now and again.
    fn say_failure(&mut self, error: &anyhow::Error) {
        self.parts.metering.metrics.metering_failures.inc();
        if self
            .failure_said_at
            .is_some_and(|at| at.elapsed() < SAY_AGAIN)
        {
            return;
        }
        self.failure_said_at = Some(Instant::now());
        let state = self.parts.metering.state();
        tracing::error!(
            error = format!("{error:#}"),
            pending = state.pending,
            "usage events could not be written; they stay in the journal, trying again"
        );
    }

    /// Writes the last use of keys: if it cannot be written, usage goes on.
    async fn write_last_uses_if_due(&mut self) -> bool {
        let metering = Arc::clone(&self.parts.metering);
        let now_ms = self.parts.clock.now_ms();
        let due_at_ms = self
            .last_uses_written_at_ms
            .saturating_add(self.last_use_interval_ms);
        if now_ms < due_at_ms || metering.last_uses.lock().is_empty() {
            return true;
        }
        self.last_uses_written_at_ms = now_ms;
        let mut last_uses = std::mem::take(&mut *metering.last_uses.lock());
        let written = timeout(WRITE_MAX, last_uses.write(&self.parts.db)).await;
        metering.last_uses.lock().put_back(last_uses);
        if let Err(error) = written.unwrap_or(Err(StoreError::TimedOut)) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the last uses of keys could not be written; trying again later"
            );
            return false;
        }
        true
    }
}

/// Notes what comes while the database is waited for.
async fn note_all(metering: &Metering, interval: Duration) {
    loop {
        sleep(interval).await;
        metering.note();
    }
}
