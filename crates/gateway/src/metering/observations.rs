//! The queue of observations, from the writer to the detectors of anomalies. No one waits for it: what does not fit
//! is counted.

use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use store::usage_events::EndReason;
use store::{AccountId, ApiKeyId};
use tokio::sync::{Notify, watch};

use super::UsageRecord;

/// The status of a client that was gone before its response.
const CLIENT_CLOSED_STATUS: u16 = 499;
const ERROR_STATUS: u16 = 400;
/// Refusals of ours that are told by themselves: limits in their headers, rights when somebody looks.
const TOLD_ELSEWHERE: [u16; 3] = [401, 403, 429];

/// A request that ended, as far as the detectors care.
#[derive(Debug, Clone)]
pub struct Observation {
    pub api_key_id: ApiKeyId,
    pub account_id: AccountId,
    /// The end of the request: only then its charge is known.
    pub at_ms: i64,
    /// The client's address; `None` if a person sent it, from the Dashboard or a page with a client token.
    pub address: Option<IpAddr>,
    pub model_id: Arc<str>,
    /// The price of a million tokens in and a million out; `None` where nothing is charged.
    pub price_nanos: Option<u64>,
    pub charge_nanos: u64,
    pub is_admitted: bool,
    /// True if it failed by no wish of the client's.
    pub is_failure: bool,
}

/// The queue.
#[derive(Debug)]
pub struct ObservationQueue {
    queue: Mutex<WaitingObservations>,
    queue_max: usize,
    wanted: Notify,
    handled: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct WaitingObservations {
    waiting: Vec<Observation>,
    /// The number ever taken in.
    accepted: u64,
}

impl ObservationQueue {
    /// An empty queue; with a bound of zero it takes nothing.
    pub fn new(queue_max: usize) -> Self {
        Self {
            queue: Mutex::default(),
            queue_max,
            wanted: Notify::new(),
            handled: watch::Sender::new(0),
        }
    }

    /// Returns whether the detectors run.
    pub fn is_on(&self) -> bool {
        self.queue_max > 0
    }

    /// Takes a batch in; returns how many of it did not fit.
    pub(super) fn push(&self, batch: Vec<Observation>) -> usize {
        let mut queue = self.queue.lock();
        let room = self.queue_max.saturating_sub(queue.waiting.len());
        let taken = batch.len().min(room);
        let lost = batch.len() - taken;
        queue.accepted += u64::try_from(taken).unwrap_or_default();
        queue.waiting.extend(batch.into_iter().take(taken));
        drop(queue);
        self.wanted.notify_one();
        lost
    }

    /// Waits for more.
    pub async fn more(&self) {
        self.wanted.notified().await;
    }

    /// Takes what waits; with it a number for [`ObservationQueue::handled`].
    pub fn take(&self) -> (Vec<Observation>, u64) {
        let mut queue = self.queue.lock();
        (std::mem::take(&mut queue.waiting), queue.accepted)
    }

    /// Marks everything up to that number as dealt with.
    pub fn handled(&self, accepted: u64) {
        self.handled.send_replace(accepted);
    }

    /// Waits until everything that was taken in so far is dealt with.
    pub async fn flush(&self) {
        let target = self.queue.lock().accepted;
        let mut handled = self.handled.subscribe();
        self.wanted.notify_one();
        // The sender lives as long as `self`.
        let _ = handled.wait_for(|count| *count >= target).await;
    }
}

impl UsageRecord {
    /// As the detectors see it, which is now.
    pub(super) fn observation(&self, now_ms: i64) -> Observation {
        let event = &self.event;
        let is_told = !event.is_admitted && TOLD_ELSEWHERE.contains(&event.status);
        let has_failed = event.status >= ERROR_STATUS && event.status != CLIENT_CLOSED_STATUS;
        Observation {
            api_key_id: event.api_key_id.clone(),
            account_id: event.account_id.clone(),
            at_ms: now_ms,
            address: (!self.is_by_person).then_some(self.address),
            model_id: event.model_id.clone(),
            price_nanos: self.price_nanos,
            charge_nanos: event.charge_nanos,
            is_admitted: event.is_admitted,
            is_failure: event.end_reason == EndReason::Broken || (has_failed && !is_told),
        }
    }
}
