//! `POST /api/v1/me/password`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::mailed::{now_text, tell};
use crate::api::new_password::hash_new_password;
use crate::api::reauthentication::require_password;
use crate::api::signed_in_response::set_cookie;
use crate::auth::SignedIn;
use crate::mail::{MailLanguage, Topic};
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePasswordRequest {
    /// Needed by those who have one.
    #[schema(max_length = 128)]
    current_password: Option<String>,
    #[schema(min_length = 12, max_length = 128)]
    new_password: String,
}

/// Chooses another password. All other sessions end.
#[utoipa::path(post, path = "/me/password", tag = "me", operation_id = "change_password",
    request_body = ChangePasswordRequest, responses((status = 204)))]
pub(crate) async fn change_password(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<ChangePasswordRequest>,
) -> Result<Response, ApiError> {
    let user = caller.user();
    let current = body.current_password.as_deref();
    require_password(&app, &caller, "current_password", current).await?;
    let hash = hash_new_password(&app, "new_password", &body.new_password, &user.email).await?;
    let actor = caller.actor();
    let commands = app.commands(&actor);
    let secret = commands
        .change_password(user, caller.session(), &hash)
        .await?;
    let topic = Topic::PasswordChanged {
        at: now_text(&app),
        address: caller.address.to_string(),
    };
    tell(&app, user, MailLanguage::English, topic);
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&app, &mut response, caller.session(), &secret)?;
    Ok(response)
}
