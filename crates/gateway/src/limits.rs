//! Rates: requests and tokens per minute, requests per day, and concurrency, per key and per account.
//!
//! Windows are aligned to the minute and the UTC day, because only then are all the headers literally
//! true: what was used and what remains add up to the limit, and at the reset the whole limit is there
//! again. One decision looks at every dimension under both locks: all are counted, or none.

mod bodies;
mod concurrency;
mod counters;
mod decision;
mod kept;
mod ledger;
mod refusal;
mod registry;
mod report;
mod running;
mod shared;
mod timekeeper;
mod window;
mod windows;

use store::key_limits::KeyLimits;

pub use bodies::BodyUse;
pub use concurrency::ConcurrencyPermit;
pub use counters::{Counted, Counters, Grant, KeyCounters, Owner};
pub use refusal::LimitRefusal;
pub use registry::{CountedToday, Limiter};
pub use report::{LimitReport, RequestLimit, TokenLimit};
pub(crate) use shared::Agreement;
pub use shared::{Asked, Decision, Fleet, Place, SharedLimits, SharedLimitsParts, Undecided};
pub use timekeeper::Moment;
pub use window::{MinuteWindow, day_start_ms};

/// The limits that hold for a key, from the tier of its account and its own below them. `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub requests_per_minute: Option<u64>,
    pub tokens_per_minute: Option<u64>,
    pub requests_per_day: Option<u64>,
    pub concurrent_requests: Option<u64>,
    /// The account's ceiling, as a multiple of the limits of one key.
    pub account_multiplier: u64,
    /// The limits of the key itself, where those are lower. The account's ceiling does not come from them.
    pub own: KeyLimits,
    /// The key itself has a tenth; its account has all the same.
    pub is_throttled: bool,
}

/// The limits of a key or of an account. `None` is unlimited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ceiling {
    requests: Option<u64>,
    tokens: Option<u64>,
    requests_today: Option<u64>,
    running: Option<u64>,
}

/// True for each limit of a key that was set on the key itself.
#[derive(Debug, Clone, Copy)]
struct OwnOnes {
    requests: bool,
    tokens: bool,
    requests_today: bool,
    running: bool,
}

/// The requests of a key and of its account that may run at the same time. `None` is unlimited.
#[derive(Debug, Clone, Copy, Default)]
struct MostRunning {
    key: Option<u64>,
    account: Option<u64>,
    /// The key's was set on the key itself.
    is_own: bool,
}

impl MostRunning {
    fn is_any(self) -> bool {
        self.key.is_some() || self.account.is_some()
    }

    /// Both limits after `change`, where there are any.
    fn map(self, change: impl Fn(u64) -> u64) -> Self {
        Self {
            key: self.key.map(&change),
            account: self.account.map(&change),
            ..self
        }
    }
}

/// The part of a limit that a throttled key keeps: a tenth.
const THROTTLED_DIVISOR: u64 = 10;
/// The limit of a throttled key whose tier has none.
const THROTTLED_REQUESTS_PER_MINUTE: u64 = 10;
const THROTTLED_TOKENS_PER_MINUTE: u64 = 100_000;
const THROTTLED_REQUESTS_PER_DAY: u64 = 10_000;
const THROTTLED_CONCURRENT_REQUESTS: u64 = 2;

impl Limits {
    /// The limits of the key itself.
    pub fn of_key(self) -> Self {
        let below = self.lowered();
        if !self.is_throttled {
            return below;
        }
        let tenth = |limit: Option<u64>, unlimited| {
            Some(limit.map_or(unlimited, |limit| (limit / THROTTLED_DIVISOR).max(1)))
        };
        Self {
            requests_per_minute: tenth(below.requests_per_minute, THROTTLED_REQUESTS_PER_MINUTE),
            tokens_per_minute: tenth(below.tokens_per_minute, THROTTLED_TOKENS_PER_MINUTE),
            requests_per_day: tenth(below.requests_per_day, THROTTLED_REQUESTS_PER_DAY),
            concurrent_requests: tenth(below.concurrent_requests, THROTTLED_CONCURRENT_REQUESTS),
            ..below
        }
    }

    /// The lower of each limit of the tier and of the key.
    fn lowered(self) -> Self {
        let lower = |tier: Option<u64>, own: Option<u64>| match (tier, own) {
            (Some(tier), Some(own)) => Some(tier.min(own)),
            (tier, own) => own.or(tier),
        };
        Self {
            requests_per_minute: lower(self.requests_per_minute, self.own.requests_per_minute),
            tokens_per_minute: lower(self.tokens_per_minute, self.own.tokens_per_minute),
            requests_per_day: lower(self.requests_per_day, self.own.requests_per_day),
            concurrent_requests: lower(self.concurrent_requests, self.own.concurrent_requests),
            ..self
        }
    }

    /// Which of the key's limits are its own, and not those of its tier.
    fn own_ones(self) -> OwnOnes {
        let is_own = |tier: Option<u64>, own: Option<u64>| {
            own.is_some_and(|own| tier.is_none_or(|tier| own < tier))
        };
        OwnOnes {
            requests: is_own(self.requests_per_minute, self.own.requests_per_minute),
            tokens: is_own(self.tokens_per_minute, self.own.tokens_per_minute),
            requests_today: is_own(self.requests_per_day, self.own.requests_per_day),
            running: is_own(self.concurrent_requests, self.own.concurrent_requests),
        }
    }

    /// These limits, with those of the key itself.
    #[must_use]
    pub fn with_own(self, own: KeyLimits) -> Self {
        Self { own, ..self }
    }

    /// Returns whether there is a limit at all.
    pub fn is_limited(self) -> bool {
        let own = self.of_key();
        own.requests_per_minute.is_some()
            || own.tokens_per_minute.is_some()
            || own.requests_per_day.is_some()
    }

    /// Returns whether there is a limit on rates or concurrency.
    pub fn is_any(self) -> bool {
        self.is_limited() || self.concurrency().is_any()
    }

    /// The limits of the key and of its account, each as a number.
    fn ceilings(self) -> [Ceiling; 2] {
        let own = self.of_key();
        let of_account =
            |limit: Option<u64>| limit.map(|limit| limit.saturating_mul(self.account_multiplier));
        let key = Ceiling {
            requests: own.requests_per_minute,
            tokens: own.tokens_per_minute,
            requests_today: own.requests_per_day,
            running: own.concurrent_requests,
        };
        let account = Ceiling {
            requests: of_account(self.requests_per_minute),
            tokens: of_account(self.tokens_per_minute),
            requests_today: of_account(self.requests_per_day),
            running: of_account(self.concurrent_requests),
        };
        [key, account]
    }

    /// The requests of the key and of its account that may run at the same time.
    fn concurrency(self) -> MostRunning {
        let [key, account] = self.ceilings().map(|ceiling| ceiling.running);
        MostRunning {
            key,
            account,
            is_own: self.own_ones().running,
        }
    }

    /// These limits, with the key throttled or not.
    #[must_use]
    pub fn throttled(self, is_throttled: bool) -> Self {
        Self {
            is_throttled,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
