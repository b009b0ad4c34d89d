//! `GET /api/v1/auth/session`: who is signed in in this browser, if anybody.

use axum::extract::State;
use axum::{Extension, Json};
use gateway::error::ApiError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::me::profile::{self, MeResponse};
use crate::auth::CallerIdentity;
use crate::state::ControlState;

/// The session of a browser.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuthSessionResponse {
    /// The signed-in user; `null` for a visitor.
    me: Option<MeResponse>,
}

/// Shows who is signed in. A visitor is no error here, unlike at `/me`: pages ask it before they know.
#[utoipa::path(get, path = "/auth/session", tag = "auth", operation_id = "get_auth_session",
    responses((status = 200, body = AuthSessionResponse)))]
pub(crate) async fn get_session(
    State(app): State<ControlState>,
    Extension(identity): Extension<CallerIdentity>,
) -> Result<Json<AuthSessionResponse>, ApiError> {
    let me = match &identity {
        CallerIdentity::Session(known) => Some(profile::describe(&app, &known.1, &known.0).await?),
        CallerIdentity::Nobody | CallerIdentity::ManagementKey(_) => None,
    };
    Ok(Json(AuthSessionResponse { me }))
}
