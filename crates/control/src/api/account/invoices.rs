//! Invoices and credit notes of an account, and the billing details that stand on them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use serde::Deserialize;
use store::invoices::{self, Invoice, InvoiceFilter};
use store::{AccountId, InvoiceId, StoreError};
use utoipa::ToSchema;

use crate::api::invoice_shape::{DocumentQuery, InvoiceResponse, PartyResponse, document, table};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::auth::{AccountCaller, Admin, Viewer};
use crate::state::{Control, ControlState};

/// The changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditBillingDetailsRequest {
    /// The buyer's name on invoices; empty for the name of the account.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Up to ten lines.
    #[schema(max_length = 500)]
    address: Option<String>,
    #[schema(max_length = 50)]
    tax_id: Option<String>,
}

/// The billing details of the account: what its next invoices say of the buyer.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/billing-details", tag = "credits",
    operation_id = "get_billing_details", params(("account_id" = String, Path)),
    responses((status = 200, body = PartyResponse)))]
pub(crate) async fn get_billing_details(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Json<PartyResponse>, ApiError> {
    let details = invoices::get_billing_details(&app.db, caller.account_id()).await?;
    Ok(Json(PartyResponse::of(details)))
}

/// Changes the billing details. Invoices that were issued stay as they are.
#[utoipa::path(patch, path = "/accounts/{account_id}/credits/billing-details", tag = "credits",
    operation_id = "edit_billing_details", params(("account_id" = String, Path)),
    request_body = EditBillingDetailsRequest, responses((status = 200, body = PartyResponse)))]
pub(crate) async fn edit_billing_details(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    JsonBody(body): JsonBody<EditBillingDetailsRequest>,
) -> Result<Json<PartyResponse>, ApiError> {
    let id = caller.account_id();
    let mut details = invoices::get_billing_details(&app.db, id).await?;
    details.name = body.name.unwrap_or(details.name);
    details.address = body.address.unwrap_or(details.address);
    details.tax_id = body.tax_id.unwrap_or(details.tax_id);
    let commands = app.commands(caller.actor());
    let details = commands.set_billing_details(id, details).await?;
    Ok(Json(PartyResponse::of(details)))
}

/// Invoices and credit notes of the account, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/invoices", tag = "credits", operation_id = "list_invoices",
    params(("account_id" = String, Path), PageQuery),
    responses((status = 200, body = Page<InvoiceResponse>)))]
pub(crate) async fn list_invoices(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
) -> Result<Json<Page<InvoiceResponse>>, ApiError> {
    let before = page.after.as_deref().map(InvoiceId::from);
    let filter = of_account(caller.account_id());
    let rows = invoices::list(&app.db, &filter, before.as_ref(), page.rows()).await?;
    let key = |invoice: &Invoice| invoice.id.to_string();
    Ok(Json(Page::of(rows, &page, key, InvoiceResponse::of)))
}

/// Invoices and credit notes of the account as a table, newest first: at most 100,000.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/invoices.csv", tag = "credits", operation_id = "get_invoices_csv",
    params(("account_id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_invoices_csv(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Response, ApiError> {
    let filter = of_account(caller.account_id());
    table(app, filter)
}

/// An invoice or a credit note.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/invoices/{id}", tag = "credits", operation_id = "get_invoice",
    params(("account_id" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = InvoiceResponse)))]
pub(crate) async fn get_invoice(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
) -> Result<Json<InvoiceResponse>, ApiError> {
    let invoice = own_invoice(&app, caller.account_id(), id).await?;
    Ok(Json(InvoiceResponse::of(invoice)))
}

/// An invoice or a credit note as a document to keep.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/invoices/{id}/document", tag = "credits",
    operation_id = "get_invoice_document", params(("account_id" = String, Path), ("id" = String, Path), DocumentQuery),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf")))]
pub(crate) async fn get_invoice_document(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    PathId(id): PathId,
    QueryOf(query): QueryOf<DocumentQuery>,
) -> Result<Response, ApiError> {
    let invoice = own_invoice(&app, caller.account_id(), id).await?;
    document(&invoice, &query)
}

fn of_account(id: &AccountId) -> InvoiceFilter {
    InvoiceFilter {
        account_id: id.to_string(),
        search: String::new(),
    }
}

/// An invoice of the account; those of others do not exist for it.
async fn own_invoice(
    app: &Control,
    account_id: &AccountId,
    id: String,
) -> Result<Invoice, ApiError> {
    match invoices::find(&app.db, &id.into()).await {
        Ok(invoice) if invoice.account_id == *account_id => Ok(invoice),
        Ok(_) | Err(StoreError::NotFound { .. }) => Err(ApiError::not_found("invoice")),
        Err(error) => Err(error.into()),
    }
}
