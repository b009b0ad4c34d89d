//! API keys of an account: list, create, read, narrow, revoke, regenerate.

mod limits_shape;
pub(crate) mod shapes;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use store::api_keys::{self, AnomalyAction, ApiKeyFilter};
use store::{ApiKeyId, StoreError};

use crate::api::budget_shape::kept;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::api::secret_response::secret_response;
use crate::auth::{AccountCaller, Member, Viewer};
use crate::commands::NewApiKey;
use crate::state::{Control, ControlState};

use shapes::{
    ApiKeyResponse, ApiKeySecretResponse, CreateApiKeyRequest, EditApiKeyRequest, ListApiKeysQuery,
    RegenerateApiKeyRequest, SecretStateResponse, describe_all,
};

const WEEK_MS: i64 = 7 * 86_400_000;

/// Keys of the account, newest first; revoked ones stay listed.
#[utoipa::path(get, path = "/accounts/{account_id}/api-keys", tag = "api-keys", operation_id = "list_api_keys",
    params(("account_id" = String, Path), PageQuery, ListApiKeysQuery),
    responses((status = 200, body = Page<ApiKeyResponse>)))]
pub(crate) async fn list_api_keys(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
    QueryOf(query): QueryOf<ListApiKeysQuery>,
) -> Result<Json<Page<ApiKeyResponse>>, ApiError> {
    let now_ms = app.clock.now_ms();
    let filter = ApiKeyFilter {
        now_ms,
        expiring_until_ms: now_ms + WEEK_MS,
        ..query.checked()?
    };
    let before = page.after.as_deref().map(ApiKeyId::from);
    let id = caller.account_id();
    let rows = api_keys::list_newest(&app.db, id, &filter, before.as_ref(), page.rows()).await?;
    let page = Page::of(rows, &page, |key| key.id.to_string(), |key| key);
    Ok(Json(Page {
        data: describe_all(&app, id, page.data).await?,
        next_cursor: page.next_cursor,
    }))
}

/// Makes a key; its secret is in this response and nowhere else.
#[utoipa::path(post, path = "/accounts/{account_id}/api-keys", tag = "api-keys", operation_id = "create_api_key",
    params(("account_id" = String, Path)), request_body = CreateApiKeyRequest,
    responses((status = 201, body = ApiKeySecretResponse)))]
pub(crate) async fn create_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    JsonBody(body): JsonBody<CreateApiKeyRequest>,
) -> Result<Response, ApiError> {
    let new = NewApiKey {
        account_id: caller.account_id().clone(),
        name: body.name,
        environment: body.environment.into(),
        restrictions: body.restrictions.unwrap_or_default().into(),
        expires_at_ms: body.expires_at.map(|at| at.0),
        anomaly_action: body
            .anomaly_action
            .map_or(AnomalyAction::Notify, Into::into),
        shows_cost: body.shows_cost.unwrap_or(true),
        caches_prompts: body.caches_prompts.unwrap_or(false),
        budgets: kept(body.budgets.unwrap_or_default()),
        own_limits: body.limits.unwrap_or_default().into(),
    };
    let (key, secret) = app.commands(caller.actor()).create_api_key(new).await?;
    let api_key = describe(&app, &caller, &key.id).await?;
    let body = ApiKeySecretResponse {
        api_key,
        secret: secret.reveal().to_owned(),
    };
    Ok(secret_response(StatusCode::CREATED, &body, "secret"))
}

/// One key.
#[utoipa::path(get, path = "/accounts/{account_id}/api-keys/{id}", tag = "api-keys", operation_id = "get_api_key",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = ApiKeyResponse)))]
pub(crate) async fn get_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
) -> Result<Json<ApiKeyResponse>, ApiError> {
    Ok(Json(describe(&app, &caller, &id.into()).await?))
}

/// Renames, narrows or widens a key, or moves its expiry.
#[utoipa::path(patch, path = "/accounts/{account_id}/api-keys/{id}", tag = "api-keys", operation_id = "edit_api_key",
    params(("account_id" = String, Path), ("id" = String, Path)), request_body = EditApiKeyRequest,
    responses((status = 200, body = ApiKeyResponse)))]
pub(crate) async fn edit_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    PathId(id): PathId,
    JsonBody(body): JsonBody<EditApiKeyRequest>,
) -> Result<Json<ApiKeyResponse>, ApiError> {
    let id = ApiKeyId::from(id);
    app.commands(caller.actor())
        .edit_api_key(caller.account_id(), &id, body.into())
        .await?;
    Ok(Json(describe(&app, &caller, &id).await?))
}

/// Revokes a key for good: no server accepts it any more when this is answered.
#[utoipa::path(post, path = "/accounts/{account_id}/api-keys/{id}/revoke", tag = "api-keys", operation_id = "revoke_api_key",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = ApiKeyResponse)))]
pub(crate) async fn revoke_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    PathId(id): PathId,
) -> Result<Json<ApiKeyResponse>, ApiError> {
    let id = ApiKeyId::from(id);
    app.commands(caller.actor())
        .revoke_api_key(caller.account_id(), &id)
        .await?;
    Ok(Json(describe(&app, &caller, &id).await?))
}

/// Gives a key a new secret; its id, name, configuration, counters and history stay.
#[utoipa::path(post, path = "/accounts/{account_id}/api-keys/{id}/regenerate", tag = "api-keys", operation_id = "regenerate_api_key",
    params(("account_id" = String, Path), ("id" = String, Path)), request_body = RegenerateApiKeyRequest,
    responses((status = 200, body = ApiKeySecretResponse)))]
pub(crate) async fn regenerate_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    PathId(id): PathId,
    JsonBody(body): JsonBody<RegenerateApiKeyRequest>,
) -> Result<Response, ApiError> {
    let id = ApiKeyId::from(id);
    let grace_ms = body.grace_seconds.unwrap_or(0).saturating_mul(1_000);
    let commands = app.commands(caller.actor());
    let (_, secret) = commands
        .regenerate_api_key(caller.account_id(), &id, grace_ms)
        .await?;
    let body = ApiKeySecretResponse {
        api_key: describe(&app, &caller, &id).await?,
        secret: secret.reveal().to_owned(),
    };
    Ok(secret_response(StatusCode::OK, &body, "secret"))
}

/// Ends the old secrets of a key that still work.
#[utoipa::path(post, path = "/accounts/{account_id}/api-keys/{id}/end-grace", tag = "api-keys", operation_id = "end_api_key_grace",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = ApiKeyResponse)))]
pub(crate) async fn end_api_key_grace(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    PathId(id): PathId,
) -> Result<Json<ApiKeyResponse>, ApiError> {
    let id = ApiKeyId::from(id);
    app.commands(caller.actor())
        .end_api_key_grace(caller.account_id(), &id)
        .await?;
    Ok(Json(describe(&app, &caller, &id).await?))
}

/// Serves a key again that was throttled or frozen: every server does when this is answered.
#[utoipa::path(post, path = "/accounts/{account_id}/api-keys/{id}/release", tag = "api-keys", operation_id = "release_api_key",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = ApiKeyResponse)))]
pub(crate) async fn release_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    PathId(id): PathId,
) -> Result<Json<ApiKeyResponse>, ApiError> {
    let id = ApiKeyId::from(id);
    app.commands(caller.actor())
        .release_api_key(caller.account_id(), &id)
        .await?;
    Ok(Json(describe(&app, &caller, &id).await?))
}

/// The secrets that a key has and had, newest first: by their hints, with who used them last.
#[utoipa::path(get, path = "/accounts/{account_id}/api-keys/{id}/secrets", tag = "api-keys", operation_id = "list_api_key_secrets",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = Page<SecretStateResponse>)))]
pub(crate) async fn list_api_key_secrets(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
) -> Result<Json<Page<SecretStateResponse>>, ApiError> {
    let id = ApiKeyId::from(id);
    find(&app, &caller, &id).await?;
    let secrets = api_keys::list_secrets(&app.db, &id).await?;
    let secrets = secrets.into_iter().map(SecretStateResponse::of);
    Ok(Json(Page::whole(secrets.collect())))
}

async fn find<R>(
    app: &Control,
    caller: &AccountCaller<R>,
    id: &ApiKeyId,
) -> Result<api_keys::ApiKey, ApiError> {
    match api_keys::get_api_key(&app.db, caller.account_id(), id).await {
        Err(StoreError::NotFound { .. }) => Err(ApiError::not_found("API key")),
        found => Ok(found?),
    }
}

async fn describe<R>(
    app: &Control,
    caller: &AccountCaller<R>,
    id: &ApiKeyId,
) -> Result<ApiKeyResponse, ApiError> {
    let key = find(app, caller, id).await?;
    let mut described = describe_all(app, caller.account_id(), vec![key]).await?;
    described
        .pop()
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("a key was not described")))
}
