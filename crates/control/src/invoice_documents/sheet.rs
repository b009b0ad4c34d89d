//! The texts of a document, before they are set as HTML or PDF.

use jiff::Timestamp;
use store::invoices::{Invoice, InvoiceKind, Party};

use super::words::{Language, Words};
use crate::payments::{decimal, exponent_of};

const NANOS: i64 = 1_000_000_000;

/// All that stands on a document.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) language: Language,
    pub(super) title: &'static str,
    /// Labels with what they are about.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The seller and the buyer, each under its label, as lines.
    pub(super) parties: [(&'static str, Vec<String>); 2],
    pub(super) description_label: &'static str,
    pub(super) amount_label: &'static str,
    pub(super) description: String,
    pub(super) amount: String,
    pub(super) total_label: &'static str,
    pub(super) settled: &'static str,
    pub(super) note: String,
}

impl Sheet {
    pub(super) fn of(invoice: &Invoice, language: Language) -> Self {
        let words = language.words();
        let is_invoice = invoice.kind == InvoiceKind::Invoice;
        let mut facts = vec![
            (words.number, invoice.number.clone()),
            (words.date, date_of(invoice.issued_at_ms)),
            (words.order, invoice.order_id.to_string()),
        ];
        if let Some(corrected) = &invoice.corrects {
            facts.push((words.corrects, corrected.clone()));
        }
        let sign = if is_invoice { "" } else { "-" };
        let amount = decimal(invoice.amount_minor, exponent_of(&invoice.currency));
        let what = if is_invoice {
            words.credits
        } else {
            words.refund
        };
        let party = |party| lines_of(party, words);
        Self {
            language,
            title: if is_invoice {
                words.invoice
            } else {
                words.credit_note
            },
            facts,
            parties: [
                (words.seller, party(&invoice.particulars.seller)),
                (words.buyer, party(&invoice.particulars.buyer)),
            ],
            description_label: words.description,
            amount_label: words.amount,
            description: format!("{what} ${}", dollars(invoice.credits_nanos)),
            amount: format!("{sign}{amount} {}", invoice.currency),
            total_label: words.total,
            settled: if is_invoice {
                words.paid
            } else {
                words.paid_back
            },
            note: invoice.particulars.note.replace('\n', " "),
        }
    }
}

fn lines_of(party: &Party, words: &Words) -> Vec<String> {
    let mut lines = vec![party.name.clone()];
    lines.extend(party.address.lines().map(str::to_owned));
    if !party.tax_id.is_empty() {
        lines.push(format!("{}: {}", words.tax_id, party.tax_id));
    }
    lines
}

/// The day in UTC.
fn date_of(at_ms: i64) -> String {
    let text = Timestamp::from_millisecond(at_ms).map(|at| at.to_string());
    text.map_or_else(|_| String::new(), |text| text.chars().take(10).collect())
}

/// Dollars with two decimals, or as many as it takes.
fn dollars(nanos: i64) -> String {
    let fraction = format!("{:09}", nanos % NANOS);
    let (cents, rest) = fraction.split_at(2);
    format!("{}.{cents}{}", nanos / NANOS, rest.trim_end_matches('0'))
}
