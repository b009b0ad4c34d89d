use anyhow::bail;
use serde::{Deserialize, Serialize};

const TEXT_CHARS_MAX: usize = 1_000;
const LINES_MAX: usize = 10;
const PREFIX_CHARS_MAX: usize = 20;

/// `[invoices]`: what stands on invoices and credit notes of the seller.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InvoicesConfig {
    /// Empty: no invoices are issued.
    pub seller_name: String,
    /// Several lines.
    pub seller_address: String,
    pub seller_tax_id: String,
    /// A line at the foot, on tax for example.
    pub note: String,
    /// The begin of numbers; each prefix has a range of its own.
    pub number_prefix: String,
    pub credit_note_prefix: String,
}

impl InvoicesConfig {
    /// Returns whether invoices are issued at all.
    pub fn is_on(&self) -> bool {
        !self.seller_name.trim().is_empty()
    }

    /// Checks lengths and prefixes.
    ///
    /// # Errors
    /// If a value cannot be taken.
    pub fn validate(&self) -> anyhow::Result<()> {
        for (setting, text) in [
            ("seller_name", &self.seller_name),
            ("seller_address", &self.seller_address),
            ("seller_tax_id", &self.seller_tax_id),
            ("note", &self.note),
        ] {
            if text.chars().count() > TEXT_CHARS_MAX {
                bail!("invoices.{setting} has at most {TEXT_CHARS_MAX} characters");
            }
        }
        if self.seller_address.trim().lines().count() > LINES_MAX {
            bail!("invoices.seller_address has at most {LINES_MAX} lines");
        }
        for prefix in [&self.number_prefix, &self.credit_note_prefix] {
            let is_sound = |byte: u8| byte.is_ascii_alphanumeric() || b"-/".contains(&byte);
            if !(1..=PREFIX_CHARS_MAX).contains(&prefix.len()) || !prefix.bytes().all(is_sound) {
                bail!(
                    "invoices: a prefix has 1 to {PREFIX_CHARS_MAX} letters, digits, hyphens and slashes, not {prefix:?}"
                );
            }
        }
        if self.number_prefix == self.credit_note_prefix {
            bail!(
                "invoices: number_prefix and credit_note_prefix must differ, since each has a range of its own"
            );
        }
        Ok(())
    }
}
