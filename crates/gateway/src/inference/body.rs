//! The body of a request to a model.

use std::sync::Arc;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request};
use llm::operation::RequestBody;
use llm::{Operation, form};
use tokio::time::Instant;

use crate::auth::{ApiKeyCaller, body_share};
use crate::content_coding::ContentCoding;
use crate::error::ApiError;
use crate::ingress::{self, BodyLimits, BufferedBody, Payer};
use crate::state::Gateway;

pub(super) async fn read(
    app: &Gateway,
    caller: &ApiKeyCaller,
    operation: &Operation,
    request: Request<Body>,
    deadline: Instant,
) -> Result<BufferedBody, ApiError> {
    let headers = request.headers();
    let coding = ContentCoding::of(headers)?;
    let content_type = form_type(operation, headers);
    let server = &app.config.server;
    let mut limits = BodyLimits::of_text(server, deadline);
    if operation.body.may_hold_media() {
        limits = limits.or_media(server);
    }
    let payer = Payer::Key(Arc::clone(&caller.key.counters().key));
    let share = body_share(app, &caller.context, headers);
    let body = request.into_body();
    let body = ingress::read(
        &app.ingress.bodies,
        payer,
        share,
        body,
        Some(coding),
        &limits,
    )
    .await?;
    if let Some(content_type) = content_type {
        form::check_boundary(&content_type, &body)?;
    }
    // Whole, and of a known caller: from here on its connection is not given up to make room.
    caller.context.connection().admit();
    Ok(body)
}

/// The type of a body that has to be a form. JSON is taken where a client names files in place of sending them.
fn form_type(operation: &Operation, headers: &HeaderMap) -> Option<String> {
    if operation.body != RequestBody::Multipart {
        return None;
    }
    let content_type = headers.get(CONTENT_TYPE);
    let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let content_type = content_type.unwrap_or_default();
    let is_json = content_type.trim().starts_with("application/json");
    (!is_json).then(|| content_type.into_owned())
}
