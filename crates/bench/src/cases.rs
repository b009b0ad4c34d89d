//! The cases, and the order in which they run.

mod added_latency;
pub(crate) mod counts;
mod cpu_per_chunk;
mod cpu_per_request;
mod memory;
mod start;

use anyhow::{Context, Result};

use crate::case::{Case, Subject};
use crate::disturbance::{Disturbance, TOLERATED_PERCENT};
use crate::gates::Metric;
use crate::plan::Plan;
use crate::setup::Setup;

async fn run(case: Case, plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
    match case {
        Case::Start => start::run(setup, subject).await,
        Case::Memory => memory::run(plan, setup, subject).await,
        Case::Latency => added_latency::run(plan, setup, subject).await,
        Case::Chunks => cpu_per_chunk::run(plan, setup, subject).await,
        Case::Requests => cpu_per_request::short(plan, setup, subject).await,
        Case::LongRequests => cpu_per_request::long(plan, setup, subject).await,
        Case::Counts => counts::run(setup, subject).await,
    }
}

/// The result of one run of one case with one subject.
#[derive(Debug)]
pub(crate) struct Sample {
    values: Vec<(Metric, f64)>,
    /// Set if anything failed meanwhile.
    failure: Option<String>,
    /// The share of one core that other programs took, in percent.
    disturbed: Option<f64>,
}

impl Sample {
    const fn new(values: Vec<(Metric, f64)>, failure: Option<String>) -> Self {
        Self {
            values,
            failure,
            disturbed: None,
        }
    }
}

/// All runs of one metric on one subject.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) metric: Metric,
    pub(crate) subject: Subject,
    pub(crate) runs: Vec<f64>,
    pub(crate) failures: Vec<String>,
    /// Per run, the share of one core that other programs took, in percent.
    pub(crate) disturbed: Vec<f64>,
}

/// Every subject once, then all again: what drifts, drifts for all of them.
pub(crate) async fn run_all(plan: &Plan, setup: &Setup) -> Result<Vec<Series>> {
    let mut all = Vec::new();
    for case in &plan.cases {
        for round in 1..=case.rounds() {
            for subject in setup
                .subjects()
                .into_iter()
                .filter(|subject| case.applies_to(*subject))
            {
                println!("{case:?} {round}/{} {}", case.rounds(), subject.name());
                let sample = run_until_quiet(*case, plan, setup, subject).await;
                let sample =
                    sample.with_context(|| format!("{case:?} on {} failed", subject.name()))?;
                add(&mut all, subject, &sample);
            }
        }
    }
    all.sort_by_key(|series| series.metric);
    Ok(all)
}

/// A disturbed run is made again a few times; the least disturbed one counts.
async fn run_until_quiet(
    case: Case,
    plan: &Plan,
    setup: &Setup,
    subject: Subject,
) -> Result<Sample> {
    let mut best: Option<Sample> = None;
    let repeats = if case.depends_on_time() {
        plan.repeats
    } else {
        0
    };
    for _ in 0..=repeats {
        let disturbance = Disturbance::start(setup.groups())?;
        let mut sample = run(case, plan, setup, subject).await?;
        sample.disturbed = disturbance.percent(setup.groups())?;
        show(&sample);
        let is_better = best
            .as_ref()
            .is_none_or(|best| sample.disturbed < best.disturbed);
        // A failure is never left out.
        let is_final = sample.failure.is_some()
            || sample
                .disturbed
                .is_none_or(|percent| percent <= TOLERATED_PERCENT);
        if is_better || is_final {
            best = Some(sample);
        }
        if is_final {
            break;
        }
    }
    best.context("no run at all")
}

fn add(all: &mut Vec<Series>, subject: Subject, sample: &Sample) {
    for (metric, value) in &sample.values {
        let known = all
            .iter()
            .position(|series| series.metric == *metric && series.subject == subject);
        let index = known.unwrap_or_else(|| {
            all.push(Series::new(*metric, subject));
            all.len() - 1
        });
        all[index].runs.push(*value);
        all[index].failures.extend(sample.failure.clone());
        all[index].disturbed.extend(sample.disturbed);
    }
}

impl Series {
    pub(crate) const fn new(metric: Metric, subject: Subject) -> Self {
        Self {
            metric,
            subject,
            runs: Vec::new(),
            failures: Vec::new(),
            disturbed: Vec::new(),
        }
    }
}

fn show(sample: &Sample) {
    let values = sample
        .values
        .iter()
        .map(|(metric, value)| format!("{metric:?} {value:.1} {}", metric.unit()));
    let values = values.collect::<Vec<_>>().join(", ");
    let disturbed = sample
        .disturbed
        .map_or_else(String::new, |percent| format!("; others {percent:.0} %"));
    println!("  {values}{disturbed}");
    if let Some(failure) = &sample.failure {
        println!("  INVALID: {failure}");
    }
}
