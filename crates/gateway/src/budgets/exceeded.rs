//! The refusal of a request that may cost more than a budget has left.

use store::budgets::BudgetAction;

use super::status::{BudgetSource, BudgetStatus};

/// A budget that a request may exceed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetExceeded {
    pub source: BudgetSource,
    pub status: BudgetStatus,
    /// The most that the request may cost, in nano-dollars.
    pub quote_nanos: u64,
    /// Requests that run hold what is missing, and may give it back.
    pub may_be_freed: bool,
}

impl BudgetExceeded {
    /// The refusal of a quote by a budget, if it is one.
    pub(super) fn of(source: BudgetSource, status: BudgetStatus, quote_nanos: u64) -> Option<Self> {
        if status.budget.action == BudgetAction::Warn {
            return None;
        }
        let needed = status.spent_nanos.saturating_add(quote_nanos);
        let is_exceeded = needed.saturating_add(status.held_nanos) > status.amount_nanos;
        is_exceeded.then_some(Self {
            source,
            status,
            quote_nanos,
            may_be_freed: needed <= status.amount_nanos,
        })
    }

    /// Of two the one that lasts longer: when the other has reset, the request would still be refused.
    pub(super) fn longer(self, other: Self) -> Self {
        let lasts = |one: &Self| {
            (
                !one.may_be_freed,
                one.status.resets_at_ms.unwrap_or(i64::MAX),
            )
        };
        if lasts(&other) > lasts(&self) {
            other
        } else {
            self
        }
    }
}
