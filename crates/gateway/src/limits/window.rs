//! Aligned windows, as arithmetic.
//!
//! A window is aligned to the wall clock, because clients read the reset by theirs, and measured by the uptime
//! clock, because that is never set. While the two agree, the wall clock decides. When the wall clock was set, a
//! window goes on to the end that it had: a clock that goes forth and back neither hands out a window twice nor
//! keeps a key out of the next one.

use super::timekeeper::Moment;

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const DAY_MS: i64 = 86_400_000;

/// The distance of the clocks that does not mean one was set: both are slewed alike.
const DRIFT_MS: i64 = 1_000;

/// A length of window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    pub(super) ms: i64,
    /// Windows that overlap by less after a step follow each other.
    overlap_ms: i64,
}

pub(super) const MINUTE: Length = Length {
    ms: MINUTE_MS,
    overlap_ms: 1_000,
};
pub(super) const DAY: Length = Length {
    ms: DAY_MS,
    overlap_ms: 3_600_000,
};

/// The end of a window. The default has ended long ago.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WindowEnd {
    /// By the uptime clock.
    pub(super) ends_up_ms: i64,
    /// By the wall clock, as it was when the window began.
    pub(super) ends_wall_ms: i64,
}

impl WindowEnd {
    /// The window of `now`.
    pub(super) fn of(now: Moment, length: Length) -> Self {
        let ends_wall_ms = (now.wall_ms.div_euclid(length.ms) + 1) * length.ms;
        Self {
            ends_up_ms: now.uptime_ms + ends_wall_ms - now.wall_ms,
            ends_wall_ms,
        }
    }

    /// The span as it was written by a process before this one. Uptimes of another boot say nothing: there the wall
    /// clock decides.
    pub(super) fn anchored(self, now: Moment, length: Length, is_of_this_boot: bool) -> Self {
        if is_of_this_boot {
            return self;
        }
        let current = Self::of(now, length);
        // A window more than one ahead is a fault of the clock, now or when it was written.
        let ends_wall_ms = self.ends_wall_ms.min(current.ends_wall_ms);
        Self {
            ends_up_ms: now.uptime_ms + ends_wall_ms - now.wall_ms,
            ends_wall_ms,
        }
    }

    /// Moves on to the window of `now`, if this one is over. Returns whether counting begins anew.
    pub(super) fn roll(&mut self, now: Moment, length: Length) -> bool {
        if *self == Self::default() {
            *self = Self::of(now, length);
            return true;
        }
        let next = Self::of(now, length);
        if self.agrees(now) {
            let is_over = next.ends_wall_ms > self.ends_wall_ms;
            if is_over {
                *self = next;
            }
            return is_over;
        }
        // The wall clock was set. The next window must not begin within this one: what was admitted in both
        // would be too much. A clock that has gone on for long is believed all the same; when it was set back,
        // what was counted stays.
        let begins_up_ms = next.ends_up_ms - length.ms;
        let follows = begins_up_ms + length.overlap_ms >= self.ends_up_ms;
        let is_over = (self.is_over(now) && follows)
            || (now.is_believed() && next.ends_wall_ms > self.ends_wall_ms);
        if is_over || now.is_believed() {
            *self = next;
        }
        is_over
    }

    /// Returns whether both clocks say the same about the end.
    fn agrees(&self, now: Moment) -> bool {
        let drift_ms = (self.ends_wall_ms - now.wall_ms) - (self.ends_up_ms - now.uptime_ms);
        drift_ms.abs() <= DRIFT_MS
    }

    /// Returns whether it ended before `now`.
    pub(super) fn is_over(&self, now: Moment) -> bool {
        self.ends_up_ms <= now.uptime_ms
    }

    /// The time at which counting begins anew, in seconds since 1970.
    pub(super) fn resets_at_s(&self, now: Moment, length: Length) -> i64 {
        if self.agrees(now) {
            return self.ends_wall_ms / 1_000;
        }
        let left_ms = if self.is_over(now) {
            // It goes on until a window begins that does not overlap it, or until the clock is believed.
            let boundary_ms = length.ms - now.wall_ms.rem_euclid(length.ms);
            boundary_ms.min(now.believed_in_ms())
        } else {
            self.ends_up_ms - now.uptime_ms
        };
        let resets_ms = now.wall_ms + left_ms;
        -(-resets_ms).div_euclid(1_000)
    }
}

/// A minute that others count in, aligned and measured like those of keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MinuteWindow(WindowEnd);

impl MinuteWindow {
    /// Moves on to the minute of `now`, if this one is over. Returns whether counting begins anew.
    pub fn roll(&mut self, now: Moment) -> bool {
        self.0.roll(now, MINUTE)
    }

    /// Seconds until counting begins anew, rounded up and never zero.
    pub fn seconds_left(self, now: Moment) -> u64 {
        let wait_ms = self.0.resets_at_s(now, MINUTE) * 1_000 - now.wall_ms;
        wait_ms.max(1).unsigned_abs().div_ceil(1_000)
    }

    /// Its ends by the uptime and the wall clock, in milliseconds: [`Self::from_ends`] makes it of them.
    pub fn ends(self) -> [i64; 2] {
        [self.0.ends_up_ms, self.0.ends_wall_ms]
    }

    /// The window with these ends; of another boot of the machine, the one that ends with the minute of `now`.
    pub fn from_ends(
        [ends_up_ms, ends_wall_ms]: [i64; 2],
        of_this_boot: bool,
        now: Moment,
    ) -> Self {
        let span = WindowEnd {
            ends_up_ms,
            ends_wall_ms,
        };
        Self(span.anchored(now, MINUTE, of_this_boot))
    }
}

/// The beginning of the UTC day of `now_ms`.
pub fn day_start_ms(now_ms: i64) -> i64 {
    now_ms - now_ms.rem_euclid(DAY_MS)
}
