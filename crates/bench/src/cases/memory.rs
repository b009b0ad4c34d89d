//! Resident memory after a few responses, and the most of it with many streams open.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{Plan, Sample};
use crate::case::Subject;
use crate::gates::Metric;
use crate::load::streams::Streams;
use crate::procfs::Memory;
use crate::prompt::Pace;
use crate::provider::Provider;
use crate::setup::Setup;

/// The pause before it counts as idle.
const SETTLE: Duration = Duration::from_secs(3);
const CONNECTIONS: u32 = 1_000;
const WORDS: u32 = 8;
const GAP: Duration = Duration::from_secs(2);
const QUICK_GAP: Duration = Duration::from_millis(500);

pub(super) async fn run(plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    let mut running = setup.start(subject).await?;
    for _ in 0..10 {
        running.wait_for_success().await?;
    }
    sleep(SETTLE).await;
    let idle = Memory::of_group(running.group())?;
    let mut values = vec![(Metric::IdleMemory, mebibytes(idle.resident_kib))];
    if subject == Subject::YunxinManyKeys {
        return Ok(Sample::new(values, None));
    }
    let gap = if plan.quick { QUICK_GAP } else { GAP };
    let streams = Streams {
        connections: CONNECTIONS,
        per_connection: 1,
        pace: Pace { words: WORDS, gap },
    };
    let tally = streams.run(running.target(Provider::Sandbox)).await?;
    let busy = Memory::of_group(running.group())?;
    values.push((Metric::PeakMemory, mebibytes(busy.peak_kib)));
    Ok(Sample::new(values, tally.failure()))
}

#[expect(clippy::cast_precision_loss, reason = "far below 52 bits")]
fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
