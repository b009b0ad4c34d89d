//! `GET /api/v1/admin/audit-log`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::error::ApiError;
use serde::Deserialize;
use store::{AccountId, audit_log};

use crate::api::audit_entry::{AuditEntryResponse, AuditLogQuery, cursor_of};
use crate::api::audit_export::AuditExport;
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::query::QueryOf;
use crate::auth::Operator;
use crate::state::ControlState;

/// The account whose changes are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditAccountQuery {
    /// Changes that concern this account only.
    #[param(max_length = 200)]
    account_id: Option<String>,
}

/// Changes on the whole platform, newest first.
#[utoipa::path(get, path = "/admin/audit-log", tag = "admin", operation_id = "list_operator_audit_log",
    params(PageQuery, AuditLogQuery, AuditAccountQuery), responses((status = 200, body = Page<AuditEntryResponse>)))]
pub(crate) async fn list_audit_log(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    query: AuditLogQuery,
    QueryOf(of): QueryOf<AuditAccountQuery>,
) -> Result<Json<Page<AuditEntryResponse>>, ApiError> {
    let before = cursor_of(&page)?;
    let filter = query.filter()?;
    let account_id = of.account_id.filter(|id| !id.is_empty());
    let rows = match account_id.map(AccountId::from) {
        Some(id) => audit_log::list(&app.db, &id, &filter, before, page.rows()).await?,
        None => audit_log::list_for_operator(&app.db, &filter, before, page.rows()).await?,
    };
    Ok(Json(Page::of(
        rows,
        &page,
        |entry| entry.seq.to_string(),
        AuditEntryResponse::of,
    )))
}

/// Changes on the whole platform as a table, newest first: at most 100,000.
#[utoipa::path(get, path = "/admin/audit-log.csv", tag = "admin", operation_id = "get_operator_audit_log_csv",
    params(AuditLogQuery, AuditAccountQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_audit_log_csv(
    State(app): State<ControlState>,
    _: Operator,
    query: AuditLogQuery,
    QueryOf(of): QueryOf<AuditAccountQuery>,
) -> Result<Response, ApiError> {
    let account_id = of.account_id.filter(|id| !id.is_empty());
    let export = AuditExport {
        app,
        account_id: account_id.map(AccountId::from),
        filter: query.filter()?,
    };
    export.respond()
}
