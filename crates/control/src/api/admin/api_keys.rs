//! Keys of all accounts, for operators: found by id, name or hint, revoked and released.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::api_keys::{self, ApiKey, OperatorKeyFilter};
use store::{ApiKeyId, StoreError, accounts};
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::{QueryOf, text};
use crate::api::time::Time;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// Which keys are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OperatorKeysQuery {
    /// The id, or a part of the name or the hint.
    #[param(max_length = 200)]
    query: Option<String>,
    #[param(max_length = 200)]
    account_id: Option<String>,
}

/// A key, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorKeyResponse {
    id: String,
    account_id: String,
    /// The account's name, or its address.
    account_label: String,
    name: String,
    hint: String,
    #[schema(value_type = crate::api::account::api_keys::shapes::KeyEnvironment)]
    environment: &'static str,
    created_at: Time,
    expires_at: Option<Time>,
    revoked_at: Option<Time>,
    last_used_at: Option<Time>,
    /// The quarantine that is in force.
    #[schema(value_type = Option<crate::api::document_words::QuarantineState>)]
    quarantine: Option<&'static str>,
}

/// Keys of all accounts, newest first.
#[utoipa::path(get, path = "/admin/api-keys", tag = "admin", operation_id = "list_operator_api_keys",
    params(PageQuery, OperatorKeysQuery), responses((status = 200, body = Page<OperatorKeyResponse>)))]
pub(crate) async fn list_api_keys(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<OperatorKeysQuery>,
) -> Result<Json<Page<OperatorKeyResponse>>, ApiError> {
    let filter = OperatorKeyFilter {
        text: text(query.query, "query")?,
        account_id: text(query.account_id, "account_id")?,
    };
    let before = page.after.as_deref().map(ApiKeyId::from);
    let rows = api_keys::list_for_operator(&app.db, &filter, before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |(key, _)| key.id.to_string(),
        |(key, label)| describe(key, label),
    )))
}

/// Revokes a key of a customer for good: no server accepts it any more when this is answered.
#[utoipa::path(post, path = "/admin/api-keys/{id}/revoke", tag = "admin", operation_id = "revoke_operator_api_key",
    params(("id" = String, Path)), responses((status = 200, body = OperatorKeyResponse)))]
pub(crate) async fn revoke_api_key(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<Json<OperatorKeyResponse>, ApiError> {
    let key = find(&app, &id.into()).await?;
    let commands = app.commands(operator.actor());
    let key = commands.revoke_api_key(&key.account_id, &key.id).await?;
    described(&app, key).await
}

/// Serves a key of a customer again that was throttled or frozen.
#[utoipa::path(post, path = "/admin/api-keys/{id}/release", tag = "admin", operation_id = "release_operator_api_key",
    params(("id" = String, Path)), responses((status = 200, body = OperatorKeyResponse)))]
pub(crate) async fn release_api_key(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
) -> Result<Json<OperatorKeyResponse>, ApiError> {
    let key = find(&app, &id.into()).await?;
    let commands = app.commands(operator.actor());
    commands.release_api_key(&key.account_id, &key.id).await?;
    described(&app, find(&app, &key.id).await?).await
}

async fn find(app: &Control, id: &ApiKeyId) -> Result<ApiKey, ApiError> {
    match api_keys::get_for_operator(&app.db, id).await {
        Err(StoreError::NotFound { .. }) => Err(ApiError::not_found("API key")),
        found => Ok(found?),
    }
}

async fn described(app: &Control, key: ApiKey) -> Result<Json<OperatorKeyResponse>, ApiError> {
    let account = accounts::get_account(&app.db, &key.account_id).await?;
    let label = if account.name.is_empty() {
        account.email
    } else {
        account.name
    };
    Ok(Json(describe(key, label)))
}

fn describe(key: ApiKey, account_label: String) -> OperatorKeyResponse {
    OperatorKeyResponse {
        id: key.id.to_string(),
        account_id: key.account_id.to_string(),
        account_label,
        name: key.name,
        hint: key.hint,
        environment: key.environment.as_str(),
        created_at: Time(key.created_at_ms),
        expires_at: key.expires_at_ms.map(Time),
        revoked_at: key.revoked_at_ms.map(Time),
        last_used_at: key.last_use.map(|last| Time(last.at_ms)),
        quarantine: key.quarantine.map(|quarantine| quarantine.state.as_str()),
    }
}
