//! Counts by the number of their window: arithmetic of whole numbers that the script of the shared store does as well.

use crate::limits::Ceiling;
use crate::limits::timekeeper::Moment;
use crate::limits::window::{DAY, DAY_MS, MINUTE, MINUTE_MS, WindowEnd};
use crate::limits::windows::Windows;

/// Counts in the minute and the day of a moment, or a change of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::limits) struct Tally {
    /// Minutes and days since 1970.
    pub(in crate::limits) minute: i64,
    pub(in crate::limits) day: i64,
    pub(in crate::limits) requests: i64,
    pub(in crate::limits) tokens: i64,
    pub(in crate::limits) requests_today: i64,
}

impl Tally {
    /// Nothing, in the windows of `now_ms`.
    pub(in crate::limits) fn at(now_ms: i64) -> Self {
        Self {
            minute: now_ms.div_euclid(MINUTE_MS),
            day: now_ms.div_euclid(DAY_MS),
            ..Self::default()
        }
    }

    /// One request of so many tokens, in the windows of `now_ms`.
    pub(in crate::limits) fn of_request(now_ms: i64, tokens: u64) -> Self {
        Self {
            requests: 1,
            tokens: signed(tokens),
            requests_today: 1,
            ..Self::at(now_ms)
        }
    }

    /// Goes on to the windows of `now`; a clock that went back does not bring back older ones.
    pub(in crate::limits) fn roll(&mut self, now: Self) {
        if self.minute < now.minute {
            (self.minute, self.requests, self.tokens) = (now.minute, 0, 0);
        }
        if self.day < now.day {
            (self.day, self.requests_today) = (now.day, 0);
        }
    }

    /// Adds what was counted in the same windows, and goes on to those of `change` where they are newer.
    pub(in crate::limits) fn add(&mut self, change: Self) {
        self.roll(change);
        if self.minute == change.minute {
            self.requests += change.requests;
            self.tokens = self.tokens.saturating_add(change.tokens);
        }
        if self.day == change.day {
            self.requests_today += change.requests_today;
        }
    }

    /// The larger of both counts in each window.
    pub(in crate::limits) fn raise(&mut self, other: Self) {
        self.roll(other);
        if self.minute == other.minute {
            self.requests = self.requests.max(other.requests);
            self.tokens = self.tokens.max(other.tokens);
        }
        if self.day == other.day {
            self.requests_today = self.requests_today.max(other.requests_today);
        }
    }

    pub(in crate::limits) fn sum(mut self, other: Self) -> Self {
        self.add(other);
        self
    }

    pub(in crate::limits) fn negated(self) -> Self {
        Self {
            requests: -self.requests,
            tokens: -self.tokens,
            requests_today: -self.requests_today,
            ..self
        }
    }

    /// The counts that are more than nothing.
    pub(in crate::limits) fn only_more(self) -> Self {
        Self {
            requests: self.requests.max(0),
            tokens: self.tokens.max(0),
            requests_today: self.requests_today.max(0),
            ..self
        }
    }

    /// The counts of windows that have a limit; those that have none count as `other`.
    pub(in crate::limits) fn limited_or(self, ceiling: Ceiling, other: Self) -> Self {
        let pick = |limit: Option<u64>, own: i64, other: i64| limit.map_or(other, |_| own);
        Self {
            requests: pick(ceiling.requests, self.requests, other.requests),
            tokens: pick(ceiling.tokens, self.tokens, other.tokens),
            requests_today: pick(
                ceiling.requests_today,
                self.requests_today,
                other.requests_today,
            ),
            ..self
        }
    }

    pub(in crate::limits) fn is_nothing(&self) -> bool {
        self.requests == 0 && self.tokens == 0 && self.requests_today == 0
    }

    /// The counts as the decision and the headers take them.
    pub(in crate::limits) fn windows(self, now: Moment) -> Windows {
        Windows {
            minute: WindowEnd::of(now, MINUTE),
            day: WindowEnd::of(now, DAY),
            requests: unsigned(self.requests),
            tokens: unsigned(self.tokens),
            requests_today: unsigned(self.requests_today),
            ..Windows::default()
        }
    }
}

pub(in crate::limits) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
