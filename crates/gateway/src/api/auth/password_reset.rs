//! `POST /api/v1/auth/password-reset/confirm`.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use store::one_time_links::LinkKind;
use store::users;
use utoipa::ToSchema;

use crate::api::json_body::JsonBody;
use crate::api::new_password::hash_new_password;
use crate::app::AppState;
use crate::auth::Visitor;
use crate::error::ApiError;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmPasswordResetRequest {
    /// Of the link that came by mail, or from an operator.
    #[schema(max_length = 128)]
    token: String,
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

/// Chooses a new password by a link. All sessions end.
#[utoipa::path(post, path = "/auth/password-reset/confirm", tag = "auth", operation_id = "confirm_password_reset",
    request_body = ConfirmPasswordResetRequest, responses((status = 204)))]
pub async fn confirm_password_reset(
    State(app): State<AppState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<ConfirmPasswordResetRequest>,
) -> Result<StatusCode, ApiError> {
    let actor = visitor.actor();
    let changes = app.changes(&actor);
    // Before the password is hashed, which only who has a link may have us do.
    let (kind @ (LinkKind::PasswordReset | LinkKind::MailedPasswordReset), Some(user_id)) =
        changes.open_link(&body.token).await?
    else {
        return Err(ApiError::invalid_link());
    };
    let email = users::get_user(&app.db, &user_id).await?.email;
    let hash = hash_new_password(&app, "password", &body.password, &email).await?;
    changes.reset_password(&body.token, kind, &hash).await?;
    Ok(StatusCode::NO_CONTENT)
}
