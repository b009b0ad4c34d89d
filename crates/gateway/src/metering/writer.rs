//! The task that writes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use http::HeaderValue;
use store::api_keys::{self, LastUse};
use store::secret::KeyDigest;
use store::usage_events::UsageEvent;
use store::{ApiKeyId, Db, StoreError, platform_rollups, usage_events, usage_rollups};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::tallies::Tallies;
use super::{Metered, Metering, Sightings};
use crate::clock::Clock;
use crate::config::{AccessLog, MeteringConfig};
use crate::telemetry::Metrics;

/// Longest user agent that is remembered, in bytes.
const AGENT_BYTES_MAX: usize = 200;
const SERVER_ERROR: u16 = 500;
/// Events of one transaction.
const EVENTS_PER_WRITE: usize = 8_192;
/// Keys whose last use is written in one transaction.
const LAST_USES_PER_WRITE: usize = 500;
/// How long one write may take.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// How often a clean stop tries to write what is left.
const LAST_TRIES: u32 = 3;

/// Writes the buffer of a [`Metering`].
#[derive(Debug)]
pub struct Writer {
    metering: Arc<Metering>,
    sightings: Arc<Sightings>,
    db: Db,
    clock: Clock,
    metrics: Arc<Metrics>,
    flush_interval: Duration,
    last_use_interval_ms: i64,
    access_log: AccessLog,
    pending: Vec<UsageEvent>,
    /// The last transaction may have been committed although it ended in an error.
    is_doubtful: bool,
    words: Words,
    last_uses: HashMap<KeyDigest, Seen>,
    last_uses_written_at_ms: i64,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub fn new(
        (metering, sightings): (Arc<Metering>, Arc<Sightings>),
        config: &MeteringConfig,
        access_log: AccessLog,
        db: Db,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            metering,
            sightings,
            flush_interval: Duration::from_millis(config.flush_interval_ms),
            last_use_interval_ms: config.last_use_interval_ms,
            access_log,
            last_uses_written_at_ms: clock.now_ms(),
            db,
            clock,
            metrics,
            pending: Vec::new(),
            is_doubtful: false,
            words: Words::default(),
            last_uses: HashMap::new(),
        }
    }

    /// Writes until `stop`, and then what is left.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = tokio::time::sleep(self.flush_interval) => {}
                () = self.metering.wanted.notified() => {}
                () = stop.cancelled() => {}
            }
            self.write_batch().await;
        }
        self.last_uses_written_at_ms = i64::MIN / 2;
        for _ in 0..LAST_TRIES {
            if self.write_batch().await {
                return;
            }
        }
        tracing::error!(
            lost = self.pending.len(),
            "usage events could not be written before the stop"
        );
    }

    /// Whether everything that was taken in is written.
    async fn write_batch(&mut self) -> bool {
        let accepted = self.take();
        let has_events = !self.pending.is_empty();
        if let Err(error) = self.write().await {
            self.metrics.metering_failures.inc();
            tracing::error!(
                error = &error as &dyn std::error::Error,
                pending = self.pending.len(),
                "usage events could not be written; trying again"
            );
            return false;
        }
        self.metering.queue.lock().in_hand = 0;
        self.metrics.metering_queue.set(0);
        if has_events {
            let now_ms = self.clock.now_ms();
            self.metering.written_at_ms.store(now_ms, Relaxed);
        }
        self.metering.written.send_replace(accepted);
        true
    }

    /// Takes the buffer over; returns how many events were ever taken in.
    fn take(&mut self) -> u64 {
        let (events, accepted, lost) = {
            let mut queue = self.metering.queue.lock();
            let events = std::mem::take(&mut queue.events);
            queue.in_hand += events.len();
            (events, queue.accepted, std::mem::take(&mut queue.lost))
        };
        if lost > 0 {
            self.metrics.metering_lost.inc_by(lost);
            tracing::error!(lost, "usage events were lost: the metering queue is full");
        }
        self.show(&events);
        let mut tallies = Tallies::default();
        for metered in events {
            tallies.add(&metered.event);
            self.note(metered);
        }
        tallies.count(&self.metrics);
        self.metrics
            .metering_queue
            .set(i64::try_from(self.pending.len()).unwrap_or(i64::MAX));
        accepted
    }

    /// Lets the detectors of anomalies see a batch.
    fn show(&self, events: &[Metered]) {
        if events.is_empty() || !self.sightings.is_on() {
            return;
        }
        let now_ms = self.clock.now_ms();
        let seen = events.iter().map(|metered| metered.sighting(now_ms));
        let lost = self.sightings.push(seen.collect());
        self.metrics
            .sightings_lost
            .inc_by(u64::try_from(lost).unwrap_or(u64::MAX));
    }

    fn note(&mut self, metered: Metered) {
        let Metered {
            mut event,
            secret,
            address,
            agent,
            is_by_person: _,
        } = metered;
        self.log(&event);
        let (address, agent) = self.words.of(address, agent);
        event.detail.address = Arc::clone(&address);
        event.detail.agent = Arc::clone(&agent);
        let seen = Seen {
            api_key_id: event.api_key_id.clone(),
            at_ms: event.at_ms,
            address,
            agent,
        };
        match self.last_uses.get_mut(&secret) {
            // A long stream that ends now began before the requests that ended already.
            Some(last) if seen.at_ms < last.at_ms => {}
            Some(last) => *last = seen,
            None => drop(self.last_uses.insert(secret, seen)),
        }
        self.pending.push(event);
    }

    fn log(&self, event: &UsageEvent) {
        let is_logged = match self.access_log {
            AccessLog::Off => false,
            AccessLog::Errors => event.status >= SERVER_ERROR,
            AccessLog::All => true,
        };
        if is_logged {
            tracing::info!(
                request.id = event.request_id.as_str(),
                account.id = event.account_id.as_str(),
                api_key.id = event.api_key_id.as_str(),
                endpoint = event.endpoint,
                model.name = &*event.model_id,
                provider.name = &*event.provider_name,
                attempt.count = event.detail.attempts.len(),
                status = event.status,
                error.code = event.error_code,
                end_reason = event.end_reason,
                duration_ms = event.duration_us / 1_000,
                "request"
            );
        }
    }

    /// Writes in transactions of a bounded size: after an outage much waits, and on SQLite the lease waits
    /// for the same writer.
    async fn write(&mut self) -> Result<(), StoreError> {
        while !self.pending.is_empty() {
            let rest = self
                .pending
                .split_off(self.pending.len().min(EVENTS_PER_WRITE));
            let result = timeout(WRITE_MAX, self.write_events())
                .await
                .unwrap_or(Err(StoreError::TimedOut));
            if result.is_ok() {
                self.pending = rest;
            } else {
                self.pending.extend(rest);
            }
            result?;
        }
        let now_ms = self.clock.now_ms();
        if self.last_uses.is_empty()
            || now_ms
                < self
                    .last_uses_written_at_ms
                    .saturating_add(self.last_use_interval_ms)
        {
            return Ok(());
        }
        timeout(WRITE_MAX, self.write_last_uses())
            .await
            .unwrap_or(Err(StoreError::TimedOut))?;
        self.last_uses_written_at_ms = now_ms;
        Ok(())
    }

    async fn write_events(&mut self) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        if std::mem::replace(&mut self.is_doubtful, true) {
            usage_events::retain_new(&mut tx, &mut self.pending).await?;
        }
        usage_events::insert(&mut tx, &self.pending).await?;
        usage_rollups::add(&mut tx, &self.pending).await?;
        platform_rollups::add(&mut tx, &self.pending).await?;
        tx.commit().await?;
        self.is_doubtful = false;
        Ok(())
    }

    /// In one order always, so that two replicas do not wait for each other crosswise.
    async fn write_last_uses(&mut self) -> Result<(), StoreError> {
        let order = |secret: &KeyDigest| self.last_uses.get(secret).map(|seen| &seen.api_key_id);
        let mut secrets: Vec<KeyDigest> = self.last_uses.keys().copied().collect();
        secrets.sort_by(|left, right| order(left).cmp(&order(right)));
        for chunk in secrets.chunks(LAST_USES_PER_WRITE) {
            let mut tx = self.db.begin().await?;
            for secret in chunk {
                if let Some(seen) = self.last_uses.get(secret) {
                    let last = seen.last_use();
                    api_keys::update_last_use(&mut tx, &seen.api_key_id, &last).await?;
                    api_keys::update_last_use_of_secret(&mut tx, *secret, &last).await?;
                }
            }
            tx.commit().await?;
            for secret in chunk {
                self.last_uses.remove(secret);
            }
        }
        Ok(())
    }
}

/// The use of a secret of a key.
#[derive(Debug)]
struct Seen {
    api_key_id: ApiKeyId,
    at_ms: i64,
    address: Arc<str>,
    agent: Arc<str>,
}

impl Seen {
    fn last_use(&self) -> LastUse {
        LastUse {
            at_ms: self.at_ms,
            address: self.address.to_string(),
            agent: self.agent.to_string(),
        }
    }
}

/// The last sender in words: requests that follow each other mostly come from the same one.
#[derive(Debug, Default)]
struct Words {
    sender: Option<(IpAddr, Option<HeaderValue>)>,
    address: Arc<str>,
    agent: Arc<str>,
}

impl Words {
    fn of(&mut self, address: IpAddr, agent: Option<HeaderValue>) -> (Arc<str>, Arc<str>) {
        let sender = Some((address, agent));
        if self.sender != sender {
            self.address = address.to_string().into();
            let agent = sender.as_ref().and_then(|(_, agent)| agent.as_ref());
            self.agent = in_words(agent).into();
            self.sender = sender;
        }
        (Arc::clone(&self.address), Arc::clone(&self.agent))
    }
}

fn in_words(agent: Option<&HeaderValue>) -> String {
    let agent = agent.map(HeaderValue::as_bytes).unwrap_or_default();
    let agent = agent.get(..AGENT_BYTES_MAX).unwrap_or(agent);
    String::from_utf8_lossy(agent).into_owned()
}
