//! What the subject adds to an answer when there is little to do: its percentiles less those without it, at the same
//! arrivals, one right after the other.

use anyhow::Result;

use super::{Plan, Sample};
use crate::gates::Metric;
use crate::load::{Tally, Target, open};
use crate::prompt;
use crate::provider::Provider;
use crate::stats::percentile;
use crate::subject::{Setup, Subject};

const PER_SECOND: f64 = 200.0;

pub(super) async fn run(plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    let running = setup.start(subject).await?;
    let (through, through_tally) = percentiles(plan, running.target(Provider::Sandbox)).await?;
    drop(running);
    let (direct, direct_tally) = percentiles(plan, &setup.direct()?).await?;
    let values = vec![
        (Metric::AddedP50, through.p50 - direct.p50),
        (Metric::AddedP99, through.p99 - direct.p99),
        (Metric::TotalP50, through.p50),
        (Metric::TotalP99, through.p99),
    ];
    Ok(Sample::new(
        values,
        through_tally.failure().or_else(|| direct_tally.failure()),
    ))
}

struct Percentiles {
    p50: f64,
    p99: f64,
}

async fn percentiles(plan: &Plan, target: &Target) -> Result<(Percentiles, std::sync::Arc<Tally>)> {
    let body = prompt::short(Provider::Sandbox);
    open::run(target, &body, &open::arrivals(PER_SECOND, plan.warm_up)).await?;
    let (latencies, tally) =
        open::run(target, &body, &open::arrivals(PER_SECOND, plan.run)).await?;
    let of = |percent| percentile(&latencies, percent).unwrap_or(f64::NAN);
    Ok((
        Percentiles {
            p50: of(50),
            p99: of(99),
        },
        tally,
    ))
}
