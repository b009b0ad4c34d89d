//! The rows, their verdicts, and the two files.

mod text;

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::case::Subject;
use crate::cases::Series;
use crate::gates::{Bound, Metric, Verdict};
use crate::plan::Plan;
use crate::setup::Setup;
use crate::stats::median;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    settings: Settings,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Machine {
    cpu: String,
    kernel: String,
    nginx: String,
}

#[derive(Debug, Serialize)]
struct Settings {
    quick: bool,
    provider: &'static str,
    many_keys: u32,
}

/// One metric of one subject.
#[derive(Debug, Serialize)]
struct Row {
    metric: Metric,
    subject: &'static str,
    unit: &'static str,
    median: Option<f64>,
    runs: Vec<f64>,
    times_nginx: Option<f64>,
    gate: Option<f64>,
    aim: Option<f64>,
    verdict: Verdict,
    failures: Vec<String>,
    /// The largest share of one core that other programs took during a run.
    others_percent: f64,
}

impl Report {
    pub(crate) fn new(plan: &Plan, setup: &Setup, all: &[Series]) -> Self {
        let nginx = setup.nginx.as_ref();
        let nginx = nginx.map(|nginx| nginx.version.clone()).unwrap_or_default();
        let (cpu, kernel) = (cpu_name(), kernel_version());
        let (quick, many_keys) = (plan.quick, plan.many_keys);
        Self {
            machine: Machine { cpu, kernel, nginx },
            settings: Settings {
                quick,
                provider: setup.provider_name(),
                many_keys,
            },
            rows: all.iter().map(|series| Row::new(series, all)).collect(),
        }
    }

    /// Nothing failed and every gate was passed.
    pub(crate) fn is_good(&self) -> bool {
        let is_bad = |row: &Row| matches!(row.verdict, Verdict::Fail | Verdict::Invalid);
        !self.rows.iter().any(is_bad)
    }

    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        let cannot = || format!("cannot write to {}", directory.display());
        std::fs::create_dir_all(directory).with_context(cannot)?;
        let json = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(directory.join("bench.json"), json).with_context(cannot)?;
        std::fs::write(directory.join("bench.md"), self.to_text()).with_context(cannot)
    }
}

impl Row {
    fn new(series: &Series, all: &[Series]) -> Self {
        let value = median(&series.runs);
        let is_reference = series.subject == Subject::Nginx;
        let times_nginx = if is_reference {
            None
        } else {
            ratio(value, reference(series.metric, all))
        };
        let bound = if is_reference {
            Bound::None
        } else {
            series.metric.bound()
        };
        let verdict = match value {
            Some(value) if series.failures.is_empty() => bound.judge(value, times_nginx),
            Some(_) | None => Verdict::Invalid,
        };
        let (gate, aim) = match bound {
            Bound::TimesNginx { gate, aim } | Bound::AtMost { gate, aim } => {
                (Some(gate), Some(aim))
            }
            Bound::None => (None, None),
        };
        Self {
            metric: series.metric,
            subject: series.subject.name(),
            unit: series.metric.unit(),
            median: value,
            runs: series.runs.clone(),
            times_nginx,
            gate,
            aim,
            verdict,
            failures: series.failures.clone(),
            others_percent: series.disturbed.iter().copied().fold(0.0, f64::max),
        }
    }
}

/// The value of nginx, if nothing failed meanwhile.
fn reference(metric: Metric, all: &[Series]) -> Option<f64> {
    let is_reference = |other: &&Series| other.subject == Subject::Nginx && other.metric == metric;
    let reference = all.iter().find(is_reference)?;
    if reference.failures.is_empty() {
        median(&reference.runs)
    } else {
        None
    }
}

/// Nothing can be said of what was lost in noise: an added latency below zero on either side.
fn ratio(value: Option<f64>, reference: Option<f64>) -> Option<f64> {
    let (value, reference) = (value?, reference?);
    (reference > 0.0 && value > 0.0).then(|| value / reference)
}

fn kernel_version() -> String {
    let text = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("Linux {}", text.trim())
}

fn cpu_name() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    name.map_or_else(
        || "unknown CPU".to_owned(),
        |(_, name)| name.trim().to_owned(),
    )
}

#[cfg(test)]
mod tests;
