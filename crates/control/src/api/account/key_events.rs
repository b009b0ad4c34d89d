//! Events of the keys of an account, and which of its members has seen them.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::key_events::{self, KeyEvent};
use store::{ApiKeyId, KeyEventId, UserId, key_event_reads};
use utoipa::ToSchema;

use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::query::QueryOf;
use crate::api::time::Time;
use crate::auth::{AccountCaller, Viewer};
use crate::state::ControlState;

/// Events that are counted as not seen; more are as many.
const UNSEEN_MAX: u32 = 100;
const ID_BYTES_MAX: usize = 100;

/// Which events are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListKeyEventsQuery {
    /// Of this key only.
    #[param(max_length = 100)]
    api_key_id: Option<String>,
}

/// Something that was found about a key.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyEventResponse {
    id: String,
    api_key_id: String,
    /// `costlier_model`, `new_network`, `request_spike`, `spend_spike`, `error_burst`, `browser_use`, `leak_reported`,
    /// `rotation_due` or `budget_alert`.
    kind: &'static str,
    /// The action taken at once: `notified`, `throttled`, `frozen`, `revoked` or `refused`.
    action: &'static str,
    at: Time,
    /// The evidence: what was seen and what is usual.
    #[schema(value_type = Object)]
    facts: Value,
}

impl KeyEventResponse {
    fn of(event: KeyEvent) -> Self {
        Self {
            id: event.id.to_string(),
            api_key_id: event.api_key_id.to_string(),
            kind: event.kind.as_str(),
            action: event.action.as_str(),
            at: Time(event.at_ms),
            facts: event.facts,
        }
    }
}

/// The number of events that the caller has not seen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnseenKeyEventsResponse {
    /// At most 100: that many, or more.
    count: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenKeyEventsRequest {
    /// The newest event that the caller has seen.
    #[schema(max_length = 100)]
    up_to: String,
}

/// Lists the events of the account's keys, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/key-events", tag = "key-events", operation_id = "list_key_events",
    params(("account_id" = String, Path), PageQuery, ListKeyEventsQuery),
    responses((status = 200, body = Page<KeyEventResponse>)))]
pub(crate) async fn list_key_events(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
    QueryOf(query): QueryOf<ListKeyEventsQuery>,
) -> Result<Json<Page<KeyEventResponse>>, ApiError> {
    let key = query.api_key_id.filter(|id| !id.is_empty());
    let key = key.map(ApiKeyId::from);
    let before = page.after.as_deref().map(KeyEventId::from);
    let id = caller.account_id();
    let rows = key_events::list(&app.db, id, key.as_ref(), before.as_ref(), page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |event| event.id.to_string(),
        KeyEventResponse::of,
    )))
}

/// Counts the events of the account that the caller has not seen.
#[utoipa::path(get, path = "/accounts/{account_id}/key-events/unseen", tag = "key-events",
    operation_id = "count_unseen_key_events", params(("account_id" = String, Path)),
    responses((status = 200, body = UnseenKeyEventsResponse)))]
pub(crate) async fn count_unseen_key_events(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Json<UnseenKeyEventsResponse>, ApiError> {
    let user_id = user_of(&caller)?;
    let id = caller.account_id();
    let count = key_event_reads::count_unseen(&app.db, &user_id, id, UNSEEN_MAX).await?;
    Ok(Json(UnseenKeyEventsResponse { count }))
}

/// Notes that the caller has seen the events up to one; an event that is not of the account changes nothing.
#[utoipa::path(post, path = "/accounts/{account_id}/key-events/seen", tag = "key-events",
    operation_id = "mark_key_events_seen", params(("account_id" = String, Path)),
    request_body = SeenKeyEventsRequest, responses((status = 204)))]
pub(crate) async fn mark_key_events_seen(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    JsonBody(body): JsonBody<SeenKeyEventsRequest>,
) -> Result<StatusCode, ApiError> {
    let user_id = user_of(&caller)?;
    if body.up_to.len() > ID_BYTES_MAX {
        return Err(ApiError::invalid_field("up_to", "That is no event."));
    }
    let id = KeyEventId::from(body.up_to);
    // An id that is none of ours would hide what is to come.
    if !key_events::exists(&app.db, caller.account_id(), &id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let mut tx = app.db.begin().await?;
    key_event_reads::mark_seen(&mut tx, &user_id, caller.account_id(), &id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn user_of(caller: &AccountCaller<Viewer>) -> Result<UserId, ApiError> {
    caller.require_session()?;
    Ok(UserId::from(caller.actor().id.as_str()))
}
