//! The last ten minutes of a key. The last five are compared; the five before them go into the
//! week when they get there, so that nothing is usual before it could have been an anomaly.

use super::MINUTE_MS;

/// Minutes that are looked at together.
pub(super) const WINDOW: usize = 5;
const KEPT: usize = 2 * WINDOW;

/// Counts over some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct MinuteSums {
    pub(super) requests: u32,
    pub(super) failures: u32,
    pub(super) charge_nanos: u64,
}

impl MinuteSums {
    pub(super) fn add(&mut self, other: Self) {
        self.requests = self.requests.saturating_add(other.requests);
        self.failures = self.failures.saturating_add(other.failures);
        self.charge_nanos = self.charge_nanos.saturating_add(other.charge_nanos);
    }
}

/// The sums of the minute that runs and of those before it, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Minutes {
    /// Which minute runs: time divided by its length.
    index: i64,
    sums: [MinuteSums; KEPT],
}

/// A minute that has become part of the past, and the five that end with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) at_ms: i64,
    pub(super) minute: MinuteSums,
    pub(super) window: MinuteSums,
}

impl Minutes {
    /// Goes on to the minute of `now_ms`; hands out the minutes with anything in them that are past by that.
    pub(super) fn roll(&mut self, now_ms: i64, mut past: impl FnMut(Past)) {
        let index = now_ms.div_euclid(MINUTE_MS);
        // A clock that was set back counts in the minute that runs.
        let steps = index.saturating_sub(self.index).max(0);
        for _ in 0..steps.min(i64::try_from(KEPT).unwrap_or(i64::MAX)) {
            self.index += 1;
            self.sums.rotate_right(1);
            if let Some(first) = self.sums.first_mut() {
                *first = MinuteSums::default();
            }
            let minute = self.sums.get(WINDOW).copied().unwrap_or_default();
            let window = sum(self.sums.get(WINDOW..).unwrap_or_default());
            if window != MinuteSums::default() {
                let ended = self.index - i64::try_from(WINDOW).unwrap_or_default();
                past(Past {
                    at_ms: ended * MINUTE_MS,
                    minute,
                    window,
                });
            }
        }
        self.index = self.index.max(index);
    }

    /// Counts in the minute that runs.
    pub(super) fn add(&mut self, sums: MinuteSums) {
        if let Some(first) = self.sums.first_mut() {
            first.add(sums);
        }
    }

    /// The counts of the running minute so far.
    pub(super) fn minute(&self) -> MinuteSums {
        self.sums.first().copied().unwrap_or_default()
    }

    /// The counts of the running minute and the four before it.
    pub(super) fn window(&self) -> MinuteSums {
        sum(self.sums.get(..WINDOW).unwrap_or_default())
    }
}

fn sum(minutes: &[MinuteSums]) -> MinuteSums {
    let mut total = MinuteSums::default();
    for minute in minutes {
        total.add(*minute);
    }
    total
}
