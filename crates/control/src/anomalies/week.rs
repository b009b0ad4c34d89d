//! The most that a key did in a minute and in five, on each of the last days. The most and not a share of all
//! windows: a key that runs one batch a night is idle in 99 of 100 of them.

use serde::{Deserialize, Serialize};

use super::DAY_MS;
use super::minutes::Past;

/// Today and the seven days before.
const DAYS: usize = 8;
/// The part of an older peak that is left a day later: half of it after a week.
const OLDER_KEPT: f32 = 0.905_723_7;
/// The part of the counts of failures and requests that is left a day later.
const SHARE_KEPT: f32 = 0.9;
/// After so many days nothing is left of what fades.
const FADED_DAYS: i64 = 400;
const NANOS_PER_MICRO: u64 = 1_000;

/// The most in a minute and in five; money in millionths of a dollar.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Peaks {
    pub(super) minute_requests: u32,
    pub(super) minute_micros: u32,
    pub(super) window_requests: u32,
    pub(super) window_micros: u32,
    pub(super) window_failures: u32,
}

impl Peaks {
    fn of(past: Past) -> Self {
        Self {
            minute_requests: past.minute.requests,
            minute_micros: micros(past.minute.charge_nanos),
            window_requests: past.window.requests,
            window_micros: micros(past.window.charge_nanos),
            window_failures: past.window.failures,
        }
    }

    fn max(self, other: Self) -> Self {
        Self {
            minute_requests: self.minute_requests.max(other.minute_requests),
            minute_micros: self.minute_micros.max(other.minute_micros),
            window_requests: self.window_requests.max(other.window_requests),
            window_micros: self.window_micros.max(other.window_micros),
            window_failures: self.window_failures.max(other.window_failures),
        }
    }

    fn faded(self) -> Self {
        Self {
            minute_requests: fade(self.minute_requests),
            minute_micros: fade(self.minute_micros),
            window_requests: fade(self.window_requests),
            window_micros: fade(self.window_micros),
            window_failures: fade(self.window_failures),
        }
    }
}

pub(super) fn micros(nanos: u64) -> u32 {
    u32::try_from(nanos / NANOS_PER_MICRO).unwrap_or(u32::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of a count, of which a few digits matter"
)]
fn fade(count: u32) -> u32 {
    (count as f32 * OLDER_KEPT) as u32
}

/// The peaks of the last days, and how many of all requests fail.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Week {
    /// Which day is the first: time divided by its length.
    day: i64,
    /// Newest first.
    days: [Peaks; DAYS],
    /// The peak before them, fading.
    older: Peaks,
    requests: f32,
    failures: f32,
}

impl Week {
    /// Takes a minute of the past in; whether that changes what is usual.
    #[expect(clippy::cast_precision_loss, reason = "a share of a few digits")]
    pub(super) fn add(&mut self, past: Past) -> bool {
        let is_new_day = self.roll(past.at_ms);
        self.requests += past.minute.requests as f32;
        self.failures += past.minute.failures as f32;
        let Some(today) = self.days.first_mut() else {
            return false;
        };
        let before = *today;
        *today = today.max(Peaks::of(past));
        is_new_day || *today != before
    }

    /// The most of the last week, and of what was before it in part.
    pub(super) fn usual(&self) -> Peaks {
        self.days
            .iter()
            .fold(self.older, |most, day| most.max(*day))
    }

    /// The failures in percent of all requests.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100"
    )]
    pub(super) fn failures_percent(&self) -> u32 {
        if self.requests < 1.0 {
            return 0;
        }
        (self.failures * 100.0 / self.requests) as u32
    }

    fn roll(&mut self, at_ms: i64) -> bool {
        let day = at_ms.div_euclid(DAY_MS);
        let steps = day.saturating_sub(self.day);
        if steps <= 0 {
            return false;
        }
        for _ in 0..steps.min(FADED_DAYS) {
            let last = self.days.last().copied().unwrap_or_default();
            self.older = self.older.faded().max(last);
            self.days.rotate_right(1);
            if let Some(first) = self.days.first_mut() {
                *first = Peaks::default();
            }
            self.requests *= SHARE_KEPT;
            self.failures *= SHARE_KEPT;
        }
        self.day = day;
        true
    }

    /// Merges what another server observed of the same key.
    pub(super) fn merge(&mut self, mut other: Self) {
        let newest = self.day.max(other.day);
        self.roll(newest * DAY_MS);
        other.roll(newest * DAY_MS);
        for (mine, theirs) in self.days.iter_mut().zip(other.days) {
            *mine = mine.max(theirs);
        }
        self.older = self.older.max(other.older);
        if other.requests > self.requests {
            (self.requests, self.failures) = (other.requests, other.failures);
        }
    }
}
