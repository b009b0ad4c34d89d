//! The four levels of requests, from the priority of the account's tier, and what each may have of a pool.

use std::time::Duration;

/// Levels, lowest first.
pub const LEVELS: [Level; 4] = [Level::Low, Level::Normal, Level::High, Level::Critical];

/// Nominal share of each level in the seats of a pool, in percent, lowest level first.
const SHARES_PERCENT: [u64; 4] = [10, 20, 25, 45];
/// Longest wait of each level for a seat, lowest level first.
const WAITS: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// The part of a pool's seats that only [`Level::Critical`] uses, in percent.
const RESERVE_PERCENT: u32 = 20;

/// The level of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Low,
    Normal,
    High,
    Critical,
}

impl Level {
    /// The level of a tier's priority, 1 to 4.
    pub fn of_priority(priority: u8) -> Self {
        match priority {
            0 | 1 => Self::Low,
            2 => Self::Normal,
            3 => Self::High,
            _ => Self::Critical,
        }
    }

    /// The word in metrics and in the management API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The longest wait for a seat.
    pub fn wait(self) -> Duration {
        WAITS[self.index()]
    }

    /// The nominal share, in percent.
    pub fn share_percent(self) -> u64 {
        SHARES_PERCENT[self.index()]
    }

    /// Returns whether a level that has `running` of `seats` has less than its share.
    pub(super) fn is_below_share(self, running: u32, seats: u32) -> bool {
        u64::from(running) * 100 < self.share_percent() * u64::from(seats)
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// The seats of `seats` that are left free for [`Level::Critical`]; none of so few that the others would have none.
pub(super) fn reserved(seats: u32) -> u32 {
    (seats.saturating_mul(RESERVE_PERCENT) + 50) / 100
}
