//! User-mode instructions per request: a count that no neighbour on the machine disturbs.
//!
//! Two runs under callgrind that differ in the number of requests only; start and stop cancel out.

use anyhow::Result;

use super::Sample;
use crate::callgrind::Callgrind;
use crate::case::Subject;
use crate::gates::Metric;
use crate::load::closed;
use crate::prompt;
use crate::provider::Provider;
use crate::setup::Setup;

const CONNECTIONS: usize = 16;
const FEW_PER_CONNECTION: u32 = 50;
const MANY_PER_CONNECTION: u32 = 350;

#[expect(clippy::cast_precision_loss, reason = "far below 52 bits")]
pub(super) async fn run(setup: &Setup, subject: Subject) -> Result<Sample> {
    let few = count(setup, subject, FEW_PER_CONNECTION).await?;
    let many = count(setup, subject, MANY_PER_CONNECTION).await?;
    let requests = f64::from(MANY_PER_CONNECTION - FEW_PER_CONNECTION) * CONNECTIONS as f64;
    let per_request = many.saturating_sub(few) as f64 / requests;
    let values = vec![(Metric::InstructionsPerRequest, per_request)];
    Ok(Sample::new(values, None))
}

async fn count(setup: &Setup, subject: Subject, per_connection: u32) -> Result<u64> {
    let callgrind = Callgrind::new()?;
    let mut running = setup.launch_under(subject, &callgrind)?;
    running.wait_for_success().await?;
    let (target, body) = (
        running.target(Provider::Stub),
        prompt::short(Provider::Stub),
    );
    closed::ask_times(target, &body, CONNECTIONS, per_connection).await?;
    running.stop()?;
    callgrind.instructions()
}
