//! `POST /api/v1/auth/sign-up`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::invites::Invite;
use store::users;
use utoipa::ToSchema;

use crate::api::mailed::{language_of, write_later};
use crate::api::me::profile::MeResponse;
use crate::api::new_password::hash_new_password;
use crate::api::signed_in_response::signed_in_response;
use crate::auth::Visitor;
use crate::commands::NewPerson;
use crate::config::SignUp;
use crate::mail::{Email, Topic};
use crate::refusal;
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignUpRequest {
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

/// The response where mails are sent: what comes next is in a mail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfirmationSentResponse {
    /// `confirmation_sent`.
    status: &'static str,
}

/// Signs up: makes a user with an account of their own, or in the account that they are invited to.
#[utoipa::path(post, path = "/auth/sign-up", tag = "auth", operation_id = "sign_up",
    request_body = SignUpRequest, responses((status = 201, body = MeResponse), (status = 202, body = ConfirmationSentResponse)))]
pub(crate) async fn sign_up(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<SignUpRequest>,
) -> Result<Response, ApiError> {
    let actor = visitor.actor();
    let commands = app.commands(&actor);
    let mut person = NewPerson::checked(&body.email, body.name.as_deref())?;
    let invite = match (app.config.accounts.sign_up, &body.invite) {
        (SignUp::Closed, _) | (SignUp::Invite, None) => return Err(refusal::sign_up_closed()),
        (SignUp::Open | SignUp::Invite, Some(token)) => Some(commands.open_invite(token).await?),
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
    counted.map_err(refusal::too_many_attempts)?;
    let hash = hash_new_password(&app, "password", &body.password, &person.email).await?;
    person.password_hash = Some(hash);
    if app.mail.is_on() {
        return confirm_by_mail(&app, &visitor, person, invite);
    }
    let begun = commands
        .sign_up(person, invite.as_ref(), &visitor.browser())
        .await?;
    signed_in_response(&app, StatusCode::CREATED, &begun).await
}

/// Responds to the same whether the address has a user or not; its owner is told in a mail.
fn confirm_by_mail(
    app: &ControlState,
    visitor: &Visitor,
    person: NewPerson,
    invite: Option<Invite>,
) -> Result<Response, ApiError> {
    let (actor, browser_language) = (visitor.actor(), visitor.language);
    write_later(app, async move |app: ControlState| {
        if !app.throttle.mail_to(&person.email, app.clock.now_ms()) {
            return Ok(());
        }
        let base_url = app.config.accounts.public_url().unwrap_or_default();
        let known = users::find_by_email(&app.db, &person.email).await?;
        let (language, topic) = match known {
            Some(user) => {
                let link = format!("{base_url}/sign-in");
                let language = language_of(&user, browser_language);
                (language, Topic::AddressIsTaken { link })
            }
            None => {
                let commands = app.commands(&actor);
                let made = commands
                    .create_sign_up_link(&person, invite.as_ref())
                    .await?;
                let link = made.address(base_url, "confirm-email");
                (browser_language, Topic::ConfirmAddress { link })
            }
        };
        app.mail.send(Email {
            to: person.email,
            language,
            topic,
        });
        Ok(())
    })?;
    let body = ConfirmationSentResponse {
        status: "confirmation_sent",
    };
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}
