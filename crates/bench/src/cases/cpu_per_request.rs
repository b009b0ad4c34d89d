//! CPU time per request, with as many requests as the connections bring forth.

use std::time::Instant;

use anyhow::Result;
use bytes::Bytes;
use tokio::time::sleep;

use super::{Plan, Sample};
use crate::case::Subject;
use crate::gates::Metric;
use crate::load::closed::ClosedLoop;
use crate::procfs::CpuTime;
use crate::prompt;
use crate::provider::Provider;
use crate::setup::Setup;

const SHORT_CONNECTIONS: usize = 32;
const LONG_CONNECTIONS: usize = 8;

pub(super) async fn short(plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    let cost = measure(
        plan,
        setup,
        subject,
        prompt::short(Provider::Stub),
        SHORT_CONNECTIONS,
    )
    .await?;
    let values = vec![
        (Metric::CpuPerRequest, cost.cpu_micros_per_request()),
        (Metric::FaultsPerRequest, cost.faults / cost.requests),
        (Metric::SwitchesPerRequest, cost.switches / cost.requests),
        (Metric::RequestsPerSecond, cost.requests / cost.seconds),
        (Metric::CoreUse, cost.core_percent()),
        (Metric::ResponseSize, cost.body_bytes / cost.requests),
    ];
    Ok(Sample::new(values, cost.failure))
}

pub(super) async fn long(plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    let cost = measure(
        plan,
        setup,
        subject,
        prompt::long(Provider::Stub),
        LONG_CONNECTIONS,
    )
    .await?;
    let values = vec![
        (Metric::CpuPerLongRequest, cost.cpu_micros_per_request()),
        (Metric::LongRequestsPerSecond, cost.requests / cost.seconds),
        (Metric::LongCoreUse, cost.core_percent()),
    ];
    Ok(Sample::new(values, cost.failure))
}

#[derive(Debug)]
struct Cost {
    cpu_nanos: f64,
    faults: f64,
    switches: f64,
    requests: f64,
    body_bytes: f64,
    seconds: f64,
    failure: Option<String>,
}

impl Cost {
    fn cpu_micros_per_request(&self) -> f64 {
        self.cpu_nanos / 1e3 / self.requests
    }

    /// Near 100 the load was enough; below, some of the cost is waking up.
    fn core_percent(&self) -> f64 {
        self.cpu_nanos / 1e9 / self.seconds * 100.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "all far below 52 bits")]
async fn measure(
    plan: &Plan,
    setup: &Setup,
    subject: Subject,
    body: Bytes,
    connections: usize,
) -> Result<Cost> {
    let running = setup.start(subject).await?;
    let load = ClosedLoop::start(running.target(Provider::Stub), &body, connections);
    sleep(plan.warm_up).await;
    let (requests, body_bytes) = (load.tally.ok(), load.tally.body_bytes());
    let (cpu, started) = (CpuTime::of_group(running.group())?, Instant::now());
    sleep(plan.run).await;
    let now = CpuTime::of_group(running.group())?;
    Ok(Cost {
        cpu_nanos: now.nanos_since(&cpu) as f64,
        faults: now.faults_since(&cpu) as f64,
        switches: now.switches_since(&cpu) as f64,
        requests: (load.tally.ok() - requests) as f64,
        body_bytes: (load.tally.body_bytes() - body_bytes) as f64,
        seconds: started.elapsed().as_secs_f64(),
        failure: load.tally.failure(),
    })
}
