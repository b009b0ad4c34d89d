//! Budgets of an account, and what it spends this month.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::JsonBody;
use gateway::budgets::{BudgetSource, spent_since, statuses_of};
use gateway::catalog::Price;
use gateway::error::ApiError;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use store::accounts::Account;
use store::api_keys::ApiKey;
use store::budgets::{Spent, read_spent};
use store::usage_rollups::DAY_MS;
use utoipa::ToSchema;

use crate::api::budget_shape::{BudgetResponse, BudgetSpec, kept, price};
use crate::auth::{AccountCaller, Admin, Viewer};
use crate::commands::AccountEdit;
use crate::state::{Control, ControlState};

/// The days whose mean the forecast goes on with.
const FORECAST_DAYS: u64 = 7;

/// The budgets of an account as they stand: its own, and those of an operator or its tier.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountBudgetsResponse {
    budgets: Vec<BudgetResponse>,
    /// Dollars spent in this month, by the calendar, in UTC.
    #[schema(value_type = f64)]
    month_to_date: Price,
    /// Dollars that the month will have cost if it goes on as the last seven days did.
    #[schema(value_type = f64)]
    month_forecast: Price,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditAccountBudgetsRequest {
    /// All budgets that the account gives itself, in place of those before.
    #[schema(max_items = 10)]
    budgets: Vec<BudgetSpec>,
}

/// Shows the budgets that count what the account spends, and its spend this month.
#[utoipa::path(get, path = "/accounts/{account_id}/budgets", tag = "budgets", operation_id = "get_account_budgets",
    params(("account_id" = String, Path)), responses((status = 200, body = AccountBudgetsResponse)))]
pub(crate) async fn get_budgets(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Json<AccountBudgetsResponse>, ApiError> {
    Ok(Json(describe(&app, &caller.account).await?))
}

/// Replaces the budgets that the account gives itself. They hold in every server when this is answered.
#[utoipa::path(patch, path = "/accounts/{account_id}/budgets", tag = "budgets", operation_id = "set_account_budgets",
    params(("account_id" = String, Path)), request_body = EditAccountBudgetsRequest,
    responses((status = 200, body = AccountBudgetsResponse)))]
pub(crate) async fn set_budgets(
    State(app): State<ControlState>,
    caller: AccountCaller<Admin>,
    JsonBody(body): JsonBody<EditAccountBudgetsRequest>,
) -> Result<Json<AccountBudgetsResponse>, ApiError> {
    let edit = AccountEdit {
        budgets: Some(kept(body.budgets)),
        ..AccountEdit::default()
    };
    let commands = app.commands(caller.actor());
    let account = commands.edit_account(caller.account_id(), edit).await?;
    Ok(Json(describe(&app, &account).await?))
}

async fn describe(app: &Control, account: &Account) -> Result<AccountBudgetsResponse, ApiError> {
    let now_ms = app.clock.now_ms();
    let spent = read_spent(&app.db, &account.id, None, spent_since(now_ms)).await?;
    let catalog = app.gateway.catalog.load();
    let of_tier = catalog.tier(&account.tier_id).map(|tier| &*tier.budgets);
    let (source, above) = match &account.operator_budgets {
        Some(budgets) => (BudgetSource::Operator, &**budgets),
        None => (BudgetSource::Tier, of_tier.unwrap_or_default()),
    };
    let mut budgets = Vec::new();
    for (source, list) in [(BudgetSource::Account, &*account.budgets), (source, above)] {
        let statuses = statuses_of(&spent, list, now_ms);
        budgets.extend(
            statuses
                .iter()
                .map(|status| BudgetResponse::of(source, status)),
        );
    }
    let (to_date, forecast) = month(&spent, now_ms);
    Ok(AccountBudgetsResponse {
        budgets,
        month_to_date: price(to_date),
        month_forecast: price(forecast),
    })
}

/// The spend of the month that runs, and the forecast of it at its end.
fn month(spent: &Spent, now_ms: i64) -> (u64, u64) {
    let now = Offset::UTC.to_datetime(Timestamp::from_millisecond(now_ms).unwrap_or_default());
    let today_ms = now_ms - now_ms.rem_euclid(DAY_MS);
    let begin_ms = today_ms - i64::from(now.day() - 1) * DAY_MS;
    let end_ms = begin_ms + i64::from(now.date().days_in_month()) * DAY_MS;
    let week_ms = now_ms - FORECAST_DAYS.cast_signed() * DAY_MS;
    let since = |from_ms: i64| {
        let hours = spent.hours.iter().filter(|(at_ms, _)| *at_ms >= from_ms);
        hours.fold(0_u64, |sum, (_, nanos)| sum.saturating_add(*nanos))
    };
    let to_date = since(begin_ms);
    let left_ms = u128::from((end_ms - now_ms).unsigned_abs());
    let to_come =
        u128::from(since(week_ms)) * left_ms / u128::from(FORECAST_DAYS * DAY_MS.unsigned_abs());
    let to_come = u64::try_from(to_come).unwrap_or(u64::MAX);
    (to_date, to_date.saturating_add(to_come))
}

/// The budgets of a key as they stand.
pub(super) async fn of_key(app: &Control, key: &ApiKey) -> Result<Vec<BudgetResponse>, ApiError> {
    if key.budgets.is_empty() {
        return Ok(Vec::new());
    }
    let now_ms = app.clock.now_ms();
    let spent = read_spent(&app.db, &key.account_id, Some(&key.id), spent_since(now_ms)).await?;
    let statuses = statuses_of(&spent, &key.budgets, now_ms);
    let statuses = statuses.iter();
    Ok(statuses
        .map(|status| BudgetResponse::of(BudgetSource::Key, status))
        .collect())
}
