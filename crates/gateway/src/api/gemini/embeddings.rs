//! `embedContent` and `batchEmbedContents`: vectors of texts, by way of OpenAI's language.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request};
use llm::languages::{OPENAI, embeddings_as_gemini, embeddings_as_openai};
use llm::operation::EMBEDDINGS;

use crate::auth::ApiKeyCaller;
use crate::error::ApiError;
use crate::inference::{AskedInPath, Surface, infer_asked};
use crate::state::GatewayState;

/// Responds with the vector of one text, or, of a batch, with those of several.
pub(super) async fn embed(
    app: &GatewayState,
    caller: ApiKeyCaller,
    asked: AskedInPath,
    (is_batch, request): (bool, Request<Body>),
) -> Result<Response, ApiError> {
    let asked = AskedInPath {
        recast: Some(embeddings_as_openai),
        ..asked
    };
    let surface = Surface::of(&EMBEDDINGS, &OPENAI);
    let response = infer_asked(app, caller, surface, Some(asked), request).await?;
    let (mut head, body) = response.into_parts();
    let body = to_bytes(body, app.config.upstream.response_bytes_max).await;
    let body = body.map_err(ApiError::internal)?;
    let vectors = embeddings_as_gemini(&body, is_batch);
    let vectors = vectors.ok_or_else(|| {
        ApiError::internal(anyhow::anyhow!("a response of embeddings has no vectors"))
    })?;
    let length = HeaderValue::from(vectors.len());
    head.headers.insert(CONTENT_LENGTH, length);
    Ok(Response::from_parts(head, vectors.into()))
}
