//! The part of a limit that a server may hand out alone, while the store that all count in is out of reach.

use super::tally::{Tally, signed};
use crate::limits::Ceiling;

/// The place of this server among those that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::limits) struct Part {
    /// Servers that may be handing out the same limit; at least one.
    pub(in crate::limits) servers: u64,
    /// The number of those that come before this one.
    pub(in crate::limits) rank: u64,
}

impl Part {
    /// This server's part of `amount`: all parts add up to it, and they differ by one at most.
    pub(in crate::limits) fn of(self, amount: u64) -> u64 {
        amount / self.servers + u64::from(self.rank < amount % self.servers)
    }
}

/// The counts at the time when the store was lost.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::limits) struct Base {
    /// The number of the loss.
    pub(in crate::limits) loss: u64,
    /// By this server, and by all as far as it knows.
    pub(in crate::limits) own: Tally,
    pub(in crate::limits) total: Tally,
}

impl Base {
    /// The counts as this server has to see them while it decides alone: beside its own, so much of each limit that
    /// its part of what was left is what remains.
    pub(in crate::limits) fn view(&self, own: Tally, ceiling: Ceiling, part: Part) -> Tally {
        let withheld = |limit: Option<u64>, own: i64, total: i64| {
            let Some(limit) = limit else {
                return total - own;
            };
            let left = u64::try_from(signed(limit).saturating_sub(total)).unwrap_or(0);
            signed(limit)
                .saturating_sub(own)
                .saturating_sub(signed(part.of(left)))
        };
        let (base, total) = (self.own, self.total);
        Tally {
            requests: own.requests + withheld(ceiling.requests, base.requests, total.requests),
            tokens: own
                .tokens
                .saturating_add(withheld(ceiling.tokens, base.tokens, total.tokens)),
            requests_today: own.requests_today
                + withheld(
                    ceiling.requests_today,
                    base.requests_today,
                    total.requests_today,
                ),
            ..own
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_add_up_to_the_amount_and_differ_by_one(amount in 0u64..5_000, servers in 1u64..9) {
            let parts: Vec<u64> = (0..servers).map(|rank| Part { servers, rank }.of(amount)).collect();
            prop_assert_eq!(parts.iter().sum::<u64>(), amount);
            let (least, most) = (parts.iter().min().unwrap(), parts.iter().max().unwrap());
            prop_assert!(most - least <= 1);
        }

        #[test]
        fn servers_that_know_the_total_hand_out_what_was_left_and_no_more(
            limit in 0u64..200,
            own in proptest::collection::vec(0i64..40, 1..6),
        ) {
            let total: i64 = own.iter().sum();
            let servers = own.len() as u64;
            let mut admitted = total;
            for (rank, own) in (0..).zip(own) {
                let requests = |requests| Tally { requests, ..Tally::default() };
                let base = Base { loss: 1, own: requests(own), total: requests(total) };
                let ceiling = Ceiling { requests: Some(limit), ..Ceiling::default() };
                let mut now = own;
                while base.view(requests(now), ceiling, Part { servers, rank }).requests < signed(limit) {
                    now += 1;
                }
                admitted += now - own;
            }
            prop_assert_eq!(admitted, total.max(signed(limit)));
        }
    }
}
