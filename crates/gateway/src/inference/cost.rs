//! The cost of a response, as the client is told it: the charge that is settled, wherever the provider's count says it.

use std::sync::Arc;

use llm::cost::Charges;
use llm::usage::UsageEstimate;
use llm::{Meter, RequestSummary, UsageReport};

use super::charge::Charge;
use crate::auth::ApiKeyCaller;
use crate::catalog::{Model, PriceList};

/// The facts that the charge of a request follows from, beside its usage.
#[derive(Debug)]
pub(super) struct RequestCharges {
    model: Arc<Model>,
    factor_percent: u64,
    /// The credits that are held: no more is charged.
    held_nanos: Option<u64>,
    /// Test keys cost nothing.
    is_test: bool,
    estimate: UsageEstimate,
}

impl RequestCharges {
    /// The charges of a request to a model; `None` where the key is told no cost, or the model has no price.
    pub(super) fn of(
        caller: &ApiKeyCaller,
        model: &Arc<Model>,
        summary: &RequestSummary,
        held_nanos: u64,
    ) -> Option<Arc<dyn Charges>> {
        let is_priced = model.prices().is_some_and(PriceList::has_price);
        if !caller.key.shows_cost() || !is_priced {
            return None;
        }
        Some(Arc::new(Self {
            model: Arc::clone(model),
            factor_percent: caller.tier.price_factor_percent,
            held_nanos: (held_nanos > 0).then_some(held_nanos),
            is_test: caller.key.is_test(),
            estimate: UsageEstimate {
                input_tokens: summary.input_tokens_estimate,
                // An output of none may be one that was not counted: its cost is not told.
                output_tokens: 1,
                has_output: summary.has_output && summary.output_tokens_max != Some(0),
                units: summary.units,
            },
        }))
    }
}

impl Charges for RequestCharges {
    fn nanos(&self, report: &UsageReport) -> Option<u64> {
        let (mut usage, is_exact) = report.resolve(&self.estimate);
        if !is_exact {
            return None;
        }
        usage[Meter::Requests] = 1;
        let prices = self.model.prices().filter(|_| !self.is_test);
        let charge = Charge::of(&usage, prices, self.factor_percent);
        Some(charge.at_most(self.held_nanos).nanos)
    }
}
