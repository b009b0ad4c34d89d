//! Invites into an account.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use store::InviteId;
use store::invites::{self, Invite};
use utoipa::ToSchema;

use crate::api::mailed::visitor_language;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::role_shape::RoleName;
use crate::api::secret_response::secret_response;
use crate::api::time::Time;
use crate::auth::{AccountCaller, Admin, BaseUrl};
use crate::commands::NewInvite;
use crate::mail::{Email, Topic};
use crate::state::ControlState;

/// An invite that can still be accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviteResponse {
    id: String,
    email: String,
    /// `viewer`, `member`, `admin` or `owner`.
    #[schema(value_type = RoleName)]
    role: &'static str,
    created_at: Time,
    expires_at: Time,
    /// The inviter's name.
    invited_by: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateInviteRequest {
    #[schema(max_length = 254)]
    email: String,
    role: RoleName,
}

/// A new invite with the link to hand over, which is in this response and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviteLinkResponse {
    invite: InviteResponse,
    link: String,
}

/// Open invites, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/invites", tag = "members", operation_id = "list_invites",
    params(("account_id" = String, Path), PageQuery), responses((status = 200, body = Page<InviteResponse>)))]
pub(crate) async fn list_invites(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    page: PageRequest,
) -> Result<Json<Page<InviteResponse>>, ApiError> {
    let before = page.after.as_deref().map(InviteId::from);
    let (id, now_ms) = (caller.account_id(), app.clock.now_ms());
    let rows = invites::list_open(&app.db, id, now_ms, before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |invite| invite.id.to_string(),
        describe,
    )))
}

/// Invites somebody, in place of what was open for the same address. Only owners invite owners.
#[utoipa::path(post, path = "/accounts/{account_id}/invites", tag = "members", operation_id = "create_invite",
    params(("account_id" = String, Path)), request_body = CreateInviteRequest,
    responses((status = 201, body = InviteLinkResponse)))]
pub(crate) async fn create_invite(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    BaseUrl(base_url): BaseUrl,
    headers: HeaderMap,
    JsonBody(body): JsonBody<CreateInviteRequest>,
) -> Result<Response, ApiError> {
    let new = NewInvite {
        account_id: Some(caller.account_id().clone()),
        email: body.email,
        role: body.role.into(),
        by: caller.role,
    };
    let (invite, secret) = app.commands(caller.actor()).create_invite(new).await?;
    let link = format!("{base_url}/invite#{}", secret.reveal());
    let (account, now_ms) = (&caller.account, app.clock.now_ms());
    let is_in_bounds = app.throttle.invite_mail(account.id.as_str(), now_ms);
    if is_in_bounds && app.throttle.mail_to(&invite.email, now_ms) {
        let is_named = !account.name.is_empty();
        let name = if is_named {
            &account.name
        } else {
            &account.email
        };
        app.mail.send(Email {
            to: invite.email.clone(),
            language: visitor_language(&headers),
            topic: Topic::Invite {
                link: link.clone(),
                account: name.clone(),
                invited_by: invite.invited_by.clone(),
            },
        });
    }
    let body = InviteLinkResponse {
        invite: describe(invite),
        link,
    };
    Ok(secret_response(StatusCode::CREATED, &body, "link"))
}

/// Revokes an invite that nobody has accepted.
#[utoipa::path(post, path = "/accounts/{account_id}/invites/{id}/revoke", tag = "members",
    operation_id = "revoke_invite", params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn revoke_invite(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let commands = app.commands(caller.actor());
    commands
        .revoke_invite(Some(caller.account_id()), &id.into())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(in crate::api) fn describe(invite: Invite) -> InviteResponse {
    InviteResponse {
        id: invite.id.to_string(),
        email: invite.email,
        role: invite.role.as_str(),
        created_at: Time(invite.created_at_ms),
        expires_at: Time(invite.expires_at_ms),
        invited_by: invite.invited_by,
    }
}
