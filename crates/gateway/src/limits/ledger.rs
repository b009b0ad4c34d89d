//! The knowledge of a server of limits that others hand out as well: its own counts, those of the others, and what of its
//! own the others still have to learn. Who asks whom, and when, is in [`shared`](super::shared).

mod part;
mod subject;
mod tally;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Limits;
use super::decision;
use super::refusal::LimitRefusal;
use super::report::LimitReport;
use super::timekeeper::Moment;
use super::windows::Windows;
pub(super) use part::Part;
pub(super) use subject::{Known, Subject};
pub(super) use tally::{Tally, signed};

/// The subjects that are still to be reported, and the time by which windows go.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Subjects of which a report is due.
    due: Mutex<Vec<Arc<Subject>>>,
    /// Wakes whoever reports.
    pub(super) is_due: Notify,
    /// The store's clock ahead of this server's, in milliseconds.
    ahead_ms: AtomicI64,
    /// Set once the limits are handed out with other servers.
    is_active: AtomicBool,
}

impl Ledger {
    /// Returns whether the limits are handed out with other servers.
    pub(super) fn is_active(&self) -> bool {
        self.is_active.load(Ordering::Acquire)
    }

    /// From now on the limits are handed out with other servers. Returns whether they were not before.
    pub(super) fn activate(&self) -> bool {
        !self.is_active.swap(true, Ordering::AcqRel)
    }

    /// The store's time, as well as this server can tell it.
    pub(super) fn now_ms(&self, now: Moment) -> i64 {
        now.wall_ms + self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Notes that the store's clock showed `store_ms` at `now`.
    pub(super) fn set_clock(&self, store_ms: i64, now: Moment) {
        self.ahead_ms
            .store(store_ms - now.wall_ms, Ordering::Relaxed);
    }

    /// Says that a report of a subject is due.
    pub(super) fn mark(&self, subject: &Arc<Subject>) {
        if !subject.is_due.swap(true, Ordering::AcqRel) {
            self.due.lock().push(Arc::clone(subject));
            self.is_due.notify_one();
        }
    }

    /// The subjects of which a report was due.
    pub(super) fn take_due(&self) -> Vec<Arc<Subject>> {
        let due = std::mem::take(&mut *self.due.lock());
        for subject in &due {
            subject.is_due.store(false, Ordering::Release);
        }
        due
    }

    /// Changes what was counted here; the store and the others learn of that soon.
    pub(super) fn correct(&self, subject: &Arc<Subject>, change: Tally) {
        subject.known.lock().count_unreported(change);
        self.mark(subject);
    }

    /// The counts of a key and its account over all servers, as far as they are known.
    pub(super) fn views(&self, subjects: [&Arc<Subject>; 2], now: Moment) -> Views {
        Views::of(self.totals(subjects, now), self.now_ms(now))
    }

    /// The sums over all servers, as far as they are known.
    pub(super) fn totals(&self, subjects: [&Arc<Subject>; 2], now: Moment) -> [Tally; 2] {
        let now = Tally::at(self.now_ms(now));
        subjects.map(|subject| {
            let mut known = subject.known.lock();
            known.roll(now);
            known.total()
        })
    }
}

/// Tells of the end of a request whose place others wait for, when it is dropped.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) ledger: Arc<Ledger>,
    pub(super) subjects: [Arc<Subject>; 2],
}

impl Drop for Leaving {
    fn drop(&mut self) {
        for subject in &self.subjects {
            self.ledger.mark(subject);
        }
    }
}

/// Counts of a key and its account by which is decided.
#[derive(Debug)]
pub(super) struct Views {
    pub(super) moment: Moment,
    key: Windows,
    account: Windows,
}

impl Views {
    pub(super) fn of(tallies: [Tally; 2], now_ms: i64) -> Self {
        let moment = Moment::of_store(now_ms);
        let [key, account] = tallies.map(|tally| tally.windows(moment));
        Self {
            moment,
            key,
            account,
        }
    }

    /// The headers that tell of them.
    pub(super) fn report(&self, limits: Limits, refused: Option<&'static str>) -> LimitReport {
        decision::report(&self.key, &self.account, limits, self.moment, refused)
    }

    /// The limit that a request of so many tokens exceeds for longest.
    pub(super) fn refusal(
        &self,
        limits: Limits,
        tokens: u64,
    ) -> Option<(LimitRefusal, LimitReport)> {
        let dimensions =
            decision::dimensions(&self.key, &self.account, limits, tokens, self.moment);
        let refused = decision::longest_exceeded(&dimensions)?;
        let refusal = decision::refusal(&refused, self.moment.wall_ms);
        Some((refusal, self.report(limits, Some(refused.name))))
    }
}
