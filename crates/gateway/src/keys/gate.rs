//! The gates between a flood of unknown keys and the database: the negative cache, token buckets per network, places.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;
use quick_cache::sync::Cache;
use store::secret::KeyDigest;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::LookupError;
use crate::config::AuthConfig;

/// Networks whose failures are remembered.
const NETWORKS_MAX: usize = 50_000;

/// Bounds the lookups that run and those that wait.
#[derive(Debug)]
pub(super) struct LookupGate {
    running: Semaphore,
    waiting: AtomicUsize,
    waiting_max: usize,
}

impl LookupGate {
    pub(super) fn new(running_max: usize, waiting_max: usize) -> Self {
        Self {
            running: Semaphore::new(running_max),
            waiting: AtomicUsize::new(0),
            waiting_max,
        }
    }

    pub(super) async fn enter(&self) -> Result<SemaphorePermit<'_>, LookupError> {
        if let Ok(permit) = self.running.try_acquire() {
            return Ok(permit);
        }
        let _place = self.queue()?;
        self.running.acquire().await.map_err(|_| LookupError::Busy)
    }

    fn queue(&self) -> Result<QueuePlace<'_>, LookupError> {
        let place = QueuePlace(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.waiting_max {
            return Err(LookupError::Busy);
        }
        Ok(place)
    }
}

/// A place in the queue, given back however the wait ends.
struct QueuePlace<'a>(&'a AtomicUsize);

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The gate of keys that were evicted from the cache and have to be read again. It is their own: a flood of
/// unknown keys does not stand before them.
#[derive(Debug)]
pub(super) struct EvictedKeyGate {
    digests: Cache<KeyDigest, ()>,
    lookups: LookupGate,
}

impl EvictedKeyGate {
    pub(super) fn new(config: &AuthConfig) -> Self {
        Self {
            digests: Cache::new(config.cached_keys_max.max(1)),
            lookups: LookupGate::new(config.lookups_max, config.cached_keys_max),
        }
    }

    pub(super) fn mark(&self, digest: KeyDigest) {
        self.digests.insert(digest, ());
    }

    /// A permit for a key that is marked as evicted; `None` for any other.
    pub(super) async fn acquire(
        &self,
        digest: KeyDigest,
    ) -> Option<Result<SemaphorePermit<'_>, LookupError>> {
        self.digests.get(&digest)?;
        Some(self.lookups.enter().await)
    }

    pub(super) fn clear(&self, digest: KeyDigest) {
        self.digests.remove(&digest);
    }
}

/// The negative cache of unknown keys, and token buckets of the networks that send many of them.
#[derive(Debug)]
pub(super) struct UnknownGate {
    digests: Cache<KeyDigest, i64>,
    ttl_ms: i64,
    networks: Cache<u64, Arc<Mutex<NetworkBucket>>>,
    burst: f64,
    per_ms: f64,
}

/// Failures that a network has left.
#[derive(Debug)]
struct NetworkBucket {
    left: f64,
    at_ms: i64,
}

impl UnknownGate {
    pub(super) fn new(config: &AuthConfig) -> Self {
        Self {
            digests: Cache::new(config.unknown_keys_max.max(1)),
            ttl_ms: config.unknown_key_ttl_ms,
            networks: Cache::new(NETWORKS_MAX),
            burst: f64::from(config.unknown_key_burst),
            per_ms: f64::from(config.unknown_keys_per_second) / 1_000.0,
        }
    }

    pub(super) fn is_negative_cached(&self, digest: KeyDigest, now_ms: i64) -> bool {
        self.digests
            .get(&digest)
            .is_some_and(|until_ms| now_ms < until_ms)
    }

    /// Refuses to look anything up for a network that failed too often.
    pub(super) fn check(&self, address: IpAddr, now_ms: i64) -> Result<(), LookupError> {
        let Some(bucket) = self.networks.get(&network_of(address)) else {
            return Ok(());
        };
        let mut bucket = bucket.lock();
        self.refill(&mut bucket, now_ms);
        if bucket.left < 1.0 {
            Err(LookupError::Busy)
        } else {
            Ok(())
        }
    }

    /// Notes that a key is unknown; `is_fresh` says whether that may be remembered.
    pub(super) fn note(&self, digest: KeyDigest, address: IpAddr, now_ms: i64, is_fresh: bool) {
        if is_fresh {
            self.digests.insert(digest, now_ms + self.ttl_ms);
        }
        let network = network_of(address);
        let bucket = self.networks.get(&network).unwrap_or_else(|| {
            let bucket = Arc::new(Mutex::new(NetworkBucket {
                left: self.burst,
                at_ms: now_ms,
            }));
            self.networks.insert(network, Arc::clone(&bucket));
            bucket
        });
        let mut bucket = bucket.lock();
        self.refill(&mut bucket, now_ms);
        bucket.left -= 1.0;
    }

    pub(super) fn forget(&self, digest: KeyDigest) {
        self.digests.remove(&digest);
    }

    pub(super) fn forget_all(&self) {
        self.digests.clear();
    }

    fn refill(&self, bucket: &mut NetworkBucket, now_ms: i64) {
        let passed_ms = (now_ms - bucket.at_ms).clamp(0, 3_600_000);
        let passed_ms = u32::try_from(passed_ms).map_or(0.0, f64::from);
        bucket.left = (bucket.left + passed_ms * self.per_ms).min(self.burst);
        bucket.at_ms = bucket.at_ms.max(now_ms);
    }
}

/// The /24 or /56 of an address, as a number.
fn network_of(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u64::from(u32::from(v4) >> 8),
        IpAddr::V6(v6) => {
            let high = u64::try_from(u128::from(v6) >> 64).unwrap_or(u64::MAX);
            high >> 8 | 1 << 63
        }
    }
}
