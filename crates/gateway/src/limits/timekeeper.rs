//! The time that windows go by, and how far it can be believed.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::Clock;

/// The time that a wall clock that was set has to go on before windows are aligned to it. Until then it may have been
/// wrong for a moment.
const BELIEVED_AFTER_MS: i64 = 3_600_000;
/// The drift of the wall clock against the uptime clock between two looks that does not mean it was set.
const STEP_MS: i64 = 1_000;

/// The time by both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970; may be set.
    pub wall_ms: i64,
    /// Milliseconds since the machine started; is never set.
    pub uptime_ms: i64,
    /// From when on, by uptime, the wall clock is believed.
    believed_at_ms: i64,
    /// True if the wall clock was set lately.
    was_set: bool,
}

impl Moment {
    /// Returns whether the wall clock has gone on long enough since it was set, or since the process began.
    pub(super) fn is_believed(self) -> bool {
        self.believed_in_ms() == 0
    }

    pub(super) fn believed_in_ms(self) -> i64 {
        (self.believed_at_ms - self.uptime_ms).max(0)
    }

    /// Returns whether what was counted by days of the wall clock can be trusted.
    pub(super) fn has_sound_days(self) -> bool {
        !self.was_set || self.is_believed()
    }

    /// A moment by the clock of a shared store, which is never set as far as windows know.
    pub(super) fn of_store(now_ms: i64) -> Self {
        Self {
            wall_ms: now_ms,
            uptime_ms: now_ms,
            believed_at_ms: i64::MAX,
            was_set: false,
        }
    }

    /// A clock that was never set, by which both clocks show the same.
    #[cfg(test)]
    pub fn steady(now_ms: i64) -> Self {
        Self::of_store(now_ms)
    }

    #[cfg(test)]
    pub(super) fn set_by(self, by_ms: i64) -> Self {
        Self {
            wall_ms: self.wall_ms + by_ms,
            was_set: true,
            ..self
        }
    }
}

/// Tells the time, and notices when the wall clock is set.
#[derive(Debug)]
pub(super) struct Timekeeper {
    clock: Clock,
    /// The offset of the wall clock from the uptime clock at the last look.
    offset_ms: AtomicI64,
    believed_at_ms: AtomicI64,
    /// The time from which the clock is believed after the start: later, the clock was set.
    first_believed_at_ms: i64,
}

impl Timekeeper {
    pub(super) fn new(clock: Clock) -> Self {
        let (wall_ms, uptime_ms) = read(&clock);
        let believed_at_ms = uptime_ms + BELIEVED_AFTER_MS;
        Self {
            clock,
            offset_ms: AtomicI64::new(wall_ms - uptime_ms),
            believed_at_ms: AtomicI64::new(believed_at_ms),
            first_believed_at_ms: believed_at_ms,
        }
    }

    pub(super) fn now(&self) -> Moment {
        let (wall_ms, uptime_ms) = read(&self.clock);
        let offset_ms = wall_ms - uptime_ms;
        let moved_ms = offset_ms - self.offset_ms.swap(offset_ms, Ordering::Relaxed);
        if moved_ms.abs() > STEP_MS {
            let believed_at_ms = uptime_ms + BELIEVED_AFTER_MS;
            self.believed_at_ms.store(believed_at_ms, Ordering::Relaxed);
        }
        let believed_at_ms = self.believed_at_ms.load(Ordering::Relaxed);
        Moment {
            wall_ms,
            uptime_ms,
            believed_at_ms,
            was_set: believed_at_ms != self.first_believed_at_ms,
        }
    }
}

fn read(clock: &Clock) -> (i64, i64) {
    let uptime_ms = clock.uptime().as_millis();
    (clock.now_ms(), i64::try_from(uptime_ms).unwrap_or(i64::MAX))
}
