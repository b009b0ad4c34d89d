//! The credits of an account: what it has, and where they came from and went.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::json_body::JsonBody;
use gateway::error::ApiError;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use store::ledger;
use store::tiers::get_tier;
use utoipa::ToSchema;

use crate::api::ledger_shape::{LedgerEntryResponse, LedgerExport, LedgerQuery};
use crate::api::pagination::{Page, PageQuery, PageRequest};
use crate::api::query::QueryOf;
use crate::api::tier_shape::CreditsModeName;
use crate::auth::{AccountCaller, Member, Viewer};
use crate::commands::CommandError;
use crate::refusal;
use crate::state::ControlState;

/// The credits of an account, in nano-dollars.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditsResponse {
    /// `required` if requests are admitted only within the credits; `off` if usage is only counted.
    mode: CreditsModeName,
    /// The sum of all entries of the ledger.
    balance_nanos: i64,
    /// The part of it that servers hold for requests; it comes back as far as it is not used.
    held_nanos: i64,
}

/// The credits of the account. A charge is in the balance once the database has it, a moment after its request.
#[utoipa::path(get, path = "/accounts/{account_id}/credits", tag = "credits", operation_id = "get_credits",
    params(("account_id" = String, Path)), responses((status = 200, body = CreditsResponse)))]
pub(crate) async fn get_credits(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Json<CreditsResponse>, ApiError> {
    let tier = get_tier(&app.db, &caller.account.tier_id).await?;
    let mode = tier.credits.unwrap_or(app.gateway.config.credits.mode);
    let balance = ledger::balance_of(&app.db, caller.account_id()).await?;
    Ok(Json(CreditsResponse {
        mode: mode.into(),
        balance_nanos: balance.balance_nanos,
        held_nanos: balance.escrowed_nanos,
    }))
}

/// Entries of the account's ledger, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/entries", tag = "credits", operation_id = "list_ledger_entries",
    params(("account_id" = String, Path), PageQuery, LedgerQuery),
    responses((status = 200, body = Page<LedgerEntryResponse>)))]
pub(crate) async fn list_ledger_entries(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    page: PageRequest,
    QueryOf(query): QueryOf<LedgerQuery>,
) -> Result<Json<Page<LedgerEntryResponse>>, ApiError> {
    let filter = query.filter(caller.account_id().as_str())?;
    let before = page.after.as_deref().map(Into::into);
    let rows = ledger::list(&app.db, &filter, before.as_ref(), page.rows()).await?;
    let key = |entry: &ledger::Entry| entry.id.to_string();
    Ok(Json(Page::of(rows, &page, key, LedgerEntryResponse::of)))
}

/// Entries of the account's ledger as a table in dollars, newest first: at most 100,000.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/entries.csv", tag = "credits", operation_id = "get_ledger_csv",
    params(("account_id" = String, Path), LedgerQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_ledger_csv(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    QueryOf(query): QueryOf<LedgerQuery>,
) -> Result<Response, ApiError> {
    let filter = query.filter(caller.account_id().as_str())?;
    LedgerExport { app, filter }.csv()
}

/// Entries of the account's ledger, a line of JSON each, newest first: at most 100,000.
#[utoipa::path(get, path = "/accounts/{account_id}/credits/entries.jsonl", tag = "credits", operation_id = "get_ledger_jsonl",
    params(("account_id" = String, Path), LedgerQuery),
    responses((status = 200, body = String, content_type = "application/jsonl")))]
pub(crate) async fn get_ledger_jsonl(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    QueryOf(query): QueryOf<LedgerQuery>,
) -> Result<Response, ApiError> {
    let filter = query.filter(caller.account_id().as_str())?;
    Ok(LedgerExport { app, filter }.json_lines())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RedeemCodeRequest {
    /// `YXC-…`; case, spaces and hyphens do not matter.
    #[schema(max_length = 64)]
    code: String,
}

/// The worth of a code that was redeemed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RedeemedCodeResponse {
    amount_nanos: i64,
    /// The balance after it.
    balance_nanos: i64,
}

/// Redeems a code: its credits can be used when this is answered. Wrong codes are counted, and slowed down after a few.
#[utoipa::path(post, path = "/accounts/{account_id}/credits/redemptions", tag = "credits", operation_id = "redeem_code",
    params(("account_id" = String, Path)), request_body = RedeemCodeRequest,
    responses((status = 201, body = RedeemedCodeResponse)))]
pub(crate) async fn redeem_code(
    State(app): State<ControlState>,
    caller: AccountCaller<Member>,
    JsonBody(body): JsonBody<RedeemCodeRequest>,
) -> Result<(StatusCode, Json<RedeemedCodeResponse>), ApiError> {
    let account_id = caller.account_id();
    let now_ms = app.clock.now_ms();
    let attempt = app
        .throttle
        .attempt(account_id.as_str(), caller.address, now_ms)
        .map_err(refusal::too_many_attempts)?;
    let commands = app.commands(caller.actor());
    let redeemed = match commands.redeem_code(account_id, &body.code).await {
        Err(error @ CommandError::Invalid { .. }) => return Err(error.into()),
        // A right code costs nothing, and a fault of ours neither.
        other => {
            attempt.withdraw();
            other?
        }
    };
    let balance = ledger::balance_of(&app.db, account_id).await?;
    let response = RedeemedCodeResponse {
        amount_nanos: redeemed.amount_nanos,
        balance_nanos: balance.balance_nanos,
    };
    Ok((StatusCode::CREATED, Json(response)))
}
