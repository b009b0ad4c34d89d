//! Checks of budgets.

use store::budgets::{Budget, BudgetMode, BudgetWindow};

use super::CommandError;

/// Budgets of one key, account or tier.
const BUDGETS_MAX: usize = 10;

/// Budgets that can be kept: no two of the same window.
///
/// # Errors
/// [`CommandError::Invalid`] if they cannot.
pub(super) fn checked_budgets(
    field: &'static str,
    budgets: Vec<Budget>,
    now_ms: i64,
) -> Result<Vec<Budget>, CommandError> {
    if budgets.len() > BUDGETS_MAX {
        let message = format!("There can be at most {BUDGETS_MAX} budgets.");
        return Err(CommandError::invalid(field, message));
    }
    let mut kept: Vec<Budget> = Vec::with_capacity(budgets.len());
    for mut budget in budgets {
        // These two move in one way only.
        if matches!(budget.window, BudgetWindow::Session | BudgetWindow::Total) {
            budget.mode = BudgetMode::Calendar;
        }
        // One that is over is no override any more.
        budget.replaced = budget
            .replaced
            .filter(|replaced| replaced.until_ms > now_ms);
        let is_same = |other: &Budget| (other.window, other.mode) == (budget.window, budget.mode);
        if kept.iter().any(is_same) {
            let window = budget.window.as_str();
            let message =
                format!("There are two budgets with the same window ({window}). Keep one.");
            return Err(CommandError::invalid(field, message));
        }
        kept.push(budget);
    }
    Ok(kept)
}
