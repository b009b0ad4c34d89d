//! `GET /api/v1/admin/audit-log`.

use axum::Json;
use axum::extract::State;
use store::audit_log;

use crate::api::audit_entry::{AuditEntryResponse, AuditLogQuery, cursor_of};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::app::AppState;
use crate::auth::Operator;
use crate::error::ApiError;

/// Changes on the whole platform, newest first.
#[utoipa::path(get, path = "/admin/audit-log", tag = "admin", operation_id = "list_operator_audit_log",
    params(PageQuery, AuditLogQuery), responses((status = 200, body = Page<AuditEntryResponse>)))]
pub async fn list_audit_log(
    State(app): State<AppState>,
    _: Operator,
    page: PageRequest,
    query: AuditLogQuery,
) -> Result<Json<Page<AuditEntryResponse>>, ApiError> {
    let before = cursor_of(&page)?;
    let filter = query.filter();
    let rows = audit_log::list_for_operator(&app.db, &filter, before, page.rows()).await?;
    Ok(Json(Page::of(
        rows,
        &page,
        |entry| entry.seq.to_string(),
        AuditEntryResponse::of,
    )))
}
