//! Timers of a stream: its silence and its length. One timer serves all the waits; progress
//! does not touch it, it is only looked at when it rings.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::config::UpstreamConfig;

/// The wait for the end (EOF) of an upstream's body after the end of the stream was seen.
const DRAIN: Duration = Duration::from_millis(500);

/// The message for a stream that lasts too long.
pub(super) const TOO_LONG: &str = "the end of its response";

/// The timer that has come due.
pub(super) enum TimerEvent {
    /// Nothing was sent for a while.
    Heartbeat,
    /// The upstream took too long; which wait ran out.
    Overdue(&'static str),
    /// The upstream's end did not come in time; its connection is given up.
    Drained,
}

/// The waits of one stream.
pub(super) struct Timers {
    sleep: Pin<Box<Sleep>>,
    gap: Duration,
    heartbeat: Duration,
    deadline: Instant,
    progress_at: Instant,
    sent_at: Instant,
    drain_until: Option<Instant>,
}

impl Timers {
    pub(super) fn new(config: &UpstreamConfig, deadline: Instant, gap: Duration) -> Self {
        let now = Instant::now();
        let heartbeat = Duration::from_millis(config.heartbeat_ms);
        Self {
            sleep: Box::pin(sleep_until((now + gap.min(heartbeat)).min(deadline))),
            gap,
            heartbeat,
            deadline,
            progress_at: now,
            sent_at: now,
            drain_until: None,
        }
    }

    /// Bytes came from the upstream. Returns whether the response has lasted too long.
    pub(super) fn note_progress(&mut self) -> bool {
        self.progress_at = Instant::now();
        self.progress_at >= self.deadline
    }

    /// Something of the last bytes was sent on.
    pub(super) fn note_sent(&mut self) {
        self.sent_at = self.progress_at;
    }

    /// Switches to draining: waits at most [`DRAIN`] for the end of the body.
    pub(super) fn drain(&mut self) {
        let until = Instant::now() + DRAIN;
        self.drain_until = Some(until);
        self.sleep.as_mut().reset(until);
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<TimerEvent> {
        loop {
            if self.sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            let now = Instant::now();
            if let Some(until) = self.drain_until {
                if now >= until {
                    return Poll::Ready(TimerEvent::Drained);
                }
                self.sleep.as_mut().reset(until);
                continue;
            }
            if now >= self.deadline {
                return Poll::Ready(TimerEvent::Overdue(TOO_LONG));
            }
            if now >= self.progress_at + self.gap {
                return Poll::Ready(TimerEvent::Overdue("the next part of its response"));
            }
            let is_quiet = now >= self.sent_at + self.heartbeat;
            if is_quiet {
                self.sent_at = now;
            }
            let next = (self.progress_at + self.gap)
                .min(self.sent_at + self.heartbeat)
                .min(self.deadline);
            self.sleep.as_mut().reset(next);
            if is_quiet {
                return Poll::Ready(TimerEvent::Heartbeat);
            }
        }
    }
}
