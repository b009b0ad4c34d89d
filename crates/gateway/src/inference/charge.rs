//! The charge of one request. Pure.

use llm::Usage;
use store::usage_events::PricesShown;

use crate::catalog::{PriceList, charge};

/// The charge, and the prices that it was computed with.
#[derive(Default)]
pub(super) struct Charge {
    pub(super) nanos: u64,
    pub(super) prices: Option<PricesShown>,
    /// The price of a million tokens in and a million out, by which models are compared.
    pub(super) price_nanos: Option<u64>,
}

impl Charge {
    /// The charge for `usage`; nothing without a price list.
    pub(super) fn of(usage: &Usage, list: Option<&PriceList>, factor_percent: u64) -> Self {
        let Some(list) = list else {
            return Self::default();
        };
        Self {
            nanos: charge(usage, list, factor_percent),
            prices: Some(list.shown()),
            price_nanos: Some(list.in_and_out_nanos()),
        }
    }

    /// The charge, no higher than what was held for it, if something was.
    pub(super) fn at_most(self, held: Option<u64>) -> Self {
        Self {
            nanos: self.nanos.min(held.unwrap_or(u64::MAX)),
            ..self
        }
    }
}
