//! Usage events on their way to the database.
//!
//! A request leaves its event in a buffer and goes on; a task takes the buffer a few times per second and
//! writes it as one transaction. No task is woken per request. What does not fit the buffer is counted as
//! lost and said so. A batch that cannot be written is kept and tried again; what is not written at the stop goes to a
//! file, which the next start writes.

mod metric_batch;
mod observations;
mod unwritten;
mod writer;

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

use http::HeaderValue;
use parking_lot::Mutex;
use store::secret::KeyDigest;
use store::usage_events::UsageEvent;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::config::MeteringConfig;

pub use observations::{Observation, ObservationQueue};
pub use unwritten::{Recovered, write_unwritten};
pub use writer::{Writer, WriterParts};

/// An event, with what is remembered of its sender.
#[derive(Debug)]
pub struct UsageRecord {
    pub event: UsageEvent,
    /// Which of the key's secrets it was sent with.
    pub secret: KeyDigest,
    pub address: IpAddr,
    pub agent: Option<HeaderValue>,
    /// True if the key might be used from there: a sender whose key is refused tells nothing of the use of the key.
    pub is_authorized: bool,
    /// True if a person sent it, from the Dashboard or a page: its address is not one of the key's.
    pub is_by_person: bool,
    /// The price of a million tokens in and a million out; `None` where nothing is charged.
    pub price_nanos: Option<u64>,
}

/// The buffer.
#[derive(Debug)]
pub struct Metering {
    /// The queue of observations for the detectors of anomalies.
    pub observations: ObservationQueue,
    queue: Mutex<EventQueue>,
    queue_max: usize,
    wanted: Notify,
    written: watch::Sender<u64>,
    written_at_ms: AtomicI64,
    /// Cancelled once the database is waited for no more.
    given_up: CancellationToken,
}

/// The state of the queue to the database.
#[derive(Debug, Clone, Copy)]
pub struct MeteringState {
    /// Events that are not written yet.
    pub pending: usize,
    /// The most that may wait.
    pub pending_max: usize,
    /// Events written since the start.
    pub written: u64,
    /// The time of the last write.
    pub written_at_ms: Option<i64>,
}

#[derive(Debug, Default)]
struct EventQueue {
    events: Vec<UsageRecord>,
    /// Events that the writer holds and has not written yet.
    in_hand: usize,
    /// The number of events ever taken in.
    accepted: u64,
    lost: u64,
}

impl Metering {
    /// An empty buffer.
    pub fn new(config: &MeteringConfig, observations_max: usize) -> Self {
        Self {
            observations: ObservationQueue::new(observations_max),
            queue: Mutex::default(),
            queue_max: config.queue_max,
            wanted: Notify::new(),
            written: watch::Sender::new(0),
            written_at_ms: AtomicI64::new(0),
            given_up: CancellationToken::new(),
        }
    }

    /// The state now.
    pub fn state(&self) -> MeteringState {
        let pending = {
            let queue = self.queue.lock();
            queue.events.len() + queue.in_hand
        };
        let written_at_ms = self.written_at_ms.load(Ordering::Relaxed);
        MeteringState {
            pending,
            pending_max: self.queue_max,
            written: *self.written.borrow(),
            written_at_ms: (written_at_ms > 0).then_some(written_at_ms),
        }
    }

    /// Takes an event in. Never waits.
    pub fn push(&self, record: UsageRecord) {
        let mut queue = self.queue.lock();
        let queued = queue.events.len() + queue.in_hand;
        // Refused requests give way first: they cost nobody anything.
        let room = if record.event.is_admitted {
            self.queue_max
        } else {
            self.queue_max / 2
        };
        if queued >= room {
            queue.lost += 1;
            return;
        }
        queue.accepted += 1;
        queue.events.push(record);
    }

    /// Tells a writer that stops to wait for the database no longer, and to keep what is left in a file.
    pub fn give_up(&self) {
        self.given_up.cancel();
    }

    /// Waits until everything that was taken in so far is written.
    pub async fn flush(&self) {
        let target = self.queue.lock().accepted;
        let mut written = self.written.subscribe();
        self.wanted.notify_one();
        // The sender lives as long as `self`.
        let _ = written.wait_for(|count| *count >= target).await;
    }
}
