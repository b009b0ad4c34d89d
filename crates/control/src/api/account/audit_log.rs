//! `GET /api/v1/accounts/{account_id}/audit-log`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::error::ApiError;
use store::audit_log;

use crate::api::audit_entry::{AuditEntryResponse, AuditLogQuery, cursor_of};
use crate::api::audit_export::AuditExport;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::auth::{AccountCaller, Admin};
use crate::state::ControlState;

/// Changes in the account, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/audit-log", tag = "account", operation_id = "list_audit_log",
    params(("account_id" = String, Path), PageQuery, AuditLogQuery),
    responses((status = 200, body = Page<AuditEntryResponse>)))]
pub(crate) async fn list_audit_log(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    page: PageRequest,
    query: AuditLogQuery,
) -> Result<Json<Page<AuditEntryResponse>>, ApiError> {
    let before = cursor_of(&page)?;
    let rows = audit_log::list(
        &app.db,
        caller.account_id(),
        &query.filter()?,
        before,
        page.rows(),
    )
    .await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |entry| entry.seq.to_string(),
        AuditEntryResponse::of,
    )))
}

/// Changes in the account as a table, newest first: at most 100,000.
#[utoipa::path(get, path = "/accounts/{account_id}/audit-log.csv", tag = "account", operation_id = "get_audit_log_csv",
    params(("account_id" = String, Path), AuditLogQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_audit_log_csv(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    query: AuditLogQuery,
) -> Result<Response, ApiError> {
    let export = AuditExport {
        app,
        account_id: Some(caller.account_id().clone()),
        filter: query.filter()?,
    };
    export.respond()
}
