//! Requests across accounts, for operators: one by its id, and errors in groups.

use axum::Json;
use axum::extract::State;
use gateway::api::usage_reads;
use gateway::error::ApiError;
use store::{AccountId, RequestId, StoreError, accounts, api_keys, usage_log};

use crate::api::error_report::{ErrorGroupResponse, ErrorsQuery, of_platform};
use crate::api::pagination::Page;
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::api::request_shapes::OperatorRequestReceiptResponse;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// Everything that is known of one request of whichever account, with what the upstream said.
#[utoipa::path(get, path = "/admin/requests/{id}", tag = "admin", operation_id = "get_operator_request",
    params(("id" = String, Path)), responses((status = 200, body = OperatorRequestReceiptResponse)))]
pub(crate) async fn get_request(
    State(app): State<ControlState>,
    _: Operator,
    PathId(id): PathId,
) -> Result<Json<OperatorRequestReceiptResponse>, ApiError> {
    let _turn = usage_reads::turn(&app.gateway).await?;
    let found = usage_log::find_anywhere(&app.db, &RequestId::from(id)).await?;
    let (account_id, receipt) = found.ok_or_else(|| ApiError::not_found("request"))?;
    let label = account_label(&app, &account_id).await?;
    let key_id = receipt.entry.api_key_id.clone();
    let key_name = api_keys::find_name(&app.db, &account_id, &key_id).await?;
    Ok(Json(OperatorRequestReceiptResponse::of(
        &account_id,
        label,
        key_name,
        receipt,
        &app.gateway.master,
    )))
}

/// The errors of all accounts, grouped by code, model and provider, the most frequent first.
#[utoipa::path(get, path = "/admin/requests/errors", tag = "admin", operation_id = "list_operator_errors",
    params(ErrorsQuery), responses((status = 200, body = Page<ErrorGroupResponse>)))]
pub(crate) async fn list_errors(
    State(app): State<ControlState>,
    _: Operator,
    QueryOf(query): QueryOf<ErrorsQuery>,
) -> Result<Json<Page<ErrorGroupResponse>>, ApiError> {
    let filter = query.checked(app.clock.now_ms())?;
    let _turn = usage_reads::turn(&app.gateway).await?;
    Ok(Json(Page::whole(of_platform(&app, filter).await?)))
}

/// The name of an account, or its address where it has none.
async fn account_label(app: &Control, id: &AccountId) -> Result<String, ApiError> {
    match accounts::get_account(&app.db, id).await {
        Ok(account) if account.name.is_empty() => Ok(account.email),
        Ok(account) => Ok(account.name),
        Err(StoreError::NotFound { .. }) => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}
