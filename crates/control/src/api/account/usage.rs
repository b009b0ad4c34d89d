//! `GET /api/v1/accounts/{account_id}/usage` and `usage.csv`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::usage_reads;
use gateway::error::ApiError;
use store::{AccountId, ApiKeyId, api_keys, usage_rollups};

use crate::api::query::QueryOf;
use crate::api::usage_report::{GroupBy, UsageQuery, UsageResponse, add_latencies, report, to_csv};
use crate::auth::{AccountCaller, Viewer};
use crate::state::{Control, ControlState};

/// Reports the account's usage, in all, by group and over time.
#[utoipa::path(get, path = "/accounts/{account_id}/usage", tag = "usage", operation_id = "get_account_usage",
    params(("account_id" = String, Path), UsageQuery), responses((status = 200, body = UsageResponse)))]
pub(crate) async fn get_account_usage(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    QueryOf(query): QueryOf<UsageQuery>,
) -> Result<Json<UsageResponse>, ApiError> {
    read(&app, caller.account_id(), query).await.map(Json)
}

/// Reports usage as a table: a row per step and group.
#[utoipa::path(get, path = "/accounts/{account_id}/usage.csv", tag = "usage", operation_id = "get_account_usage_csv",
    params(("account_id" = String, Path), UsageQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_account_usage_csv(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    QueryOf(query): QueryOf<UsageQuery>,
) -> Result<Response, ApiError> {
    to_csv(&read(&app, caller.account_id(), query).await?)
}

async fn read(
    app: &Control,
    account_id: &AccountId,
    query: UsageQuery,
) -> Result<UsageResponse, ApiError> {
    let question = query.checked(app.clock.now_ms())?;
    if question.group_by == Some(GroupBy::Account) {
        let expected = "model, api_key, environment, status, endpoint or provider";
        return Err(ApiError::invalid_query("group_by", expected));
    }
    let _turn = usage_reads::turn(&app.gateway).await?;
    let (span, group) = (question.span, question.group());
    let points =
        usage_rollups::list_points(&app.db, account_id, span, group, &question.filter).await?;
    let mut usage = report(&question, points);
    let span = question.latency_span();
    let latencies =
        usage_rollups::list_latencies(&app.db, account_id, span, group, &question.filter).await?;
    add_latencies(&mut usage, latencies);
    if question.group_by == Some(GroupBy::ApiKey) {
        for group in &mut usage.groups {
            let id = ApiKeyId::from(group.key.as_str());
            if let Some(name) = api_keys::find_name(&app.db, account_id, &id).await? {
                group.label = name;
            }
        }
    }
    Ok(usage)
}
