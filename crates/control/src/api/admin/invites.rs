//! Invites to sign up, where that needs one.

use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::members::Role;
use utoipa::ToSchema;

use crate::api::link_shape::LinkResponse;
use crate::api::mailed::visitor_language;
use crate::api::secret_response::secret_response;
use crate::api::time::Time;
use crate::auth::{BaseUrl, Operator};
use crate::commands::NewInvite;
use crate::mail::{Email, Topic};
use crate::state::ControlState;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSignUpInviteRequest {
    #[schema(max_length = 254)]
    email: String,
}

/// Invites somebody to sign up with an account of their own.
#[utoipa::path(post, path = "/admin/invites", tag = "admin", operation_id = "create_sign_up_invite",
    request_body = CreateSignUpInviteRequest, responses((status = 201, body = LinkResponse)))]
pub async fn create_sign_up_invite(
    State(app): State<ControlState>,
    operator: Operator,
    BaseUrl(base_url): BaseUrl,
    headers: HeaderMap,
    JsonBody(body): JsonBody<CreateSignUpInviteRequest>,
) -> Result<Response, ApiError> {
    operator.require_session()?;
    let new = NewInvite {
        account_id: None,
        email: body.email,
        role: Role::Owner,
        by: Role::Owner,
    };
    let (invite, secret) = app.commands(operator.actor()).create_invite(new).await?;
    let link = format!("{base_url}/invite#{}", secret.reveal());
    if app.throttle.mail_to(&invite.email, app.clock.now_ms()) {
        app.mail.send(Email {
            to: invite.email,
            language: visitor_language(&headers),
            topic: Topic::SignUpInvite { link: link.clone() },
        });
    }
    let body = LinkResponse {
        link,
        expires_at: Time(invite.expires_at_ms),
    };
    Ok(secret_response(StatusCode::CREATED, &body, "link"))
}
