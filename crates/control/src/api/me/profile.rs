//! `/api/v1/me`: who is signed in, and how they like it.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::{JsonBody, present};
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::members;
use store::sessions::Session;
use store::users::User;
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::auth::SignedIn;
use crate::commands::ProfileEdit;
use crate::state::{Control, ControlState};

/// The signed-in user and their accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeResponse {
    user: UserResponse,
    accounts: Vec<MembershipResponse>,
    session: CurrentSessionResponse,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserResponse {
    id: String,
    email: String,
    name: String,
    /// `en`, `zh-CN` or `zh-TW`; `null` for what the browser prefers.
    #[schema(value_type = Option<crate::api::document_words::Language>)]
    language: Option<String>,
    /// `light`, `dark` or `system`.
    #[schema(value_type = crate::api::document_words::Theme)]
    theme: String,
    is_operator: bool,
    has_password: bool,
    has_two_factor: bool,
    is_email_confirmed: bool,
    notifications: NotificationSettings,
    created_at: Time,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotificationSettings {
    rotation: bool,
    security: bool,
}

/// An account of theirs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembershipResponse {
    id: String,
    name: String,
    #[schema(value_type = crate::api::role_shape::RoleName)]
    role: &'static str,
    tier: String,
    #[schema(value_type = crate::api::admin::accounts::AccountState)]
    status: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CurrentSessionResponse {
    id: String,
    expires_at: Time,
}

/// The changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditMeRequest {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `en`, `zh-CN` or `zh-TW`; `null` for what the browser prefers.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<crate::api::document_words::Language>)]
    language: Option<Option<String>>,
    /// `light`, `dark` or `system`.
    #[schema(value_type = Option<crate::api::document_words::Theme>)]
    theme: Option<String>,
    notifications: Option<EditNotificationSettings>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditNotificationSettings {
    rotation: Option<bool>,
    security: Option<bool>,
}

impl From<EditMeRequest> for ProfileEdit {
    fn from(edit: EditMeRequest) -> Self {
        let notifications = edit.notifications.as_ref();
        Self {
            notifies_rotation: notifications.and_then(|settings| settings.rotation),
            notifies_security: notifications.and_then(|settings| settings.security),
            name: edit.name,
            language: edit.language,
            theme: edit.theme,
        }
    }
}

/// Shows the signed-in user.
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "get_me",
    responses((status = 200, body = MeResponse)))]
pub(crate) async fn get_me(
    State(app): State<ControlState>,
    caller: SignedIn,
) -> Result<Json<MeResponse>, ApiError> {
    Ok(Json(describe(&app, caller.user(), caller.session()).await?))
}

/// Changes the caller's name, language, theme or notifications.
#[utoipa::path(patch, path = "/me", tag = "me", operation_id = "edit_me",
    request_body = EditMeRequest, responses((status = 200, body = MeResponse)))]
pub(crate) async fn edit_me(
    State(app): State<ControlState>,
    caller: SignedIn,
    JsonBody(body): JsonBody<EditMeRequest>,
) -> Result<Json<MeResponse>, ApiError> {
    let actor = caller.actor();
    let commands = app.commands(&actor);
    let user = commands
        .edit_profile(&caller.user().id, body.into())
        .await?;
    Ok(Json(describe(&app, &user, caller.session()).await?))
}

/// Describes a user who has just signed in, or asks who they are.
pub(in crate::api) async fn describe(
    app: &Control,
    user: &User,
    session: &Session,
) -> Result<MeResponse, ApiError> {
    let accounts = members::list_accounts_of(&app.db, &user.id).await?;
    let accounts = accounts
        .into_iter()
        .map(|(account, role)| MembershipResponse {
            id: account.id.to_string(),
            name: if account.name.is_empty() {
                account.email
            } else {
                account.name
            },
            role: role.as_str(),
            tier: account.tier_id,
            status: account.status.as_str(),
        });
    Ok(MeResponse {
        user: UserResponse {
            id: user.id.to_string(),
            email: user.email.clone(),
            name: user.name.clone(),
            language: user.language.clone(),
            theme: user.theme.clone(),
            is_operator: user.is_operator,
            has_password: user.has_password,
            has_two_factor: user.has_two_factor,
            is_email_confirmed: user.email_confirmed_at_ms.is_some(),
            notifications: NotificationSettings {
                rotation: user.notifies_rotation,
                security: user.notifies_security,
            },
            created_at: Time(user.created_at_ms),
        },
        accounts: accounts.collect(),
        session: CurrentSessionResponse {
            id: session.id.to_string(),
            expires_at: Time(session.expires_at_ms),
        },
    })
}
