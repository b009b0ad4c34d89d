//! Bodies of the management API and of leak reports.

use std::time::Duration;

use axum::body::Body;
use http::HeaderMap;
use tokio::time::Instant;

use crate::auth::{RequestContext, body_share};
use crate::content_coding::ContentCoding;
use crate::error::ApiError;
use crate::ingress::{self, BodyLimits, BufferedBody, Payer};
use crate::state::Gateway;

/// The time that a body has in all; the largest needs 17 KiB per second.
const BODY_WAIT: Duration = Duration::from_secs(60);

/// Reads a body of at most `bytes_max` bytes, and decodes it if `coding` names a content coding.
///
/// # Errors
/// If it is too large, too slow or broken, or if there is no room for it.
pub async fn read_body(
    app: &Gateway,
    context: &RequestContext,
    headers: &HeaderMap,
    body: Body,
    coding: Option<ContentCoding>,
    bytes_max: usize,
) -> Result<BufferedBody, ApiError> {
    let limits = BodyLimits::fixed(&app.config.server, bytes_max, Instant::now() + BODY_WAIT);
    let share = body_share(app, context, headers);
    ingress::read(
        &app.ingress.bodies,
        Payer::Management,
        share,
        body,
        coding,
        &limits,
    )
    .await
}
