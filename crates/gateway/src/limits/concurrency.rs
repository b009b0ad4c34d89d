//! Concurrency: how many requests of one key, and of one account, run at the same time.
//!
//! A request runs from its admission to the last byte of its response, so that long streams are bounded as well as
//! quick calls. Where as many run as may, the next one is refused before its body is read.

use std::sync::Arc;

use super::Limits;
use super::ledger::Leaving;
use super::refusal::LimitRefusal;
use super::running::RunningRequests;

/// The `Retry-After` of a refusal for concurrency: when a running request ends is not known.
const RETRY_AFTER_SECONDS: u64 = 1;

/// One running request; dropping it ends the request's share of the concurrency.
#[derive(Debug)]
pub struct ConcurrencyPermit {
    key: Arc<RunningRequests>,
    account: Arc<RunningRequests>,
    /// Tells the other servers of the end.
    leaving: Option<Leaving>,
}

impl ConcurrencyPermit {
    pub(super) fn then(mut self, leaving: Leaving) -> Self {
        self.leaving = Some(leaving);
        self
    }
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        self.key.leave();
        self.account.leave();
        // Last: who is told looks how many run.
        drop(self.leaving.take());
    }
}

/// Begins one request of a key.
///
/// # Errors
/// If the key or its account runs as many as it may.
pub(super) fn enter(
    [of_key, of_account]: [Option<u64>; 2],
    [key, account]: [&Arc<RunningRequests>; 2],
) -> Result<ConcurrencyPermit, LimitRefusal> {
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
        leaving: None,
    })
}

/// Looks whether as many run as may, and begins nothing.
pub(super) fn crowded(
    limits: Limits,
    key: &RunningRequests,
    account: &RunningRequests,
) -> Option<LimitRefusal> {
    let [of_key, of_account] = limits.concurrency();
    if is_reached(of_key, key) {
        Some(refused_for_key(of_key))
    } else {
        is_reached(of_account, account).then(|| refused_for_account(of_account))
    }
}

fn is_reached(limit: Option<u64>, running: &RunningRequests) -> bool {
    limit.is_some_and(|limit| running.count() >= limit)
}

pub(super) fn refused_for_key(limit: Option<u64>) -> LimitRefusal {
    LimitRefusal {
        what: "requests at the same time for this key",
        dimension: "concurrent_requests",
        limit: limit.unwrap_or_default(),
        retry_after_seconds: RETRY_AFTER_SECONDS,
    }
}

pub(super) fn refused_for_account(limit: Option<u64>) -> LimitRefusal {
    LimitRefusal {
        what: "requests at the same time for this account",
        dimension: "account_concurrent_requests",
        limit: limit.unwrap_or_default(),
        retry_after_seconds: RETRY_AFTER_SECONDS,
    }
}
