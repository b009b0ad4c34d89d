//! The state of a pool, and every decision over it. Nothing here waits.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::super::budget::RetryBudget;
use super::super::candidate::{Choice, RouteReason};
use super::super::level::{LEVELS, Level, reserved};
use super::super::mix;
use super::super::outcome::{Ejection, Outcome};
use super::super::queue::{Entry, Place, Queue, Taken};
use super::super::shed::{Shed, ShedReason};
use super::Ticket;
use super::counts::{LevelCounts, PoolCounts};
use super::seat::Seat;
use super::slot::{Slot, SlotStatus};
use super::taken::{Ended, SeatTicket, TakenSlot};

/// Requests of one level that wait, per seat of the pool, and at least.
const DEPTH_PER_SEAT: usize = 4;
const DEPTH_MIN: usize = 8;

/// A seat on its way to a request that waits.
pub(super) type Granted = Seat;

/// A request that waits.
#[derive(Debug)]
pub(super) struct Waiter {
    /// The slots that may serve it, best first.
    slots: Vec<Wanted>,
    ticket: SeatTicket,
    sender: oneshot::Sender<Granted>,
}

/// A slot with the mark of the deployment that would be called.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    slot: usize,
    mark: u64,
}

impl Wanted {
    fn of(choice: &Choice) -> Self {
        Self {
            slot: choice.slot,
            mark: choice.deployment.mark,
        }
    }
}

/// The result of coming to the gate.
#[derive(Debug)]
pub(super) enum Entered {
    Seated(TakenSlot),
    /// With the sender of a request that made room, which is told by being dropped.
    Waits(Place, oneshot::Receiver<Granted>, Option<Waiter>),
    Shed(ShedReason),
}

#[derive(Debug, Default)]
pub(super) struct PoolState {
    pub(super) slots: Vec<Slot>,
    queue: Queue<Waiter>,
    levels: [LevelCounts; 4],
    sheds: u64,
    pub(super) budget: RetryBudget,
    /// Output tokens of a request, as a moving average.
    output_tokens: u64,
}

impl PoolState {
    /// The slot of a deployment, made when it is new. One that is called in another way than before has its way back
    /// at once.
    pub(super) fn slot_of(&mut self, id: &Arc<str>, mark: u64) -> usize {
        let known = self.slots.iter().position(|slot| slot.id == *id);
        let free = || {
            self.slots
                .iter()
                .position(|slot| !slot.is_known && slot.running == 0)
        };
        let index = match known.or_else(free) {
            Some(index) => index,
            None => {
                self.slots.push(Slot::default());
                self.slots.len() - 1
            }
        };
        let slot = &mut self.slots[index];
        if slot.id != *id {
            *slot = Slot {
                id: Arc::clone(id),
                mark,
                ..Slot::default()
            };
        }
        slot.is_known = true;
        slot.renew(mark);
        index
    }

    pub(super) fn enter(
        &mut self,
        ticket: &Ticket<'_>,
        choices: &[Choice],
        now_ms: i64,
    ) -> Entered {
        let level = ticket.level;
        if !ticket.is_returning && !ticket.is_retry {
            self.levels[level.index()].offered += 1;
            self.budget.earn();
        }
        let is_first = self.queue.waiting(level) == 0;
        if (is_first || ticket.is_returning) && self.allows(level) {
            let found = choices.iter().find(|choice| self.can_take(choice, now_ms));
            if let Some(choice) = found {
                if choice.reason == RouteReason::Probe {
                    self.slots[choice.slot].breaker.begin_probe(now_ms);
                }
                let cost = self.cost(ticket);
                if self.seats().is_some() {
                    self.queue.charge(level, ticket.account, cost);
                }
                return Entered::Seated(self.take(Wanted::of(choice), level, cost));
            }
        }
        if ticket.is_idle_only {
            return Entered::Shed(ShedReason::NoIdleCapacity);
        }
        self.wait(ticket, choices)
    }

    /// A probe is taken by one request, and not waited for.
    fn can_take(&self, choice: &Choice, now_ms: i64) -> bool {
        let slot = &self.slots[choice.slot];
        let is_taken = choice.reason == RouteReason::Probe && !slot.breaker.is_probe_due(now_ms);
        slot.has_room() && !is_taken
    }

    fn wait(&mut self, ticket: &Ticket<'_>, choices: &[Choice]) -> Entered {
        let level = ticket.level;
        let seats = self.seats().unwrap_or_default();
        let depth = usize::try_from(seats).unwrap_or(usize::MAX);
        let depth = depth.saturating_mul(DEPTH_PER_SEAT).max(DEPTH_MIN);
        let mut displaced = None;
        if self.queue.waiting(level) >= depth && !ticket.is_returning {
            displaced = self.queue.displace(level, ticket.account);
            if displaced.is_none() {
                return Entered::Shed(ShedReason::QueueFull);
            }
        }
        let is_no_probe = |choice: &&Choice| choice.reason != RouteReason::Probe;
        let (sender, receiver) = oneshot::channel();
        let waiter = Waiter {
            slots: choices.iter().filter(is_no_probe).map(Wanted::of).collect(),
            ticket: SeatTicket::of(ticket),
            sender,
        };
        let entry = Entry {
            level,
            account: ticket.account.clone(),
            cost: self.cost(ticket),
            content: waiter,
        };
        let place = self.queue.push(entry, ticket.is_returning);
        Entered::Waits(place, receiver, displaced)
    }

    pub(super) fn leave_queue(&mut self, place: &Place) {
        drop(self.queue.remove(place));
    }

    pub(super) fn note_shed(&mut self, level: Level, reason: ShedReason) -> Shed {
        self.levels[level.index()].shed[reason.index()] += 1;
        self.sheds = self.sheds.wrapping_add(1);
        let spread = level.wait().as_secs().max(1) * 2;
        Shed {
            reason,
            retry_after_s: 1 + mix(self.sheds) % spread,
        }
    }

    pub(super) fn level_mut(&mut self, level: Level) -> &mut LevelCounts {
        &mut self.levels[level.index()]
    }

    /// The seats of all deployments that are not ejected, or of all if all are; `None` while one has no bound.
    pub(super) fn seats(&self) -> Option<u32> {
        let known = || self.slots.iter().filter(|slot| slot.is_known);
        let is_closed = |slot: &&Slot| slot.breaker.why().is_none();
        let any_closed = known().any(|slot| is_closed(&slot));
        let counted = known().filter(|slot| !any_closed || is_closed(slot));
        counted
            .map(|slot| slot.capacity.limit())
            .try_fold(0_u32, |sum, limit| Some(sum.saturating_add(limit?)))
    }

    /// Says that a level may have one more seat: the reserve is for the highest one only.
    fn allows(&self, level: Level) -> bool {
        let Some(seats) = self.seats() else {
            return true;
        };
        let others: u32 = self
            .levels
            .iter()
            .take(Level::Critical.index())
            .map(|one| one.running)
            .sum();
        level == Level::Critical || others < seats.saturating_sub(reserved(seats)).max(1)
    }

    /// The tokens that a request is thought to need: its prompt, and as much output as requests of the model have.
    fn cost(&self, ticket: &Ticket<'_>) -> u64 {
        let output_max = ticket.output_tokens_max.unwrap_or(u64::MAX);
        let output = self.output_tokens.min(output_max);
        ticket.input_tokens.saturating_add(output).max(1)
    }

    fn take(&mut self, wanted: Wanted, level: Level, cost: u64) -> TakenSlot {
        let seats = self.seats();
        let taken = &mut self.slots[wanted.slot];
        taken.running += 1;
        let concurrency = taken.running;
        let counts = &mut self.levels[level.index()];
        counts.admitted += 1;
        if seats.is_some_and(|seats| !level.is_below_share(counts.running, seats)) {
            counts.borrowed += 1;
        }
        counts.running += 1;
        TakenSlot {
            slot: wanted.slot,
            mark: wanted.mark,
            concurrency,
            cost,
        }
    }

    /// Seats for those who wait, as far as there are any.
    pub(super) fn dispatch(
        &mut self,
        now_ms: i64,
    ) -> Vec<(oneshot::Sender<Granted>, SeatTicket, TakenSlot)> {
        let mut granted = Vec::new();
        while !self.queue.is_empty() {
            let taken = Taken {
                by_level: self.levels.each_ref().map(|level| level.running),
                seats: self.seats().unwrap_or(u32::MAX),
            };
            let allowed = LEVELS.map(|level| self.allows(level));
            let slots = &self.slots;
            let popped = self.queue.pop(taken, |level, waiter: &Waiter| {
                allowed[level.index()] && free_slot(slots, waiter, now_ms).is_some()
            });
            let Some((place, cost, waiter)) = popped else {
                break;
            };
            let Some(wanted) = free_slot(&self.slots, &waiter, now_ms) else {
                break;
            };
            let taken = self.take(wanted, place.level, cost);
            granted.push((waiter.sender, waiter.ticket, taken));
        }
        granted
    }

    /// A request leaves its slot. Returns why the deployment was ejected, if it was by this.
    pub(super) fn leave(
        &mut self,
        ticket: &SeatTicket,
        taken: TakenSlot,
        ended: Ended,
        now_ms: i64,
    ) -> Option<Ejection> {
        let others = self.outcomes_but_of(taken.slot);
        let counts = &mut self.levels[ticket.level.index()];
        counts.running = counts.running.saturating_sub(1);
        let slot = &mut self.slots[taken.slot];
        slot.running = slot.running.saturating_sub(1);
        let mut outcome = ended.outcome;
        if taken.mark != slot.mark {
            // It was sent with the credential, or to the address, of before.
            outcome = Outcome::Abandoned;
        }
        match outcome {
            Outcome::Refused { retry_after_ms } if taken.concurrency > 1 => {
                slot.capacity.refuse(taken.concurrency, now_ms);
                // There is room once another one ends: nothing to wait out, unless the provider says so.
                if retry_after_ms.is_none() {
                    outcome = Outcome::Abandoned;
                }
            }
            Outcome::Responded => slot.capacity.succeed(taken.concurrency, now_ms),
            Outcome::Refused { .. } | Outcome::Failed(_) | Outcome::Abandoned => {}
        }
        let ejected = slot.breaker.note(outcome, others, now_ms, ended.seed);
        self.settle(ticket, taken.cost, ended);
        ejected
    }

    /// A probe of ours ends. Returns why its deployment stays ejected, if it does.
    pub(super) fn end_probe(
        &mut self,
        (slot, mark): (usize, u64),
        outcome: Outcome,
        now_ms: i64,
        seed: u64,
    ) -> Option<Ejection> {
        let others = self.outcomes_but_of(slot);
        let slot = self.slots.get_mut(slot)?;
        let outcome = if slot.mark == mark {
            outcome
        } else {
            Outcome::Abandoned
        };
        slot.breaker.note(outcome, others, now_ms, seed)
    }

    /// Corrects what the request was counted for, by what it needed: nothing, if it was refused.
    fn settle(&mut self, ticket: &SeatTicket, cost: u64, ended: Ended) {
        let tokens = match (ended.outcome, ended.tokens) {
            (Outcome::Refused { .. }, _) => 0,
            (_, Some(tokens)) => tokens,
            (_, None) => return,
        };
        if matches!(ended.outcome, Outcome::Responded) {
            let output = tokens.saturating_sub(ticket.input_tokens);
            self.output_tokens = (self.output_tokens * 7 + output) / 8;
        }
        if self.seats().is_some() {
            let of = (ticket.level, &ticket.account);
            self.queue.correct(of, cost, tokens);
        }
    }

    /// Successes and outcomes of late, of all slots but this one.
    fn outcomes_but_of(&self, slot: usize) -> (u32, u32) {
        let others = self.slots.iter().enumerate();
        let others = others.filter(|(index, other)| *index != slot && other.is_known);
        others.fold((0, 0), |(successes, count), (_, other)| {
            let recent = other.breaker.recent();
            (successes + recent.successes(), count + recent.count())
        })
    }

    pub(super) fn status(&self, slot: usize, input_tokens: u64, now_ms: i64) -> SlotStatus {
        let slot = self.slots.get(slot);
        slot.map(|slot| slot.status(input_tokens, now_ms))
            .unwrap_or_default()
    }

    pub(super) fn counts(&self) -> PoolCounts {
        let mut counts = PoolCounts {
            levels: self.levels,
            seats: self.seats(),
        };
        for (level, counts) in LEVELS.into_iter().zip(&mut counts.levels) {
            counts.waiting = self.queue.waiting(level);
        }
        counts
    }
}

/// The best slot for a waiting request that has room: of those that are ejected only if all are.
fn free_slot(slots: &[Slot], waiter: &Waiter, now_ms: i64) -> Option<Wanted> {
    let closed = |one: &Wanted| !slots[one.slot].is_open(now_ms);
    let any_closed = waiter.slots.iter().any(closed);
    let mut usable = waiter.slots.iter().copied();
    usable.find(|one| slots[one.slot].has_room() && (!any_closed || closed(one)))
}
