//! Rates: requests and tokens per minute, requests per day, per key and per account.
//!
//! Windows are aligned to the minute and the UTC day, because only then are all the headers literally
//! true: what was used and what remains add up to the limit, and at the reset the whole limit is there
//! again. One decision looks at every dimension under both locks: all are counted, or none.

mod counters;
mod registry;
mod report;
mod window;

pub use counters::{Counted, Counters, Grant, KeyCounters, Refusal};
pub use registry::{CountedToday, Limiter};
pub use report::{LimitReport, RequestLimit, TokenLimit};
pub use window::day_start_ms;

/// The limits that hold for a key, from the tier of its account. `None` is unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub requests_per_minute: Option<u64>,
    pub tokens_per_minute: Option<u64>,
    pub requests_per_day: Option<u64>,
    /// The account's ceiling, as a multiple of the limits of one key.
    pub account_multiplier: u64,
}

#[cfg(test)]
mod tests;
