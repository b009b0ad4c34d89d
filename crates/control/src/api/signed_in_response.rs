//! Responses that begin, renew or end a session: with its cookie.

use axum::Json;
use axum::response::{IntoResponse, Response};
use gateway::error::ApiError;
use http::StatusCode;
use http::header::SET_COOKIE;
use store::secret::PlainKey;
use store::sessions::Session;

use super::me::profile::describe;
use crate::auth::Cookie;
use crate::commands::NewSession;
use crate::state::Control;

/// Says who has just signed in, and gives their browser the cookie.
pub(in crate::api) async fn signed_in_response(
    app: &Control,
    status: StatusCode,
    begun: &NewSession,
) -> Result<Response, ApiError> {
    let body = describe(app, &begun.user, &begun.session).await?;
    let mut response = (status, Json(body)).into_response();
    set_cookie(app, &mut response, &begun.session, &begun.secret)?;
    Ok(response)
}

/// Gives the browser of a session its secret.
pub(in crate::api) fn set_cookie(
    app: &Control,
    response: &mut Response,
    session: &Session,
    secret: &PlainKey,
) -> Result<(), ApiError> {
    let seconds = (session.expires_at_ms - app.clock.now_ms()).max(0) / 1_000;
    let value = Cookie::Session.header(&app.gateway.config.public_url, secret.reveal(), seconds)?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(())
}

/// Has the browser forget its session.
pub(in crate::api) fn clear_cookie(app: &Control, response: &mut Response) -> Result<(), ApiError> {
    let value = Cookie::Session.header(&app.gateway.config.public_url, "", 0)?;
    response.headers_mut().append(SET_COOKIE, value);
    Ok(())
}
