//! The pool gate: the deployments of one model with what is known of each, and who may use them now.
//!
//! A request takes a seat of a deployment before it is sent there, and has it to the end of its response, streams
//! included. While nothing was refused there are seats for all, and a seat costs a lock and a few additions. From the
//! first refusal on the seats are counted: they are shared between levels and accounts by the [queue](super::queue).

mod active_probe;
mod counts;
mod registry;
mod seat;
mod slot;
mod state;
mod taken;
mod waiter;

use std::sync::Arc;

use parking_lot::Mutex;
use store::AccountId;
use tokio::time::Instant;

use super::candidate::{Candidate, Choice};
use super::level::Level;
use super::shed::{Shed, ShedReason};
use crate::clock::Clock;
use crate::upstream::Deployment;
use state::{Entered, PoolState};
use waiter::Waiting;

pub use active_probe::ActiveProbe;
pub use counts::{LevelCounts, PoolCounts, WAIT_BOUNDS};
pub use registry::Pools;
pub use seat::Seat;
use slot::NO_MARK;
pub use slot::SlotStatus;

/// The deployments of a model, with their breakers, capacities and queue. It outlives snapshots of the catalogue.
#[derive(Debug)]
pub struct Pool {
    state: Mutex<PoolState>,
    clock: Clock,
}

/// A request at the gate.
#[derive(Debug, Clone, Copy)]
pub struct Ticket<'a> {
    pub level: Level,
    pub account: &'a AccountId,
    /// Estimated tokens of the prompt.
    pub input_tokens: u64,
    /// The most output tokens that the client lets it have, where it says.
    pub output_tokens_max: Option<u64>,
    /// The client's own deadline.
    pub until: Option<Instant>,
    /// Uses idle capacity only, and does not wait.
    pub is_idle_only: bool,
    /// Another deployment had it and failed.
    pub is_retry: bool,
    /// A deployment had it and refused it: it keeps its turn.
    pub is_returning: bool,
}

impl Pool {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            clock,
        })
    }

    /// Takes a seat of the first of `choices` that has one free and waits for one where none has.
    ///
    /// # Errors
    /// If there is none in time, or too many wait already.
    pub async fn enter(
        self: &Arc<Self>,
        ticket: &Ticket<'_>,
        choices: &[Choice],
    ) -> Result<Seat, Shed> {
        let entered = self.state.lock().enter(ticket, choices, self.now_ms());
        match entered {
            Entered::Seated(taken) => Ok(Seat::new(Arc::clone(self), ticket, taken)),
            Entered::Shed(reason) => Err(self.shed(ticket.level, reason)),
            Entered::Waits(place, receiver, displaced) => {
                drop(displaced);
                let waiting = Waiting::new(self, place, receiver);
                // Boxed, so that a request that finds a seat does not carry the wait.
                Box::pin(waiting.wait(ticket)).await
            }
        }
    }

    /// The slots of these deployments, the only ones that the catalogue has for the model. A deployment that is paused
    /// keeps its slot as long as no other one needs it, and is new when it is resumed.
    pub fn slots(&self, deployments: &[Arc<Deployment>]) -> Vec<usize> {
        let mut state = self.state.lock();
        // Those that were there keep their slots before new ones look for free ones.
        for slot in &mut state.slots {
            slot.is_known = deployments.iter().any(|one| one.slot_key == slot.id);
            if !slot.is_known {
                slot.renew(NO_MARK);
            }
        }
        deployments
            .iter()
            .map(|one| state.slot_of(&one.slot_key, one.mark))
            .collect()
    }

    /// The candidates of a plan: these deployments with the status of their slots.
    pub fn candidates<'a>(
        &self,
        deployments: impl Iterator<Item = (&'a Arc<Deployment>, usize)>,
        input_tokens: u64,
    ) -> Vec<Candidate> {
        let now_ms = self.now_ms();
        let state = self.state.lock();
        let candidate = |(deployment, slot): (&Arc<Deployment>, usize)| Candidate {
            deployment: Arc::clone(deployment),
            slot,
            status: state.status(slot, input_tokens, now_ms),
        };
        deployments.map(candidate).collect()
    }

    /// The status of a slot.
    pub fn status(&self, slot: usize) -> SlotStatus {
        self.state.lock().status(slot, 0, self.now_ms())
    }

    /// The counts, for metrics and for people.
    pub fn counts(&self) -> PoolCounts {
        self.state.lock().counts()
    }

    /// Spends a retry of the pool's budget, if there is one.
    pub fn spend_retry(&self) -> bool {
        let now_ms = self.now_ms();
        self.state.lock().budget.spend(now_ms)
    }

    fn shed(&self, level: Level, reason: ShedReason) -> Shed {
        self.state.lock().note_shed(level, reason)
    }

    fn now_ms(&self) -> i64 {
        i64::try_from(self.clock.uptime().as_millis()).unwrap_or(i64::MAX)
    }

    /// Gives free seats to those who wait. Seats are made under the lock and sent without it: one that nobody takes
    /// comes back through the same door.
    fn dispatch(self: &Arc<Self>, state: parking_lot::MutexGuard<'_, PoolState>) {
        let mut state = state;
        let granted = state.dispatch(self.now_ms());
        drop(state);
        for (sender, ticket, taken) in granted {
            let seat = Seat::granted(Arc::clone(self), ticket, taken);
            // Whoever waited may be gone.
            drop(sender.send(seat));
        }
    }
}

#[cfg(test)]
mod tests;
