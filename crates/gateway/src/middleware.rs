//! The middleware of every request, in order: it gets an id, the router responds (a panic is a response
//! too), the response gets its headers.
//!
//! This is one function and not a stack of layers: a layer costs an allocation and a virtual call per
//! request, and the order of a stack is read from the bottom.

mod base_path;
mod paths;
mod route_headers;
mod surfaces;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::CONNECTION;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use llm::Operations;
use llm::languages::{ANTHROPIC, GeminiMethod, is_gemini_path};
use llm::operation::CHAT;
use tower::Service;

use crate::api::openai::operations;
use crate::auth::{RateLimitStatus, RequestContext};
use crate::cors;
use crate::error::{ApiError, LoggedError};
use crate::header_text::HeaderText;
use crate::ingress::ClientConnection;
use crate::limits::LimitReport;
use crate::state::GatewayState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RESOURCE: HeaderName = HeaderName::from_static("x-ratelimit-resource");
const PRIORITY: HeaderName = HeaderName::from_static("x-request-priority");

/// Responses one request.
pub async fn respond(
    app: &GatewayState,
    router: &mut Router,
    connection: &Arc<ClientConnection>,
    mut request: Request<Body>,
) -> Response {
    let id = app.ingress.request_ids.generate(app.clock.now_ms());
    let context = RequestContext::new(id, Arc::clone(connection));
    base_path::strip(app.config.public_url.base_path(), request.uri_mut());
    paths::rewrite(&mut request, app.operations);
    let resource = resource_of(request.uri().path(), app.operations);
    let language = surfaces::language_of(request.uri().path(), request.headers());
    request.extensions_mut().insert(context.clone());
    // Browsers ask without a key.
    let preflight = resource.and_then(|_| cors::preflight(request.method(), request.headers()));
    let responded = match preflight {
        Some(response) => Ok(response),
        None => {
            let handled = handle(app, router, request);
            AssertUnwindSafe(handled).catch_unwind().await
        }
    };
    let mut response = match responded {
        Ok(response) => response,
        Err(_) => {
            app.metrics.panics.inc();
            ApiError::internal(anyhow::anyhow!("a handler panicked")).into_response()
        }
    };
    log_failure(&context, &response);
    if let Some(language) = language {
        surfaces::translate(language, context.request_id().as_str(), &mut response);
    }
    let headers = response.headers_mut();
    if connection.has_unread_body() || app.process.draining.is_cancelled() {
        // Such a connection is closed; a client that is not told so loses its next request on it.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let mut text = HeaderText::default();
    if let Some(id) = text.text(context.request_id().as_str()) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(origin) = context.allowed_origin() {
        cors::allow_origin(headers, origin);
    }
    if let Some(route) = context.route() {
        route_headers::write(headers, &mut text, route);
    }
    if let Some(resource) = resource {
        let now_ms = app.clock.now_ms();
        let nobody = || RateLimitStatus {
            report: LimitReport::nobody(now_ms),
            priority: 1,
        };
        let status = context.rate_limit_status().unwrap_or_else(nobody);
        status.report.write(headers, &mut text, now_ms);
        if language.is_some_and(|language| std::ptr::eq(language, &raw const ANTHROPIC)) {
            status.report.write_for_anthropic(headers, &mut text);
        }
        headers.insert(RESOURCE, HeaderValue::from_static(resource));
        headers.insert(PRIORITY, text.number(status.priority.into()));
    }
    response
}

/// Hands a request to its handler: by the table of operations, or else by the router.
async fn handle(app: &GatewayState, router: &mut Router, request: Request<Body>) -> Response {
    if let Some(surface) = operations::surface_of(app.operations, &request) {
        // Boxed, so that a connection that waits does not keep the room.
        return Box::pin(operations::respond(app, surface, request)).await;
    }
    match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// The limited resource of a path of the data plane.
fn resource_of(path: &str, operations: Operations) -> Option<&'static str> {
    if is_gemini_path(path) {
        let method = GeminiMethod::of_path(path);
        let operation = method.map(|method| method.operation().unwrap_or(&CHAT));
        return Some(operation.map_or("models", |operation| operation.resource));
    }
    let path = path.strip_prefix("/v1")?;
    if let Some(operation) = operations.iter().find(|operation| operation.path == path) {
        return Some(operation.resource);
    }
    let first = path.strip_prefix('/')?.split('/').next()?;
    let mut rows = operations.iter();
    if let Some(related) = rows.find(|operation| operation.first_segment() == first) {
        return Some(related.resource);
    }
    Some(match first {
        "messages" | "responses" => CHAT.resource,
        "client_tokens" => "client_tokens",
        "batches" => "batches",
        "files" => "files",
        "models" => "models",
        "key" => "key",
        "usage" => "usage",
        _ => "unknown",
    })
}

/// Logs what only we can mend; what the caller can mend is in the response.
fn log_failure(context: &RequestContext, response: &Response) {
    if !response.status().is_server_error() {
        return;
    }
    let error = response.extensions().get::<LoggedError>();
    // Being busy is no fault; a line for each refusal would let anybody fill the log.
    let is_busy = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    if is_busy && error.is_none_or(|error| error.source.is_none()) {
        return;
    }
    tracing::error!(
        request.id = context.request_id().as_str(),
        status = response.status().as_u16(),
        error.code = error.map(|error| error.code),
        error.source = error
            .and_then(|error| error.source.as_ref())
            .map(|source| format!("{source:#}")),
        "request failed"
    );
}
