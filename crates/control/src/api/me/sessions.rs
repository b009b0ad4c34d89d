//! Browsers in which the caller is signed in.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Serialize;
use store::SessionId;
use store::sessions::{self, Session};
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::time::Time;
use crate::auth::SignedIn;
use crate::state::ControlState;

/// A browser in which the caller is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionResponse {
    id: String,
    /// True if it is the one that asks.
    is_current: bool,
    created_at: Time,
    last_seen_at: Time,
    expires_at: Time,
    address: String,
    agent: String,
}

/// The caller's sessions, the last used first.
#[utoipa::path(get, path = "/me/sessions", tag = "me", operation_id = "list_sessions",
    responses((status = 200, body = Page<SessionResponse>)))]
pub(crate) async fn list_sessions(
    State(app): State<ControlState>,
    caller: SignedIn,
) -> Result<Json<Page<SessionResponse>>, ApiError> {
    let user = caller.user();
    let now_ms = app.clock.now_ms();
    let idle_ms = app.config.accounts.session_idle_ms(user.is_operator);
    let rows = sessions::list(&app.db, &user.id, now_ms, now_ms - idle_ms).await?;
    let current = &caller.session().id;
    let rows = rows.into_iter().map(|session| describe(session, current));
    Ok(Json(Page::whole(rows.collect())))
}

/// Ends a session of the caller.
#[utoipa::path(post, path = "/me/sessions/{id}/end", tag = "me", operation_id = "end_session",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn end_session(
    State(app): State<ControlState>,
    caller: SignedIn,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let actor = caller.actor();
    let commands = app.commands(&actor);
    commands.end_session(caller.user(), &id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of the caller but the one that asks.
#[utoipa::path(post, path = "/me/sessions/end-others", tag = "me", operation_id = "end_other_sessions",
    responses((status = 204)))]
pub(crate) async fn end_other_sessions(
    State(app): State<ControlState>,
    caller: SignedIn,
) -> Result<StatusCode, ApiError> {
    let actor = caller.actor();
    let commands = app.commands(&actor);
    let current = &caller.session().id;
    commands.end_other_sessions(caller.user(), current).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn describe(session: Session, current: &SessionId) -> SessionResponse {
    SessionResponse {
        is_current: session.id == *current,
        id: session.id.to_string(),
        created_at: Time(session.created_at_ms),
        last_seen_at: Time(session.last_seen_at_ms),
        expires_at: Time(session.expires_at_ms),
        address: session.address,
        agent: session.agent,
    }
}
