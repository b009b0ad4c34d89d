//! Usage events on their way to the database.
//!
//! A request writes its event into the journal (`journal`), and leaves what else there is to note of it in a buffer. A task
//! takes both a few times per second: the buffer to the metrics and the log, and the journal, from where it was left, to the
//! database, as one transaction with the place up to which it is there. What the database does not take stays in the
//! journal.

mod fresh;
mod last_uses;
mod metric_batch;
mod note;
mod observations;
mod shipper;
mod unwritten;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use parking_lot::Mutex;
use store::secret::KeyDigest;
use store::usage_events::UsageEvent;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::AccessLog;
use crate::journal::{Batch, Durable, Journal, OpenRequest, Position, SettledPlace};
use crate::metrics::Metrics;
use fresh::FreshEvents;
use last_uses::LastUses;

pub use last_uses::sender_in_words;
pub use observations::{Observation, ObservationQueue};
pub use shipper::{Shipper, ShipperParts};
pub use unwritten::{Recovered, write_unwritten};

/// Records from which on whoever brings one notes them: only a task that hangs lets so many wait.
const RECORDS_MAX: usize = 65_536;

/// An event, with what is remembered of its sender.
#[derive(Debug)]
pub struct UsageRecord {
    pub event: UsageEvent,
    /// Which of the key's secrets it was sent with.
    pub secret: KeyDigest,
    pub address: IpAddr,
    /// True if the key might be used from there: a sender whose key is refused tells nothing of the use of the key.
    pub is_authorized: bool,
    /// True if a person sent it, from the Dashboard or a page: its address is not one of the key's.
    pub is_by_person: bool,
    /// The price of a million tokens in and a million out; `None` where nothing is charged.
    pub price_nanos: Option<u64>,
}

/// The parts that a [`Metering`] is made of.
#[derive(Debug)]
pub struct MeteringParts {
    pub journal: Arc<Journal>,
    pub metrics: Arc<Metrics>,
    pub clock: Clock,
    pub access_log: AccessLog,
    pub observations_max: usize,
}

/// The way of usage to the database.
#[derive(Debug)]
pub struct Metering {
    /// The queue of observations for the detectors of anomalies.
    pub observations: ObservationQueue,
    journal: Arc<Journal>,
    metrics: Arc<Metrics>,
    clock: Clock,
    access_log: AccessLog,
    records: Mutex<Vec<(SettledPlace, UsageRecord)>>,
    /// Its lock is taken before that of the records.
    fresh: Mutex<FreshEvents>,
    last_uses: Mutex<LastUses>,
    wanted: Notify,
    shipped: watch::Sender<Position>,
    written: AtomicU64,
    written_at_ms: AtomicI64,
    /// Cancelled once the database is waited for no more.
    given_up: CancellationToken,
}

/// The state of the way to the database.
#[derive(Debug, Clone, Copy)]
pub struct MeteringState {
    /// Events that are not written yet.
    pub pending: u64,
    /// Bytes of the journal on the disk, and the most that it may have.
    pub bytes: u64,
    pub bytes_max: u64,
    /// Events written since the start.
    pub written: u64,
    /// The time of the last write.
    pub written_at_ms: Option<i64>,
}

impl Metering {
    /// The way of a journal to the database.
    pub fn new(parts: MeteringParts) -> Self {
        let MeteringParts {
            journal,
            metrics,
            clock,
            access_log,
            observations_max,
        } = parts;
        Self {
            observations: ObservationQueue::new(observations_max),
            fresh: Mutex::new(FreshEvents::behind(journal.end())),
            journal,
            metrics,
            clock,
            access_log,
            records: Mutex::default(),
            last_uses: Mutex::default(),
            wanted: Notify::new(),
            shipped: watch::Sender::new(Position::default()),
            written: AtomicU64::new(0),
            written_at_ms: AtomicI64::new(0),
            given_up: CancellationToken::new(),
        }
    }

    /// The state now.
    pub fn state(&self) -> MeteringState {
        let written_at_ms = self.written_at_ms.load(Ordering::Relaxed);
        let written = self.written.load(Ordering::Relaxed);
        MeteringState {
            pending: self.journal.settled().saturating_sub(written),
            bytes: self.journal.bytes(),
            bytes_max: self.journal.bytes_max(),
            written,
            written_at_ms: (written_at_ms > 0).then_some(written_at_ms),
        }
    }

    /// Takes the end of a request in; `open` is what the journal has of it. Says when that is durable.
    pub fn push(&self, record: UsageRecord, open: Option<OpenRequest>) -> Durable {
        let (durable, waiting) = {
            // The lock is held meanwhile, so that records are in the order of the journal.
            let mut records = self.records.lock();
            let settled = self.journal.settle(open, &record.event);
            records.push((settled.place, record));
            (settled.durable, records.len())
        };
        if waiting >= RECORDS_MAX {
            self.note();
        }
        durable
    }

    /// Takes the events behind a place that are still in memory; `None` if some are in the journal alone.
    fn take_fresh(&self, from: Position) -> Option<Batch> {
        self.note();
        self.fresh.lock().take_behind(from)
    }

    /// Takes the room of events back that were written.
    fn give_back(&self, events: Vec<UsageEvent>) {
        self.fresh.lock().give_back(events);
    }

    /// Tells a shipper that stops to wait for the database no longer.
    pub fn give_up(&self) {
        self.given_up.cancel();
    }

    /// Waits until everything that was taken in so far is written.
    pub async fn flush(&self) {
        self.note();
        let target = self.journal.end();
        let mut shipped = self.shipped.subscribe();
        self.wanted.notify_one();
        // The sender lives as long as `self`.
        let _ = shipped.wait_for(|position| *position >= target).await;
    }

    /// Notes how far the database is, and how many of this process's events went there just now.
    fn shipped(&self, position: Position, events: Option<(u64, i64)>) {
        if let Some((events, now_ms)) = events
            && events > 0
        {
            self.written.fetch_add(events, Ordering::Relaxed);
            self.written_at_ms.store(now_ms, Ordering::Relaxed);
        }
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.metrics.metering_queue.set(gauge(self.state().pending));
        self.metrics.journal_bytes.set(gauge(self.journal.bytes()));
        let lag = self.journal.bytes_behind(position);
        self.metrics.journal_lag_bytes.set(gauge(lag));
        self.shipped.send_replace(position);
    }
}
