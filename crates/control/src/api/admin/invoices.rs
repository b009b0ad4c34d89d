//! Invoices and credit notes of all accounts.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::error::ApiError;
use serde::Deserialize;
use store::invoices::{self, Invoice, InvoiceFilter};
use store::{InvoiceId, StoreError};

use crate::api::invoice_shape::{DocumentQuery, InvoiceResponse, document, table};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::auth::Operator;
use crate::state::ControlState;

/// Which invoices are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OperatorInvoiceQuery {
    /// The id of an account.
    account_id: Option<String>,
    /// A number, or the id of an order or an account, whole.
    query: Option<String>,
}

impl OperatorInvoiceQuery {
    fn filter(self) -> InvoiceFilter {
        InvoiceFilter {
            account_id: self.account_id.unwrap_or_default(),
            search: self.query.unwrap_or_default().trim().to_owned(),
        }
    }
}

/// Invoices and credit notes of all accounts, newest first.
#[utoipa::path(get, path = "/admin/invoices", tag = "admin", operation_id = "list_operator_invoices",
    params(PageQuery, OperatorInvoiceQuery), responses((status = 200, body = Page<InvoiceResponse>)))]
pub(crate) async fn list_invoices(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<OperatorInvoiceQuery>,
) -> Result<Json<Page<InvoiceResponse>>, ApiError> {
    let before = page.after.as_deref().map(InvoiceId::from);
    let rows = invoices::list(&app.db, &query.filter(), before.as_ref(), page.rows()).await?;
    let key = |invoice: &Invoice| invoice.id.to_string();
    Ok(Json(Page::of(rows, &page, key, InvoiceResponse::of)))
}

/// Invoices and credit notes as a table, newest first: at most 100,000.
#[utoipa::path(get, path = "/admin/invoices.csv", tag = "admin", operation_id = "get_operator_invoices_csv",
    params(OperatorInvoiceQuery), responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_invoices_csv(
    State(app): State<ControlState>,
    _: Operator,
    QueryOf(query): QueryOf<OperatorInvoiceQuery>,
) -> Result<Response, ApiError> {
    table(app, query.filter())
}

/// An invoice or a credit note as a document to keep.
#[utoipa::path(get, path = "/admin/invoices/{id}/document", tag = "admin", operation_id = "get_operator_invoice_document",
    params(("id" = String, Path), DocumentQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
pub(crate) async fn get_invoice_document(
    State(app): State<ControlState>,
    _: Operator,
    PathId(id): PathId,
    QueryOf(query): QueryOf<DocumentQuery>,
) -> Result<Response, ApiError> {
    match invoices::find(&app.db, &id.into()).await {
        Err(StoreError::NotFound { .. }) => Err(ApiError::not_found("invoice")),
        found => document(&found?, &query),
    }
}
