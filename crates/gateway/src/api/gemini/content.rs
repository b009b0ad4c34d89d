//! `POST /v1beta/models/{model}:{method}`: `generateContent`, `streamGenerateContent`, `countTokens`, and
//! what embeds.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::Request;
use llm::languages::{GEMINI, GeminiMethod};
use llm::operation::CHAT;
use serde::Serialize;
use url::form_urlencoded;

use super::{array, embeddings, models};
use crate::auth::ModelCaller;
use crate::error::ApiError;
use crate::inference::{AskedInPath, Surface, estimate_input, infer_asked};
use crate::state::GatewayState;

/// An estimate of a prompt.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GeminiTokenCountResponse {
    total_tokens: u64,
}

pub async fn act(
    State(app): State<GatewayState>,
    ModelCaller(caller): ModelCaller,
    id: Result<Path<String>, PathRejection>,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let named = id.ok().and_then(|Path(id)| {
        let (model, method) = GeminiMethod::split(&id)?;
        Some((models::bare(model).to_owned(), method))
    });
    let Some((model, method)) = named else {
        let path = request.uri().path();
        return Err(ApiError::route_not_found(request.method(), path));
    };
    let surface = Surface::of(&CHAT, &GEMINI);
    let is_streamed = method == GeminiMethod::Stream;
    let asked = AskedInPath {
        model,
        is_streamed,
        recast: None,
    };
    match method {
        GeminiMethod::Generate => infer_asked(&app, caller, surface, Some(asked), request).await,
        GeminiMethod::Stream => {
            let wants_events = asks_for_events(request.uri().query());
            let response = infer_asked(&app, caller, surface, Some(asked), request).await?;
            Ok(if wants_events {
                response
            } else {
                array::of_events(response)
            })
        }
        // No provider is asked, and nothing is charged.
        GeminiMethod::CountTokens => {
            let asked = Some(asked);
            let total_tokens = estimate_input(&app, &caller, surface, asked, request).await?;
            Ok(Json(GeminiTokenCountResponse { total_tokens }).into_response())
        }
        GeminiMethod::Embed => embeddings::embed(&app, caller, asked, (false, request)).await,
        GeminiMethod::EmbedBatch => embeddings::embed(&app, caller, asked, (true, request)).await,
    }
}

/// True where the client wants a stream as server-sent events: else it comes as the items of one list.
fn asks_for_events(query: Option<&str>) -> bool {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .any(|(name, value)| matches!(&*name, "alt" | "$alt") && value.starts_with("sse"))
}
