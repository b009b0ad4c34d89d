//! Management keys of an account. People make and revoke them; no key manages keys.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use store::{ManagementKeyId, UserId, management_keys};

use crate::api::management_key_shape::{
    CreateManagementKeyRequest, ManagementKeyResponse, ManagementKeySecretResponse,
};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::secret_response::secret_response;
use crate::auth::{ACCOUNT_AREAS, AccountCaller, Admin, Owner};
use crate::commands::NewManagementKey;
use crate::state::ControlState;

/// Management keys of the account, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/management-keys", tag = "management-keys",
    operation_id = "list_management_keys", params(("account_id" = String, Path), PageQuery),
    responses((status = 200, body = Page<ManagementKeyResponse>)))]
pub(crate) async fn list_management_keys(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    page: PageRequest,
) -> Result<Json<Page<ManagementKeyResponse>>, ApiError> {
    caller.require_session()?;
    let before = page.after.as_deref().map(ManagementKeyId::from);
    let id = Some(caller.account_id());
    let rows = management_keys::list(&app.db, id, before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |key| key.id.to_string(),
        ManagementKeyResponse::of,
    )))
}

/// Makes a management key; its secret is in this response and nowhere else.
#[utoipa::path(post, path = "/accounts/{account_id}/management-keys", tag = "management-keys",
    operation_id = "create_management_key", params(("account_id" = String, Path)),
    request_body = CreateManagementKeyRequest,
    responses((status = 201, body = ManagementKeySecretResponse)))]
pub(crate) async fn create_management_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Owner>,
    JsonBody(body): JsonBody<CreateManagementKeyRequest>,
) -> Result<Response, ApiError> {
    caller.require_session()?;
    let new = NewManagementKey {
        account_id: Some(caller.account_id().clone()),
        name: body.name,
        scopes: body.scopes,
        created_by: UserId::from(caller.actor().id.as_str()),
        expires_at_ms: body.expires_at.map(|at| at.0),
    };
    let commands = app.commands(caller.actor());
    let (key, secret) = commands.create_management_key(new, &ACCOUNT_AREAS).await?;
    let body = ManagementKeySecretResponse {
        management_key: ManagementKeyResponse::of(key),
        secret: secret.reveal().to_owned(),
    };
    Ok(secret_response(StatusCode::CREATED, &body, "secret"))
}

/// Revokes a management key for good.
#[utoipa::path(post, path = "/accounts/{account_id}/management-keys/{id}/revoke", tag = "management-keys",
    operation_id = "revoke_management_key", params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = ManagementKeyResponse)))]
pub(crate) async fn revoke_management_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Owner>,
    PathId(id): PathId,
) -> Result<Json<ManagementKeyResponse>, ApiError> {
    caller.require_session()?;
    let commands = app.commands(caller.actor());
    let key = commands
        .revoke_management_key(Some(caller.account_id()), &id.into())
        .await?;
    Ok(Json(ManagementKeyResponse::of(key)))
}
