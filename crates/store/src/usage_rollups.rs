//! Sums per minute, hour and day of an account's requests: what limits, counters and screens read instead of
//! raw rows.

mod add;
mod columns;
mod latencies;
mod meters;
mod point;
mod read;

use llm::Usage;

use crate::db::{Binder, Row};
use crate::error::StoreError;
use crate::usage_events::{Outcome, UsageEvent};

pub(crate) use add::{Batch, Table, add_to};
pub use add::{add, add_steps};
pub(crate) use columns::{bind_key, rollup_table, sum_columns, sum_columns_used};
pub(crate) use latencies::latency_points;
pub use latencies::{Latencies, LatencyPoint};
pub(crate) use meters::{add_meters, meters_by_key};
pub use point::Point;
pub use read::{
    Filter, Group, TimeSpan, list_by_model, list_charges_of_keys, list_days_of_keys, list_hours,
    list_latencies, list_points, prune_minutes, sum_of_account,
};
pub(crate) use read::{outcome_word, select_sums};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 86_400_000;
/// The steps that sums are kept for.
pub const STEPS_MS: [i64; 3] = [MINUTE_MS, HOUR_MS, DAY_MS];

/// Sums of some requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Requests that were admitted.
    pub requests: u64,
    /// Requests that were refused.
    pub refused: u64,
    /// Admitted requests that ended in an error.
    pub errors: u64,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cached_tokens: u64,
    pub reasoning_tokens: u64,
    /// In nano-dollars.
    pub charge_nanos: u64,
    /// Of the admitted requests, in all.
    pub duration_us: u64,
    /// Requests that had a first token, and how long it took them in all.
    pub first_tokens: u64,
    pub first_token_us: u64,
    /// Amounts of the meters that have no member of their own here.
    pub meters: Usage,
}

impl Sums {
    fn of(event: &UsageEvent) -> Self {
        let (requests, refused, errors) = match event.outcome() {
            Outcome::Ok => (1, 0, 0),
            Outcome::Error => (1, 0, 1),
            Outcome::Refused => (0, 1, 0),
        };
        Self {
            requests,
            refused,
            errors,
            input_tokens: event.usage.input_tokens(),
            output_tokens: event.usage.output_tokens(),
            cached_tokens: event.usage[llm::Meter::CacheRead],
            reasoning_tokens: event.usage[llm::Meter::Reasoning],
            charge_nanos: event.charge_nanos,
            duration_us: if event.is_admitted {
                event.duration_us
            } else {
                0
            },
            first_tokens: u64::from(event.first_token_us.is_some()),
            first_token_us: event.first_token_us.unwrap_or_default(),
            meters: event.meters(),
        }
    }

    /// Adds other sums.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.refused += other.refused;
        self.errors += other.errors;
        sum_columns!(add self other);
        self.meters.add(&other.meters);
    }

    /// Binds the columns of sums. A row has one outcome, so one count of requests says it all.
    fn bind(&self, to: &mut Binder) -> Result<(), StoreError> {
        to.count(self.requests + self.refused)?;
        sum_columns!(bind self to);
        Ok(())
    }

    /// The sums in a row of [`select_sums`]; meters without a column are not in it.
    ///
    /// # Errors
    /// If the row is not what it should be.
    pub(crate) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let mut sums = Self {
            requests: row.count("requests")?,
            refused: row.count("refused")?,
            errors: row.count("errors")?,
            ..Self::default()
        };
        sum_columns!(read row sums);
        Ok(sums)
    }
}
