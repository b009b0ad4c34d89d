//! Decisions without the store: within this server's part of what was left.

use std::sync::atomic::Ordering;

use super::standing::Standing;
use super::{Asked, Decision, Pair, SharedLimits};
use crate::limits::concurrency::{self, ConcurrencyPermit};
use crate::limits::counters::KeyCounters;
use crate::limits::ledger::{Known, Part, Tally, Views};
use crate::limits::refusal::LimitRefusal;

impl SharedLimits {
    /// The part of each limit that this server may hand out alone.
    pub(super) fn part(&self) -> Part {
        let fleet = self.fleet.load();
        let others = || fleet.known.iter().filter(|name| **name != fleet.me);
        Part {
            servers: 1 + others().count() as u64,
            rank: others().filter(|name| **name < fleet.me).count() as u64,
        }
    }

    /// Decides over a request within this server's part; `None` if the servers agreed meanwhile on something else.
    pub(super) fn admit_alone(
        &self,
        counters: &KeyCounters,
        pair: &Pair,
        asked: Asked<'_>,
    ) -> Option<Decision> {
        let part = self.part();
        // Always the key before the account, as everywhere.
        let [mut key, mut account] = pair.each_ref().map(|subject| subject.known.lock());
        if !matches!(**self.standing.load(), Standing::Alone) {
            return None;
        }
        let views = self.part_of_both([&mut key, &mut account], asked);
        if let Some((refusal, report)) = views.refusal(asked.limits, asked.tokens) {
            return Some((Err(refusal), report));
        }
        let permit = match enter(counters, asked, part) {
            Ok(permit) => self.telling(permit, pair, asked.limits),
            Err(refusal) => return Some((Err(refusal), views.report(asked.limits, None))),
        };
        let now_ms = self.ledger.now_ms(asked.now);
        let change = Tally::of_request(now_ms, asked.tokens);
        key.count_unreported(change);
        account.count_unreported(change);
        let report = self
            .part_of_both([&mut key, &mut account], asked)
            .report(asked.limits, None);
        drop((key, account));
        let grant = counters.count(asked.owner, asked.limits, asked.tokens, asked.now);
        Some((Ok((grant.shared_at(now_ms), permit)), report))
    }

    /// The counts of a key and its account as this server has to see them while it may hand out its part only.
    pub(super) fn part_of_both(&self, both: [&mut Known; 2], asked: Asked<'_>) -> Views {
        let (now_ms, part) = (self.ledger.now_ms(asked.now), self.part());
        let loss = self.losses.load(Ordering::Relaxed);
        let [of_key, of_account] = asked.limits.ceilings();
        let [key, account] = both;
        let tallies = [(key, of_key), (account, of_account)].map(|(known, ceiling)| {
            known.roll(Tally::at(now_ms));
            known.alone(loss, ceiling, part)
        });
        Views::of(tallies, now_ms)
    }

    /// The refusal of a request for which this server's part is used up, while others may still hand out theirs.
    pub(super) fn refuse_alone(&self, pair: &Pair, asked: Asked<'_>) -> Option<Decision> {
        let [mut key, mut account] = pair.each_ref().map(|subject| subject.known.lock());
        let views = self.part_of_both([&mut key, &mut account], asked);
        let refused = views.refusal(asked.limits, asked.tokens);
        refused.map(|(refusal, report)| (Err(refusal), report))
    }

    /// The refusal of a request where as many run on this server as may on all; what the rates refuse is said first.
    pub(super) fn crowded(&self, pair: &Pair, asked: Asked<'_>, crowded: LimitRefusal) -> Decision {
        let views = self.ledger.views(pair.each_ref(), asked.now);
        match views.refusal(asked.limits, asked.tokens) {
            Some((refusal, report)) => (Err(refusal), report),
            None => (Err(crowded), views.report(asked.limits, None)),
        }
    }
}

/// Takes a place of this server's part of those that may run.
fn enter(
    counters: &KeyCounters,
    asked: Asked<'_>,
    part: Part,
) -> Result<ConcurrencyPermit, LimitRefusal> {
    let of_all = asked.limits.concurrency();
    let running = of_all.map(|most| part.of(most));
    concurrency::enter(running, counters.running())
}
