//! Usage as a table for spreadsheets.

use std::collections::BTreeSet;

use axum::response::Response;
use gateway::error::ApiError;

use super::{UsagePoint, UsageResponse};
use crate::api::csv_table::{Fields, dollars, harmless, number, whole};

const HEAD: [&str; 15] = [
    "Begin (UTC)",
    "Group",
    "Name",
    "Requests",
    "Errors",
    "Refused requests",
    "Input tokens",
    "Output tokens",
    "Cached tokens",
    "Reasoning tokens",
    "Spend (USD)",
    "Average duration (ms)",
    "Median duration (ms)",
    "95th percentile of duration (ms)",
    "Average time to first token (ms)",
];

/// A row per step and group.
///
/// # Errors
/// If memory does not take a write: never in practice.
pub(crate) fn to_csv(usage: &UsageResponse) -> Result<Response, ApiError> {
    // A column for each meter without one of its own that was used at all.
    let meters: BTreeSet<&str> = usage
        .series
        .iter()
        .flat_map(|point| point.sums.meters.keys().copied())
        .collect();
    let head: Vec<&str> = HEAD.into_iter().chain(meters.iter().copied()).collect();
    let rows: Vec<Fields> = usage
        .series
        .iter()
        .map(|point| row(usage, point, &meters))
        .collect();
    whole("usage.csv", &head, &rows)
}

fn row(usage: &UsageResponse, point: &UsagePoint, meters: &BTreeSet<&str>) -> Fields {
    let key = point.key.as_deref().unwrap_or_default();
    let group = usage.groups.iter().find(|group| group.key == key);
    let label = group.map_or("", |group| group.label.as_str());
    let sums = &point.sums;
    let fixed = [
        point.at.to_text(),
        harmless(key),
        harmless(label),
        sums.requests.to_string(),
        sums.errors.to_string(),
        sums.refused.to_string(),
        sums.input_tokens.to_string(),
        sums.output_tokens.to_string(),
        sums.cached_tokens.to_string(),
        sums.reasoning_tokens.to_string(),
        dollars(sums.charge_nanos),
        number(sums.duration_ms_avg),
        number(sums.duration_ms_p50),
        number(sums.duration_ms_p95),
        number(sums.first_token_ms_avg),
    ];
    let amount = |meter| sums.meters.get(meter).copied().unwrap_or_default();
    let amounts = meters.iter().map(|meter| amount(*meter).to_string());
    fixed.into_iter().chain(amounts).collect()
}
