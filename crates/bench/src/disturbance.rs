//! The part of the machine that other programs took while something was measured.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::procfs::{self, CpuTime, NANOS_PER_TICK};

/// Above this share of one core a run is called disturbed.
pub(crate) const TOLERATED_PERCENT: f64 = 5.0;

/// A tick is 10 ms, so less would be guessing.
const SECONDS_MIN: f64 = 1.0;

#[derive(Debug)]
pub(crate) struct Disturbance {
    started: Instant,
    others: i128,
}

impl Disturbance {
    /// `ours` are groups that live throughout; children that end meanwhile count as ours too.
    pub(crate) fn start(ours: impl Iterator<Item = u32>) -> Result<Self> {
        Ok(Self {
            started: Instant::now(),
            others: others(ours)?,
        })
    }

    /// Of one core; nothing if it was too short to tell.
    pub(crate) fn percent(&self, ours: impl Iterator<Item = u32>) -> Result<Option<f64>> {
        let seconds = self.started.elapsed().as_secs_f64();
        if seconds < SECONDS_MIN {
            return Ok(None);
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 52 bits")]
        let nanos = (others(ours)? - self.others).max(0) as f64;
        Ok(Some(nanos / 1e7 / seconds))
    }
}

/// Nanoseconds all cores were busy, less those of ours. Ticks are counted by samples, so it is an estimate.
fn others(ours: impl Iterator<Item = u32>) -> Result<i128> {
    let stat = fs::read_to_string("/proc/stat")?;
    let busy = parse_busy_ticks(&stat).context("cannot read /proc/stat")?;
    let own = procfs::own_ticks_with_children().context("cannot read /proc/self/stat")?;
    let mut others = i128::from(busy) - i128::from(own);
    for group in ours {
        others -= i128::from(CpuTime::of_group(group)?.ticks());
    }
    Ok(others * i128::from(NANOS_PER_TICK))
}

/// The first line sums all cores: user, nice, system, idle, iowait, irq, softirq, steal.
fn parse_busy_ticks(stat: &str) -> Option<u64> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = fields
        .split_ascii_whitespace()
        .map_while(|field| field.parse().ok())
        .collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, steal, ..] = ticks[..] else {
        return None;
    };
    Some(user + nice + system + irq + softirq + steal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_waiting_are_not_busy() {
        let stat = "cpu  10 1 20 5000 300 2 3 4 0 0\ncpu0 5 0 10 2500 150 1 1 2 0 0\n";
        assert_eq!(parse_busy_ticks(stat), Some(40));
        assert_eq!(parse_busy_ticks("intr 1"), None);
    }
}
