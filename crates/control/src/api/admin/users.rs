//! People, as operators see them. Only people manage people.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::users::{self, User, UserStatus};
use store::{StoreError, UserId};
use utoipa::ToSchema;

use crate::api::link_shape::LinkResponse;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::api::secret_response::secret_response;
use crate::api::time::Time;
use crate::auth::{BaseUrl, Operator};
use crate::commands::RightsEdit;
use crate::state::ControlState;

/// Which users are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListUsersQuery {
    /// A part of the id, the name or the address.
    #[param(max_length = 254)]
    query: Option<String>,
}

/// A person, as operators see them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorUserResponse {
    id: String,
    email: String,
    name: String,
    is_operator: bool,
    has_two_factor: bool,
    created_at: Time,
    last_signed_in_at: Option<Time>,
    /// `active` or `disabled`.
    #[schema(value_type = UserState)]
    status: &'static str,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UserState {
    Active,
    Disabled,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditUserRequest {
    is_operator: Option<bool>,
    status: Option<UserState>,
}

/// Users, newest first.
#[utoipa::path(get, path = "/admin/users", tag = "admin", operation_id = "list_users",
    params(PageQuery, ListUsersQuery), responses((status = 200, body = Page<OperatorUserResponse>)))]
pub(crate) async fn list_users(
    State(app): State<ControlState>,
    operator: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<ListUsersQuery>,
) -> Result<Json<Page<OperatorUserResponse>>, ApiError> {
    operator.require_session()?;
    let text = query.query.unwrap_or_default();
    let before = page.after.as_deref().map(UserId::from);
    let rows = users::list_for_operator(&app.db, &text, before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |user| user.id.to_string(),
        describe,
    )))
}

/// Makes or unmakes an operator, disables or enables a user. Their sessions end.
#[utoipa::path(patch, path = "/admin/users/{id}", tag = "admin", operation_id = "edit_user",
    params(("id" = String, Path)), request_body = EditUserRequest,
    responses((status = 200, body = OperatorUserResponse)))]
pub(crate) async fn edit_user(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<EditUserRequest>,
) -> Result<Json<OperatorUserResponse>, ApiError> {
    operator.require_session()?;
    let edit = RightsEdit {
        is_operator: body.is_operator,
        status: body.status.map(|state| match state {
            UserState::Active => UserStatus::Active,
            UserState::Disabled => UserStatus::Disabled,
        }),
    };
    let commands = app.commands(operator.actor());
    Ok(Json(describe(
        commands.edit_rights(&id.into(), edit).await?,
    )))
}

/// Makes a link by which the user chooses a new password, to be handed over.
#[utoipa::path(post, path = "/admin/users/{id}/reset-link", tag = "admin", operation_id = "create_reset_link",
    params(("id" = String, Path)), responses((status = 200, body = LinkResponse)))]
pub(crate) async fn create_reset_link(
    State(app): State<ControlState>,
    operator: Operator,
    BaseUrl(base_url): BaseUrl,
    PathId(id): PathId,
) -> Result<Response, ApiError> {
    operator.require_session()?;
    let user = match users::get_user(&app.db, &id.into()).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("user")),
        found => found?,
    };
    let made = app
        .commands(operator.actor())
        .create_reset_link(&user)
        .await?;
    let body = LinkResponse {
        link: made.address(&base_url, "reset-password"),
        expires_at: Time(made.expires_at_ms),
    };
    Ok(secret_response(StatusCode::OK, &body, "link"))
}

fn describe(user: User) -> OperatorUserResponse {
    OperatorUserResponse {
        id: user.id.to_string(),
        email: user.email,
        name: user.name,
        is_operator: user.is_operator,
        has_two_factor: user.has_two_factor,
        created_at: Time(user.created_at_ms),
        last_signed_in_at: user.last_signed_in_at_ms.map(Time),
        status: user.status.as_str(),
    }
}
