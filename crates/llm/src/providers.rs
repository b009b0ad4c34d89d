//! The one table of provider kinds. To add a provider on a known language is to add a row to `table.rs`; the list for
//! operators is made from it.

mod quirks;
mod row;
mod table;
#[cfg(test)]
mod tests;

use crate::provider::Provider;

pub use table::PROVIDERS;

/// The provider of that kind.
pub fn find(kind: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.kind == kind)
}
