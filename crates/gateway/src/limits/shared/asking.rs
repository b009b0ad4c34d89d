//! One decision of the store, which may be late or fail.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::ask::{Ask, Decided, Reply, Verdict};
use super::{Pair, SharedLimits, Store};
use crate::limits::ledger::{Ledger, Tally};

/// Decisions that failed one after the other, and for how long, before the store is not counted on any more.
const FAILURES_MAX: u32 = 3;
const FAILING_MAX: Duration = Duration::from_millis(250);
/// A refusal for concurrency is asked for once more after so long: a request that ended on another server may be on
/// its way out of the count.
const CROWDED_AGAIN: Duration = Duration::from_millis(5);

impl SharedLimits {
    /// Asks the store, and a second time where another server's request may just have ended; `None` if it does not
    /// respond until then, or is not counted on any more.
    pub(super) async fn ask(&self, ask: Ask, until: Instant) -> Option<Reply> {
        let reply = self.ask_once(ask.clone(), until).await?;
        if !reply.is_crowded() {
            return Some(reply);
        }
        sleep(CROWDED_AGAIN).await;
        self.ask_once(ask, until).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the decision that no request waits for any more, which the store's own timeout ends"
    )]
    async fn ask_once(&self, ask: Ask, until: Instant) -> Option<Reply> {
        let store = Arc::clone(&self.store);
        let (pair, tokens, epoch) = (ask.subjects.clone(), ask.tokens, Arc::clone(&ask.epoch));
        let mut asking = Box::pin(async move { store.decide(&ask).await });
        let mut is_late = false;
        while Instant::now() < until && self.is_decided_by(&epoch) {
            match timeout(self.decision_timeout, &mut asking).await {
                Ok(Ok(reply)) => {
                    if !is_late {
                        self.failures.store(0, Ordering::Relaxed);
                    }
                    return Some(reply);
                }
                Ok(Err(error)) => {
                    self.fail(&format_args!("{error:#}"));
                    return None;
                }
                Err(_) => {
                    is_late = true;
                    self.fail(&"no response in time");
                }
            }
        }
        // It may be counted all the same.
        let ledger = Arc::clone(&self.ledger);
        tokio::spawn(async move {
            if let Ok(Reply::Decided(decided)) = asking.await {
                take_back(&ledger, &pair, decided, tokens);
            }
        });
        None
    }

    /// Notes that the store did not decide. After some failures it is not counted on any more.
    pub(super) fn fail(&self, error: &dyn std::fmt::Display) {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        let since = {
            let mut since = self.failing_since.lock();
            if failures == 1 {
                *since = Instant::now();
            }
            *since
        };
        let is_lost = failures >= FAILURES_MAX && since.elapsed() >= FAILING_MAX;
        match &*self.store {
            Store::Redis(_) if is_lost => self.leave(error),
            Store::Database(_) if failures == FAILURES_MAX => tracing::warn!(
                error = %error,
                "the database does not decide over limits in time"
            ),
            _ => {}
        }
    }

    /// Gives back what the store admitted and this server did not.
    pub(super) fn take_back(&self, pair: &Pair, decided: Decided, tokens: u64) {
        take_back(&self.ledger, pair, decided, tokens);
    }
}

fn take_back(ledger: &Ledger, pair: &Pair, decided: Decided, tokens: u64) {
    if decided.verdict != Verdict::Admitted {
        return;
    }
    let counted = Tally::of_request(decided.now_ms, tokens).negated();
    for subject in pair {
        subject.known.lock().unreported.add(counted);
        ledger.mark(subject);
    }
}
