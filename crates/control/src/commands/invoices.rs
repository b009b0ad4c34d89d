//! Issuing invoices and credit notes, and the billing details that stand on them.

use serde_json::json;
use store::audit_log::Subject;
use store::invoices::{self, InvoiceKind, NewInvoice, Particulars, Party};
use store::payments::PaymentOrder;
use store::{AccountId, Tx, accounts};

use super::names::check_visible;
use super::{CommandError, Commands, Note};

const NAME_CHARS_MAX: usize = 200;
const ADDRESS_CHARS_MAX: usize = 500;
const ADDRESS_LINES_MAX: usize = 10;
const TAX_ID_CHARS_MAX: usize = 50;

/// The money that went back, by which a credit note is issued.
#[derive(Debug, Clone)]
pub(super) struct Refunded {
    /// By which a second one for the same is known.
    pub(super) reference: String,
    pub(super) amount_minor: i64,
    pub(super) credits_nanos: i64,
}

impl Commands<'_> {
    /// Issues the invoice of an order, in the transaction in which it is paid.
    pub(super) async fn issue_invoice(
        &self,
        tx: &mut Tx,
        order: &PaymentOrder,
    ) -> Result<(), CommandError> {
        if !self.invoices.is_on() {
            return Ok(());
        }
        let new = NewInvoice {
            kind: InvoiceKind::Invoice,
            prefix: self.invoices.number_prefix.clone(),
            account_id: order.account_id.clone(),
            order_id: order.id.clone(),
            reference: order.id.to_string(),
            corrects: None,
            issued_at_ms: self.clock.now_ms(),
            currency: order.currency.clone(),
            amount_minor: order.amount_minor,
            credits_nanos: order.credits_nanos,
            particulars: Particulars {
                seller: self.seller(),
                buyer: self.buyer(&order.account_id).await?,
                note: self.invoices.note.clone(),
            },
        };
        Ok(invoices::issue(tx, &new).await?)
    }

    /// Issues the credit note of money that went back. An order that has no invoice gets none.
    pub(super) async fn issue_credit_note(
        &self,
        tx: &mut Tx,
        order: &PaymentOrder,
        back: Refunded,
    ) -> Result<(), CommandError> {
        if back.amount_minor <= 0 {
            return Ok(());
        }
        let Some(corrected) = invoices::find_of_order(tx, &order.id).await? else {
            return Ok(());
        };
        let new = NewInvoice {
            kind: InvoiceKind::CreditNote,
            prefix: self.invoices.credit_note_prefix.clone(),
            account_id: order.account_id.clone(),
            order_id: order.id.clone(),
            reference: back.reference,
            corrects: Some(corrected.number),
            issued_at_ms: self.clock.now_ms(),
            currency: order.currency.clone(),
            amount_minor: back.amount_minor,
            credits_nanos: back.credits_nanos,
            // To those whom the invoice names, whatever their details are by now.
            particulars: corrected.particulars,
        };
        Ok(invoices::issue(tx, &new).await?)
    }

    fn seller(&self) -> Party {
        Party {
            name: self.invoices.seller_name.trim().to_owned(),
            address: self.invoices.seller_address.trim().to_owned(),
            tax_id: self.invoices.seller_tax_id.trim().to_owned(),
        }
    }

    /// The billing details of the account, or its name without any.
    async fn buyer(&self, account_id: &AccountId) -> Result<Party, CommandError> {
        let mut buyer = invoices::get_billing_details(self.db, account_id).await?;
        if buyer.name.is_empty() {
            let account = accounts::get_account(self.db, account_id).await?;
            buyer.name = [account.name, account.email]
                .into_iter()
                .find(|name| !name.is_empty())
                .unwrap_or_default();
        }
        Ok(buyer)
    }

    /// Writes what stands on the invoices of an account from now on.
    ///
    /// # Errors
    /// If a text cannot be taken.
    pub async fn set_billing_details(
        &self,
        account_id: &AccountId,
        details: Party,
    ) -> Result<Party, CommandError> {
        let details = Party {
            name: checked("name", &details.name, NAME_CHARS_MAX)?,
            address: checked("address", &details.address, ADDRESS_CHARS_MAX)?,
            tax_id: checked("tax_id", &details.tax_id, TAX_ID_CHARS_MAX)?,
        };
        let before = invoices::get_billing_details(self.db, account_id).await?;
        let mut tx = self.db.begin().await?;
        invoices::set_billing_details(&mut tx, account_id, &details).await?;
        let note = Note {
            account_id: Some(account_id),
            action: "account.billing_details_changed",
            subject: Subject {
                kind: "account",
                id: account_id.to_string(),
                label: details.name.clone(),
            },
            before: Some(json!(before)),
            after: Some(json!(details)),
        };
        self.note(&mut tx, note).await?;
        tx.commit().await?;
        Ok(details)
    }
}

/// A text without what cannot be seen; lines of an address stay.
fn checked(field: &'static str, text: &str, chars_max: usize) -> Result<String, CommandError> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().count() > chars_max {
        let message = format!("It has at most {chars_max} characters.");
        return Err(CommandError::invalid(field, message));
    }
    if text.lines().count() > ADDRESS_LINES_MAX {
        let message = format!("It has at most {ADDRESS_LINES_MAX} lines.");
        return Err(CommandError::invalid(field, message));
    }
    for line in text.split('\n') {
        check_visible(field, line)?;
    }
    let has_lines = field == "address";
    if text
        .chars()
        .any(|one| one.is_control() && !(has_lines && one == '\n'))
    {
        let message = "It has letters, digits and signs only.";
        return Err(CommandError::invalid(field, message));
    }
    Ok(text)
}
