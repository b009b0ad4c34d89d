//! The log of an account's requests, and one request's receipt.

use axum::Json;
use axum::extract::State;
use gateway::api::usage_reads;
use gateway::error::ApiError;
use store::RequestId;
use store::usage_log::{self, LogRange};

use crate::api::error_report::{ErrorGroupResponse, ErrorsQuery, of_account};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::api::request_shapes::{RequestReceiptResponse, RequestResponse, RequestsQuery};
use crate::auth::{AccountCaller, Viewer};
use crate::state::ControlState;

/// Requests of the account, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/requests", tag = "requests", operation_id = "list_requests",
    params(("account_id" = String, Path), PageQuery, RequestsQuery),
    responses((status = 200, body = Page<RequestResponse>)))]
pub(crate) async fn list_requests(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
    QueryOf(query): QueryOf<RequestsQuery>,
) -> Result<Json<Page<RequestResponse>>, ApiError> {
    let (filter, from_ms, to_ms) = query.checked()?;
    // What may be forgotten already is not shown, whether or not it was.
    let begin_ms = app
        .gateway
        .config
        .metering
        .request_log_begin_ms(app.clock.now_ms());
    let from_ms = from_ms.max(begin_ms.unwrap_or_default());
    let range = LogRange {
        from_ms,
        to_ms,
        before: page.after.as_deref().map(RequestId::from),
    };
    let _turn = usage_reads::turn(&app.gateway).await?;
    let id = caller.account_id();
    let rows = usage_log::list(&app.db, id, &filter, &range, page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |entry| entry.request_id.to_string(),
        RequestResponse::of,
    )))
}

/// Everything that is known of one request.
#[utoipa::path(get, path = "/accounts/{account_id}/requests/{id}", tag = "requests", operation_id = "get_request",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = RequestReceiptResponse)))]
pub(crate) async fn get_request(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
) -> Result<Json<RequestReceiptResponse>, ApiError> {
    let _turn = usage_reads::turn(&app.gateway).await?;
    let id = RequestId::from(id);
    let found = usage_log::find_detail(&app.db, caller.account_id(), &id).await?;
    let receipt = found.ok_or_else(|| ApiError::not_found("request"))?;
    Ok(Json(RequestReceiptResponse::of(
        receipt,
        &app.gateway.master,
    )))
}

/// The account's errors of a time, grouped by code, model and key, the most frequent first.
#[utoipa::path(get, path = "/accounts/{account_id}/requests/errors", tag = "requests", operation_id = "list_errors",
    params(("account_id" = String, Path), ErrorsQuery),
    responses((status = 200, body = Page<ErrorGroupResponse>)))]
pub(crate) async fn list_errors(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    QueryOf(query): QueryOf<ErrorsQuery>,
) -> Result<Json<Page<ErrorGroupResponse>>, ApiError> {
    let filter = query.checked(app.clock.now_ms())?;
    let _turn = usage_reads::turn(&app.gateway).await?;
    let groups = of_account(&app, caller.account_id(), filter).await?;
    Ok(Json(Page::whole(groups)))
}
