//! Invoices of paid orders and credit notes of refunds: numbered without gaps, and never changed.

mod billing_details;

pub use billing_details::{get_billing_details, set_billing_details};

use serde::{Deserialize, Serialize};

use crate::db::{Db, Row, Tx, record, word_enum};
use crate::error::StoreError;
use crate::id::{AccountId, InvoiceId, PaymentOrderId};

word_enum!(
    /// The kind of a document.
    InvoiceKind {
        /// Of a paid order.
        Invoice = "invoice",
        /// Of money that went back.
        CreditNote = "credit_note",
    }
);

/// A seller or a buyer, as an invoice names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub name: String,
    /// Several lines.
    pub address: String,
    pub tax_id: String,
}

/// The texts of an invoice, as they were when it was issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    pub seller: Party,
    pub buyer: Party,
    /// A note of the seller's, on tax for example.
    pub note: String,
}

record!(
    /// An invoice or a credit note as it was issued.
    Invoice, invoice_columns {
        id: InvoiceId = |row, column| Ok(row.text(column)?.into()),
        kind: InvoiceKind = |row, column| row.word(column, InvoiceKind::parse),
        number: String = Row::text,
        account_id: AccountId = |row, column| Ok(row.text(column)?.into()),
        order_id: PaymentOrderId = |row, column| Ok(row.text(column)?.into()),
        /// The number of the invoice that a credit note corrects.
        corrects: Option<String> = Row::opt_text,
        issued_at_ms: i64 = Row::int,
        currency: String = Row::text,
        /// In the minor unit of the currency.
        amount_minor: i64 = Row::int,
        credits_nanos: i64 = Row::int,
        particulars: Particulars = particulars,
    }
);

fn particulars(row: &Row, column: &'static str) -> Result<Particulars, StoreError> {
    serde_json::from_str(&row.text(column)?).map_err(|error| StoreError::Corrupt {
        table: "invoices",
        detail: error.to_string(),
    })
}

/// An invoice that is to be issued.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    pub kind: InvoiceKind,
    /// The range of its number.
    pub prefix: String,
    pub account_id: AccountId,
    pub order_id: PaymentOrderId,
    /// The name by which a second one for the same is known.
    pub reference: String,
    pub corrects: Option<String>,
    pub issued_at_ms: i64,
    pub currency: String,
    pub amount_minor: i64,
    pub credits_nanos: i64,
    pub particulars: Particulars,
}

/// Digits of a number at least.
const DIGITS: usize = 6;

/// Issues an invoice under the next number of its range, unless there is one for the same already. Another one of the
/// range waits for the end of the transaction, so that a number that is given up is the next one again.
///
/// # Errors
/// If the database cannot be written.
pub async fn issue(tx: &mut Tx, new: &NewInvoice) -> Result<(), StoreError> {
    let sql = "SELECT id FROM invoices WHERE reference = $1";
    let known = tx.fetch_optional(sql, vec![new.reference.as_str().into()]);
    if known.await?.is_some() {
        return Ok(());
    }
    let number = next_number(tx, &new.prefix).await?;
    let particulars = serde_json::to_string(&new.particulars).unwrap_or_default();
    let values = vec![
        InvoiceId::generate().as_str().into(),
        new.kind.as_str().into(),
        number.into(),
        new.account_id.as_str().into(),
        new.order_id.as_str().into(),
        new.reference.as_str().into(),
        new.corrects.clone().into(),
        new.issued_at_ms.into(),
        new.currency.as_str().into(),
        new.amount_minor.into(),
        new.credits_nanos.into(),
        particulars.into(),
    ];
    let sql = "INSERT INTO invoices (id, kind, number, account_id, order_id, reference, corrects, issued_at_ms, currency,
                   amount_minor, credits_nanos, particulars)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    tx.execute(sql, values).await.map(drop)
}

async fn next_number(tx: &mut Tx, prefix: &str) -> Result<String, StoreError> {
    let sql = "INSERT INTO invoice_ranges (prefix, last) VALUES ($1, 1)
               ON CONFLICT (prefix) DO UPDATE SET last = invoice_ranges.last + 1 RETURNING last";
    let row = tx.fetch_optional(sql, vec![prefix.into()]).await?;
    let row = row.ok_or(StoreError::NotFound { what: "the range" })?;
    Ok(format!("{prefix}{:0DIGITS$}", row.int("last")?))
}

/// The invoice of an order; `None` if it was paid before there were any.
///
/// # Errors
/// If the database cannot be read.
pub async fn find_of_order(
    tx: &mut Tx,
    order_id: &PaymentOrderId,
) -> Result<Option<Invoice>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        invoice_columns!(),
        " FROM invoices WHERE order_id = $1 AND kind = 'invoice'"
    );
    let row = tx.fetch_optional(SQL, vec![order_id.as_str().into()]);
    row.await?.as_ref().map(Invoice::from_row).transpose()
}

/// The invoice or credit note of that id.
///
/// # Errors
/// [`StoreError::NotFound`] if there is none.
pub async fn find(db: &Db, id: &InvoiceId) -> Result<Invoice, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        invoice_columns!(),
        " FROM invoices WHERE id = $1"
    );
    let row = db.fetch_optional(SQL, vec![id.as_str().into()]).await?;
    let what = "the invoice";
    Invoice::from_row(&row.ok_or(StoreError::NotFound { what })?)
}

/// A filter of invoices; an empty text is any.
#[derive(Debug, Clone, Default)]
pub struct InvoiceFilter {
    pub account_id: String,
    /// A number, or the id of an order or an account, whole.
    pub search: String,
}

/// Invoices and credit notes, the newest first, older than `before`.
///
/// # Errors
/// If the database cannot be read.
pub async fn list(
    db: &Db,
    filter: &InvoiceFilter,
    before: Option<&InvoiceId>,
    limit: u32,
) -> Result<Vec<Invoice>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        invoice_columns!(),
        " FROM invoices WHERE ($1 = '' OR account_id = $1)
             AND ($2 = '' OR number = $2 OR order_id = $2 OR account_id = $2) AND ($3 = '' OR id < $3)
         ORDER BY id DESC LIMIT $4"
    );
    let values = vec![
        filter.account_id.as_str().into(),
        filter.search.as_str().into(),
        before.map_or("", InvoiceId::as_str).into(),
        i64::from(limit).into(),
    ];
    let rows = db.fetch_all(SQL, values).await?;
    rows.iter().map(Invoice::from_row).collect()
}
