//! A budget that is used up.

use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use llm::cost::dollars;
use store::budgets::{Budget, BudgetMode, BudgetWindow};

use super::ApiError;

/// The window that a request ran into, its amount, what was spent in it, and when it begins anew.
const WINDOW: HeaderName = HeaderName::from_static("x-yunxin-budget-window");
const SOURCE: HeaderName = HeaderName::from_static("x-yunxin-budget-source");
const LIMIT: HeaderName = HeaderName::from_static("x-yunxin-budget-limit");
const SPENT: HeaderName = HeaderName::from_static("x-yunxin-budget-spent");
const RESET: HeaderName = HeaderName::from_static("x-yunxin-budget-reset");

/// The wait for requests that run to give back what they do not need.
const FREED_SOON: Duration = Duration::from_secs(5);

/// A budget that has less left than a request may cost. Amounts are nano-dollars.
#[derive(Debug, Clone, Copy)]
pub struct BudgetLeft {
    /// Of a key, or else of its account.
    pub is_of_key: bool,
    /// The owner's word.
    pub source: &'static str,
    pub budget: Budget,
    pub amount_nanos: u64,
    pub spent_nanos: u64,
    pub held_nanos: u64,
    /// The most that the request may cost.
    pub quote_nanos: u64,
    pub resets_at_ms: Option<i64>,
    /// Requests that run hold what is missing.
    pub may_be_freed: bool,
}

impl ApiError {
    /// The request may cost more than a budget has left.
    pub fn budget_exceeded(left: &BudgetLeft) -> Self {
        let error = Self::new(
            StatusCode::PAYMENT_REQUIRED,
            "billing_error",
            "budget_exceeded",
            in_words(left),
        );
        let reset = left
            .resets_at_ms
            .map(|at_ms| HeaderValue::from(at_ms.div_euclid(1_000)));
        let amount = |nanos| HeaderValue::try_from(dollars(nanos)).ok();
        let headers = [
            (
                WINDOW,
                Some(HeaderValue::from_static(left.budget.window.as_str())),
            ),
            (SOURCE, Some(HeaderValue::from_static(left.source))),
            (LIMIT, amount(left.amount_nanos)),
            (SPENT, amount(left.spent_nanos)),
            (RESET, reset),
        ];
        let headers = headers.into_iter();
        let headers = headers.filter_map(|(name, value)| Some((name, value?)));
        error
            .with_own_headers(headers)
            .with_retry_after(left.may_be_freed.then_some(FREED_SOON))
    }
}

fn in_words(left: &BudgetLeft) -> String {
    let whose = if left.is_of_key { "API key" } else { "account" };
    let window = in_window(left.budget);
    let [amount, spent, held, quote] = [
        left.amount_nanos,
        left.spent_nanos,
        left.held_nanos,
        left.quote_nanos,
    ]
    .map(dollars);
    let until = match left.resets_at_ms {
        _ if left.may_be_freed => {
            let seconds = FREED_SOON.as_secs();
            format!("Requests that run hold the rest; try again in {seconds} s")
        }
        Some(at_ms) => {
            let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
            match left.budget.mode {
                BudgetMode::Rolling if left.budget.window != BudgetWindow::Session => {
                    format!("From {at:.0} on the first of it counts no more")
                }
                _ => format!("It resets at {at:.0}"),
            }
        }
        None => "It does not reset".to_owned(),
    };
    format!(
        "The budget of this {whose} is used up: ${spent} of ${amount} {window} are spent, ${held} are held by requests that run, and this one may cost up to ${quote}. {until}. Nothing was charged. A request may cost less with a lower max_tokens; the budget is changed in the Dashboard."
    )
}

fn in_window(budget: Budget) -> &'static str {
    match (budget.window, budget.mode) {
        (BudgetWindow::Session, _) => "per session of 5 hours",
        (BudgetWindow::Day, BudgetMode::Calendar) => "per day (UTC)",
        (BudgetWindow::Day, BudgetMode::Rolling) => "in 24 hours",
        (BudgetWindow::Week, BudgetMode::Calendar) => "per week (UTC)",
        (BudgetWindow::Week, BudgetMode::Rolling) => "in 7 days",
        (BudgetWindow::Month, BudgetMode::Calendar) => "per month (UTC)",
        (BudgetWindow::Month, BudgetMode::Rolling) => "in 30 days",
        (BudgetWindow::Total, _) => "in total",
    }
}
