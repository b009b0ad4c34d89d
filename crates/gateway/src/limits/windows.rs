//! Counts in the windows that run on this server.

use super::kept::{self, Kept};
use super::timekeeper::Moment;
use super::window::{DAY, MINUTE, WindowEnd};

/// Counts in the minute and the day that run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Windows {
    pub(super) minute: WindowEnd,
    pub(super) day: WindowEnd,
    pub(super) requests: u64,
    pub(super) tokens: u64,
    pub(super) requests_today: u64,
    /// The number of minutes begun: which one a grant was counted in.
    pub(super) minutes: u32,
    /// The number of days begun.
    pub(super) days: u32,
    /// The slot in which the counts of a key are kept, once they are.
    pub(super) slot: Option<u32>,
}

impl Windows {
    pub(super) fn roll(&mut self, now: Moment) {
        if self.minute.roll(now, MINUTE) {
            (self.requests, self.tokens) = (0, 0);
            self.minutes = self.minutes.wrapping_add(1);
        }
        if self.day.roll(now, DAY) {
            self.requests_today = 0;
            self.days = self.days.wrapping_add(1);
        }
    }

    pub(super) fn give_back(&mut self, tokens: u64, minute: u32, day: u32) {
        if self.minutes == minute {
            self.requests = self.requests.saturating_sub(1);
            self.tokens = self.tokens.saturating_sub(tokens);
        }
        if self.days == day {
            self.requests_today = self.requests_today.saturating_sub(1);
        }
    }

    pub(super) fn add(&mut self, tokens: u64) {
        self.requests += 1;
        self.requests_today += 1;
        self.tokens = self.tokens.saturating_add(tokens);
    }

    pub(super) fn kept(&self) -> Kept {
        Kept {
            minute: self.minute,
            day: self.day,
            requests: self.requests,
            tokens: self.tokens,
            requests_today: self.requests_today,
        }
    }

    /// Of several windows that run, the one that ends last.
    pub(super) fn add_kept(&mut self, kept: &Kept) {
        self.minute = kept::later(self.minute, kept.minute);
        self.day = kept::later(self.day, kept.day);
        self.requests += kept.requests;
        self.requests_today += kept.requests_today;
        self.tokens = self.tokens.saturating_add(kept.tokens);
    }
}
