//! `GET /v1/usage`: what the calling key has used.

use axum::Json;
use axum::extract::{Query, State};
use llm::Usage;
use serde::{Deserialize, Serialize};
use store::usage_rollups::{Sums, list_by_model};

use crate::api::usage_reads;
use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::state::GatewayState;

const DAYS_DEFAULT: u32 = 30;
const DAYS_MAX: u32 = 366;
const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Deserialize)]
pub struct KeyUsageQuery {
    /// Today and so many days before it, in UTC.
    days: Option<u32>,
}

#[derive(Debug, Serialize)]
pub struct KeyUsageResponse {
    object: &'static str,
    api_key_id: String,
    /// Seconds since 1970: the first hour that is counted.
    since: i64,
    #[serde(flatten)]
    total: KeyUsageSums,
    models: Vec<ModelUsage>,
}

#[derive(Debug, Serialize)]
struct ModelUsage {
    model: String,
    #[serde(flatten)]
    sums: KeyUsageSums,
}

#[derive(Debug, Default, Serialize)]
struct KeyUsageSums {
    requests: u64,
    refused: u64,
    errors: u64,
    input_tokens: u64,
    output_tokens: u64,
    cached_tokens: u64,
    reasoning_tokens: u64,
    /// Amounts of the meters that have no member of their own.
    #[serde(skip_serializing_if = "Usage::is_empty")]
    meters: Usage,
    total_tokens: u64,
}

pub async fn get_usage(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    query: Result<Query<KeyUsageQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<KeyUsageResponse>, ApiError> {
    let wrong = || ApiError::invalid_query("days", "a number of days from 1 to 366");
    let Query(query) = query.map_err(|_| wrong())?;
    let days = query.days.unwrap_or(DAYS_DEFAULT);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(wrong());
    }
    let _turn = usage_reads::turn(&app).await?;
    let now_ms = app.clock.now_ms();
    let since_ms = now_ms - now_ms.rem_euclid(DAY_MS) - i64::from(days - 1) * DAY_MS;
    let by_model =
        list_by_model(&app.db, caller.key.account_id(), caller.key.id(), since_ms).await?;
    let mut total = KeyUsageSums::default();
    for (_, sums) in &by_model {
        total.add(sums);
    }
    let models = by_model.into_iter().map(|(model, sums)| {
        let mut own = KeyUsageSums::default();
        own.add(&sums);
        ModelUsage { model, sums: own }
    });
    Ok(Json(KeyUsageResponse {
        object: "usage",
        api_key_id: caller.key.id().to_string(),
        since: since_ms / 1_000,
        total,
        models: models.collect(),
    }))
}

impl KeyUsageSums {
    fn add(&mut self, sums: &Sums) {
        self.requests += sums.requests;
        self.refused += sums.refused;
        self.errors += sums.errors;
        self.input_tokens += sums.input_tokens;
        self.output_tokens += sums.output_tokens;
        self.cached_tokens += sums.cached_tokens;
        self.reasoning_tokens += sums.reasoning_tokens;
        self.meters.add(&sums.meters);
        self.total_tokens += sums.input_tokens + sums.output_tokens;
    }
}
