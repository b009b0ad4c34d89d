//! The table, the verdicts, and the two files.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::cases::{Plan, Series};
use crate::gates::{Bound, Metric, Verdict};
use crate::stats::median;
use crate::subject::{Setup, Subject};

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
}

impl Report {
    pub(crate) fn new(plan: &Plan, setup: &Setup, all: &[Series]) -> Self {
        let machine = Machine {
            cpu: cpu_name(),
            kernel: first_line("/proc/version"),
            nginx: setup.nginx.version.clone(),
        };
        let settings = Settings {
            quick: plan.quick,
            provider: setup.provider_name(),
            many_keys: plan.many_keys,
        };
        Self {
            machine,
            settings,
            rows: all.iter().map(|series| Row::new(series, all)).collect(),
        }
    }

    /// Nothing failed and every gate was passed.
    pub(crate) fn is_good(&self) -> bool {
        let bad = |row: &Row| {
            !row.failures.is_empty() || matches!(row.verdict, Verdict::Fail | Verdict::Invalid)
        };
        !self.rows.iter().any(bad)
    }

    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        std::fs::create_dir_all(directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        std::fs::write(
            directory.join("bench.json"),
            serde_json::to_string_pretty(self)? + "\n",
        )?;
        std::fs::write(directory.join("bench.md"), self.to_text())?;
        Ok(())
    }

    /// Markdown that can be read as it is.
    pub(crate) fn to_text(&self) -> String {
        let Machine { cpu, kernel, nginx } = &self.machine;
        let quick = if self.settings.quick {
            " Short runs: not figures to keep."
        } else {
            ""
        };
        let mut text = format!(
            "\n{cpu}; {kernel}; {nginx}; provider: {}.{quick}\n\n",
            self.settings.provider
        );
        let header = [
            "measure", "subject", "unit", "median", "runs", "x nginx", "gate", "aim", "verdict",
        ];
        let cells: Vec<[String; 9]> = self.rows.iter().map(Row::cells).collect();
        let width = |column: usize| {
            cells
                .iter()
                .map(|row| row[column].len())
                .chain([header[column].len()])
                .max()
        };
        let widths: Vec<usize> = (0..header.len()).filter_map(width).collect();
        push_line(&mut text, &header.map(String::from), &widths);
        push_line(
            &mut text,
            &std::array::from_fn(|column| "-".repeat(widths[column])),
            &widths,
        );
        for row in &cells {
            push_line(&mut text, row, &widths);
        }
        for row in self.rows.iter().filter(|row| !row.failures.is_empty()) {
            let failures = row.failures.join("; ");
            text += &format!(
                "\nINVALID: {}, {}: {failures}\n",
                row.metric.title(),
                row.subject
            );
        }
        text
    }
}

fn push_line(text: &mut String, cells: &[String; 9], widths: &[usize]) {
    for (cell, width) in cells.iter().zip(widths) {
        // Writing to a string cannot fail.
        let _ = write!(text, "| {cell:width$} ");
    }
    text.push_str("|\n");
}

impl Row {
    fn new(series: &Series, all: &[Series]) -> Self {
        let is_reference = series.subject == Subject::Nginx;
        let reference = all
            .iter()
            .find(|other| other.subject == Subject::Nginx && other.metric == series.metric);
        let reference = reference
            .filter(|reference| reference.failures.is_empty())
            .and_then(|other| median(&other.runs));
        let value = median(&series.runs);
        let times_nginx = value
            .zip(reference)
            .and_then(|(value, reference)| ratio(value, reference));
        let times_nginx = times_nginx.filter(|_| !is_reference);
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
        let (metric, subject, failures) = (
            series.metric,
            series.subject.name(),
            series.failures.clone(),
        );
        let (unit, runs) = (metric.unit(), series.runs.clone());
        Self {
            metric,
            subject,
            unit,
            median: value,
            runs,
            times_nginx,
            gate,
            aim,
            verdict,
            failures,
        }
    }

    fn cells(&self) -> [String; 9] {
        let runs = self
            .runs
            .iter()
            .map(|run| format!("{run:.1}"))
            .collect::<Vec<_>>()
            .join(" ");
        let times = match self.metric.bound() {
            Bound::TimesNginx { .. } => " x",
            Bound::AtMost { .. } | Bound::None => "",
        };
        let bound =
            |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value}{times}"));
        let verdict = match self.verdict {
            Verdict::Aim => "aim reached",
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::Invalid => "INVALID",
            Verdict::None => "",
        };
        let median = self
            .median
            .map_or_else(String::new, |median| format!("{median:.1}"));
        let times_nginx = self
            .times_nginx
            .map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let [gate, aim] = [self.gate, self.aim].map(bound);
        let (title, subject) = (self.metric.title().to_owned(), self.subject.to_owned());
        [
            title,
            subject,
            self.unit.to_owned(),
            median,
            runs,
            times_nginx,
            gate,
            aim,
            verdict.to_owned(),
        ]
    }
}

/// Nothing can be said against a reference of nothing, or below it.
fn ratio(value: f64, reference: f64) -> Option<f64> {
    (reference > 0.0 && value.is_finite()).then(|| value / reference)
}

fn first_line(path: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split(" (")
        .next()
        .unwrap_or_default()
        .trim()
        .to_owned()
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
