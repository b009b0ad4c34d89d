//! Sums per minute, hour and day of an account's requests: what limits, counters and screens read instead of
//! raw rows.

mod add;
mod read;

use crate::db::Row;
use crate::error::StoreError;
use crate::usage_events::UsageEvent;

pub(crate) use add::{Batch, added_sums, bind_sums, coarser, roll_up, sums};
pub use add::{add, add_steps};
pub use read::{
    Filter, Group, Point, Span, list_by_model, list_days_of_keys, list_hours, list_points,
    prune_minutes, sum_of_account,
};
pub(crate) use read::{sum_columns, sums_from_row};

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
}

impl Sums {
    fn of(event: &UsageEvent) -> Self {
        let is_error = event.outcome() == "error";
        Self {
            requests: u64::from(event.is_admitted),
            refused: u64::from(!event.is_admitted),
            errors: u64::from(is_error),
            input_tokens: event.input_tokens,
            output_tokens: event.output_tokens,
            cached_tokens: event.cached_tokens,
            reasoning_tokens: event.reasoning_tokens,
            charge_nanos: event.charge_nanos,
            duration_us: if event.is_admitted {
                event.duration_us
            } else {
                0
            },
            first_tokens: u64::from(event.first_token_us.is_some()),
            first_token_us: event.first_token_us.unwrap_or_default(),
        }
    }

    /// Adds other sums.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.refused += other.refused;
        self.errors += other.errors;
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cached_tokens += other.cached_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
        self.charge_nanos = self.charge_nanos.saturating_add(other.charge_nanos);
        self.duration_us = self.duration_us.saturating_add(other.duration_us);
        self.first_tokens += other.first_tokens;
        self.first_token_us = self.first_token_us.saturating_add(other.first_token_us);
    }

    fn from_row(row: &Row) -> Result<Self, StoreError> {
        sums_from_row(row)
    }
}
