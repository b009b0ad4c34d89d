//! Aligned windows, as arithmetic.

pub(super) const MINUTE_MS: i64 = 60_000;
pub(super) const DAY_MS: i64 = 86_400_000;

/// A count within one window.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    /// Which window: time divided by its length.
    pub(super) index: i64,
    pub(super) used: u64,
}

impl Window {
    /// Begins a new window when `now_ms` is beyond this one. A clock that was set back does not reopen
    /// an earlier window: that would hand out its limit twice.
    pub(super) fn roll(&mut self, now_ms: i64, length_ms: i64) {
        let index = now_ms.div_euclid(length_ms);
        if index > self.index {
            *self = Self { index, used: 0 };
        }
    }

    /// When the window ends, in seconds since 1970.
    pub(super) fn resets_at_s(&self, length_ms: i64) -> i64 {
        (self.index + 1) * length_ms / 1_000
    }
}

/// The beginning of the UTC day of `now_ms`.
pub fn day_start_ms(now_ms: i64) -> i64 {
    now_ms - now_ms.rem_euclid(DAY_MS)
}
