//! Usage as a table for spreadsheets.

use std::collections::BTreeSet;

use axum::response::{IntoResponse, Response};
use gateway::error::ApiError;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::UsageResponse;

/// A row per step and group.
///
/// # Errors
/// If memory does not take a write: never in practice.
pub fn to_csv(usage: &UsageResponse) -> Result<Response, ApiError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = [
        "at",
        "key",
        "label",
        "requests",
        "errors",
        "refused",
        "input_tokens",
        "output_tokens",
        "cached_tokens",
        "reasoning_tokens",
        "charge_nanos",
        "duration_ms_avg",
        "first_token_ms_avg",
    ];
    // A column for each meter without one of its own that was used at all.
    let meters: BTreeSet<&str> = usage
        .series
        .iter()
        .flat_map(|point| point.sums.meters.keys().copied())
        .collect();
    let head = head.into_iter().chain(meters.iter().copied());
    table.write_record(head).map_err(ApiError::internal)?;
    for point in &usage.series {
        let key = point.key.as_deref().unwrap_or_default();
        let group = usage.groups.iter().find(|group| group.key == key);
        let label = group.map_or("", |group| group.label.as_str());
        let sums = &point.sums;
        let optional = |number: Option<u64>| number.map_or(String::new(), |n| n.to_string());
        let row = [
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
            sums.charge_nanos.to_string(),
            optional(sums.duration_ms_avg),
            optional(sums.first_token_ms_avg),
        ];
        let amount = |meter| {
            sums.meters
                .get(meter)
                .copied()
                .unwrap_or_default()
                .to_string()
        };
        let row = row.into_iter().chain(meters.iter().copied().map(amount));
        table.write_record(row).map_err(ApiError::internal)?;
    }
    let bytes = table
        .into_inner()
        .map_err(|error| ApiError::internal(error.into_error()))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"usage.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
