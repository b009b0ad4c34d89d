//! Rates: requests and tokens per minute, requests per day, and concurrency, per key and per account.
//!
//! Windows are aligned to the minute and the UTC day, because only then are all the headers literally
//! true: what was used and what remains add up to the limit, and at the reset the whole limit is there
//! again. One decision looks at every dimension under both locks: all are counted, or none.

mod bodies;
mod concurrency;
mod counters;
mod kept;
mod refusal;
mod registry;
mod report;
mod timekeeper;
mod window;

pub use bodies::BodyUse;
pub use concurrency::ConcurrencyPermit;
pub use counters::{Counted, Counters, Grant, KeyCounters, Owner};
pub use refusal::LimitRefusal;
pub use registry::{CountedToday, Limiter};
pub use report::{LimitReport, RequestLimit, TokenLimit};
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
