//! Concurrency: how many requests of one key, and of one account, run at the same time.
//!
//! A request runs from its admission to the last byte of its response, so that long streams are bounded as well as
//! quick calls. Where as many run as may, the next one is refused before its body is read.

use std::sync::Arc;

use super::ledger::Leaving;
use super::refusal::LimitRefusal;
use super::running::RunningRequests;
use super::{Limits, MostRunning};

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
    most: MostRunning,
    [key, account]: [&Arc<RunningRequests>; 2],
) -> Result<ConcurrencyPermit, LimitRefusal> {
    if !key.enter(most.key) {
        return Err(refused_for_key(most));
    }
    if !account.enter(most.account) {
        key.leave();
        return Err(refused_for_account(most));
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
    let most = limits.concurrency();
    if is_reached(most.key, key) {
        Some(refused_for_key(most))
    } else {
        is_reached(most.account, account).then(|| refused_for_account(most))
    }
}

fn is_reached(limit: Option<u64>, running: &RunningRequests) -> bool {
    limit.is_some_and(|limit| running.count() >= limit)
}

pub(super) fn refused_for_key(most: MostRunning) -> LimitRefusal {
    LimitRefusal {
        what: if most.is_own {
            "requests at the same time set for this key"
        } else {
            "requests at the same time for this key"
        },
        dimension: "concurrent_requests",
        limit: most.key.unwrap_or_default(),
        retry_after_seconds: RETRY_AFTER_SECONDS,
    }
}

pub(super) fn refused_for_account(most: MostRunning) -> LimitRefusal {
    LimitRefusal {
        what: "requests at the same time for this account",
        dimension: "account_concurrent_requests",
        limit: most.account.unwrap_or_default(),
        retry_after_seconds: RETRY_AFTER_SECONDS,
    }
}
