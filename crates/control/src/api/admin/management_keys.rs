//! Management keys of operators.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use store::{ManagementKeyId, management_keys};

use crate::api::management_key_shape::{
    CreateManagementKeyRequest, ManagementKeyResponse, ManagementKeySecretResponse,
};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::secret_response::secret_response;
use crate::auth::{Operator, SignedIn};
use crate::commands::NewManagementKey;
use crate::state::ControlState;

/// The areas that an operator's key can be let into.
const AREAS: [&str; 1] = ["admin"];

/// Management keys of the operators, newest first.
#[utoipa::path(get, path = "/admin/management-keys", tag = "admin", operation_id = "list_operator_management_keys",
    params(PageQuery), responses((status = 200, body = Page<ManagementKeyResponse>)))]
pub(crate) async fn list_management_keys(
    State(app): State<ControlState>,
    _: Operator,
    _: SignedIn,
    page: PageRequest,
) -> Result<Json<Page<ManagementKeyResponse>>, ApiError> {
    let before = page.after.as_deref().map(ManagementKeyId::from);
    let rows = management_keys::list(&app.db, None, before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |key| key.id.to_string(),
        ManagementKeyResponse::of,
    )))
}

/// Makes an operator's management key; its secret is in this response and nowhere else.
#[utoipa::path(post, path = "/admin/management-keys", tag = "admin", operation_id = "create_operator_management_key",
    request_body = CreateManagementKeyRequest, responses((status = 201, body = ManagementKeySecretResponse)))]
pub(crate) async fn create_management_key(
    State(app): State<ControlState>,
    operator: Operator,
    person: SignedIn,
    JsonBody(body): JsonBody<CreateManagementKeyRequest>,
) -> Result<Response, ApiError> {
    let new = NewManagementKey {
        account_id: None,
        name: body.name,
        scopes: body.scopes,
        created_by: person.user().id.clone(),
        expires_at_ms: body.expires_at.map(|at| at.0),
    };
    let commands = app.commands(operator.actor());
    let (key, secret) = commands.create_management_key(new, &AREAS).await?;
    let body = ManagementKeySecretResponse {
        management_key: ManagementKeyResponse::of(key),
        secret: secret.reveal().to_owned(),
    };
    Ok(secret_response(StatusCode::CREATED, &body, "secret"))
}

/// Revokes an operator's management key for good.
#[utoipa::path(post, path = "/admin/management-keys/{id}/revoke", tag = "admin",
    operation_id = "revoke_operator_management_key", params(("id" = String, Path)),
    responses((status = 200, body = ManagementKeyResponse)))]
pub(crate) async fn revoke_management_key(
    State(app): State<ControlState>,
    operator: Operator,
    _: SignedIn,
    PathId(id): PathId,
) -> Result<Json<ManagementKeyResponse>, ApiError> {
    let commands = app.commands(operator.actor());
    let key = commands.revoke_management_key(None, &id.into()).await?;
    Ok(Json(ManagementKeyResponse::of(key)))
}
