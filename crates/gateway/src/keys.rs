//! The API keys that this process knows, and how it comes to know them.
//!
//! A known key is found without the database. An unknown one passes gates, each bounded, so that a flood
//! of them cannot slow the known ones. What is cached may be used only while the lease on the auth log
//! holds (`docs/decisions/0004`): without it every key is read anew, and when that cannot be done the
//! response is "cannot tell", never "no".

mod barrier;
mod cached_key;
mod gate;
mod in_use;
mod signals;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use quick_cache::sync::{Cache, GuardResult};
use store::api_keys::{self, AuthRecord};
use store::secret::KeyDigest;
use store::{AccountId, Db, StoreError, auth_log};

use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::clock::Clock;
use crate::config::AuthConfig;
use crate::limits::{CountedToday, Limiter, day_start_ms};

pub use barrier::wait_until_applied;
pub use cached_key::{CachedKey, KeyState};
use gate::{EvictedKeyGate, LookupGate, UnknownGate};
pub use in_use::{KeyEnd, KeyInUse, KeysInUse};
pub use signals::{KeySignal, KeySignalKind, KeySignals};

/// The part of a lease that is used, so that a clock running a little slow does no harm.
const LEASE_MARGIN: f64 = 0.98;

/// The timeout of detection a key in all.
const FIND_MAX: Duration = Duration::from_secs(5);
/// The timeout of one lookup.
const LOOKUP_MAX: Duration = Duration::from_secs(3);

/// The cache, its gates and its lease.
#[derive(Debug)]
pub struct Keys {
    db: Db,
    clock: Clock,
    limiter: Arc<Limiter>,
    known: Cache<KeyDigest, Arc<CachedKey>>,
    lookups: LookupGate,
    unknown: UnknownGate,
    evicted: EvictedKeyGate,
    /// The secrets that requests run with.
    pub in_use: Arc<KeysInUse>,
    /// The last line of the auth log that was applied here. Locked while the cache is filled or purged.
    applied_seq: Mutex<i64>,
    /// The last line whose application is complete, what was read anew because of it included.
    followed: watch::Sender<i64>,
    /// This process has made changes of rights.
    own_changes: Notify,
    replica_id: String,
    /// Signals about keys that requests show.
    pub signals: KeySignals,
    /// Until when, by uptime in microseconds, the cache may be used.
    usable_until_us: AtomicU64,
    lease: Duration,
}

/// A key as it was read.
struct Loaded {
    record: Option<AuthRecord>,
    /// A line of the auth log that the record is at least as new as.
    seq: i64,
    /// The moment whose day was counted.
    at_ms: i64,
}

/// The lookup of a key failed: it may be good or not.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// Too many ask at the same time.
    #[error("too many lookups of API keys")]
    Busy,
    /// The database did not respond.
    #[error("the API key cannot be looked up")]
    Failed(#[source] StoreError),
    /// The database took too long.
    #[error("the API key could not be looked up in time")]
    TimedOut,
}

impl Keys {
    /// An empty cache without a lease.
    pub fn new(
        config: &AuthConfig,
        db: Db,
        clock: Clock,
        limiter: Arc<Limiter>,
        in_use: Arc<KeysInUse>,
        replica_id: String,
    ) -> Self {
        Self {
            db,
            in_use,
            clock,
            limiter,
            known: Cache::new(config.cached_keys_max.max(1)),
            lookups: LookupGate::new(config.lookups_max, config.lookup_queue_max),
            unknown: UnknownGate::new(config),
            evicted: EvictedKeyGate::new(config),
            applied_seq: Mutex::new(0),
            followed: watch::Sender::new(0),
            own_changes: Notify::new(),
            replica_id,
            signals: KeySignals::default(),
            usable_until_us: AtomicU64::new(0),
            lease: Duration::from_millis(config.lease_ms),
        }
    }

    /// The key with that digest; `None` when there is none.
    ///
    /// # Errors
    /// [`LookupError`] if the database cannot be asked.
    pub async fn find(
        &self,
        digest: KeyDigest,
        address: IpAddr,
    ) -> Result<Option<Arc<CachedKey>>, LookupError> {
        let has_lease = self.has_lease();
        if has_lease && let Some(key) = self.known.get(&digest) {
            return Ok(Some(key));
        }
        // All waits together: for another's lookup of the same key, for a place, for the database.
        let found = async {
            if has_lease {
                self.find_unknown(digest, address).await
            } else {
                self.find_uncached(digest).await
            }
        };
        // Boxed, so that a request whose key is known does not carry the wait.
        timeout(FIND_MAX, Box::pin(found))
            .await
            .unwrap_or(Err(LookupError::TimedOut))
    }

    async fn find_uncached(
        &self,
        digest: KeyDigest,
    ) -> Result<Option<Arc<CachedKey>>, LookupError> {
        let _permit = self.lookups.enter().await?;
        let loaded = self.load(digest).await?;
        Ok(loaded
            .record
            .map(|record| self.make(digest, record, loaded.at_ms)))
    }

    /// Returns whether a key that was found earlier may still be used; else it must be found again. Only a key
    /// that is in the cache now can be vouched for: others are out of reach of the auth log.
    pub fn is_current(&self, key: &Arc<CachedKey>) -> bool {
        self.has_lease()
            && self
                .known
                .peek(&key.digest())
                .is_some_and(|cached| Arc::ptr_eq(&cached, key))
    }

    /// Returns whether the cache may be used at the moment.
    pub fn has_lease(&self) -> bool {
        let now_us = u64::try_from(self.clock.uptime().as_micros()).unwrap_or(u64::MAX);
        now_us < self.usable_until_us.load(Ordering::Acquire)
    }

    async fn find_unknown(
        &self,
        digest: KeyDigest,
        address: IpAddr,
    ) -> Result<Option<Arc<CachedKey>>, LookupError> {
        // One lookup per digest: the others wait for its result, and for no place in a queue.
        let guard = match self.known.get_value_or_guard_async(&digest).await {
            Ok(key) => return Ok(Some(key)),
            Err(guard) => guard,
        };
        let permit = match self.evicted.acquire(digest).await {
            Some(permit) => permit?,
            None => {
                if self.unknown.is_negative_cached(digest, self.clock.now_ms()) {
                    return Ok(None);
                }
                self.unknown.check(address, self.clock.now_ms())?;
                self.lookups.enter().await?
            }
        };
        let loaded = self.load(digest).await?;
        drop(permit);
        let applied = self.applied_seq.lock();
        // A purge may have passed while we read: what we read is good for this request, not for the cache.
        let is_fresh = loaded.seq >= *applied;
        let Some(record) = loaded.record else {
            self.unknown
                .note(digest, address, self.clock.now_ms(), is_fresh);
            return Ok(None);
        };
        let key = self.make(digest, record, loaded.at_ms);
        if is_fresh {
            // Fails only when a purge removed the placeholder, which the lock rules out.
            let _ = guard.insert(Arc::clone(&key));
            self.evicted.clear(digest);
        }
        Ok(Some(key))
    }

    async fn load(&self, digest: KeyDigest) -> Result<Loaded, LookupError> {
        let read = async {
            let at_ms = self.clock.now_ms();
            let seq = auth_log::head(&self.db).await?;
            let record = api_keys::find_by_digest(&self.db, digest, day_start_ms(at_ms)).await?;
            Ok::<_, StoreError>(Loaded { record, seq, at_ms })
        };
        match timeout(LOOKUP_MAX, read).await {
            Ok(loaded) => loaded.map_err(LookupError::Failed),
            Err(_) => Err(LookupError::TimedOut),
        }
    }

    fn make(&self, digest: KeyDigest, record: AuthRecord, loaded_at_ms: i64) -> Arc<CachedKey> {
        let today = CountedToday {
            key: record.key_requests_today,
            account: record.account_requests_today,
        };
        let counters =
            self.limiter
                .counters(&record.key.id, &record.key.account_id, today, loaded_at_ms);
        Arc::new(CachedKey::new(digest, record, counters))
    }

    // ---- following the auth log ----------------------------------------------------------------------

    /// Begins afresh at line `seq`: nothing that was cached before it is trusted.
    pub fn restart_at(&self, seq: i64) {
        let mut applied = self.applied_seq.lock();
        self.known.retain(|digest, _| {
            self.evicted.mark(*digest);
            false
        });
        self.unknown.forget_all();
        self.in_use.doubt_keys(|_| true);
        *applied = seq;
    }

    /// Extends the lease, counted from before the renewal was sent.
    pub fn renewed(&self, sent_at: Duration) {
        let until = sent_at + self.lease.mul_f64(LEASE_MARGIN);
        self.usable_until_us.store(
            u64::try_from(until.as_micros()).unwrap_or(u64::MAX),
            Ordering::Release,
        );
    }

    /// The last line that was applied.
    pub fn applied_seq(&self) -> i64 {
        *self.applied_seq.lock()
    }

    /// Tells those who wait for it that all up to the last line is applied, and read anew.
    pub fn announce_applied(&self) {
        self.followed.send_replace(self.applied_seq());
    }

    /// Returns when this process has made changes of rights since the last time.
    pub async fn own_changes(&self) {
        self.own_changes.notified().await;
    }

    /// Applies line `seq`, which says that these secrets changed.
    pub fn purge_digests(&self, seq: i64, digests: &[KeyDigest]) {
        let mut applied = self.applied_seq.lock();
        for digest in digests {
            if self.known.remove(digest).is_some() {
                self.evicted.mark(*digest);
            }
            self.unknown.forget(*digest);
        }
        self.in_use.doubt(digests);
        *applied = seq;
    }

    /// Applies line `seq`, which says that an account changed.
    pub fn purge_account(&self, seq: i64, account: &AccountId) {
        let mut applied = self.applied_seq.lock();
        self.known.retain(|digest, key| {
            let is_kept = key.account_id() != account;
            if !is_kept {
                self.evicted.mark(*digest);
            }
            is_kept
        });
        self.in_use.doubt_keys(|key| key.account_id() == account);
        *applied = seq;
    }

    /// Applies line `seq`, which concerns no key.
    pub fn skip_line(&self, seq: i64) {
        *self.applied_seq.lock() = seq;
    }

    /// Reads keys into the cache ahead of their use, past the gates: a key that was just made must work
    /// at once even in a flood of unknown ones.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn prefetch(&self, digests: &[KeyDigest]) -> Result<(), StoreError> {
        for digest in digests {
            let at_ms = self.clock.now_ms();
            let seq = auth_log::head(&self.db).await?;
            let record = api_keys::find_by_digest(&self.db, *digest, day_start_ms(at_ms)).await?;
            if let Some(record) = record {
                self.fill(seq, *digest, record, at_ms);
            }
        }
        Ok(())
    }

    /// Loads the keys that were used since `since_ms`.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn warm_up(&self, since_ms: i64, limit: u32) -> Result<usize, StoreError> {
        let at_ms = self.clock.now_ms();
        let seq = auth_log::head(&self.db).await?;
        let records =
            api_keys::warm_records(&self.db, since_ms, day_start_ms(at_ms), limit).await?;
        let count = records.len();
        for (digest, record) in records {
            self.fill(seq, digest, record, at_ms);
        }
        Ok(count)
    }

    fn fill(&self, seq: i64, digest: KeyDigest, record: AuthRecord, loaded_at_ms: i64) {
        let key = self.make(digest, record, loaded_at_ms);
        let applied = self.applied_seq.lock();
        if seq < *applied {
            return;
        }
        if let GuardResult::Guard(guard) =
            self.known.get_value_or_guard(&digest, Some(Duration::ZERO))
        {
            let _ = guard.insert(key);
        }
    }

    // ---- requests that run ---------------------------------------------------------------------------

    /// Reads the secrets in use that changes of rights may concern, and ends the requests of those that may
    /// not be used any more.
    ///
    /// # Errors
    /// If the database cannot be read. What was not read stays doubtful.
    pub async fn settle_doubts(&self) -> Result<(), StoreError> {
        let mut doubtful = self.in_use.take_doubtful();
        while let Some(digest) = doubtful.pop() {
            let at_ms = self.clock.now_ms();
            match api_keys::find_by_digest(&self.db, digest, day_start_ms(at_ms)).await {
                Ok(record) => {
                    let key = record.map(|record| self.make(digest, record, at_ms));
                    self.in_use.learn(digest, key, at_ms);
                }
                Err(error) => {
                    doubtful.push(digest);
                    self.in_use.doubt(&doubtful);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// The number of cached keys.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}
