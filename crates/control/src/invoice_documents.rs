//! Invoices and credit notes as documents that people keep: HTML and PDF, in three languages.
//!
//! A document is made anew from what was issued each time that it is asked for (`docs/decisions/0078`).

mod html;
mod pdf;
mod sheet;
mod words;

use store::invoices::Invoice;

pub(crate) use words::Language;

/// A document as a page.
pub(crate) fn html(invoice: &Invoice, language: Language) -> String {
    html::render(&sheet::Sheet::of(invoice, language))
}

/// A document as PDF.
pub(crate) fn pdf(invoice: &Invoice, language: Language) -> Vec<u8> {
    pdf::render(&sheet::Sheet::of(invoice, language))
}
