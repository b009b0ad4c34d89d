//! A timer exact to some microseconds; the runtime's own is exact to a millisecond, as much as what is measured.

use std::os::fd::OwnedFd;
use std::time::Instant;

use anyhow::Result;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use rustix::time::{timerfd_create, timerfd_settime};
use tokio::io::unix::AsyncFd;

#[derive(Debug)]
pub(super) struct Pacer {
    timer: AsyncFd<OwnedFd>,
}

impl Pacer {
    #[expect(
        deprecated,
        reason = "its successor is `unsafe`; the risk is a descriptor that changes or closes, and an `OwnedFd` does neither"
    )]
    pub(super) fn new() -> Result<Self> {
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
        )?;
        Ok(Self {
            timer: AsyncFd::new(timer)?,
        })
    }

    pub(super) async fn sleep_until(&self, moment: Instant) -> Result<()> {
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() {
            // Even when it is late, connections get their turn.
            tokio::task::yield_now().await;
            return Ok(());
        }
        let once = Itimerspec {
            it_interval: Timespec::default(),
            it_value: left.try_into()?,
        };
        timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &once)?;
        loop {
            let mut ready = self.timer.readable().await?;
            let mut expirations = [0; 8];
            let read =
                ready.try_io(|timer| Ok(rustix::io::read(timer.get_ref(), &mut expirations)?));
            if let Ok(result) = read {
                result?;
                return Ok(());
            }
        }
    }
}
