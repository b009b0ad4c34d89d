//! A seat: the right to one more request at a deployment, from before it is sent to the end of its response.

use std::sync::Arc;
use std::time::Duration;

use super::super::mix;
use super::super::outcome::{Ejection, Outcome};
use super::taken::{Ended, SeatTicket, TakenSlot};
use super::{Pool, Ticket};

/// One seat. Dropped without an end, it counts as left by its client.
#[derive(Debug)]
pub struct Seat {
    pool: Arc<Pool>,
    ticket: SeatTicket,
    taken: TakenSlot,
    pub(super) waited: Option<Duration>,
    is_ended: bool,
}

impl Seat {
    pub(super) fn new(pool: Arc<Pool>, ticket: &Ticket<'_>, taken: TakenSlot) -> Self {
        Self::granted(pool, SeatTicket::of(ticket), taken)
    }

    pub(super) fn granted(pool: Arc<Pool>, ticket: SeatTicket, taken: TakenSlot) -> Self {
        Self {
            pool,
            ticket,
            taken,
            waited: None,
            is_ended: false,
        }
    }

    /// The slot of the deployment in its pool.
    pub fn slot(&self) -> usize {
        self.taken.slot
    }

    /// The time that it was waited for; `None` if it was there at once.
    pub fn waited(&self) -> Option<Duration> {
        self.waited
    }

    /// Says that others were at the deployment when this request was sent: a refusal may mean that they are too many.
    pub fn is_shared(&self) -> bool {
        self.taken.concurrency > 1
    }

    /// The first token came so long after the request was sent.
    pub fn note_first_token(&self, us: u64) {
        let now_ms = self.pool.now_ms();
        let tokens = self.ticket.input_tokens;
        let mut state = self.pool.state.lock();
        if let Some(slot) = state.slots.get_mut(self.taken.slot) {
            let running = slot.running;
            slot.capacity.note_first_token(tokens, us, running, now_ms);
        }
    }

    /// Ends the request here, with the tokens that it turned out to need where they are known. Returns why its
    /// deployment was ejected, if it was by this.
    pub fn end(mut self, outcome: Outcome, tokens: Option<u64>) -> Option<Ejection> {
        self.leave(outcome, tokens)
    }

    fn leave(&mut self, outcome: Outcome, tokens: Option<u64>) -> Option<Ejection> {
        if std::mem::replace(&mut self.is_ended, true) {
            return None;
        }
        let now_ms = self.pool.now_ms();
        let ended = Ended {
            outcome,
            tokens,
            seed: mix(now_ms.unsigned_abs() ^ (self.taken.slot as u64) << 48),
        };
        let mut state = self.pool.state.lock();
        let ejected = state.leave(&self.ticket, self.taken, ended, now_ms);
        self.pool.dispatch(state);
        ejected
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.leave(Outcome::Abandoned, None);
    }
}
