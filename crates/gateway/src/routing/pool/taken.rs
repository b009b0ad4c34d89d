//! A slot that is taken: by whom, and how that ends.

use store::AccountId;

use super::super::level::Level;
use super::super::outcome::Outcome;
use super::Ticket;

/// A slot with one more request.
#[derive(Debug, Clone, Copy)]
pub(super) struct TakenSlot {
    pub(super) slot: usize,
    /// The number of requests there, this one included.
    pub(super) concurrency: u32,
    /// The tokens that the request counts for in the queue, estimated.
    pub(super) cost: u64,
    /// The mark of the deployment that is called.
    pub(super) mark: u64,
}

/// The result of a call's end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// The tokens that it turned out to need, where that is known.
    pub(super) tokens: Option<u64>,
    pub(super) seed: u64,
}

/// The part of a ticket that a seat remembers.
#[derive(Debug, Clone)]
pub(super) struct SeatTicket {
    pub(super) level: Level,
    pub(super) account: AccountId,
    pub(super) input_tokens: u64,
}

impl SeatTicket {
    pub(super) fn of(ticket: &Ticket<'_>) -> Self {
        Self {
            level: ticket.level,
            account: ticket.account.clone(),
            input_tokens: ticket.input_tokens,
        }
    }
}
