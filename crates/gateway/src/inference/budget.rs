//! The budgets of a request: its quote is held before it is counted against a limit.

use super::budget_alerts::tell;
use super::settle::Settlement;
use crate::auth::ApiKeyCaller;
use crate::budgets::{BudgetExceeded, BudgetHold, BudgetSource, SpendOwner};
use crate::error::{ApiError, BudgetLeft};
use crate::state::Gateway;

/// Reserves what the request may cost with its key and account. What costs nothing is held nowhere.
pub(super) async fn hold(
    app: &Gateway,
    caller: &ApiKeyCaller,
    quote_nanos: u64,
    settlement: &mut Settlement,
) -> Result<(), ApiError> {
    let lines = caller.key.budgets(&caller.tier);
    let counters = caller.key.counters();
    let owner = SpendOwner {
        key: (caller.key.id(), counters.key.spend()),
        account: (caller.key.account_id(), counters.account.spend()),
    };
    let ready = app.shared.budgets.ready(owner, lines).await;
    ready.map_err(ApiError::unavailable)?;
    let now_ms = app.shared.limiter.now().wall_ms;
    let spends = [owner.key.1, owner.account.1];
    match BudgetHold::take(spends, lines, quote_nanos, now_ms) {
        Ok(hold) => {
            settlement.hold(hold);
            Ok(())
        }
        Err(refused) => {
            let (exceeded, news) = *refused;
            settlement.decide_at(now_ms);
            app.metrics.count_limit_hit("budget");
            tell(app, &caller.key, news);
            Err(ApiError::budget_exceeded(&left_of(&exceeded)))
        }
    }
}

fn left_of(exceeded: &BudgetExceeded) -> BudgetLeft {
    let status = &exceeded.status;
    BudgetLeft {
        is_of_key: exceeded.source == BudgetSource::Key,
        source: exceeded.source.as_str(),
        budget: status.budget,
        amount_nanos: status.amount_nanos,
        spent_nanos: status.spent_nanos,
        held_nanos: status.held_nanos,
        quote_nanos: exceeded.quote_nanos,
        resets_at_ms: status.resets_at_ms,
        may_be_freed: exceeded.may_be_freed,
    }
}
