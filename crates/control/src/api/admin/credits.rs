//! Credits, for operators: balances, grants, and the ledger of all accounts.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::ledger::{self, Balance};
use store::{AccountId, LedgerEntryId, StoreError, accounts};
use utoipa::ToSchema;

use crate::api::ledger_shape::{LedgerEntryResponse, LedgerExport, LedgerQuery};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::path::PathId;
use crate::api::query::QueryOf;
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// An account that has or had credits, in nano-dollars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountBalanceResponse {
    account_id: String,
    name: String,
    email: String,
    /// The id of its tier.
    tier: String,
    balance_nanos: i64,
    /// The part of it that servers hold for requests.
    held_nanos: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantCreditsRequest {
    /// Dollars as decimal text: `12.50`.
    #[schema(max_length = 30)]
    amount: String,
    /// The account sees it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UndoLedgerEntryRequest {
    /// The account sees it.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Which account's entries are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OperatorLedgerQuery {
    /// The id of an account; left out, all.
    account: Option<String>,
    /// `grant`, `redemption`, `payment`, `payment_refund`, `charge`, `refund`, `adjustment` or `expiry`.
    kind: Option<String>,
}

impl OperatorLedgerQuery {
    fn filter(self) -> Result<ledger::EntryFilter, ApiError> {
        let account = self.account.unwrap_or_default();
        LedgerQuery::of_kind(self.kind).filter(&account)
    }
}

/// Balances of accounts that have or had credits.
#[utoipa::path(get, path = "/admin/credits", tag = "admin", operation_id = "list_balances",
    params(PageQuery), responses((status = 200, body = Page<AccountBalanceResponse>)))]
pub(crate) async fn list_balances(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
) -> Result<Json<Page<AccountBalanceResponse>>, ApiError> {
    let after = page.after.as_deref().map(AccountId::from);
    let rows = ledger::list_balances(&app.db, after.as_ref(), page.rows()).await?;
    let key = |row: &(AccountId, Balance)| row.0.to_string();
    let Page { data, next_cursor } = Page::of(rows, &page, key, |row| row);
    let mut described = Vec::with_capacity(data.len());
    for (id, balance) in data {
        described.push(describe(&app, id, balance).await?);
    }
    Ok(Json(Page {
        data: described,
        next_cursor,
    }))
}

async fn describe(
    app: &Control,
    id: AccountId,
    balance: Balance,
) -> Result<AccountBalanceResponse, ApiError> {
    let account = accounts::get_account(&app.db, &id).await?;
    Ok(AccountBalanceResponse {
        account_id: id.to_string(),
        name: account.name,
        email: account.email,
        tier: account.tier_id,
        balance_nanos: balance.balance_nanos,
        held_nanos: balance.escrowed_nanos,
    })
}

/// Gives an account credits. Requests may use them at once.
#[utoipa::path(post, path = "/admin/accounts/{id}/credits", tag = "admin", operation_id = "grant_credits",
    params(("id" = String, Path)), request_body = GrantCreditsRequest,
    responses((status = 201, body = LedgerEntryResponse)))]
pub(crate) async fn grant_credits(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<GrantCreditsRequest>,
) -> Result<(StatusCode, Json<LedgerEntryResponse>), ApiError> {
    let id = AccountId::from(id);
    match accounts::get_account(&app.db, &id).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("account")),
        found => found.map(drop)?,
    }
    let commands = app.commands(operator.actor());
    let entry = commands
        .grant_credits(&id, &body.amount, &body.reason)
        .await?;
    Ok((StatusCode::CREATED, Json(LedgerEntryResponse::of(entry))))
}

/// Entries of the ledger, newest first.
#[utoipa::path(get, path = "/admin/credits/entries", tag = "admin", operation_id = "list_operator_ledger_entries",
    params(PageQuery, OperatorLedgerQuery), responses((status = 200, body = Page<LedgerEntryResponse>)))]
pub(crate) async fn list_ledger_entries(
    State(app): State<ControlState>,
    _: Operator,
    page: PageRequest,
    QueryOf(query): QueryOf<OperatorLedgerQuery>,
) -> Result<Json<Page<LedgerEntryResponse>>, ApiError> {
    let before = page.after.as_deref().map(Into::into);
    let rows = ledger::list(&app.db, &query.filter()?, before.as_ref(), page.rows()).await?;
    let key = |entry: &ledger::Entry| entry.id.to_string();
    Ok(Json(Page::of(rows, &page, key, LedgerEntryResponse::of)))
}

/// Entries of the ledger as a table in dollars, newest first: at most 100,000.
#[utoipa::path(get, path = "/admin/credits/entries.csv", tag = "admin", operation_id = "get_operator_ledger_csv",
    params(OperatorLedgerQuery), responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_ledger_csv(
    State(app): State<ControlState>,
    _: Operator,
    QueryOf(query): QueryOf<OperatorLedgerQuery>,
) -> Result<Response, ApiError> {
    let filter = query.filter()?;
    LedgerExport { app, filter }.csv()
}

/// Undoes an entry by one against it: what was given is taken back as far as it is left, a charge is refunded.
#[utoipa::path(post, path = "/admin/credits/entries/{id}/undo", tag = "admin", operation_id = "undo_ledger_entry",
    params(("id" = String, Path)), request_body = UndoLedgerEntryRequest,
    responses((status = 201, body = LedgerEntryResponse)))]
pub(crate) async fn undo_ledger_entry(
    State(app): State<ControlState>,
    operator: Operator,
    PathId(id): PathId,
    JsonBody(body): JsonBody<UndoLedgerEntryRequest>,
) -> Result<(StatusCode, Json<LedgerEntryResponse>), ApiError> {
    let id = LedgerEntryId::from(id);
    match ledger::find(&app.db, &id).await {
        Err(StoreError::NotFound { .. }) => return Err(ApiError::not_found("entry")),
        found => found.map(drop)?,
    }
    let commands = app.commands(operator.actor());
    let entry = commands.undo_ledger_entry(&id, &body.reason).await?;
    Ok((StatusCode::CREATED, Json(LedgerEntryResponse::of(entry))))
}
