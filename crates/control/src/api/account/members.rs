//! Members of an account.

use axum::Json;
use axum::extract::{FromRequestParts, RawPathParams, State};
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use store::UserId;
use store::members::{self, Member, Role};
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::role_shape::RoleName;
use crate::api::time::Time;
use crate::auth::{AccountCaller, Admin, Viewer};
use crate::refusal;
use crate::state::ControlState;

/// A member, as the others see them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberResponse {
    user_id: String,
    email: String,
    name: String,
    /// `viewer`, `member`, `admin` or `owner`.
    #[schema(value_type = RoleName)]
    role: &'static str,
    joined_at: Time,
    has_two_factor: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditMemberRequest {
    role: RoleName,
}

/// The user whom the path names.
#[derive(Debug)]
pub(crate) struct PathUser(UserId);

impl FromRequestParts<ControlState> for PathUser {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| ApiError::not_found("member"))?;
        let id = params.iter().find(|(name, _)| *name == "user_id");
        id.map(|(_, id)| Self(id.into()))
            .ok_or_else(|| ApiError::not_found("member"))
    }
}

/// Members of the account, those who joined last first.
#[utoipa::path(get, path = "/accounts/{account_id}/members", tag = "members", operation_id = "list_members",
    params(("account_id" = String, Path), PageQuery), responses((status = 200, body = Page<MemberResponse>)))]
pub(crate) async fn list_members(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
) -> Result<Json<Page<MemberResponse>>, ApiError> {
    let wrong = || ApiError::invalid_query("cursor", "next_cursor of an earlier page");
    let place = page.after.as_deref().map(|place| {
        let (at_ms, id) = place.split_once(' ').ok_or_else(wrong)?;
        Ok::<_, ApiError>((at_ms.parse().map_err(|_| wrong())?, UserId::from(id)))
    });
    let place: Option<(i64, UserId)> = place.transpose()?;
    let before = place.as_ref().map(|(at_ms, id)| (*at_ms, id));
    let rows = members::list(&app.db, caller.account_id(), before, page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |member| format!("{} {}", member.joined_at_ms, member.user_id),
        describe,
    )))
}

/// Gives a member another role. Only owners make and unmake owners.
#[utoipa::path(patch, path = "/accounts/{account_id}/members/{user_id}", tag = "members",
    operation_id = "edit_member", params(("account_id" = String, Path), ("user_id" = String, Path)),
    request_body = EditMemberRequest, responses((status = 200, body = MemberResponse)))]
pub(crate) async fn edit_member(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    PathUser(user_id): PathUser,
    JsonBody(body): JsonBody<EditMemberRequest>,
) -> Result<Json<MemberResponse>, ApiError> {
    let (account_id, role) = (caller.account_id(), body.role.into());
    let commands = app.commands(caller.actor());
    let member = commands
        .edit_member(account_id, &user_id, role, caller.role)
        .await?;
    Ok(Json(describe(member)))
}

/// Removes a member from the account. Any member may leave.
#[utoipa::path(post, path = "/accounts/{account_id}/members/{user_id}/remove", tag = "members",
    operation_id = "remove_member", params(("account_id" = String, Path), ("user_id" = String, Path)),
    responses((status = 204)))]
pub(crate) async fn remove_member(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathUser(user_id): PathUser,
) -> Result<StatusCode, ApiError> {
    let is_oneself = caller.is_session && caller.actor().id == user_id.as_str();
    if !is_oneself && caller.role < Role::Admin {
        return Err(refusal::missing_role(Role::Admin.as_str()));
    }
    let by = (!is_oneself).then_some(caller.role);
    let commands = app.commands(caller.actor());
    commands
        .remove_member(caller.account_id(), &user_id, by)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn describe(member: Member) -> MemberResponse {
    MemberResponse {
        user_id: member.user_id.to_string(),
        email: member.email,
        name: member.name,
        role: member.role.as_str(),
        joined_at: Time(member.joined_at_ms),
        has_two_factor: member.has_two_factor,
    }
}
