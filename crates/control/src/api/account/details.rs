//! The account itself.

use axum::Json;
use axum::extract::State;
use gateway::api::json_body::{JsonBody, present};
use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::accounts;
use utoipa::ToSchema;

use crate::api::tier_shape::TierResponse;
use crate::api::time::Time;
use crate::auth::{AccountCaller, Admin, Viewer};
use crate::commands::AccountEdit;
use crate::state::{Control, ControlState};

/// An account, as its members see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountResponse {
    id: String,
    name: String,
    email: String,
    /// Its tier, with the limits that hold for this account.
    tier: TierResponse,
    /// True if some of them are its own, in place of the tier's.
    has_own_limits: bool,
    /// `active` or `suspended`.
    #[schema(value_type = crate::api::admin::accounts::AccountState)]
    status: &'static str,
    /// The caller's.
    #[schema(value_type = crate::api::role_shape::RoleName)]
    role: &'static str,
    created_at: Time,
    /// Keys that are neither revoked nor expired.
    keys_used: u64,
    keys_max: Option<u64>,
    /// After how many days the secret of a live key is due for replacement; `null` for never.
    key_rotation_days: Option<i64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditAccountRequest {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `null`: no reminders to replace secrets.
    #[serde(default, deserialize_with = "present")]
    #[schema(minimum = 1, maximum = 3650)]
    key_rotation_days: Option<Option<i64>>,
}

/// The account.
#[utoipa::path(get, path = "/accounts/{account_id}", tag = "account", operation_id = "get_account",
    params(("account_id" = String, Path)), responses((status = 200, body = AccountResponse)))]
pub(crate) async fn get_account(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
) -> Result<Json<AccountResponse>, ApiError> {
    Ok(Json(describe(&app, &caller).await?))
}

/// Renames the account, or says how old secrets may get.
#[utoipa::path(patch, path = "/accounts/{account_id}/account", tag = "account", operation_id = "edit_account",
    params(("account_id" = String, Path)), request_body = EditAccountRequest,
    responses((status = 200, body = AccountResponse)))]
pub(crate) async fn edit_account(
    State(app): State<ControlState>,
    mut caller: AccountCaller<Admin>,
    JsonBody(body): JsonBody<EditAccountRequest>,
) -> Result<Json<AccountResponse>, ApiError> {
    let edit = AccountEdit {
        name: body.name,
        key_rotation_days: body.key_rotation_days,
        ..AccountEdit::default()
    };
    let commands = app.commands(caller.actor());
    caller.account = commands.edit_account(caller.account_id(), edit).await?;
    Ok(Json(describe(&app, &caller).await?))
}

async fn describe<R>(
    app: &Control,
    caller: &AccountCaller<R>,
) -> Result<AccountResponse, ApiError> {
    let account = &caller.account;
    let catalog = app.gateway.catalog.load();
    let tier = catalog.tier(&account.tier_id).ok_or_else(|| {
        ApiError::unavailable(anyhow::anyhow!("the account's tier is not loaded"))
    })?;
    let tier = account.limits.over(tier);
    let keys_used = accounts::count_active_keys(&app.db, &account.id, app.clock.now_ms()).await?;
    Ok(AccountResponse {
        id: account.id.to_string(),
        name: if account.name.is_empty() {
            account.email.clone()
        } else {
            account.name.clone()
        },
        email: account.email.clone(),
        tier: TierResponse::of(&tier, None),
        has_own_limits: !account.limits.is_empty(),
        status: account.status.as_str(),
        role: caller.role.as_str(),
        created_at: Time(account.created_at_ms),
        keys_used,
        keys_max: tier.keys_max,
        key_rotation_days: account.key_rotation_days,
    })
}
