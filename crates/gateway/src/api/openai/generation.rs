//! `GET /v1/generation?id=`: the receipt of a request of the calling key, by the names of OpenRouter's fields.

use axum::Json;
use axum::extract::{Query, State};
use jiff::Timestamp;
use llm::Meter;
use llm::cost::dollars;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::RequestId;
use store::usage_events::EndReason;
use store::usage_log::{self, Receipt};

use crate::api::usage_reads;
use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::state::GatewayState;

/// The longest id that is looked up.
const ID_BYTES_MAX: usize = 100;
const MICROS_PER_MILLI: u64 = 1_000;

#[derive(Debug, Deserialize)]
pub struct GenerationQuery {
    /// The id of the request, as in `x-request-id`.
    id: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct GenerationResponse {
    data: Generation,
}

/// One request. Fields of OpenRouter's that say nothing here are `null`, so that its clients find them.
#[derive(Debug, Serialize)]
struct Generation {
    id: String,
    upstream_id: Option<String>,
    /// Dollars, exact.
    total_cost: Box<RawValue>,
    usage: Box<RawValue>,
    cache_discount: Option<f64>,
    upstream_inference_cost: Option<f64>,
    created_at: String,
    model: String,
    app_id: Option<u64>,
    streamed: bool,
    cancelled: bool,
    provider_name: Option<String>,
    /// Milliseconds until the first token.
    latency: Option<u64>,
    moderation_latency: Option<u64>,
    /// Milliseconds in all.
    generation_time: u64,
    finish_reason: Option<&'static str>,
    native_finish_reason: Option<&'static str>,
    tokens_prompt: u64,
    tokens_completion: u64,
    native_tokens_prompt: u64,
    native_tokens_completion: u64,
    native_tokens_reasoning: u64,
    native_tokens_cached: u64,
    native_tokens_completion_images: u64,
    num_media_prompt: Option<u64>,
    num_media_completion: Option<u64>,
    num_input_audio_prompt: Option<u64>,
    num_search_results: Option<u64>,
    origin: &'static str,
    is_byok: bool,
    external_user: Option<String>,
    api_type: String,
    router: Option<String>,
}

pub async fn get_generation(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    query: Result<Query<GenerationQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<GenerationResponse>, ApiError> {
    let wrong = || ApiError::invalid_query("id", "the x-request-id of a response");
    let Query(query) = query.map_err(|_| wrong())?;
    let id = query.id.filter(|id| id.len() <= ID_BYTES_MAX);
    let id = RequestId::from(id.ok_or_else(wrong)?);
    id.made_at_ms().ok_or_else(wrong)?;
    let _turn = usage_reads::turn(&app).await?;
    let found = usage_log::find_detail(&app.db, caller.key.account_id(), &id).await?;
    // A key sees its own requests, and those of no other.
    let found = found.filter(|receipt| receipt.entry.api_key_id == *caller.key.id());
    let receipt = found.ok_or_else(|| ApiError::not_found("request"))?;
    let data = Generation::of(receipt).map_err(ApiError::internal)?;
    Ok(Json(GenerationResponse { data }))
}

impl Generation {
    fn of(receipt: Receipt) -> serde_json::Result<Self> {
        let usage = receipt.usage();
        let Receipt { entry, detail, .. } = receipt;
        let cost = dollars(entry.charge_nanos);
        let last = detail.attempts.last();
        Ok(Self {
            id: entry.request_id.to_string(),
            upstream_id: last.and_then(|last| last.upstream_request_id.as_deref().map(Into::into)),
            total_cost: RawValue::from_string(cost.clone())?,
            usage: RawValue::from_string(cost)?,
            cache_discount: None,
            upstream_inference_cost: None,
            created_at: Timestamp::from_millisecond(entry.at_ms)
                .unwrap_or_default()
                .to_string(),
            model: entry.model_id,
            app_id: None,
            streamed: entry.is_streamed,
            cancelled: entry.end_reason == EndReason::ClientClosed,
            provider_name: Some(entry.provider_name).filter(|name| !name.is_empty()),
            latency: entry.first_token_us.map(|micros| micros / MICROS_PER_MILLI),
            moderation_latency: None,
            generation_time: entry.duration_us / MICROS_PER_MILLI,
            finish_reason: finish_reason(entry.end_reason),
            native_finish_reason: None,
            tokens_prompt: entry.input_tokens,
            tokens_completion: entry.output_tokens,
            native_tokens_prompt: entry.input_tokens,
            native_tokens_completion: entry.output_tokens,
            native_tokens_reasoning: entry.reasoning_tokens,
            native_tokens_cached: entry.cached_tokens,
            native_tokens_completion_images: usage[Meter::Images],
            num_media_prompt: None,
            num_media_completion: None,
            num_input_audio_prompt: None,
            num_search_results: None,
            origin: "",
            is_byok: false,
            external_user: None,
            api_type: entry.endpoint,
            router: None,
        })
    }
}

/// The reason of the end, as far as it is kept: words of the model's own are not.
fn finish_reason(end: EndReason) -> Option<&'static str> {
    match end {
        EndReason::Completed => Some("stop"),
        EndReason::ClientClosed => None,
        EndReason::Broken | EndReason::Failed | EndReason::ServerCrashed | EndReason::Refused => {
            Some("error")
        }
    }
}
