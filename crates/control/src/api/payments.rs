//! The addresses that payment providers call, and those to which they send buyers back.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use gateway::api::body::read_body;
use gateway::auth::RequestContext;
use gateway::error::ApiError;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Request};

use crate::commands::{Acknowledged, CommandError, cashier};
use crate::payments::{Delivery, DeliveryFault, Notification, Reply, Shop};
use crate::state::ControlState;

/// Bytes of a message: it is read whole before its signature can be verified.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Characters of an id in an address.
const ID_CHARS_MAX: usize = 64;

/// Takes a message of a provider. The response is what its protocol asks, and says nothing else.
pub(crate) async fn notify(
    State(app): State<ControlState>,
    Path(provider): Path<String>,
    context: RequestContext,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    // A provider without its secrets is none: nobody could tell a forged payment.
    let Some(shop) = app.payments.find(&provider) else {
        let (method, path) = (request.method(), request.uri().path());
        return Err(ApiError::route_not_found(method, path));
    };
    let (parts, body) = request.into_parts();
    // The signature is of the bytes as they were sent.
    let body = read_body(
        &app.gateway,
        &context,
        &parts.headers,
        body,
        None,
        MESSAGE_BYTES_MAX,
    )
    .await?;
    let body = Bytes::copy_from_slice(&body);
    let delivery = Delivery {
        method: &parts.method,
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body: &body,
        now_ms: app.clock.now_ms(),
    };
    let provider = &shop.provider;
    let reply = match provider.verify(delivery) {
        Ok(notification) => take(&app, shop, &notification).await,
        Err(DeliveryFault::WrongMethod) => {
            let path = parts.uri.path();
            return Err(ApiError::method_not_allowed(&parts.method, path));
        }
        Err(DeliveryFault::Unreadable) => provider.not_taken(false),
        Err(DeliveryFault::BadSignature { detail, order_id }) => {
            note_refused(&app, shop, (detail, order_id), delivery).await;
            provider.not_taken(false)
        }
    };
    Ok(respond(reply))
}

async fn take(app: &ControlState, shop: &Shop, notification: &Notification) -> Reply {
    let actor = cashier(&shop.config.name);
    let commands = app.commands(&actor);
    match commands.take_notification(shop, notification).await {
        Ok(Acknowledged::Taken) => shop.provider.taken(),
        Ok(Acknowledged::Again) => shop.provider.not_taken(true),
        Err(error) => {
            warn(shop, &error);
            shop.provider.not_taken(true)
        }
    }
}

async fn note_refused(
    app: &ControlState,
    shop: &Shop,
    (detail, order_id): (&str, Option<String>),
    delivery: Delivery<'_>,
) {
    tracing::warn!(
        provider = shop.config.name,
        "a message of a payment provider is not believed: {detail}"
    );
    let raw = if delivery.body.is_empty() {
        delivery.query.to_owned()
    } else {
        String::from_utf8_lossy(delivery.body).into_owned()
    };
    let actor = cashier(&shop.config.name);
    let commands = app.commands(&actor);
    let kept = commands.keep_refused(shop, order_id.as_deref(), (detail, &raw));
    if let Err(error) = kept.await {
        warn(shop, &error);
    }
}

fn warn(shop: &Shop, error: &CommandError) {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        provider = shop.config.name,
        "a message of a payment provider could not be taken; it is sent again"
    );
}

fn respond(reply: Reply) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(reply.content_type)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (reply.status, headers, reply.body).into_response()
}

/// Sends a buyer back to the Dashboard. What the provider put into the address is not looked at: anybody can type it.
pub(crate) async fn send_back(
    State(app): State<ControlState>,
    Path((account_id, order_id)): Path<(String, String)>,
) -> Result<Redirect, ApiError> {
    let is_id = |text: &str| {
        text.len() <= ID_CHARS_MAX
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !is_id(&account_id) || !is_id(&order_id) {
        return Err(ApiError::not_found("order"));
    }
    let base = app.config.accounts.public_url().unwrap_or_default();
    let page = format!("{base}/a/{account_id}/billing?order={order_id}");
    Ok(Redirect::to(&page))
}
