//! Accounts, for operators.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::{JsonBody, present};
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::accounts::{self, AccountFilter, AccountOverview, AccountStatus};
use store::limit_override::LimitOverride;
use store::usage_rollups::{self, DAY_MS, Sums};
use store::{AccountId, StoreError, platform_rollups};
use utoipa::ToSchema;

use crate::api::budget_shape::{BudgetSpec, kept};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::commands::AccountEdit;
use crate::state::{Control, ControlState};

/// Which accounts are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListAccountsQuery {
    /// A part of the id, the name or the address.
    query: Option<String>,
    /// The id of a tier.
    tier: Option<String>,
    /// `active` or `suspended`.
    status: Option<String>,
}

/// An account, as operators see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorAccountResponse {
    id: String,
    name: String,
    email: String,
    /// The id of its tier.
    tier: String,
    #[schema(value_type = AccountState)]
    status: &'static str,
    notes: String,
    /// Limits in place of those of its tier, by name: what is left out is the tier's, `null` is unlimited.
    #[schema(value_type = std::collections::BTreeMap<String, Option<u64>>)]
    limits: AccountLimits,
    /// Budgets in place of those of its tier; `null`: those of its tier.
    budgets: Option<Vec<BudgetSpec>>,
    created_at: Time,
    members: u64,
    api_keys: u64,
    requests_30d: u64,
    charge_nanos_30d: u64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateAccountRequest {
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 100)]
    name: Option<String>,
    tier: String,
}

/// The changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditOperatorAccountRequest {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    tier: Option<String>,
    status: Option<AccountState>,
    #[schema(max_length = 4000)]
    notes: Option<String>,
    /// All limits in place of those of the tier: what is left out is the tier's, `null` is unlimited; `{}` takes them away.
    limits: Option<AccountLimits>,
    /// The budgets in place of the tier's: `[]` for none, `null` for the tier's.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<BudgetSpec>>, max_items = 10)]
    budgets: Option<Option<Vec<BudgetSpec>>>,
}

/// Limits of one account. What is left out is as its tier has it; `null` is unlimited.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountLimits {
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<u64>, maximum = 1_000_000_000_000u64)]
    requests_per_minute: Option<Option<u64>>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<u64>, maximum = 1_000_000_000_000u64)]
    tokens_per_minute: Option<Option<u64>>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<u64>, maximum = 1_000_000_000_000u64)]
    requests_per_day: Option<Option<u64>>,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    #[schema(value_type = Option<u64>, maximum = 1_000_000_000_000u64)]
    concurrent_requests: Option<Option<u64>>,
}

impl From<AccountLimits> for LimitOverride {
    fn from(limits: AccountLimits) -> Self {
        Self {
            requests_per_minute: limits.requests_per_minute,
            tokens_per_minute: limits.tokens_per_minute,
            requests_per_day: limits.requests_per_day,
            concurrent_requests: limits.concurrent_requests,
        }
    }
}

impl From<LimitOverride> for AccountLimits {
    fn from(limits: LimitOverride) -> Self {
        Self {
            requests_per_minute: limits.requests_per_minute,
            tokens_per_minute: limits.tokens_per_minute,
            requests_per_day: limits.requests_per_day,
            concurrent_requests: limits.concurrent_requests,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AccountState {
    Active,
    Suspended,
}

/// Accounts, newest first.
#[utoipa::path(get, path = "/admin/accounts", tag = "admin", operation_id = "list_accounts",
    params(PageQuery, ListAccountsQuery), responses((status = 200, body = Page<OperatorAccountResponse>)))]
pub(crate) async fn list_accounts(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<ListAccountsQuery>,
) -> Result<Json<Page<OperatorAccountResponse>>, ApiError> {
    let filter = AccountFilter {
        text: query.query.unwrap_or_default(),
        tier_id: query.tier.unwrap_or_default(),
        status: query.status.unwrap_or_default(),
    };
    let before = page.after.as_deref().map(AccountId::from);
    let rows = accounts::list_for_operator(&app.db, &filter, before.as_ref(), page.rows()).await?;
    let used = platform_rollups::list_by_account(&app.db, month_begin_ms(&app)).await?;
    let used: HashMap<String, Sums> = used.into_iter().collect();
    let describe = |row: AccountOverview| {
        let sums = used.get(row.account.id.as_str()).copied();
        describe(row, sums.unwrap_or_default())
    };
    Ok(Json(Page::of(
        rows,
        &page,
        |row| row.account.id.to_string(),
        describe,
    )))
}

/// Makes an account; invite its people afterwards.
#[utoipa::path(post, path = "/admin/accounts", tag = "admin", operation_id = "create_account",
    request_body = CreateAccountRequest, responses((status = 201, body = OperatorAccountResponse)))]
pub(crate) async fn create_account(
    State(app): State<ControlState>,
    operator: Operator,
    JsonBody(body): JsonBody<CreateAccountRequest>,
) -> Result<(StatusCode, Json<OperatorAccountResponse>), ApiError> {
    let name = body.name.unwrap_or_default();
    let commands = app.commands(operator.actor());
    let account = commands
        .create_account(&body.email, &name, &body.tier)
        .await?;
    let found = find(&app, &account.id).await?;
    Ok((StatusCode::CREATED, Json(found)))
}

/// One account.
#[utoipa::path(get, path = "/admin/accounts/{id}", tag = "admin", operation_id = "get_operator_account",
    params(("id" = String, Path)), responses((status = 200, body = OperatorAccountResponse)))]
pub(crate) async fn get_account(
    State(app): State<ControlState>,
    _: Operator,
    PathId(id): PathId,
) -> Result<Json<OperatorAccountResponse>, ApiError> {
    Ok(Json(find(&app, &id.into()).await?))
}

/// Renames, moves, suspends or resumes an account. Every server acts on it when this is answered.
#[utoipa::path(patch, path = "/admin/accounts/{id}", tag = "admin", operation_id = "edit_operator_account",
    params(("id" = String, Path)), request_body = EditOperatorAccountRequest,
    responses((status = 200, body = OperatorAccountResponse)))]
pub(crate) async fn edit_account(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<EditOperatorAccountRequest>,
) -> Result<Json<OperatorAccountResponse>, ApiError> {
    let id = AccountId::from(id);
    let edit = AccountEdit {
        name: body.name,
        tier_id: body.tier,
        status: body.status.map(|status| match status {
            AccountState::Active => AccountStatus::Active,
            AccountState::Suspended => AccountStatus::Suspended,
        }),
        notes: body.notes,
        key_rotation_days: None,
        limits: body.limits.map(Into::into),
        budgets: None,
        operator_budgets: body.budgets.map(|budgets| budgets.map(kept)),
    };
    app.commands(operator.actor())
        .edit_account(&id, edit)
        .await?;
    Ok(Json(find(&app, &id).await?))
}

async fn find(app: &Control, id: &AccountId) -> Result<OperatorAccountResponse, ApiError> {
    match accounts::get_account(&app.db, id).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("account")),
        found => found.map(drop)?,
    }
    let filter = AccountFilter {
        text: id.to_string(),
        ..AccountFilter::default()
    };
    let found = accounts::list_for_operator(&app.db, &filter, None, 1).await?;
    let found = found.into_iter().find(|row| row.account.id == *id);
    let found = found.ok_or_else(|| ApiError::not_found("account"))?;
    let sums = usage_rollups::sum_of_account(&app.db, id, month_begin_ms(app)).await?;
    Ok(describe(found, sums))
}

/// The begin of the first of the last thirty days.
fn month_begin_ms(app: &Control) -> i64 {
    let now_ms = app.clock.now_ms();
    now_ms - now_ms.rem_euclid(DAY_MS) - (DAYS - 1) * DAY_MS
}

const DAYS: i64 = 30;

fn describe(row: AccountOverview, used: Sums) -> OperatorAccountResponse {
    let account = row.account;
    OperatorAccountResponse {
        id: account.id.to_string(),
        name: account.name,
        email: account.email,
        tier: account.tier_id,
        status: account.status.as_str(),
        notes: account.notes,
        limits: account.limits.into(),
        budgets: account.operator_budgets.as_deref().map(BudgetSpec::list),
        created_at: Time(account.created_at_ms),
        members: row.members,
        api_keys: row.api_keys,
        requests_30d: used.requests,
        charge_nanos_30d: used.charge_nanos,
    }
}
