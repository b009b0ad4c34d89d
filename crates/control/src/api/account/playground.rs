//! `POST /api/v1/accounts/{account_id}/api-keys/{id}/chat/completions`: a signed-in member talks to a
//! model as one of the account's keys, without its secret: counted, limited and metered as that key.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use gateway::auth::{ApiKeyCaller, RequestContext};
use gateway::error::ApiError;
use gateway::inference::{Surface, infer};
use http::Request;
use llm::languages::OPENAI;
use llm::operation::CHAT;
use store::{ApiKeyId, StoreError, api_keys};

use crate::api::path::PathId;
use crate::auth::{AccountCaller, Member};
use crate::state::ControlState;

/// As `POST /v1/chat/completions` with this key.
#[utoipa::path(post, path = "/accounts/{account_id}/api-keys/{id}/chat/completions", tag = "api-keys",
    operation_id = "try_api_key", params(("account_id" = String, Path), ("id" = String, Path)),
    request_body(content = Object), responses((status = 200, content((Object = "application/json"), (String = "text/event-stream")))))]
pub(crate) async fn try_api_key(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    context: RequestContext,
    PathId(id): PathId,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    caller.require_session()?;
    let id = ApiKeyId::from(id);
    match api_keys::get_api_key(&app.db, caller.account_id(), &id).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("API key")),
        found => found.map(drop)?,
    }
    let key = ApiKeyCaller::on_behalf(&app.gateway, &id, caller.address, context).await?;
    let surface = Surface::of(&CHAT, &OPENAI);
    infer(&app.gateway, key, surface, request).await
}
