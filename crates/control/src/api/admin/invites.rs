//! Invites to sign up, where that needs one.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use store::InviteId;
use store::invites;
use store::members::Role;
use utoipa::ToSchema;

use crate::api::account::invites::{InviteResponse, describe};
use crate::api::link_shape::LinkResponse;
use crate::api::mailed::visitor_language;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::secret_response::secret_response;
use crate::api::time::Time;
use crate::auth::{BaseUrl, Operator};
use crate::commands::NewInvite;
use crate::mail::{Email, Topic};
use crate::state::ControlState;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSignUpInviteRequest {
    #[schema(max_length = 254)]
    email: String,
}

/// Invites somebody to sign up with an account of their own.
#[utoipa::path(post, path = "/admin/invites", tag = "admin", operation_id = "create_sign_up_invite",
    request_body = CreateSignUpInviteRequest, responses((status = 201, body = LinkResponse)))]
pub(crate) async fn create_sign_up_invite(
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

/// Invites to sign up that are not accepted yet, newest first. To send one again is to make another for the same address.
#[utoipa::path(get, path = "/admin/invites", tag = "admin", operation_id = "list_sign_up_invites",
    params(PageQuery), responses((status = 200, body = Page<InviteResponse>)))]
pub(crate) async fn list_sign_up_invites(
    State(app): State<ControlState>,
    operator: Operator,
    page: PageRequest,
) -> Result<Json<Page<InviteResponse>>, ApiError> {
    operator.require_session()?;
    let before = page.after.as_deref().map(InviteId::from);
    let now_ms = app.clock.now_ms();
    let rows = invites::list_open_to_sign_up(&app.db, now_ms, before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |invite| invite.id.to_string(),
        describe,
    )))
}

/// Withdraws an invite to sign up that is not accepted yet.
#[utoipa::path(post, path = "/admin/invites/{id}/revoke", tag = "admin", operation_id = "revoke_sign_up_invite",
    params(("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn revoke_sign_up_invite(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    operator.require_session()?;
    let commands = app.commands(operator.actor());
    commands.revoke_invite(None, &id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
