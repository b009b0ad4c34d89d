//! Invoices in JSON, as documents, and as a table.

use axum::response::{IntoResponse, Response};
use futures_util::stream;
use gateway::error::ApiError;
use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    X_CONTENT_TYPE_OPTIONS,
};
use serde::{Deserialize, Serialize};
use store::InvoiceId;
use store::invoices::{self, Invoice, InvoiceFilter, InvoiceKind, Party};
use utoipa::ToSchema;

use crate::api::csv_table::{Fields, ROWS_MAX, dollars, harmless, streamed};
use crate::api::time::Time;
use crate::invoice_documents::{self, Language};
use crate::payments::{decimal, exponent_of};
use crate::state::ControlState;

/// Rows that are read at once.
const ROWS_PER_PAGE: u32 = 500;
const HEAD: [&str; 11] = [
    "Number",
    "Kind",
    "Issued (UTC)",
    "Account",
    "Buyer",
    "Tax ID",
    "Order",
    "Corrects",
    "Credits (USD)",
    "Amount",
    "Currency",
];

/// A seller or a buyer, as an invoice names them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartyResponse {
    name: String,
    /// Up to ten lines.
    address: String,
    tax_id: String,
}

impl PartyResponse {
    pub(in crate::api) fn of(party: Party) -> Self {
        Self {
            name: party.name,
            address: party.address,
            tax_id: party.tax_id,
        }
    }
}

/// An invoice of a paid order, or a credit note of a refund. What was issued never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceResponse {
    id: String,
    /// `invoice` or `credit_note`.
    #[schema(value_type = crate::api::document_words::InvoiceKindName)]
    kind: &'static str,
    /// From a range without gaps.
    number: String,
    account_id: String,
    order_id: String,
    /// The number of the invoice that a credit note corrects.
    corrects: Option<String>,
    issued_at: Time,
    currency: String,
    /// The decimals of the currency.
    currency_exponent: u32,
    /// The money, in the minor unit of the currency; of a credit note what went back.
    amount_minor: i64,
    credits_nanos: i64,
    seller: PartyResponse,
    buyer: PartyResponse,
    note: String,
}

impl InvoiceResponse {
    pub(in crate::api) fn of(invoice: Invoice) -> Self {
        Self {
            id: invoice.id.to_string(),
            kind: invoice.kind.as_str(),
            number: invoice.number,
            account_id: invoice.account_id.to_string(),
            order_id: invoice.order_id.to_string(),
            corrects: invoice.corrects,
            issued_at: Time(invoice.issued_at_ms),
            currency_exponent: exponent_of(&invoice.currency),
            currency: invoice.currency,
            amount_minor: invoice.amount_minor,
            credits_nanos: invoice.credits_nanos,
            seller: PartyResponse::of(invoice.particulars.seller),
            buyer: PartyResponse::of(invoice.particulars.buyer),
            note: invoice.particulars.note,
        }
    }
}

/// The form in which a document is asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DocumentQuery {
    /// `pdf` or `html`; `pdf` without it.
    format: Option<String>,
    /// `en`, `zh-CN` or `zh-TW`; `en` without it.
    language: Option<String>,
}

/// An invoice as a document to keep.
///
/// # Errors
/// If there is no such format or language.
pub(in crate::api) fn document(
    invoice: &Invoice,
    query: &DocumentQuery,
) -> Result<Response, ApiError> {
    let language = match query.language.as_deref() {
        None | Some("") => Language::default(),
        Some(tag) => Language::parse(tag)
            .ok_or_else(|| ApiError::invalid_query("language", "en, zh-CN or zh-TW"))?,
    };
    match query.format.as_deref() {
        None | Some("" | "pdf") => {
            let name = file_name(&invoice.number);
            let disposition = format!("attachment; filename=\"{name}.pdf\"");
            let headers = [
                (CONTENT_TYPE, "application/pdf".to_owned()),
                (CONTENT_DISPOSITION, disposition),
                (CACHE_CONTROL, "private, no-store".to_owned()),
                (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ];
            Ok((headers, invoice_documents::pdf(invoice, language)).into_response())
        }
        Some("html") => {
            let headers = [
                (CONTENT_TYPE, "text/html; charset=utf-8"),
                (
                    CONTENT_SECURITY_POLICY,
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
                ),
                (CACHE_CONTROL, "private, no-store"),
                (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            Ok((headers, invoice_documents::html(invoice, language)).into_response())
        }
        Some(_) => Err(ApiError::invalid_query("format", "pdf or html")),
    }
}

/// A number as the name of a file: of a prefix with a slash too.
fn file_name(number: &str) -> String {
    number.replace('/', "-")
}

/// Invoices as a table, newest first: at most [`ROWS_MAX`] rows.
///
/// # Errors
/// If memory does not take a write: never in practice.
pub(in crate::api) fn table(
    app: ControlState,
    filter: InvoiceFilter,
) -> Result<Response, ApiError> {
    let first = (app, filter, None::<InvoiceId>, 0);
    let pages = stream::try_unfold(first, |(app, filter, before, sent)| async move {
        if sent >= ROWS_MAX {
            return Ok(None);
        }
        let rows = invoices::list(&app.db, &filter, before.as_ref(), ROWS_PER_PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        let (before, sent) = (Some(last.id.clone()), sent + rows.len());
        let fields = rows.iter().map(fields).collect();
        Ok(Some((fields, (app, filter, before, sent))))
    });
    streamed("invoices.csv", &HEAD, pages)
}

/// The money of a credit note is negative, so that a column can be summed.
fn fields(invoice: &Invoice) -> Fields {
    let sign = match invoice.kind {
        InvoiceKind::Invoice => "",
        InvoiceKind::CreditNote => "-",
    };
    let amount = decimal(invoice.amount_minor, exponent_of(&invoice.currency));
    let buyer = &invoice.particulars.buyer;
    vec![
        invoice.number.clone(),
        invoice.kind.as_str().to_owned(),
        Time(invoice.issued_at_ms).to_text(),
        invoice.account_id.to_string(),
        harmless(&buyer.name),
        harmless(&buyer.tax_id),
        invoice.order_id.to_string(),
        invoice.corrects.clone().unwrap_or_default(),
        format!("{sign}{}", dollars(invoice.credits_nanos.unsigned_abs())),
        format!("{sign}{amount}"),
        invoice.currency.clone(),
    ]
}
