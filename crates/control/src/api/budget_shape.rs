//! Budgets in JSON.

use gateway::budgets::{BudgetSource, BudgetStatus};
use gateway::catalog::Price;
use serde::{Deserialize, Serialize};
use store::budgets::{self, Budget};
use utoipa::ToSchema;

use super::time::Time;

/// The length of a budget's window: a `session` is five hours from the first use on; `total` is all time.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BudgetWindow {
    Session,
    Day,
    Week,
    Month,
    Total,
}

/// The way in which a day, a week or a month moves: with the calendar, in UTC, or as the last 24 hours, 7 or 30 days.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BudgetMode {
    #[default]
    Calendar,
    Rolling,
}

/// The effect of a budget that is used up: requests are refused, or the account is told and nothing else.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BudgetAction {
    #[default]
    Block,
    Warn,
}

/// The owner of a budget.
#[expect(dead_code, reason = "only the document says these words")]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BudgetOwner {
    Key,
    Account,
    Operator,
    Tier,
}

/// The most that may be spent in a window.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BudgetSpec {
    window: BudgetWindow,
    #[serde(default)]
    #[schema(required = false)]
    mode: BudgetMode,
    /// Dollars.
    #[schema(value_type = f64, minimum = 0)]
    amount: Price,
    #[serde(default)]
    #[schema(required = false)]
    action: BudgetAction,
    /// Another amount for a while.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    replaced: Option<BudgetOverride>,
}

/// The amount of a budget until some time.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BudgetOverride {
    /// Dollars.
    #[schema(value_type = f64, minimum = 0)]
    amount: Price,
    until: Time,
}

/// A budget as it stands. Amounts are dollars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BudgetResponse {
    /// The one who set it.
    #[schema(value_type = BudgetOwner)]
    source: &'static str,
    window: BudgetWindow,
    mode: BudgetMode,
    #[schema(value_type = f64)]
    amount: Price,
    action: BudgetAction,
    #[serde(rename = "override")]
    replaced: Option<BudgetOverride>,
    /// The amount in force: `amount`, or that of the override.
    #[schema(value_type = f64)]
    limit: Price,
    #[schema(value_type = f64)]
    spent: Price,
    #[schema(value_type = f64)]
    remaining: Price,
    /// The part of `limit` that is spent.
    percent: u64,
    /// The end of the window; of a rolling one, when the first charge leaves it. `null`: never, or nothing was spent.
    resets_at: Option<Time>,
}

impl From<BudgetSpec> for Budget {
    fn from(spec: BudgetSpec) -> Self {
        Self {
            window: match spec.window {
                BudgetWindow::Session => budgets::BudgetWindow::Session,
                BudgetWindow::Day => budgets::BudgetWindow::Day,
                BudgetWindow::Week => budgets::BudgetWindow::Week,
                BudgetWindow::Month => budgets::BudgetWindow::Month,
                BudgetWindow::Total => budgets::BudgetWindow::Total,
            },
            mode: match spec.mode {
                BudgetMode::Calendar => budgets::BudgetMode::Calendar,
                BudgetMode::Rolling => budgets::BudgetMode::Rolling,
            },
            amount_nanos: spec.amount.nanos,
            action: match spec.action {
                BudgetAction::Block => budgets::BudgetAction::Block,
                BudgetAction::Warn => budgets::BudgetAction::Warn,
            },
            replaced: spec.replaced.map(|replaced| budgets::BudgetOverride {
                amount_nanos: replaced.amount.nanos,
                until_ms: replaced.until.0,
            }),
        }
    }
}

impl BudgetSpec {
    pub(in crate::api) fn of(budget: &Budget) -> Self {
        Self {
            window: match budget.window {
                budgets::BudgetWindow::Session => BudgetWindow::Session,
                budgets::BudgetWindow::Day => BudgetWindow::Day,
                budgets::BudgetWindow::Week => BudgetWindow::Week,
                budgets::BudgetWindow::Month => BudgetWindow::Month,
                budgets::BudgetWindow::Total => BudgetWindow::Total,
            },
            mode: match budget.mode {
                budgets::BudgetMode::Calendar => BudgetMode::Calendar,
                budgets::BudgetMode::Rolling => BudgetMode::Rolling,
            },
            amount: price(budget.amount_nanos),
            action: match budget.action {
                budgets::BudgetAction::Block => BudgetAction::Block,
                budgets::BudgetAction::Warn => BudgetAction::Warn,
            },
            replaced: budget.replaced.map(|replaced| BudgetOverride {
                amount: price(replaced.amount_nanos),
                until: Time(replaced.until_ms),
            }),
        }
    }

    /// Budgets in JSON.
    pub(in crate::api) fn list(budgets: &[Budget]) -> Vec<Self> {
        budgets.iter().map(Self::of).collect()
    }
}

/// Budgets as they are kept.
pub(in crate::api) fn kept(specs: Vec<BudgetSpec>) -> Vec<Budget> {
    specs.into_iter().map(Budget::from).collect()
}

impl BudgetResponse {
    pub(in crate::api) fn of(source: BudgetSource, status: &BudgetStatus) -> Self {
        let spec = BudgetSpec::of(&status.budget);
        Self {
            source: source.as_str(),
            window: spec.window,
            mode: spec.mode,
            amount: spec.amount,
            action: spec.action,
            replaced: spec.replaced,
            limit: price(status.amount_nanos),
            spent: price(status.spent_nanos),
            remaining: price(status.remaining_nanos()),
            percent: status.percent(),
            resets_at: status.resets_at_ms.map(Time),
        }
    }
}

pub(in crate::api) fn price(nanos: u64) -> Price {
    Price { nanos }
}
