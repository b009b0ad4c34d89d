//! A budget as it stands.

use store::budgets::Budget;

/// The owner of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BudgetSource {
    /// The key.
    Key,
    /// The account gave it to itself.
    Account,
    /// An operator gave it to the account.
    Operator,
    /// The tier of the account.
    Tier,
}

impl BudgetSource {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Account => "account",
            Self::Operator => "operator",
            Self::Tier => "tier",
        }
    }
}

/// An amount that was spent, and what requests that run may cost besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) spent: u64,
    pub(super) held: u64,
}

/// A budget's window as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) amount: Amount,
    pub(super) from_ms: i64,
    /// The time from which what is spent now counts no more, or the first part of it; `None` for never.
    pub(super) resets_at_ms: Option<i64>,
}

/// A budget as it stands. Amounts are nano-dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetStatus {
    pub budget: Budget,
    /// The amount in force.
    pub amount_nanos: u64,
    pub spent_nanos: u64,
    /// The most that requests that run may cost besides.
    pub held_nanos: u64,
    /// The end of the window; of a rolling one, when the first charge leaves it. `None` for never, or nothing spent.
    pub resets_at_ms: Option<i64>,
    /// The begin of the window.
    pub from_ms: i64,
}

impl BudgetStatus {
    pub(super) fn of(budget: &Budget, standing: Standing, now_ms: i64) -> Self {
        Self {
            budget: *budget,
            amount_nanos: budget.amount_at(now_ms),
            spent_nanos: standing.amount.spent,
            held_nanos: standing.amount.held,
            resets_at_ms: standing.resets_at_ms,
            from_ms: standing.from_ms,
        }
    }

    /// The amount that is left, in nano-dollars.
    pub fn remaining_nanos(&self) -> u64 {
        self.amount_nanos.saturating_sub(self.spent_nanos)
    }

    /// The part that is spent, in whole percent; of a budget of nothing all.
    pub fn percent(&self) -> u64 {
        if self.amount_nanos == 0 {
            return 100;
        }
        let percent = u128::from(self.spent_nanos) * 100 / u128::from(self.amount_nanos);
        u64::try_from(percent).unwrap_or(u64::MAX)
    }
}
