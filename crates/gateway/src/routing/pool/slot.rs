//! A slot: one deployment with its breaker, its capacity, and how many requests it has.

use std::sync::Arc;

use super::super::breaker::{Breaker, BreakerState};
use super::super::capacity::Capacity;
use super::super::outcome::Ejection;

/// One deployment in its pool.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) id: Arc<str>,
    pub(super) breaker: Breaker,
    pub(super) capacity: Capacity,
    pub(super) running: u32,
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
    pub running: u32,
    /// The learned limit on concurrency; `None` while nothing was refused.
    pub limit: Option<u32>,
    /// The usual time to the first token, in microseconds.
    pub first_token_us: Option<f64>,
}

impl Slot {
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
            running: self.running,
            limit: self.capacity.limit(),
            first_token_us: self.capacity.first_token_us(input_tokens),
        }
    }
}
