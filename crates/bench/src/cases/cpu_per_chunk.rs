//! CPU time per event of many dense streams; opening and ending them is shared out among the events.

use std::time::Duration;

use anyhow::Result;

use super::{Plan, Sample};
use crate::case::Subject;
use crate::gates::Metric;
use crate::load::streams::Streams;
use crate::procfs::CpuTime;
use crate::prompt::Pace;
use crate::provider::Provider;
use crate::setup::Setup;

const CONNECTIONS: u32 = 200;
const PACE: Pace = Pace {
    words: 100,
    gap: Duration::from_millis(10),
};

pub(super) async fn run(plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    let running = setup.start(subject).await?;
    // A stream takes about a second.
    let per_connection = if plan.quick { 2 } else { 8 };
    let cpu = CpuTime::of_group(running.group())?;
    let tally = Streams {
        connections: CONNECTIONS,
        per_connection,
        pace: PACE,
    }
    .run(running.target(Provider::Sandbox))
    .await?;
    let cpu_nanos = CpuTime::of_group(running.group())?.nanos_since(&cpu);
    #[expect(clippy::cast_precision_loss, reason = "far below 52 bits")]
    let per_chunk = cpu_nanos as f64 / 1e3 / tally.events() as f64;
    Ok(Sample::new(
        vec![(Metric::CpuPerChunk, per_chunk)],
        tally.failure(),
    ))
}
