//! The cases, and the order in which they run.

mod added_latency;
mod cpu_per_chunk;
mod cpu_per_request;
mod memory;
mod start;

use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::args::Args;
use crate::disturbance::Disturbance;
use crate::gates::Metric;
use crate::subject::{Setup, Subject};

/// Medians are of so many runs.
const ROUNDS: usize = 3;
const START_ROUNDS: usize = 5;

/// In the order they run: what a used database could slow down comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    Start,
    Memory,
    Latency,
    Chunks,
    Requests,
    LongRequests,
}

impl Case {
    const fn rounds(self) -> usize {
        match self {
            Self::Start => START_ROUNDS,
            Self::Memory | Self::Latency | Self::Chunks | Self::Requests | Self::LongRequests => {
                ROUNDS
            }
        }
    }

    /// Keys matter where a key is looked up or held, not while a stream runs.
    const fn applies_to(self, subject: Subject) -> bool {
        match (self, subject) {
            (Self::Chunks | Self::LongRequests, Subject::YunxinManyKeys) => false,
            (_, Subject::Nginx | Subject::Yunxin | Subject::YunxinManyKeys) => true,
        }
    }

    async fn run(self, plan: &Plan, setup: &Setup, subject: Subject) -> Result<Sample> {
        match self {
            Self::Start => start::run(setup, subject).await,
            Self::Memory => memory::run(plan, setup, subject).await,
            Self::Latency => added_latency::run(plan, setup, subject).await,
            Self::Chunks => cpu_per_chunk::run(plan, setup, subject).await,
            Self::Requests => cpu_per_request::short(plan, setup, subject).await,
            Self::LongRequests => cpu_per_request::long(plan, setup, subject).await,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Plan {
    cases: Vec<Case>,
    pub(crate) quick: bool,
    pub(crate) many_keys: u32,
    /// How long one load lasts.
    run: Duration,
    warm_up: Duration,
}

impl Plan {
    pub(crate) fn new(args: &Args) -> Self {
        let wanted = |case: &&Case| args.only.is_empty() || args.only.contains(case);
        let cases = Case::value_variants()
            .iter()
            .filter(wanted)
            .copied()
            .collect();
        let (run, warm_up) = if args.quick { (3, 1) } else { (15, 2) };
        let (run, warm_up) = (Duration::from_secs(run), Duration::from_secs(warm_up));
        Self {
            cases,
            quick: args.quick,
            many_keys: args.many_keys,
            run,
            warm_up,
        }
    }
}

/// What one run of one case found about one subject.
#[derive(Debug)]
pub(crate) struct Sample {
    values: Vec<(Metric, f64)>,
    /// Set if anything failed meanwhile.
    failure: Option<String>,
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
            for subject in setup.subjects() {
                if case.applies_to(subject) {
                    let disturbance = Disturbance::start(setup.groups())?;
                    let sample = case.run(plan, setup, subject).await;
                    let sample =
                        sample.with_context(|| format!("{case:?} on {} failed", subject.name()))?;
                    let disturbed = disturbance.percent(setup.groups())?;
                    show_progress(*case, round, subject, &sample, disturbed);
                    add(&mut all, subject, &sample, disturbed);
                }
            }
        }
    }
    all.sort_by_key(|series| series.metric);
    Ok(all)
}

fn add(all: &mut Vec<Series>, subject: Subject, sample: &Sample, disturbed: f64) {
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
        all[index].disturbed.push(disturbed);
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

fn show_progress(case: Case, round: usize, subject: Subject, sample: &Sample, disturbed: f64) {
    let values = sample
        .values
        .iter()
        .map(|(metric, value)| format!("{metric:?} {value:.1} {}", metric.unit()));
    let values = values.collect::<Vec<_>>().join(", ");
    let (rounds, subject) = (case.rounds(), subject.name());
    println!("{case:?} {round}/{rounds} {subject}: {values}; others {disturbed:.0} %");
    if let Some(failure) = &sample.failure {
        println!("  INVALID: {failure}");
    }
}
