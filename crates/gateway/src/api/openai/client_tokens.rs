//! `POST /v1/client_tokens`: a server mints, with its key, what a page may carry.

use aws_lc_rs::rand;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::api::json_body::JsonBody;
use crate::auth::ApiKeyCaller;
use crate::client_tokens::{ClientToken, MINUTES_MAX, MODELS_MAX, NAME_BYTES_MAX, ORIGINS_MAX};
use crate::config::origins::is_of_program;
use crate::error::ApiError;
use crate::inference::check_rights;
use crate::state::GatewayState;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateClientTokenRequest {
    models: Vec<String>,
    minutes: u32,
    /// Of pages that may carry it. With none, no page may.
    allowed_origins: Vec<String>,
    requests_per_minute: Option<u32>,
    requests_max: Option<u32>,
    max_tokens_per_request: Option<u32>,
}

#[derive(Debug, Serialize)]
pub struct ClientTokenResponse {
    object: &'static str,
    id: String,
    token: String,
    /// Seconds since 1970.
    created: i64,
    expires_at: u32,
    models: Vec<String>,
    allowed_origins: Vec<String>,
    requests_per_minute: Option<u32>,
    requests_max: Option<u32>,
    max_tokens_per_request: Option<u32>,
}

pub async fn create_client_token(
    State(app): State<GatewayState>,
    caller: ApiKeyCaller,
    JsonBody(body): JsonBody<CreateClientTokenRequest>,
) -> Result<Response, ApiError> {
    body.check()?;
    let now_s = app.clock.now_ms() / 1_000;
    let expires_at_s = now_s + 60 * i64::from(body.minutes);
    let mut id = [0; 12];
    rand::fill(&mut id).map_err(ApiError::internal)?;
    let token = ClientToken {
        id,
        digest: caller.key.digest(),
        expires_at_s: u32::try_from(expires_at_s).map_err(ApiError::internal)?,
        models: models(&app, &caller, &body.models)?,
        allowed_origins: body.allowed_origins,
        requests_per_minute: body.requests_per_minute,
        requests_max: body.requests_max,
        max_tokens_per_request: body.max_tokens_per_request,
    };
    let text = token.sign(&app.master).ok_or_else(|| {
        let message = "The token would be too long. Name fewer models and origins.";
        ApiError::invalid_field("models", message)
    })?;
    let mut response = Json(ClientTokenResponse {
        object: "client_token",
        id: token.id_text(),
        token: text,
        created: now_s,
        expires_at: token.expires_at_s,
        models: token.models,
        allowed_origins: token.allowed_origins,
        requests_per_minute: token.requests_per_minute,
        requests_max: token.requests_max,
        max_tokens_per_request: token.max_tokens_per_request,
    })
    .into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl CreateClientTokenRequest {
    fn check(&self) -> Result<(), ApiError> {
        if !(1..=MINUTES_MAX).contains(&self.minutes) {
            let message = format!("A token lives for 1 to {MINUTES_MAX} minutes.");
            return Err(ApiError::invalid_field("minutes", message));
        }
        if !(1..=MODELS_MAX).contains(&self.models.len()) {
            let message = format!("A token is for 1 to {MODELS_MAX} models.");
            return Err(ApiError::invalid_field("models", message));
        }
        if self.allowed_origins.len() > ORIGINS_MAX {
            let message = format!("A token is for at most {ORIGINS_MAX} origins.");
            return Err(ApiError::invalid_field("allowed_origins", message));
        }
        for origin in &self.allowed_origins {
            check_origin(origin)?;
        }
        for (name, limit) in [
            ("requests_per_minute", self.requests_per_minute),
            ("requests_max", self.requests_max),
            ("max_tokens_per_request", self.max_tokens_per_request),
        ] {
            if limit == Some(0) {
                let message = "A limit is at least 1; leave it out for none.";
                return Err(ApiError::invalid_field(name, message));
            }
        }
        Ok(())
    }
}

/// An origin must be written as browsers write it, or it would never be met.
fn check_origin(text: &str) -> Result<(), ApiError> {
    let refuse = |message: String| Err(ApiError::invalid_field("allowed_origins", message));
    if text.len() > NAME_BYTES_MAX {
        return refuse(format!("An origin has at most {NAME_BYTES_MAX} bytes."));
    }
    if is_of_window(text) {
        return Ok(());
    }
    let parsed = Url::parse(text).ok();
    let parsed = parsed.filter(|url| matches!(url.scheme(), "https" | "http"));
    let Some(url) = parsed else {
        return refuse(format!(
            "{text:?} is no origin; write it as https://app.example.com."
        ));
    };
    let written = url.origin().ascii_serialization();
    if written == text {
        return Ok(());
    }
    refuse(format!(
        "{text:?} is not how browsers write an origin; write {written:?}."
    ))
}

/// True for the origin of a program's window. Its scheme is its own, so it has no normal form to compare with.
fn is_of_window(text: &str) -> bool {
    let host = text.split_once("://").map_or("/", |(_, host)| host);
    let is_bare = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b'?' | b'#');
    !text.starts_with("http") && is_of_program(text) && host.bytes().all(is_bare)
}

/// The ids of models that the key may ask, by whatever names they were given.
fn models(
    app: &GatewayState,
    caller: &ApiKeyCaller,
    names: &[String],
) -> Result<Vec<String>, ApiError> {
    let catalog = app.catalog.load();
    let mut ids: Vec<String> = vec![];
    for name in names {
        let found = catalog.model(name);
        let model = found.ok_or_else(|| ApiError::model_not_found(name))?;
        check_rights(caller, model, name)?;
        if !ids.iter().any(|id| **id == *model.id) {
            ids.push(model.id.to_string());
        }
    }
    Ok(ids)
}
