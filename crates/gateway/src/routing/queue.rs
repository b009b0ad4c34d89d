//! The order in which requests that wait for a pool get its seats.
//!
//! Between levels: deficit round robin on estimated tokens, by the shares of the levels; a level that has less than its
//! share comes before one that has more, and [`Level::Critical`] first of those. Within a level: fair queueing by
//! account, by virtual tokens; one that was idle begins at the least of those that wait, so that nothing is hoarded.
//! Within an account: first come, first served, so that the turns of a session keep their order. Pure: no clock.

mod level_queue;

use store::AccountId;

use super::level::{LEVELS, Level};
use level_queue::LevelQueue;

/// Tokens that a share of one percent earns per round.
const QUANTUM: i64 = 64;
/// A request counts for no more tokens than this: a giant prompt waits its turn and does not stop the round.
const COST_MAX: u64 = 200_000;

/// The requests that wait for one pool.
#[derive(Debug)]
pub(super) struct Queue<T> {
    levels: [LevelQueue<T>; 4],
    next_id: u64,
}

/// The place of a request in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) level: Level,
    pub(super) account: AccountId,
    pub(super) id: u64,
}

/// A request that is to wait.
#[derive(Debug)]
pub(super) struct Entry<T> {
    pub(super) level: Level,
    pub(super) account: AccountId,
    /// Estimated tokens.
    pub(super) cost: u64,
    pub(super) content: T,
}

/// The seats of a pool as they are taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) by_level: [u32; 4],
    pub(super) seats: u32,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            levels: std::array::from_fn(|_| LevelQueue::default()),
            next_id: 0,
        }
    }
}

impl<T> Queue<T> {
    /// Requests of a level that wait.
    pub(super) fn waiting(&self, level: Level) -> usize {
        self.levels[level.index()].len()
    }

    /// Says that nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.levels.iter().all(|level| level.len() == 0)
    }

    /// Puts a request behind those of its account; one that had a seat already, before them.
    pub(super) fn push(&mut self, mut entry: Entry<T>, is_returning: bool) -> Place {
        self.next_id += 1;
        entry.cost = entry.cost.min(COST_MAX);
        let place = Place {
            level: entry.level,
            account: entry.account.clone(),
            id: self.next_id,
        };
        let level = &mut self.levels[entry.level.index()];
        level.push(place.id, entry, is_returning);
        place
    }

    /// Takes a request out that does not wait any more.
    pub(super) fn remove(&mut self, place: &Place) -> Option<T> {
        self.levels[place.level.index()].remove(&place.account, place.id)
    }

    /// Makes room for a request of `account` by dropping the newest one of the account that has most waiting; `None`
    /// if that is `account` itself.
    pub(super) fn displace(&mut self, level: Level, account: &AccountId) -> Option<T> {
        self.levels[level.index()].displace(account)
    }

    /// Counts a request that got its seat without waiting.
    pub(super) fn charge(&mut self, level: Level, account: &AccountId, cost: u64) {
        self.levels[level.index()].charge(account, cost.min(COST_MAX));
    }

    /// Corrects what an account was counted for a request, by what it turned out to need.
    pub(super) fn correct(&mut self, place: (Level, &AccountId), estimated: u64, actual: u64) {
        let (level, account) = place;
        let (estimated, actual) = (estimated.min(COST_MAX), actual.min(COST_MAX));
        self.levels[level.index()].correct(account, estimated, actual);
    }

    /// Takes out the request that gets the next seat, of those that `may_have` it.
    pub(super) fn pop(
        &mut self,
        taken: Taken,
        may_have: impl Fn(Level, &T) -> bool,
    ) -> Option<(Place, u64, T)> {
        let heads = LEVELS.map(|level| {
            let queue = &self.levels[level.index()];
            queue.head(|content| may_have(level, content))
        });
        let level = self.choose(
            taken,
            heads.each_ref().map(|head| head.as_ref().map(|one| one.1)),
        )?;
        let (account, cost) = heads.into_iter().nth(level.index()).flatten()?;
        let queue = &mut self.levels[level.index()];
        let (id, content) = queue.pop(&account, cost)?;
        if queue.len() == 0 {
            queue.deficit = 0;
        }
        Some((Place { level, account, id }, cost, content))
    }

    /// The level whose turn it is, by the costs of the requests at the heads.
    fn choose(&mut self, taken: Taken, costs: [Option<u64>; 4]) -> Option<Level> {
        let is_below =
            |level: &Level| level.is_below_share(taken.by_level[level.index()], taken.seats);
        let waiting: Vec<Level> = LEVELS
            .into_iter()
            .rev()
            .filter(|level| costs[level.index()].is_some())
            .collect();
        if waiting.first() == Some(&Level::Critical) && is_below(&Level::Critical) {
            return Some(Level::Critical);
        }
        let below: Vec<Level> = waiting.iter().copied().filter(is_below).collect();
        let among = if below.is_empty() { waiting } else { below };
        self.next_by_deficit(&among, costs)
    }

    /// Deficit round robin, with the rounds in which nobody can be served passed over at once.
    fn next_by_deficit(&mut self, among: &[Level], costs: [Option<u64>; 4]) -> Option<Level> {
        let cost = |level: Level| {
            let cost = costs[level.index()].unwrap_or_default();
            i64::try_from(cost).unwrap_or(i64::MAX)
        };
        let earned =
            |level: Level| QUANTUM * i64::try_from(level.share_percent()).unwrap_or_default();
        let rounds = |queue: &Self, level: Level| {
            let missing = cost(level) - queue.levels[level.index()].deficit;
            missing.max(0).div_euclid(earned(level)) + i64::from(missing.max(0) % earned(level) > 0)
        };
        let least = among.iter().map(|level| rounds(self, *level)).min()?;
        for level in among {
            self.levels[level.index()].deficit += least * earned(*level);
        }
        let next = among
            .iter()
            .copied()
            .find(|level| self.levels[level.index()].deficit >= cost(*level))?;
        self.levels[next.index()].deficit -= cost(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests;
