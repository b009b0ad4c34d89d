//! The way back to the store: connecting, reporting what was counted without it, and waiting until all have reported.
//! And the regular exchange with it: what was corrected, what others told.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::database_store::DatabaseStore;
use super::redis_store::{Correction, RedisStore};
use super::{SharedLimits, Standing, Store, told};
use crate::limits::ledger::{Subject, Tally};
use crate::limits::timekeeper::Moment;

/// The pause between two exchanges with the store and the other servers.
const BEAT: Duration = Duration::from_millis(250);
/// The pause between two looks at the database's clock.
const DATABASE_BEAT: Duration = Duration::from_secs(2);
/// An exchange that takes longer is a failure.
const BEAT_TIMEOUT: Duration = Duration::from_secs(2);
/// The wait of a server that reported for those that did not: they are out of the store's reach.
const JOIN_WAIT: Duration = Duration::from_secs(3);
/// Beats between two reports of running requests, which count for ten seconds.
const RUNNING_EVERY: u32 = 8;
/// Beats between two looks for subjects that can be forgotten.
const PRUNE_EVERY: u32 = 4 * 3_600;

/// The state that lasts from beat to beat.
#[derive(Debug, Default)]
struct Exchange {
    /// The memory of the store that this server reported to.
    epoch: Option<Arc<str>>,
    /// Up to where the others were heard.
    heard: HashMap<String, String>,
    joining_since: Option<Instant>,
    beats: u32,
}

impl SharedLimits {
    /// Stays in touch with the store, and joins it again when it was lost.
    pub(crate) async fn keep_in_touch(
        &self,
        now: impl Fn() -> Moment + Send + Sync,
        stop: CancellationToken,
    ) {
        let mut exchange = Exchange::default();
        loop {
            let beat = async {
                match &*self.store {
                    Store::Redis(redis) => self.beat(redis, &mut exchange, &now).await,
                    Store::Database(database) => {
                        self.beat_with(database, &mut exchange, &now).await
                    }
                }
            };
            match timeout(BEAT_TIMEOUT, beat).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => self.lost_touch(&error),
                Err(_) => self.lost_touch(&"no response in time"),
            }
            let pause = match &*self.store {
                Store::Redis(_) => BEAT,
                Store::Database(_) => DATABASE_BEAT,
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.is_lost.notified() => {}
                () = stop.cancelled() => break,
            }
        }
        // What is not reported yet is lost with this process.
        let _ = timeout(BEAT_TIMEOUT, self.report_due()).await;
        if let (Some(epoch), Store::Redis(redis)) = (&exchange.epoch, &*self.store) {
            let _ = timeout(BEAT_TIMEOUT, redis.leave(epoch)).await;
        }
    }

    /// Reports corrections as they come.
    pub(crate) async fn report(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = self.ledger.is_due.notified() => self.report_due().await,
                () = stop.cancelled() => return,
            }
        }
    }

    fn lost_touch(&self, error: &dyn std::fmt::Display) {
        self.fail(error);
        if let Store::Redis(redis) = &*self.store {
            redis.disconnect();
        }
    }

    async fn beat(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        now: &(impl Fn() -> Moment + Sync),
    ) -> anyhow::Result<()> {
        if redis.connection().is_err() {
            redis.connect().await?;
        }
        let asked_at = Instant::now();
        let (epoch, store_ms) = redis.epoch(&fresh_epoch()).await?;
        let took = asked_at.elapsed();
        self.ledger.set_clock(store_ms, now());
        if exchange.epoch.as_ref() != Some(&epoch) {
            self.remember_all(exchange.epoch.replace(Arc::clone(&epoch)).is_some());
        }
        match Standing::clone(&self.standing.load()) {
            // A store that is slower than a decision may wait is as good as none.
            Standing::Alone if took <= self.decision_timeout => {
                self.stand(Standing::Joining(epoch));
                exchange.joining_since = Some(Instant::now());
                self.failures.store(0, Ordering::Relaxed);
            }
            Standing::Alone => return Ok(()),
            Standing::Joining(_) | Standing::Joined(_) => {}
        }
        if matches!(**self.standing.load(), Standing::Joining(_)) {
            self.join(redis, exchange).await?;
        }
        self.exchange(redis, exchange, store_ms).await
    }

    /// The database is there as long as keys may be used at all; what has to be kept is the time.
    async fn beat_with(
        &self,
        database: &DatabaseStore,
        exchange: &mut Exchange,
        now: &(impl Fn() -> Moment + Sync),
    ) -> anyhow::Result<()> {
        let store_ms = database.clock_ms().await?;
        self.ledger.set_clock(store_ms, now());
        if !matches!(**self.standing.load(), Standing::Joined(_)) {
            self.failures.store(0, Ordering::Relaxed);
            self.losses.fetch_add(1, Ordering::Relaxed);
            self.stand(Standing::Joined(Arc::default()));
        }
        exchange.beats = exchange.beats.wrapping_add(1);
        if exchange.beats.is_multiple_of(PRUNE_EVERY) {
            let today = Tally::at(store_ms);
            for subject in self.all_subjects() {
                subject.known.lock().untold = Tally::default();
            }
            self.prune(today);
            database.prune(today).await?;
        }
        Ok(())
    }

    /// A new memory of the store knows nothing: what is counted here is to be reported again.
    fn remember_all(&self, was_joined: bool) {
        if was_joined {
            self.lose();
        }
        for subject in self.all_subjects() {
            subject.known.lock().forget_reports();
        }
    }

    /// Reports everything, says so, and lets the store decide alone once all servers have done the same.
    async fn join(&self, redis: &RedisStore, exchange: &mut Exchange) -> anyhow::Result<()> {
        let Some(epoch) = exchange.epoch.clone() else {
            return Ok(());
        };
        for subject in self.all_subjects() {
            if !subject.known.lock().unreported.is_nothing() {
                self.ledger.mark(&subject);
            }
        }
        self.report_due().await;
        let joined = redis.join(&epoch).await?;
        let fleet = self.fleet.load_full();
        let all_joined = fleet
            .reporting
            .iter()
            .all(|server| joined.contains(server) || *server == fleet.me);
        let waited = exchange
            .joining_since
            .is_some_and(|since| since.elapsed() >= JOIN_WAIT);
        if all_joined || waited {
            self.losses.fetch_add(1, Ordering::Relaxed);
            self.stand(Standing::Joined(epoch));
            tracing::info!(
                servers = fleet.known.len(),
                "limits are shared with the other servers"
            );
        }
        Ok(())
    }

    /// Tells the others what was counted here since the last time, and hears what they counted.
    async fn exchange(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        now_ms: i64,
    ) -> anyhow::Result<()> {
        exchange.beats = exchange.beats.wrapping_add(1);
        let mut text = String::new();
        let mut telling = Vec::new();
        for subject in self.all_subjects() {
            if exchange.beats.is_multiple_of(RUNNING_EVERY) && subject.running() > 0 {
                self.ledger.mark(&subject);
            }
            let change = std::mem::take(&mut subject.known.lock().untold);
            if !change.is_nothing() {
                told::write(&mut text, &subject.name, change);
                telling.push((subject, change));
            }
        }
        if !text.is_empty()
            && let Err(error) = redis.tell(&text).await
        {
            for (subject, change) in telling {
                subject.known.lock().untold.add(change);
            }
            return Err(error.into());
        }
        for server in &self.fleet.load_full().known {
            self.hear(redis, exchange, server).await?;
        }
        if exchange.beats.is_multiple_of(PRUNE_EVERY) {
            self.prune(Tally::at(now_ms));
        }
        Ok(())
    }

    async fn hear(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        server: &str,
    ) -> anyhow::Result<()> {
        if server == self.fleet.load().me {
            return Ok(());
        }
        let after = exchange.heard.get(server).map_or("0", String::as_str);
        for (place, text) in redis.hear(server, after).await? {
            for (name, change) in told::read(&text) {
                self.subject(name).known.lock().hear(change);
            }
            exchange.heard.insert(server.to_owned(), place);
        }
        Ok(())
    }

    /// Reports what is due, if there is a store that takes it; what it does not take is due at the next join.
    async fn report_due(&self) {
        let redis = match &*self.store {
            Store::Redis(redis) => redis,
            Store::Database(database) => return database.take_back(&self.ledger.take_due()),
        };
        let epoch = match Standing::clone(&self.standing.load()) {
            Standing::Alone => return,
            Standing::Joining(epoch) | Standing::Joined(epoch) => epoch,
        };
        let corrections: Vec<Correction> = self
            .ledger
            .take_due()
            .into_iter()
            .map(|subject| {
                let change = std::mem::take(&mut subject.known.lock().unreported);
                let tells = subject.tells_running.load(Ordering::Relaxed);
                Correction {
                    running: tells.then(|| subject.running()),
                    change,
                    subject,
                }
            })
            .collect();
        let taken = redis.correct(&epoch, &corrections, None).await;
        for correction in corrections.into_iter().skip(taken) {
            let mut known = correction.subject.known.lock();
            known.unreported.add(correction.change);
        }
    }

    fn all_subjects(&self) -> Vec<Arc<Subject>> {
        self.subjects.lock().values().cloned().collect()
    }

    /// Forgets subjects of which nothing of today is counted and that no counter holds.
    fn prune(&self, now: Tally) {
        self.subjects
            .lock()
            .retain(|_, subject| Arc::strong_count(subject) > 1 || !subject.is_idle(now));
    }
}

/// A name that no memory of a store had before.
fn fresh_epoch() -> String {
    store::RequestId::generate().as_str().to_owned()
}
