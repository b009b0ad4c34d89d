//! Concurrency: how many requests of one key, and of one account, run at the same time.
//!
//! A request runs from the moment its key is known, before a byte of its body is read, to the last byte of
//! its response, so that slow bodies and long streams are bounded as well as quick calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Limits;
use super::counters::{Counters, KeyCounters, Refusal};

/// How long a client is told to wait: when a running request ends is not known.
const RETRY_AFTER_SECONDS: u64 = 1;

/// The requests of one key or account that run.
#[derive(Debug, Default)]
pub(super) struct Running(AtomicU64);

impl Running {
    /// Counts one more, unless `limit` run already.
    fn enter(&self, limit: Option<u64>) -> bool {
        let Some(limit) = limit else {
            self.0.fetch_add(1, Ordering::Relaxed);
            return true;
        };
        let more = |running| (running < limit).then_some(running + 1);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    fn leave(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Counters {
    /// Requests that run now.
    pub fn running(&self) -> u64 {
        self.running.0.load(Ordering::Relaxed)
    }
}

/// One running request; dropping it ends the request's share of the concurrency.
#[derive(Debug)]
pub struct ConcurrencyPermit {
    key: Arc<Counters>,
    account: Arc<Counters>,
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        self.key.running.leave();
        self.account.running.leave();
    }
}

impl KeyCounters {
    /// Begins one request.
    ///
    /// # Errors
    /// If the key or its account runs as many as `limits` permit.
    pub fn enter(&self, limits: Limits) -> Result<ConcurrencyPermit, Refusal> {
        let of_key = limits.of_key().concurrent_requests;
        let of_account = limits
            .concurrent_requests
            .map(|limit| limit.saturating_mul(limits.account_multiplier));
        let refused = if !self.key.running.enter(of_key) {
            (
                "requests at the same time for this key",
                "concurrent_requests",
                of_key,
            )
        } else if !self.account.running.enter(of_account) {
            self.key.running.leave();
            (
                "requests at the same time for this account",
                "account_concurrent_requests",
                of_account,
            )
        } else {
            return Ok(ConcurrencyPermit {
                key: Arc::clone(&self.key),
                account: Arc::clone(&self.account),
            });
        };
        let (what, dimension, limit) = refused;
        Err(Refusal {
            what,
            dimension,
            limit: limit.unwrap_or_default(),
            retry_after_seconds: RETRY_AFTER_SECONDS,
        })
    }
}
