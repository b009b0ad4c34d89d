//! Counts of a pool, for metrics and for people.

use std::time::Duration;

use super::super::level::{LEVELS, Level};
use super::super::shed::ShedReason;

/// Upper bounds of the histogram of waits, in seconds.
pub const WAIT_BOUNDS: [f64; 8] = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The counts of one level in one pool.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LevelCounts {
    /// Requests that came to the gate.
    pub offered: u64,
    pub admitted: u64,
    /// Of the admitted ones, those that had more than their level's share.
    pub borrowed: u64,
    pub shed: [u64; ShedReason::ALL.len()],
    /// Requests that have a seat.
    pub running: u32,
    pub waiting: usize,
    /// Of those that waited: how many up to each of [`WAIT_BOUNDS`], and beyond.
    pub waits: [u64; WAIT_BOUNDS.len() + 1],
    pub waited_us: u64,
}

/// The counts of a pool.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolCounts {
    /// Lowest level first.
    pub levels: [LevelCounts; 4],
    /// Seats in all; `None` while nothing bounds them.
    pub seats: Option<u32>,
}

impl LevelCounts {
    pub(super) fn note_wait(&mut self, wait: Duration) {
        let seconds = wait.as_secs_f64();
        let bucket = WAIT_BOUNDS.iter().position(|bound| seconds <= *bound);
        self.waits[bucket.unwrap_or(WAIT_BOUNDS.len())] += 1;
        self.waited_us += u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
    }

    /// Requests that were shed, by reason.
    pub fn shed(&self) -> impl Iterator<Item = (ShedReason, u64)> {
        ShedReason::ALL.into_iter().zip(self.shed)
    }
}

impl PoolCounts {
    /// The counts by level.
    pub fn by_level(&self) -> impl Iterator<Item = (Level, &LevelCounts)> {
        LEVELS.into_iter().zip(&self.levels)
    }
}
