//! The task that writes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use http::HeaderValue;
use store::api_keys::{self, LastUse};
use store::secret::KeyDigest;
use store::usage_events::UsageEvent;
use store::{
    ApiKeyId, Db, StoreError, error_rollups, platform_rollups, usage_events, usage_rollups,
};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::metric_batch::MetricBatch;
use super::{Metering, UsageRecord, unwritten};
use crate::clock::Clock;
use crate::config::{AccessLog, MeteringConfig};
use crate::metrics::Metrics;

/// Longest user agent that is remembered, in bytes.
const AGENT_BYTES_MAX: usize = 200;
const SERVER_ERROR: u16 = 500;
/// Events of one transaction.
const EVENTS_PER_WRITE: usize = 8_192;
/// Keys whose last use is written in one transaction.
const LAST_USES_PER_WRITE: usize = 500;
/// The timeout of one write.
const WRITE_MAX: Duration = Duration::from_secs(20);
/// The attempts, and the time in all, of a clean stop to write what is left before it is kept in a file.
const LAST_TRIES: u32 = 3;
const LAST_TRIES_MAX: Duration = Duration::from_secs(10);
/// Time between two lines of the log that say the same.
const SAY_AGAIN: Duration = Duration::from_secs(10);

/// The parts that a [`Writer`] is made of.
#[derive(Debug)]
pub struct WriterParts {
    pub metering: Arc<Metering>,
    pub access_log: AccessLog,
    pub db: Db,
    pub clock: Clock,
    pub metrics: Arc<Metrics>,
    /// The folder for events that the database does not take, and the name of the replica that keeps them.
    pub folder: PathBuf,
    pub replica_id: String,
}

/// Writes the buffer of a [`Metering`].
#[derive(Debug)]
pub struct Writer {
    parts: WriterParts,
    flush_interval: Duration,
    last_use_interval_ms: i64,
    pending: Vec<UsageEvent>,
    /// Of those pending, what is written in the transaction that runs. A field, so that nothing of it is lost when the
    /// transaction is given up.
    batch: Vec<UsageEvent>,
    /// The last transaction may have been committed although it ended in an error.
    is_doubtful: bool,
    /// The time at which the log last said that writing fails; `None` while it goes well.
    failure_said_at: Option<Instant>,
    words: Words,
    last_uses: HashMap<KeyDigest, Seen>,
    last_uses_written_at_ms: i64,
}

impl Writer {
    /// A writer that has written nothing yet.
    pub fn new(config: &MeteringConfig, parts: WriterParts) -> Self {
        Self {
            flush_interval: Duration::from_millis(config.flush_interval_ms),
            last_use_interval_ms: config.last_use_interval_ms,
            last_uses_written_at_ms: parts.clock.now_ms(),
            parts,
            pending: Vec::new(),
            batch: Vec::new(),
            is_doubtful: false,
            failure_said_at: None,
            words: Words::default(),
            last_uses: HashMap::new(),
        }
    }

    /// Writes until `stop`, and then what is left: to the database, or else to a file.
    pub async fn run(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = tokio::time::sleep(self.flush_interval) => {}
                () = self.parts.metering.wanted.notified() => {}
                () = stop.cancelled() => {}
            }
            let metering = Arc::clone(&self.parts.metering);
            tokio::select! {
                _ = self.write_batch() => {}
                () = metering.given_up.cancelled() => break,
            }
        }
        if !self.write_last().await {
            self.keep_unwritten();
        }
    }

    /// Returns true when nothing is left.
    async fn write_last(&mut self) -> bool {
        self.last_uses_written_at_ms = i64::MIN / 2;
        let metering = Arc::clone(&self.parts.metering);
        let tries = async {
            for _ in 0..LAST_TRIES {
                if self.write_batch().await {
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

    /// Puts what is left into a file, which the next start writes.
    fn keep_unwritten(&mut self) {
        self.take();
        let mut events = std::mem::take(&mut self.batch);
        events.append(&mut self.pending);
        if events.is_empty() {
            return;
        }
        let WriterParts {
            folder, replica_id, ..
        } = &self.parts;
        match unwritten::keep(folder, replica_id, &events) {
            Ok(path) => tracing::warn!(
                kept = events.len(),
                file = %path.display(),
                "the database did not take what was used; the next start writes it"
            ),
            Err(error) => {
                self.parts
                    .metrics
                    .metering_lost
                    .inc_by(u64::try_from(events.len()).unwrap_or(u64::MAX));
                tracing::error!(
                    lost = events.len(),
                    error = &error as &dyn std::error::Error,
                    "usage events were lost: neither the database nor the data folder takes them"
                );
            }
        }
    }

    /// Returns true when everything that was taken in is written.
    async fn write_batch(&mut self) -> bool {
        let accepted = self.take();
        let has_events = self.unwritten() > 0;
        if let Err(error) = self.write_pending().await {
            self.parts.metrics.metering_failures.inc();
            self.say_failure(&error);
            return false;
        }
        if self.failure_said_at.take().is_some() {
            tracing::info!("usage events are written again");
        }
        self.parts.metering.queue.lock().in_hand = 0;
        self.parts.metrics.metering_queue.set(0);
        if has_events {
            let now_ms = self.parts.clock.now_ms();
            self.parts.metering.written_at_ms.store(now_ms, Relaxed);
        }
        self.parts.metering.written.send_replace(accepted);
        self.write_last_uses_if_due().await
    }

    fn unwritten(&self) -> usize {
        self.batch.len() + self.pending.len()
    }

    /// A full disk lasts: it is said at once, and then now and again.
    fn say_failure(&mut self, error: &StoreError) {
        if self
            .failure_said_at
            .is_some_and(|at| at.elapsed() < SAY_AGAIN)
        {
            return;
        }
        self.failure_said_at = Some(Instant::now());
        let state = self.parts.metering.state();
        tracing::error!(
            error = error as &dyn std::error::Error,
            pending = state.pending,
            pending_max = state.pending_max,
            "usage events could not be written; trying again"
        );
    }

    /// Takes the buffer over; returns how many events were ever taken in.
    fn take(&mut self) -> u64 {
        let (events, accepted, lost) = {
            let mut queue = self.parts.metering.queue.lock();
            let events = std::mem::take(&mut queue.events);
            queue.in_hand += events.len();
            (events, queue.accepted, std::mem::take(&mut queue.lost))
        };
        if lost > 0 {
            self.parts.metrics.metering_lost.inc_by(lost);
            tracing::error!(lost, "usage events were lost: the metering queue is full");
        }
        self.show(&events);
        let mut metric_batch = MetricBatch::default();
        for record in events {
            metric_batch.add(&record.event);
            self.note(record);
        }
        metric_batch.count(&self.parts.metrics);
        self.parts
            .metrics
            .metering_queue
            .set(i64::try_from(self.unwritten()).unwrap_or(i64::MAX));
        accepted
    }

    /// Lets the detectors of anomalies see a batch.
    fn show(&self, events: &[UsageRecord]) {
        if events.is_empty() || !self.parts.metering.observations.is_on() {
            return;
        }
        let now_ms = self.parts.clock.now_ms();
        let seen = events.iter().filter(|record| record.is_authorized);
        let seen = seen.map(|record| record.observation(now_ms));
        let lost = self.parts.metering.observations.push(seen.collect());
        self.parts
            .metrics
            .observations_lost
            .inc_by(u64::try_from(lost).unwrap_or(u64::MAX));
    }

    fn note(&mut self, record: UsageRecord) {
        let UsageRecord {
            mut event,
            secret,
            address,
            agent,
            is_authorized,
            is_by_person: _,
            price_nanos: _,
        } = record;
        self.log(&event);
        let (address, agent) = self.words.of(address, agent);
        event.detail.address = Arc::clone(&address);
        event.detail.agent = Arc::clone(&agent);
        if !is_authorized {
            self.pending.push(event);
            return;
        }
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
        let is_logged = match self.parts.access_log {
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
                model.name = &**event.model(),
                provider.name = &*event.provider_name,
                attempt.count = event.detail.attempts.len(),
                status = event.status,
                error.code = event.error_code,
                end_reason = event.end_reason.as_str(),
                duration_ms = event.duration_us / 1_000,
                "request"
            );
        }
    }

    /// Writes in transactions of a bounded size: after an outage much waits, and on SQLite the lease waits
    /// for the same writer.
    async fn write_pending(&mut self) -> Result<(), StoreError> {
        loop {
            if self.batch.is_empty() {
                let size = self.pending.len().min(EVENTS_PER_WRITE);
                self.batch.extend(self.pending.drain(..size));
            }
            if self.batch.is_empty() {
                return Ok(());
            }
            timeout(WRITE_MAX, self.write_events())
                .await
                .unwrap_or(Err(StoreError::TimedOut))?;
        }
    }

    async fn write_events(&mut self) -> Result<(), StoreError> {
        let mut tx = self.parts.db.begin().await?;
        if std::mem::replace(&mut self.is_doubtful, true) {
            usage_events::retain_new(&mut tx, &mut self.batch).await?;
        }
        usage_events::insert(&mut tx, &self.batch).await?;
        usage_rollups::add(&mut tx, &self.batch).await?;
        platform_rollups::add(&mut tx, &self.batch).await?;
        error_rollups::add(&mut tx, &self.batch).await?;
        tx.commit().await?;
        self.is_doubtful = false;
        self.batch.clear();
        Ok(())
    }

    /// Writes the last use of keys, which is for people: if it cannot be written, usage goes on.
    async fn write_last_uses_if_due(&mut self) -> bool {
        let now_ms = self.parts.clock.now_ms();
        let due_at_ms = self
            .last_uses_written_at_ms
            .saturating_add(self.last_use_interval_ms);
        if self.last_uses.is_empty() || now_ms < due_at_ms {
            return true;
        }
        self.last_uses_written_at_ms = now_ms;
        let written = timeout(WRITE_MAX, self.write_last_uses()).await;
        if let Err(error) = written.unwrap_or(Err(StoreError::TimedOut)) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the last uses of keys could not be written; trying again later"
            );
            return false;
        }
        true
    }

    /// In one order always, so that two replicas do not wait for each other crosswise.
    async fn write_last_uses(&mut self) -> Result<(), StoreError> {
        let order = |secret: &KeyDigest| self.last_uses.get(secret).map(|seen| &seen.api_key_id);
        let mut secrets: Vec<KeyDigest> = self.last_uses.keys().copied().collect();
        secrets.sort_by(|left, right| order(left).cmp(&order(right)));
        for chunk in secrets.chunks(LAST_USES_PER_WRITE) {
            let mut tx = self.parts.db.begin().await?;
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
