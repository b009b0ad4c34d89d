//! One key or account whose limits several servers hand out, as this server knows it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use tokio::sync::Semaphore;

use super::part::{Base, Part};
use super::tally::Tally;
use crate::limits::Ceiling;
use crate::limits::running::RunningRequests;

/// A key or an account.
#[derive(Debug)]
pub(in crate::limits) struct Subject {
    /// `acct_…`, or `acct_…/key_…`.
    pub(in crate::limits) name: Arc<str>,
    /// The requests that run here, once one did; kept apart, because others may have told of it first.
    running: OnceLock<Arc<RunningRequests>>,
    /// Set while a report of it is due.
    pub(in crate::limits) is_due: AtomicBool,
    /// Taken by whoever asks the database, one at a time.
    pub(in crate::limits) turn: Semaphore,
    /// The requests that wait for that turn, or have it.
    pub(in crate::limits) waiting: AtomicU64,
    /// Set while a slice is fetched.
    pub(in crate::limits) is_refilling: AtomicBool,
    /// Set when its running requests count against a limit: the store is told of them from time to time.
    pub(in crate::limits) tells_running: AtomicBool,
    pub(in crate::limits) known: Mutex<Known>,
}

/// The counts as a server knows them.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::limits) struct Known {
    /// Admitted here.
    pub(in crate::limits) own: Tally,
    /// The part of `own` that the store does not have yet.
    pub(in crate::limits) unreported: Tally,
    /// The part of `own` that the other servers were not told of yet.
    pub(in crate::limits) untold: Tally,
    /// Admitted by the other servers, as they told.
    others: Tally,
    /// The sum, as the store said last.
    seen: Tally,
    base: Base,
    /// The part of slices that this server took and did not hand out yet.
    pub(in crate::limits) lease: Tally,
    /// The time at which the store was asked last, and had nothing left.
    pub(in crate::limits) used_up_at_ms: i64,
}

impl Subject {
    pub(in crate::limits) fn new(name: Arc<str>) -> Self {
        Self {
            name,
            running: OnceLock::new(),
            is_due: AtomicBool::new(false),
            turn: Semaphore::new(1),
            waiting: AtomicU64::new(0),
            is_refilling: AtomicBool::new(false),
            tells_running: AtomicBool::new(false),
            known: Mutex::default(),
        }
    }

    /// Says where the requests that run here are counted.
    pub(in crate::limits) fn runs_here(&self, running: &Arc<RunningRequests>) {
        self.running.get_or_init(|| Arc::clone(running));
    }

    /// Requests that run here.
    pub(in crate::limits) fn running(&self) -> u64 {
        self.running.get().map_or(0, |running| running.count())
    }

    /// Returns whether nothing of the day of `now` was counted, here or elsewhere.
    pub(in crate::limits) fn is_idle(&self, now: Tally) -> bool {
        let mut known = *self.known.lock();
        known.roll(now);
        self.running() == 0
            && known.total().requests_today == 0
            && known.unreported.is_nothing()
            && known.untold.is_nothing()
            && !self.is_due.load(Ordering::Relaxed)
    }
}

impl Known {
    pub(in crate::limits) fn roll(&mut self, now: Tally) {
        for tally in [
            &mut self.own,
            &mut self.unreported,
            &mut self.untold,
            &mut self.others,
            &mut self.seen,
            &mut self.lease,
            &mut self.base.own,
            &mut self.base.total,
        ] {
            tally.roll(now);
        }
    }

    /// The sum over all servers, as far as it is known here.
    pub(in crate::limits) fn total(&self) -> Tally {
        let mut total = self.own.sum(self.others);
        total.raise(self.seen.sum(self.lease.negated()));
        total
    }

    /// Counts what the store has counted already.
    pub(in crate::limits) fn count(&mut self, change: Tally, seen: Tally) {
        self.own.add(change);
        self.untold.add(change);
        self.see(seen);
    }

    /// Counts what was handed out of a slice.
    pub(in crate::limits) fn count_own(&mut self, change: Tally) {
        self.own.add(change);
    }

    /// Counts what the store does not know of.
    pub(in crate::limits) fn count_unreported(&mut self, change: Tally) {
        self.own.add(change);
        self.untold.add(change);
        self.unreported.add(change);
    }

    /// Takes over the sum that the store said. Of two that arrive crosswise the larger one is right.
    pub(in crate::limits) fn see(&mut self, seen: Tally) {
        let is_newer = seen.minute > self.seen.minute || seen.requests >= self.seen.requests;
        if is_newer {
            self.seen = seen;
        }
    }

    /// Takes over what another server told.
    pub(in crate::limits) fn hear(&mut self, change: Tally) {
        self.others.add(change);
    }

    /// Takes over what the others counted, and what a server knew to be the sum, if that is more.
    pub(in crate::limits) fn learn(&mut self, others: Tally, total: Tally) {
        self.others.raise(others);
        self.others.raise(total.sum(self.own.negated()));
    }

    /// The sum as the store said last, without what this server took and still has.
    pub(in crate::limits) fn handed_out(&self, ceiling: Ceiling) -> Tally {
        let out = self.seen.sum(self.lease.negated());
        out.limited_or(ceiling, self.own)
    }

    /// The counts of the store, this server's slices among them.
    pub(in crate::limits) fn taken(&self) -> Tally {
        self.seen
    }

    /// Everything counted here is news for a store that lost its memory.
    pub(in crate::limits) fn forget_reports(&mut self) {
        self.unreported = self.own;
        // What the others counted stays known.
        self.others.raise(self.seen.sum(self.own.negated()));
        self.seen = Tally::default();
    }

    /// The counts to decide by without the store, since it was lost the `loss`th time.
    pub(in crate::limits) fn alone(&mut self, loss: u64, ceiling: Ceiling, part: Part) -> Tally {
        if self.base.loss != loss {
            self.base = Base {
                loss,
                own: self.own,
                total: self.total(),
            };
        }
        self.base.view(self.own, ceiling, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_790_000_000_000;

    fn counted(requests: i64) -> Tally {
        Tally {
            requests,
            requests_today: requests,
            ..Tally::at(NOW_MS)
        }
    }

    #[test]
    fn what_servers_counted_is_known_after_an_agreement_and_never_twice() {
        let mut known = Known {
            own: counted(3),
            ..Known::default()
        };
        known.hear(counted(2));
        // Of the others' five, two were heard of before.
        known.learn(counted(5), counted(7));
        assert_eq!(known.total(), counted(8));
        known.learn(counted(5), counted(8));
        assert_eq!(known.total(), counted(8));
        // One of them is dead, and another one knew more.
        known.learn(counted(1), counted(9));
        assert_eq!(known.total(), counted(9));
    }

    #[test]
    fn a_store_that_forgot_leaves_known_what_it_said_of_the_others() {
        let mut known = Known::default();
        known.count(counted(1), counted(6));
        known.forget_reports();
        assert_eq!(known.unreported, counted(1));
        assert_eq!(known.total(), counted(6));
    }
}
