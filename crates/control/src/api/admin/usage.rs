//! `GET /api/v1/admin/usage` and `usage.csv`: usage across accounts.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use gateway::api::usage_reads;
use gateway::error::ApiError;
use store::{AccountId, StoreError, accounts, platform_rollups};

use crate::api::query::QueryOf;
use crate::api::usage_report::{GroupBy, UsageQuery, UsageResponse, add_latencies, report, to_csv};
use crate::auth::Operator;
use crate::state::{Control, ControlState};

/// Reports the usage of all accounts, in all, by group and over time.
#[utoipa::path(get, path = "/admin/usage", tag = "admin", operation_id = "get_platform_usage",
    params(UsageQuery), responses((status = 200, body = UsageResponse)))]
pub(crate) async fn get_platform_usage(
    State(app): State<ControlState>,
    _: Operator,
    QueryOf(query): QueryOf<UsageQuery>,
) -> Result<Json<UsageResponse>, ApiError> {
    read(&app, query).await.map(Json)
}

/// Reports usage as a table: a row per step and group.
#[utoipa::path(get, path = "/admin/usage.csv", tag = "admin", operation_id = "get_platform_usage_csv",
    params(UsageQuery), responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_platform_usage_csv(
    State(app): State<ControlState>,
    _: Operator,
    QueryOf(query): QueryOf<UsageQuery>,
) -> Result<Response, ApiError> {
    to_csv(&read(&app, query).await?)
}

async fn read(app: &Control, query: UsageQuery) -> Result<UsageResponse, ApiError> {
    let question = query.checked(app.clock.now_ms())?;
    if question.group_by == Some(GroupBy::ApiKey) || !question.filter.api_key_id.is_empty() {
        let expected = "account, model, environment, status, endpoint or provider: keys are told apart within an account";
        return Err(ApiError::invalid_query("group_by", expected));
    }
    let _turn = usage_reads::turn(&app.gateway).await?;
    let (span, group) = (question.span, question.group());
    let points = platform_rollups::list_points(&app.db, span, group, &question.filter).await?;
    let mut usage = report(&question, points);
    let span = question.latency_span();
    let latencies =
        platform_rollups::list_latencies(&app.db, span, group, &question.filter).await?;
    add_latencies(&mut usage, latencies);
    if question.group_by == Some(GroupBy::Account) {
        for group in &mut usage.groups {
            let id = AccountId::from(group.key.as_str());
            match accounts::get_account(&app.db, &id).await {
                Ok(account) if account.name.is_empty() => group.label = account.email,
                Ok(account) => group.label = account.name,
                // `other` is no account.
                Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(usage)
}
