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

/// The limits that hold for a key, from the tier of its account. `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub requests_per_minute: Option<u64>,
    pub tokens_per_minute: Option<u64>,
    pub requests_per_day: Option<u64>,
    pub concurrent_requests: Option<u64>,
    /// The account's ceiling, as a multiple of the limits of one key.
    pub account_multiplier: u64,
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
        if !self.is_throttled {
            return self;
        }
        let tenth = |limit: Option<u64>, unlimited| {
            Some(limit.map_or(unlimited, |limit| (limit / THROTTLED_DIVISOR).max(1)))
        };
        Self {
            requests_per_minute: tenth(self.requests_per_minute, THROTTLED_REQUESTS_PER_MINUTE),
            tokens_per_minute: tenth(self.tokens_per_minute, THROTTLED_TOKENS_PER_MINUTE),
            requests_per_day: tenth(self.requests_per_day, THROTTLED_REQUESTS_PER_DAY),
            concurrent_requests: tenth(self.concurrent_requests, THROTTLED_CONCURRENT_REQUESTS),
            ..self
        }
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
        self.is_limited() || self.concurrency() != [None, None]
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
    fn concurrency(self) -> [Option<u64>; 2] {
        self.ceilings().map(|ceiling| ceiling.running)
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
