//! Invites as their page uses them: inspect and accept.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::accounts;
use utoipa::ToSchema;

use crate::api::me::profile::{MeResponse, describe};
use crate::api::time::Time;
use crate::auth::{SignedIn, Visitor};
use crate::state::ControlState;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InviteTokenRequest {
    #[schema(max_length = 128)]
    token: String,
}

/// The contents of an invite, for the holder of its link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InviteInspectionResponse {
    /// `null`: to sign up with an account of one's own.
    account_name: Option<String>,
    #[schema(value_type = crate::api::role_shape::RoleName)]
    role: &'static str,
    /// The only address that may accept it.
    email: String,
    expires_at: Time,
}

/// Inspects an invite.
#[utoipa::path(post, path = "/auth/invites/inspect", tag = "auth", operation_id = "inspect_invite",
    request_body = InviteTokenRequest, responses((status = 200, body = InviteInspectionResponse)))]
pub(crate) async fn inspect_invite(
    State(app): State<ControlState>,
    visitor: Visitor,
    JsonBody(body): JsonBody<InviteTokenRequest>,
) -> Result<Json<InviteInspectionResponse>, ApiError> {
    let actor = visitor.actor();
    let invite = app.commands(&actor).open_invite(&body.token).await?;
    let account_name = match &invite.account_id {
        None => None,
        Some(id) => {
            let account = accounts::get_account(&app.db, id).await?;
            let is_named = !account.name.is_empty();
            Some(if is_named {
                account.name
            } else {
                account.email
            })
        }
    };
    Ok(Json(InviteInspectionResponse {
        account_name,
        role: invite.role.as_str(),
        email: invite.email,
        expires_at: Time(invite.expires_at_ms),
    }))
}

/// Joins the account that the caller is invited to.
#[utoipa::path(post, path = "/auth/invites/accept", tag = "auth", operation_id = "accept_invite",
    request_body = InviteTokenRequest, responses((status = 200, body = MeResponse)))]
pub(crate) async fn accept_invite(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<InviteTokenRequest>,
) -> Result<Json<MeResponse>, ApiError> {
    let actor = caller.actor();
    let commands = app.commands(&actor);
    let invite = commands.open_invite(&body.token).await?;
    commands.accept_invite(caller.user(), &invite).await?;
    Ok(Json(describe(&app, caller.user(), caller.session()).await?))
}
