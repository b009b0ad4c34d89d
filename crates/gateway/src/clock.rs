//! The time that the business goes by: windows, expiry, leases, durations. Nothing outside this file asks the
//! system for it, so that tests can move it. Timeouts of sockets are tokio's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The source of time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clocks.
    System,
    /// Moved by hand. Both clocks show the same, unless the wall clock is set.
    Manual(Arc<ManualClock>),
}

/// A clock that is moved by hand, in microseconds.
#[derive(Debug)]
pub struct ManualClock {
    uptime_us: AtomicI64,
    /// The time that the wall clock is ahead, or behind.
    ahead_us: AtomicI64,
}

impl Clock {
    /// A clock that stands at `now_ms` until it is moved.
    pub fn manual(now_ms: i64) -> Self {
        Self::Manual(Arc::new(ManualClock {
            uptime_us: AtomicI64::new(now_ms * 1_000),
            ahead_us: AtomicI64::new(0),
        }))
    }

    /// Milliseconds since 1970, UTC. May be set back by an administrator.
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => {
                let now = clock_gettime(ClockId::Realtime);
                now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
            }
            Self::Manual(clock) => {
                let uptime_us = clock.uptime_us.load(Ordering::Relaxed);
                (uptime_us + clock.ahead_us.load(Ordering::Relaxed)) / 1_000
            }
        }
    }

    /// Time since the machine started, suspension included: for durations and leases.
    pub fn uptime(&self) -> Duration {
        let micros = match self {
            Self::System => {
                let now = clock_gettime(ClockId::Boottime);
                now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
            }
            Self::Manual(clock) => clock.uptime_us.load(Ordering::Relaxed),
        };
        Duration::from_micros(micros.unsigned_abs())
    }

    /// Moves a manual clock; the system's cannot be moved.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(clock) = self {
            clock.uptime_us.fetch_add(
                i64::try_from(by.as_micros()).unwrap_or(i64::MAX),
                Ordering::Relaxed,
            );
        }
    }

    /// Sets the wall clock of a manual clock: that many milliseconds ahead of what it would show, or behind.
    pub fn set_ahead(&self, ahead_ms: i64) {
        if let Self::Manual(clock) = self {
            clock.ahead_us.store(ahead_ms * 1_000, Ordering::Relaxed);
        }
    }
}
