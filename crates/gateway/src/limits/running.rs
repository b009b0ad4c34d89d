//! Requests that run now.

use std::sync::atomic::{AtomicU64, Ordering};

/// The requests of one key or account that run.
#[derive(Debug, Default)]
pub(in crate::limits) struct RunningRequests(AtomicU64);

impl RunningRequests {
    /// Counts one more, unless `limit` run already.
    pub(in crate::limits) fn enter(&self, limit: Option<u64>) -> bool {
        let Some(limit) = limit else {
            self.0.fetch_add(1, Ordering::Relaxed);
            return true;
        };
        let more = |running| (running < limit).then_some(running + 1);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more)
            .is_ok()
    }

    pub(in crate::limits) fn leave(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Requests that run now.
    pub(in crate::limits) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
