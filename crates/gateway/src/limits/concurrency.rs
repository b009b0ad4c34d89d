//! Concurrency: how many requests of one key, and of one account, run at the same time.
//!
//! A request runs from its admission to the last byte of its response, so that long streams are bounded as well as
//! quick calls. Where as many run as may, the next one is refused before its body is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Limits;
use super::refusal::LimitRefusal;

/// The `Retry-After` of a refusal for concurrency: when a running request ends is not known.
const RETRY_AFTER_SECONDS: u64 = 1;

/// The requests of one key or account that run.
#[derive(Debug, Default)]
pub(super) struct RunningRequests(AtomicU64);

impl RunningRequests {
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

    /// Requests that run now.
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One running request; dropping it ends the request's share of the concurrency.
#[derive(Debug)]
pub struct ConcurrencyPermit {
    key: Arc<RunningRequests>,
    account: Arc<RunningRequests>,
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        self.key.leave();
        self.account.leave();
    }
}

/// Begins one request of a key.
///
/// # Errors
/// If the key or its account runs as many as `limits` permit.
pub(super) fn enter(
    limits: Limits,
    key: &Arc<RunningRequests>,
    account: &Arc<RunningRequests>,
) -> Result<ConcurrencyPermit, LimitRefusal> {
    let (of_key, of_account) = ceilings(limits);
    if !key.enter(of_key) {
        return Err(refused_for_key(of_key));
    }
    if !account.enter(of_account) {
        key.leave();
        return Err(refused_for_account(of_account));
    }
    Ok(ConcurrencyPermit {
        key: Arc::clone(key),
        account: Arc::clone(account),
    })
}

/// Looks whether as many run as may, and begins nothing.
pub(super) fn crowded(
    limits: Limits,
    key: &RunningRequests,
    account: &RunningRequests,
) -> Option<LimitRefusal> {
    let (of_key, of_account) = ceilings(limits);
    if is_reached(of_key, key) {
        Some(refused_for_key(of_key))
    } else {
        is_reached(of_account, account).then(|| refused_for_account(of_account))
    }
}

/// The limits of the key and of its account.
fn ceilings(limits: Limits) -> (Option<u64>, Option<u64>) {
    let of_account = limits
        .concurrent_requests
        .map(|limit| limit.saturating_mul(limits.account_multiplier));
    (limits.of_key().concurrent_requests, of_account)
}

fn is_reached(limit: Option<u64>, running: &RunningRequests) -> bool {
    limit.is_some_and(|limit| running.count() >= limit)
}

fn refused_for_key(limit: Option<u64>) -> LimitRefusal {
    LimitRefusal {
        what: "requests at the same time for this key",
        dimension: "concurrent_requests",
        limit: limit.unwrap_or_default(),
        retry_after_seconds: RETRY_AFTER_SECONDS,
    }
}

fn refused_for_account(limit: Option<u64>) -> LimitRefusal {
    LimitRefusal {
        what: "requests at the same time for this account",
        dimension: "account_concurrent_requests",
        limit: limit.unwrap_or_default(),
        retry_after_seconds: RETRY_AFTER_SECONDS,
    }
}
