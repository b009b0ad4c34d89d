//! Passwords that were forgotten.

use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::Deserialize;
use store::one_time_links::LinkKind;
use store::users::{self, UserStatus};
use utoipa::ToSchema;

use crate::api::mailed::{language_of, now_text, tell, write_later};
use crate::api::new_password::hash_new_password;
use crate::auth::Visitor;
use crate::mail::{Email, Topic};
use crate::refusal;
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmPasswordResetRequest {
    /// Of the link that came by mail, or from an operator.
    #[schema(max_length = 128)]
    token: String,
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestPasswordResetRequest {
    #[schema(max_length = 254)]
    email: String,
}

/// Asks for a mail with a link to choose a new password. Whether the address has a user is not said.
#[utoipa::path(post, path = "/auth/password-reset", tag = "auth", operation_id = "request_password_reset",
    request_body = RequestPasswordResetRequest, responses((status = 202)))]
pub(crate) async fn request_password_reset(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<RequestPasswordResetRequest>,
) -> Result<StatusCode, ApiError> {
    let email = body.email.trim().to_lowercase();
    let counted = app.throttle.sign_up(visitor.address, app.clock.now_ms());
    counted.map_err(refusal::too_many_attempts)?;
    if app.mail.is_on() {
        let (actor, browser_language) = (visitor.actor(), visitor.language);
        write_later(&app, async move |app: ControlState| {
            let found = users::find_by_email(&app.db, &email).await?;
            let found = found.filter(|user| user.status == UserStatus::Active);
            let Some(user) = found else { return Ok(()) };
            if !app.throttle.mail_to(&email, app.clock.now_ms()) {
                return Ok(());
            }
            let made = app.commands(&actor).create_mailed_reset_link(&user).await?;
            let base_url = app.config.accounts.public_url().unwrap_or_default();
            app.mail.send(Email {
                to: email,
                language: language_of(&user, browser_language),
                topic: Topic::ResetPassword {
                    link: made.address(base_url, "reset-password"),
                },
            });
            Ok(())
        })?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// Chooses a new password by a link. All sessions end.
#[utoipa::path(post, path = "/auth/password-reset/confirm", tag = "auth", operation_id = "confirm_password_reset",
    request_body = ConfirmPasswordResetRequest, responses((status = 204)))]
pub(crate) async fn confirm_password_reset(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<ConfirmPasswordResetRequest>,
) -> Result<StatusCode, ApiError> {
    let actor = visitor.actor();
    let commands = app.commands(&actor);
    // Before the password is hashed, which only who has a link may have us do.
    let (kind @ (LinkKind::PasswordReset | LinkKind::MailedPasswordReset), Some(user_id)) =
        commands.open_link(&body.token).await?
    else {
        return Err(refusal::invalid_link());
    };
    let email = users::get_user(&app.db, &user_id).await?.email;
    let hash = hash_new_password(&app, "password", &body.password, &email).await?;
    let user = commands.reset_password(&body.token, kind, &hash).await?;
    let topic = Topic::PasswordChanged {
        at: now_text(&app),
        address: visitor.address.to_string(),
    };
    tell(&app, &user, visitor.language, topic);
    Ok(StatusCode::NO_CONTENT)
}
