//! The requests of one level that wait, fair between accounts.

use std::collections::{HashMap, VecDeque};

use store::AccountId;

use super::Entry;

/// Accounts whose virtual tokens are remembered while they have nothing waiting.
const REMEMBERED_MAX: usize = 50_000;

/// The waiting requests of a level.
#[derive(Debug)]
pub(super) struct LevelQueue<T> {
    /// The accounts that have something waiting.
    accounts: HashMap<AccountId, AccountQueue<T>>,
    /// Virtual tokens of accounts that had more than the others when their last request got its seat.
    remembered: HashMap<AccountId, u64>,
    waiting: usize,
    /// Tokens that the level may still have in this round.
    pub(super) deficit: i64,
    /// The virtual tokens of the account that was served last: no account begins below.
    floor: u64,
}

#[derive(Debug)]
struct AccountQueue<T> {
    /// Tokens served, lifted to those of the others when the account comes back.
    virtual_tokens: u64,
    waiting: VecDeque<Waiting<T>>,
}

#[derive(Debug)]
struct Waiting<T> {
    id: u64,
    cost: u64,
    content: T,
}

impl<T> Default for LevelQueue<T> {
    fn default() -> Self {
        Self {
            accounts: HashMap::new(),
            remembered: HashMap::new(),
            waiting: 0,
            deficit: 0,
            floor: 0,
        }
    }
}

impl<T> LevelQueue<T> {
    pub(super) fn len(&self) -> usize {
        self.waiting
    }

    pub(super) fn push(&mut self, id: u64, entry: Entry<T>, is_first: bool) {
        let (floor, remembered) = (self.floor, &mut self.remembered);
        let account = entry.account.clone();
        let queue = self.accounts.entry(account).or_insert_with_key(|account| {
            let tokens = remembered.remove(account).unwrap_or_default();
            AccountQueue {
                virtual_tokens: tokens.max(floor),
                waiting: VecDeque::new(),
            }
        });
        let waiting = Waiting {
            id,
            cost: entry.cost,
            content: entry.content,
        };
        if is_first {
            queue.waiting.push_front(waiting);
        } else {
            queue.waiting.push_back(waiting);
        }
        self.waiting += 1;
    }

    pub(super) fn remove(&mut self, account: &AccountId, id: u64) -> Option<T> {
        let queue = self.accounts.get_mut(account)?;
        let at = queue.waiting.iter().position(|one| one.id == id)?;
        let removed = queue.waiting.remove(at)?;
        self.took_one_of(account);
        Some(removed.content)
    }

    pub(super) fn displace(&mut self, newcomer: &AccountId) -> Option<T> {
        let own = self.accounts.get(newcomer);
        let own = own.map_or(0, |queue| queue.waiting.len());
        let queues = self.accounts.iter_mut();
        let (id, most) = queues.max_by_key(|(_, queue)| queue.waiting.len())?;
        if most.waiting.len() <= own + 1 {
            return None;
        }
        let id = id.clone();
        let newest = most.waiting.pop_back()?;
        self.took_one_of(&id);
        Some(newest.content)
    }

    pub(super) fn charge(&mut self, account: &AccountId, cost: u64) {
        if let Some(queue) = self.accounts.get_mut(account) {
            queue.virtual_tokens = queue.virtual_tokens.saturating_add(cost);
            return;
        }
        let floor = self.floor;
        let tokens = self.remembered.get(account).copied().unwrap_or_default();
        self.remember(account, tokens.max(floor).saturating_add(cost));
    }

    pub(super) fn correct(&mut self, account: &AccountId, estimated: u64, actual: u64) {
        let tokens = match self.accounts.get_mut(account) {
            Some(queue) => &mut queue.virtual_tokens,
            None => match self.remembered.get_mut(account) {
                Some(tokens) => tokens,
                None => return,
            },
        };
        *tokens = tokens.saturating_sub(estimated).saturating_add(actual);
    }

    /// The account that is served next among those whose first request `fits`, and what that costs.
    pub(super) fn head(&self, fits: impl Fn(&T) -> bool) -> Option<(AccountId, u64)> {
        let heads = self.accounts.iter().filter_map(|(id, queue)| {
            let first = queue.waiting.front().filter(|one| fits(&one.content))?;
            Some(((queue.virtual_tokens, first.id), id, first.cost))
        });
        let (_, id, cost) = heads.min_by_key(|(order, _, _)| *order)?;
        Some((id.clone(), cost))
    }

    pub(super) fn pop(&mut self, account: &AccountId, cost: u64) -> Option<(u64, T)> {
        let queue = self.accounts.get_mut(account)?;
        let first = queue.waiting.pop_front()?;
        self.floor = self.floor.max(queue.virtual_tokens);
        queue.virtual_tokens = queue.virtual_tokens.saturating_add(cost);
        self.took_one_of(account);
        Some((first.id, first.content))
    }

    /// A request of the account does not wait any more.
    fn took_one_of(&mut self, account: &AccountId) {
        self.waiting -= 1;
        let is_last = |queue: &AccountQueue<T>| queue.waiting.is_empty();
        if self.accounts.get(account).is_some_and(is_last)
            && let Some(queue) = self.accounts.remove(account)
        {
            self.remember(account, queue.virtual_tokens);
        }
    }

    fn remember(&mut self, account: &AccountId, tokens: u64) {
        if self.remembered.len() >= REMEMBERED_MAX && !self.remembered.contains_key(account) {
            let floor = self.floor;
            self.remembered.retain(|_, tokens| *tokens > floor);
        }
        if self.remembered.len() < REMEMBERED_MAX {
            self.remembered.insert(account.clone(), tokens);
        }
    }
}
