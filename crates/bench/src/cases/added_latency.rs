//! The latency that the subject adds to a response when there is little to do: its percentiles less those without
//! it. Both are
//! measured in turns of a second, at the same arrivals: what a machine takes to wake up drifts within minutes, and by
//! more than a gateway adds.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::{Plan, Sample};
use crate::case::Subject;
use crate::gates::Metric;
use crate::load::{Tally, Target, open};
use crate::prompt;
use crate::provider::Provider;
use crate::setup::Setup;
use crate::stats::percentile;

const PER_SECOND: f64 = 200.0;
const TURN: Duration = Duration::from_secs(1);

pub(super) async fn run(plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    let running = setup.start(subject).await?;
    let direct = setup.direct()?;
    let mut sides = [
        Side::new(running.target(Provider::Sandbox)),
        Side::new(&direct),
    ];
    for side in &mut sides {
        side.turn(plan.warm_up).await?;
        side.latencies.clear();
    }
    let mut left = plan.run;
    while !left.is_zero() {
        let turn = left.min(TURN);
        for side in &mut sides {
            side.turn(turn).await?;
        }
        left -= turn;
    }
    let [through, direct] = &sides;
    let values = vec![
        (
            Metric::AddedP50,
            through.percentile(50) - direct.percentile(50),
        ),
        (
            Metric::AddedP99,
            through.percentile(99) - direct.percentile(99),
        ),
        (Metric::TotalP50, through.percentile(50)),
        (Metric::TotalP99, through.percentile(99)),
    ];
    Ok(Sample::new(
        values,
        through.failure().or_else(|| direct.failure()),
    ))
}

/// One way to the provider, and how long responds took on it.
struct Side<'a> {
    target: &'a Target,
    latencies: Vec<f64>,
    tallies: Vec<Arc<Tally>>,
}

impl<'a> Side<'a> {
    fn new(target: &'a Target) -> Self {
        Self {
            target,
            latencies: Vec::new(),
            tallies: Vec::new(),
        }
    }

    async fn turn(&mut self, duration: Duration) -> Result<()> {
        let body = prompt::short(Provider::Sandbox);
        let arrivals = open::arrivals(PER_SECOND, duration);
        let (latencies, tally) = open::run(self.target, &body, &arrivals).await?;
        self.latencies.extend(latencies);
        self.tallies.push(tally);
        Ok(())
    }

    fn percentile(&self, percent: usize) -> f64 {
        percentile(&self.latencies, percent).unwrap_or(f64::NAN)
    }

    fn failure(&self) -> Option<String> {
        self.tallies.iter().find_map(|tally| tally.failure())
    }
}
