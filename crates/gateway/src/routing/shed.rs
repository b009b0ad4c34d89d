//! Reasons for which a request is shed: the closed list behind `x-yunxin-shed-reason`.

/// The reason why a request got no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShedReason {
    /// As many wait already as may.
    QueueFull,
    /// The longest wait of its level is over.
    WaitExceeded,
    /// The client's own deadline is over.
    DeadlineExceeded,
    /// Its account had most requests waiting, and others came.
    Displaced,
    /// Idle capacity was asked for (`service_tier: flex`), and none is idle.
    NoIdleCapacity,
}

impl ShedReason {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::QueueFull,
        Self::WaitExceeded,
        Self::DeadlineExceeded,
        Self::Displaced,
        Self::NoIdleCapacity,
    ];

    /// The word in the header, in metrics and in the documentation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::WaitExceeded => "wait_exceeded",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::Displaced => "displaced",
            Self::NoIdleCapacity => "no_idle_capacity",
        }
    }

    pub(super) fn index(self) -> usize {
        self as usize
    }
}

/// A request that was shed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shed {
    pub reason: ShedReason,
    /// Spread over a while, so that those who were shed together do not come back together.
    pub retry_after_s: u64,
}
