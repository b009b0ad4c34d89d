//! The body of a request to a model.

use std::sync::Arc;

use axum::body::Body;
use http::Request;
use llm::Operation;
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
    // Whole, and of a known caller: from here on its connection is not given up to make room.
    caller.context.connection().admit();
    Ok(body)
}
