//! The middleware of the management API: the caller is authenticated, a write
//! by cookie must come from our own pages (CSRF), and a repeated write (idempotency key) gets its first response again.

use std::panic::AssertUnwindSafe;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use gateway::api::body::read_body;
use gateway::api::json_body::{BODY_BYTES_MAX, is_json};
use gateway::auth::RequestContext;
use gateway::error::ApiError;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use store::idempotency::{self, Claim};

use crate::api::secret_response::WithoutSecret;
use crate::auth::CallerIdentity;
use crate::refusal;
use crate::state::ControlState;

const OUR_HEADER: HeaderName = HeaderName::from_static("x-yunxin-request");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// A zero byte in an address.
const ZERO: &str = "%00";
const KEY_CHARS_MAX: usize = 255;
/// Bytes of a response that is kept.
const RESPONSE_BYTES_MAX: u64 = 256 * 1024;

/// Responses one request of the management API.
pub(crate) async fn guard(
    State(app): State<ControlState>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(error) = check_address(request.uri()) {
        return private(error.into_response());
    }
    let identity = match CallerIdentity::of(&app, request.headers()).await {
        Ok(identity) => identity,
        Err(error) => return private(error.into_response()),
    };
    let is_write = !matches!(*request.method(), Method::GET | Method::HEAD);
    let needs_our_page = is_write && !matches!(identity, CallerIdentity::ManagementKey(_));
    if needs_our_page && !comes_from_our_page(request.headers()) {
        return private(refusal::cross_site_request().into_response());
    }
    if needs_our_page && has_body(&request) && !is_json(request.headers()) {
        return private(ApiError::json_expected().into_response());
    }
    let caller = identity.caller();
    request.extensions_mut().insert(identity);
    let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
    let response = match (caller, key) {
        (Some(caller), Some(key)) if is_write && !is_playground(request.uri().path()) => {
            once(&app, caller, &key, request, next)
                .await
                .unwrap_or_else(ApiError::into_response)
        }
        _ => next.run(request).await,
    };
    private(response)
}

/// PostgreSQL has no text with a zero byte in it, so nothing is called that and nothing is found by it.
fn check_address(uri: &Uri) -> Result<(), ApiError> {
    if uri.path().contains(ZERO) {
        return Err(ApiError::not_found("thing"));
    }
    if uri.query().is_some_and(|query| query.contains(ZERO)) {
        return Err(ApiError::invalid_query("query", "text without zero bytes"));
    }
    Ok(())
}

/// A talk with a model is a request of its own each time, and its response may be a stream.
fn is_playground(path: &str) -> bool {
    path.ends_with("/chat/completions")
}

/// Forms of other sites can send bodies too, but never as JSON.
fn has_body(request: &Request) -> bool {
    !request.body().is_end_stream()
}

/// A cookie alone proves nothing about who wrote the request: a page of another site can send it too. A
/// page of ours says so by a header that others cannot add, and the browser says where it is from.
fn comes_from_our_page(headers: &HeaderMap) -> bool {
    if headers
        .get(OUR_HEADER)
        .is_none_or(|value| value != "dashboard")
    {
        return false;
    }
    if let Some(site) = headers.get(FETCH_SITE) {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().unwrap_or_default();
    origin.split_once("://").map(|(_, host)| host) == host
}

/// Nothing of this is for caches.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-content-type-options"),
        HeaderValue::from_static("nosniff"),
    );
    response
}

async fn once(
    app: &ControlState,
    caller: String,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let name = key
        .to_str()
        .ok()
        .filter(|name| (1..=KEY_CHARS_MAX).contains(&name.len()))
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic()))
        .ok_or_else(refusal::invalid_idempotency_key)?;
    let (mut parts, body) = request.into_parts();
    let context = RequestContext::from_request_parts(&mut parts, app).await?;
    // The handler decodes it.
    let body = read_body(
        &app.gateway,
        &context,
        &parts.headers,
        body,
        None,
        BODY_BYTES_MAX,
    )
    .await?;
    let fingerprint = fingerprint(&parts.method, parts.uri.path(), &body);
    let now_ms = app.clock.now_ms();
    match idempotency::claim(&app.db, &caller, name, &fingerprint, now_ms).await? {
        Claim::Ours => {}
        Claim::Running => return Err(refusal::idempotency_in_progress()),
        Claim::Reused => return Err(refusal::idempotency_key_reused()),
        Claim::Completed { status, body } => return Ok(replay(status, body)),
    }
    // In a task of its own: a client that hangs up must not leave a change half made and its key claimed.
    let (owned, name) = (app.clone(), name.to_owned());
    let request = Request::from_parts(parts, Body::from(Bytes::clone(&body)));
    drop(body);
    let running = app.gateway.process.tasks.spawn(async move {
        let run = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        match run {
            Ok(response) => keep(&owned, &caller, &name, response).await,
            Err(_) => {
                owned.gateway.metrics.panics.inc();
                release(&owned, &caller, &name).await?;
                Err(ApiError::internal(anyhow::anyhow!("a handler panicked")))
            }
        }
    });
    running.await.map_err(ApiError::internal)?
}

async fn release(app: &ControlState, caller: &str, name: &str) -> Result<(), ApiError> {
    let mut tx = app.db.begin().await?;
    idempotency::release(&mut tx, caller, name).await?;
    Ok(tx.commit().await?)
}

fn fingerprint(method: &Method, path: &str, body: &[u8]) -> Vec<u8> {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        context.update(&part.len().to_le_bytes());
        context.update(part);
    }
    context.finish().as_ref().to_vec()
}

fn replay(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Keeps what was done. What was refused was not done, and may be tried again under the same key.
async fn keep(
    app: &ControlState,
    caller: &str,
    name: &str,
    response: Response,
) -> Result<Response, ApiError> {
    let (parts, body) = response.into_parts();
    let is_text = parts
        .headers
        .get(CONTENT_TYPE)
        .is_none_or(|value| value == "application/json");
    let is_kept = body
        .size_hint()
        .upper()
        .is_some_and(|bytes| bytes <= RESPONSE_BYTES_MAX);
    if !parts.status.is_success() || !is_text || !is_kept {
        release(app, caller, name).await?;
        return Ok(Response::from_parts(parts, body));
    }
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(ApiError::internal)?;
    let kept = match parts.extensions.get::<WithoutSecret>() {
        Some(WithoutSecret(value)) => value.to_string(),
        None => String::from_utf8_lossy(&body).into_owned(),
    };
    let mut tx = app.db.begin().await?;
    idempotency::finish(&mut tx, caller, name, parts.status.as_u16(), &kept).await?;
    tx.commit().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}
