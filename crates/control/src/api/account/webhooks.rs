//! Webhooks of an account: where it is told of what is noticed about its keys.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::webhooks::{self, Settled, Webhook};
use store::{StoreError, WebhookDeliveryId, WebhookId};
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::secret_response::secret_response;
use crate::api::time::Time;
use crate::auth::{AccountCaller, Admin};
use crate::commands::{WEBHOOKS_MAX, WebhookEdit};
use crate::state::ControlState;
use crate::webhooks::{Message, Sent, body_of_test, send};

/// An address that is told, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookResponse {
    id: String,
    url: String,
    created_at: Time,
    /// False if nothing is sent to it: it was turned off, or every delivery failed for five
    /// days.
    is_enabled: bool,
    /// Since when every delivery fails.
    failing_since: Option<Time>,
    last_delivery: Option<LastDeliveryResponse>,
}

/// The result of the last delivery.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LastDeliveryResponse {
    at: Time,
    /// The status of the response; `null` without one.
    status: Option<i64>,
    /// The reason of the failure; `null` if it was delivered.
    error: Option<String>,
}

/// A webhook with the secret that its messages are signed with, which is shown this once; `null` when the response is
/// a repeated one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookSecretResponse {
    webhook: WebhookResponse,
    #[schema(value_type = Option<String>)]
    secret: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhookRequest {
    /// `https://…`, on the public network.
    #[schema(max_length = 2_000)]
    url: String,
}

/// The changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditWebhookRequest {
    #[schema(max_length = 2_000)]
    url: Option<String>,
    is_enabled: Option<bool>,
}

/// The result of a test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookTestResponse {
    ok: bool,
    status: Option<u16>,
    duration_ms: u64,
    /// The fault, in words; empty without one.
    message: String,
}

impl WebhookResponse {
    fn of(webhook: Webhook) -> Self {
        Self {
            id: webhook.id.to_string(),
            url: webhook.url,
            created_at: Time(webhook.created_at_ms),
            is_enabled: webhook.disabled_at_ms.is_none(),
            failing_since: webhook.failing_since_ms.map(Time),
            last_delivery: webhook.last.map(|last| LastDeliveryResponse {
                at: Time(last.at_ms),
                status: last.status,
                error: Some(last.error).filter(|error| !error.is_empty()),
            }),
        }
    }
}

/// Webhooks of the account, oldest first.
#[utoipa::path(get, path = "/accounts/{account_id}/webhooks", tag = "webhooks", operation_id = "list_webhooks",
    params(("account_id" = String, Path)), responses((status = 200, body = Page<WebhookResponse>)))]
pub(crate) async fn list_webhooks(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
) -> Result<Json<Page<WebhookResponse>>, ApiError> {
    let rows = webhooks::list(&app.db, caller.account_id(), WEBHOOKS_MAX).await?;
    let rows = rows.into_iter().map(WebhookResponse::of);
    Ok(Json(Page::whole(rows.collect())))
}

/// Adds a webhook; the secret that its messages are signed with is in this response and nowhere else.
#[utoipa::path(post, path = "/accounts/{account_id}/webhooks", tag = "webhooks", operation_id = "create_webhook",
    params(("account_id" = String, Path)), request_body = CreateWebhookRequest,
    responses((status = 201, body = WebhookSecretResponse)))]
pub(crate) async fn create_webhook(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    JsonBody(body): JsonBody<CreateWebhookRequest>,
) -> Result<Response, ApiError> {
    let commands = app.commands(caller.actor());
    let made = commands
        .create_webhook(caller.account_id(), &body.url, &app.egress_client)
        .await?;
    let (webhook, secret) = made;
    let body = WebhookSecretResponse {
        webhook: WebhookResponse::of(webhook),
        secret: secret.to_string(),
    };
    Ok(secret_response(StatusCode::CREATED, &body, "secret"))
}

/// Changes the address of a webhook, or turns it on or off.
#[utoipa::path(patch, path = "/accounts/{account_id}/webhooks/{id}", tag = "webhooks", operation_id = "edit_webhook",
    params(("account_id" = String, Path), ("id" = String, Path)), request_body = EditWebhookRequest,
    responses((status = 200, body = WebhookResponse)))]
pub(crate) async fn edit_webhook(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    PathId(id): PathId,
    JsonBody(body): JsonBody<EditWebhookRequest>,
) -> Result<Json<WebhookResponse>, ApiError> {
    let edit = WebhookEdit {
        url: body.url,
        is_enabled: body.is_enabled,
    };
    let commands = app.commands(caller.actor());
    let webhook = commands
        .edit_webhook(caller.account_id(), &id.into(), edit, &app.egress_client)
        .await?;
    Ok(Json(WebhookResponse::of(webhook)))
}

/// Removes a webhook with what waits for it.
#[utoipa::path(delete, path = "/accounts/{account_id}/webhooks/{id}", tag = "webhooks", operation_id = "delete_webhook",
    params(("account_id" = String, Path), ("id" = String, Path)), responses((status = 204)))]
pub(crate) async fn delete_webhook(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    PathId(id): PathId,
) -> Result<StatusCode, ApiError> {
    let commands = app.commands(caller.actor());
    commands
        .delete_webhook(caller.account_id(), &id.into())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a signed message of the type `webhook.test`, and says what came of it.
#[utoipa::path(post, path = "/accounts/{account_id}/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = WebhookTestResponse)))]
pub(crate) async fn test_webhook(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    PathId(id): PathId,
) -> Result<Json<WebhookTestResponse>, ApiError> {
    let id = WebhookId::from(id);
    let (webhook, sealed) = match webhooks::get(&app.db, caller.account_id(), &id).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("webhook")),
        found => found?,
    };
    let secret = app
        .gateway
        .master
        .open(&webhooks::place_of_secret(&id), &sealed)?;
    let at_ms = app.clock.now_ms();
    let message_id = WebhookDeliveryId::generate();
    let body = body_of_test(&Time(at_ms).to_text()).to_string();
    let message = Message {
        id: message_id.as_str(),
        body: &body,
        at_ms,
    };
    let began_at = Instant::now();
    let sent = send(&app.egress_client, &webhook.url, &secret, message).await;
    let duration_ms = u64::try_from(began_at.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, error) = match sent {
        Sent::Taken(status) => (Some(status), None),
        Sent::Refused(status) => (Some(status), Some(format!("it answered {status}"))),
        Sent::Failed(why) => (None, Some(why.to_owned())),
    };
    let settled = Settled {
        at_ms,
        status: status.map(i64::from),
        error: error.clone(),
        again_at_ms: None,
        is_last: false,
    };
    let mut tx = app.db.begin().await?;
    webhooks::note_last(&mut tx, &id, &settled).await?;
    tx.commit().await?;
    Ok(Json(WebhookTestResponse {
        ok: error.is_none(),
        status,
        duration_ms,
        message: error.unwrap_or_default(),
    }))
}
