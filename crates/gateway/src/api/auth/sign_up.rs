//! `POST /api/v1/auth/sign-up`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::json_body::JsonBody;
use crate::api::me::profile::MeResponse;
use crate::api::new_password::hash_new_password;
use crate::api::signed_in_answer::signed_in_answer;
use crate::app::AppState;
use crate::auth::Visitor;
use crate::changes::NewPerson;
use crate::config::SignUp;
use crate::error::ApiError;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUpRequest {
    #[schema(max_length = 254)]
    email: String,
    #[schema(min_length = 12, max_length = 128)]
    password: String,
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The token of an invite; needed where sign-up is by invitation.
    #[schema(max_length = 128)]
    invite: Option<String>,
}

/// Signs up: makes a user with an account of their own, or in the account that they are invited to.
#[utoipa::path(post, path = "/auth/sign-up", tag = "auth", operation_id = "sign_up",
    request_body = SignUpRequest, responses((status = 201, body = MeResponse)))]
pub async fn sign_up(
    State(app): State<AppState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<SignUpRequest>,
) -> Result<Response, ApiError> {
    let actor = visitor.actor();
    let changes = app.changes(&actor);
    let mut person = NewPerson::checked(&body.email, body.name.as_deref())?;
    let invite = match (app.config.accounts.sign_up, &body.invite) {
        (SignUp::Closed, _) | (SignUp::Invite, None) => return Err(ApiError::sign_up_closed()),
        (SignUp::Open | SignUp::Invite, Some(token)) => Some(changes.open_invite(token).await?),
        (SignUp::Open, None) => None,
    };
    if invite
        .as_ref()
        .is_some_and(|invite| invite.email != person.email)
    {
        let message = "The invite is for another e-mail address.";
        return Err(ApiError::invalid_field("email", message));
    }
    let counted = app.throttle.sign_up(visitor.address, app.clock.now_ms());
    counted.map_err(ApiError::too_many_attempts)?;
    let hash = hash_new_password(&app, "password", &body.password, &person.email).await?;
    person.password_hash = Some(hash);
    let begun = changes
        .sign_up(person, invite.as_ref(), &visitor.browser())
        .await?;
    signed_in_answer(&app, StatusCode::CREATED, &begun).await
}
