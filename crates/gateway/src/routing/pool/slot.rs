//! A slot: one deployment with its breaker, its capacity, and how many requests it has.

use std::sync::Arc;

use super::super::breaker::{Breaker, BreakerState};
use super::super::capacity::Capacity;
use super::super::outcome::Ejection;

/// The mark of a slot whose deployment takes no requests.
pub(super) const NO_MARK: u64 = 0;

/// One deployment in its pool, by one of its credentials.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// The slot key of the deployment.
    pub(super) id: Arc<str>,
    pub(super) breaker: Breaker,
    pub(super) capacity: Capacity,
    pub(super) running: u32,
    /// The mark of the deployment as the catalogue has it: a call of another mark says nothing of it.
    pub(super) mark: u64,
    /// False once the catalogue has it no more.
    pub(super) is_known: bool,
}

/// A deployment's status, as plans and people read it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SlotStatus {
    pub breaker: BreakerState,
    /// The reason why it is not closed.
    pub why: Option<Ejection>,
    /// Milliseconds until a probe is let through.
    pub open_for_ms: i64,
    /// Milliseconds for which the provider asked to be left alone.
    pub cooling_for_ms: i64,
    pub is_probe_due: bool,
    /// Thousandths of the latest outcomes that were successes; 0 while there are none.
    pub success_permille: u32,
    pub running: u32,
    /// The learned limit on concurrency; `None` while nothing was refused.
    pub limit: Option<u32>,
    /// The usual time to the first token, in microseconds.
    pub first_token_us: Option<f64>,
}

impl Slot {
    /// Takes the mark of the deployment. If that is another one, nothing is waited for any more.
    pub(super) fn renew(&mut self, mark: u64) {
        if std::mem::replace(&mut self.mark, mark) != mark {
            self.breaker.renew();
        }
    }

    pub(super) fn has_room(&self) -> bool {
        self.capacity.has_room(self.running)
    }

    pub(super) fn is_open(&self, now_ms: i64) -> bool {
        self.breaker.state(now_ms) != BreakerState::Closed
    }

    /// The status, with the first token of a prompt of so many tokens.
    pub(super) fn status(&self, input_tokens: u64, now_ms: i64) -> SlotStatus {
        let breaker = &self.breaker;
        SlotStatus {
            breaker: breaker.state(now_ms),
            why: breaker.why(),
            open_for_ms: breaker.open_until_ms(now_ms) - now_ms,
            cooling_for_ms: (breaker.cooling_until_ms() - now_ms).max(0),
            is_probe_due: breaker.is_probe_due(now_ms),
            success_permille: breaker.recent().success_permille(),
            running: self.running,
            limit: self.capacity.limit(),
            first_token_us: self.capacity.first_token_us(input_tokens),
        }
    }
}
