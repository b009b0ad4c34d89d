//! The regular exchange with the store and the other servers: the time, what was corrected, and what others told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::database_store::DatabaseStore;
use super::exchange::Exchange;
use super::redis_store::{Correction, RedisStore};
use super::settle::Agreement;
use super::standing::Standing;
use super::{SharedLimits, Store, told};
use crate::limits::ledger::{Subject, Tally};
use crate::limits::timekeeper::Moment;

/// The pause between two exchanges with the store and the other servers.
const BEAT: Duration = Duration::from_millis(250);
/// The pause between two looks at the database's clock.
const DATABASE_BEAT: Duration = Duration::from_secs(2);
/// An exchange that takes longer is a failure.
const BEAT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest exchange while requests wait for the servers to agree.
const LEAVING_TIMEOUT: Duration = Duration::from_millis(100);
/// Beats between two reports of running requests, which count for ten seconds.
const RUNNING_EVERY: u32 = 8;
/// Beats between two looks for subjects that can be forgotten.
const PRUNE_EVERY: u32 = 4 * 3_600;

impl SharedLimits {
    /// Stays in touch with the store and the other servers.
    pub(crate) async fn keep_in_touch(
        &self,
        now: impl Fn() -> Moment + Send + Sync,
        agreement: &impl Agreement,
        stop: CancellationToken,
    ) {
        let mut exchange = Exchange::default();
        loop {
            let stepped = match &*self.store {
                Store::Redis(redis) => {
                    let step = self.step(redis, &mut exchange, (&now, agreement));
                    tokio::select! {
                        stepped = step => stepped,
                        () = stop.cancelled() => break,
                    }
                }
                Store::Database(database) => {
                    let beat = self.beat_with(database, &mut exchange, &now);
                    let beat = timeout(BEAT_TIMEOUT, beat).await;
                    beat.unwrap_or_else(|late| Err(late.into()))
                }
            };
            if let Err(error) = stepped {
                tracing::debug!(error = format!("{error:#}"), "limits are not settled yet");
            }
            let pause = match &*self.store {
                Store::Redis(_) => BEAT,
                Store::Database(_) => DATABASE_BEAT,
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.wake.notified() => {}
                () = stop.cancelled() => break,
            }
        }
        // What is not reported yet is lost with this process.
        let _ = timeout(BEAT_TIMEOUT, self.report_due()).await;
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

    /// An exchange with Redis, and the next step to where the servers agree.
    async fn step(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        (now, agreement): (&(impl Fn() -> Moment + Sync), &impl Agreement),
    ) -> anyhow::Result<()> {
        if !exchange.has_begun {
            self.begin(agreement, now()).await?;
            exchange.has_begun = true;
        }
        let reach = match self.is_dividing() {
            // Wherever the store is, and requests wait.
            true => None,
            false => match self.reach(redis, exchange, now).await {
                Some(reach) => reach,
                None => return Ok(()),
            },
        };
        self.settle((redis, exchange), reach, agreement).await
    }

    /// Returns the memory of the store, if it can be reached; nothing at all if the standing changed meanwhile.
    async fn reach(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        now: &(impl Fn() -> Moment + Sync),
    ) -> Option<Option<Arc<str>>> {
        let is_waited_for = matches!(**self.standing.load(), Standing::Leaving);
        let most = if is_waited_for {
            LEAVING_TIMEOUT
        } else {
            BEAT_TIMEOUT
        };
        let beat = timeout(most, self.beat(redis, exchange, now));
        let reach = tokio::select! {
            biased;
            reach = beat => reach.unwrap_or_else(|late| Err(late.into())),
            () = self.wake.notified(), if !is_waited_for => {
                self.wake.notify_one();
                return None;
            }
        };
        Some(reach.unwrap_or_else(|error| {
            tracing::debug!(
                error = format!("{error:#}"),
                "the shared store is out of reach"
            );
            redis.disconnect();
            self.fail(&format_args!("{error:#}"));
            None
        }))
    }

    /// Returns the memory of the store, if it responds as fast as a decision has to.
    async fn beat(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        now: &(impl Fn() -> Moment + Sync),
    ) -> anyhow::Result<Option<Arc<str>>> {
        if redis.connection().is_err() {
            redis.connect().await?;
        }
        let asked_at = Instant::now();
        let (epoch, store_ms) = redis.epoch(&fresh_epoch()).await?;
        // A store that is slower than a decision may wait is as good as none.
        let is_quick = asked_at.elapsed() <= self.decision_timeout;
        self.ledger.set_clock(store_ms, now());
        if exchange.epoch.as_ref() != Some(&epoch) {
            let had_one = exchange.epoch.replace(Arc::clone(&epoch)).is_some();
            self.remember_all(had_one);
        }
        self.exchange(redis, exchange, store_ms).await?;
        Ok(is_quick.then_some(epoch))
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
        self.stand_by_database();
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
            self.leave(&"it lost its memory");
        }
        for subject in self.all_subjects() {
            subject.known.lock().forget_reports();
        }
    }

    /// Tells the others what was counted here since the last time, and hears what they counted.
    async fn exchange(
        &self,
        redis: &RedisStore,
        exchange: &mut Exchange,
        now_ms: i64,
    ) -> anyhow::Result<()> {
        exchange.beats = exchange.beats.wrapping_add(1);
        let agreed_seq = self.agreed_seq.load(Ordering::SeqCst);
        let mut text = String::new();
        let mut telling = Vec::new();
        for subject in self.all_subjects() {
            if exchange.beats.is_multiple_of(RUNNING_EVERY) && subject.running() > 0 {
                self.ledger.mark(&subject);
            }
            let change = subject.known.lock().untold;
            if !change.is_nothing() {
                told::write(&mut text, &subject.name, change);
                telling.push((subject, change));
            }
        }
        if !text.is_empty() {
            redis.tell(&text).await?;
        }
        for (subject, change) in telling {
            let mut known = subject.known.lock();
            // At an agreement everything was told in another way.
            if self.agreed_seq.load(Ordering::SeqCst) == agreed_seq {
                known.untold.add(change.negated());
            }
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
        match Standing::clone(&self.standing.load()) {
            Standing::Leaving | Standing::Alone => {}
            Standing::Joining(epoch) | Standing::Joined(epoch) => {
                self.report_to(redis, &epoch).await;
            }
        }
    }

    /// Reports what is due to the store's memory `epoch`. Returns whether it took everything.
    pub(super) async fn report_to(&self, redis: &RedisStore, epoch: &str) -> bool {
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
        let taken = redis.correct(epoch, &corrections, None).await;
        let is_all = taken == corrections.len();
        let mut may_be_taken = true;
        for correction in corrections.into_iter().skip(taken) {
            let mut known = correction.subject.known.lock();
            // The first may have been taken without a response: what it gives back is not given back twice.
            let change = if std::mem::take(&mut may_be_taken) {
                correction.change.only_more()
            } else {
                correction.change
            };
            known.unreported.add(change);
        }
        is_all
    }

    pub(super) fn all_subjects(&self) -> Vec<Arc<Subject>> {
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
