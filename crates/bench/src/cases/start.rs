//! From starting the program until its first good response.

use std::time::Instant;

use anyhow::Result;

use super::Sample;
use crate::case::Subject;
use crate::gates::Metric;
use crate::setup::Setup;

pub(super) async fn run(setup: &Setup, subject: Subject) -> Result<Sample> {
    let started = Instant::now();
    let mut running = setup.launch(subject)?;
    running.wait_for_success().await?;
    let milliseconds = started.elapsed().as_secs_f64() * 1e3;
    Ok(Sample::new(vec![(Metric::Start, milliseconds)], None))
}
