//! Errors in groups, as accounts and operators see them: how often, since when, and one of them in words.

use gateway::error::ApiError;
use serde::{Deserialize, Serialize};
use store::error_rollups::{self, ErrorFilter, ErrorGroup, ErrorsBy};
use store::usage_rollups::{DAY_MS, HOUR_MS};
use store::{AccountId, api_keys, usage_log};
use utoipa::{IntoParams, ToSchema};

use crate::api::query::{text, time};
use crate::api::request_shapes::{AttemptCauseResponse, Opener, RequestErrorResponse};
use crate::api::time::Time;
use crate::state::Control;

/// Groups that are shown.
const GROUPS_MAX: u32 = 100;

/// Which errors are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ErrorsQuery {
    /// From when on, in whole hours; a day before `to` unless told.
    #[param(value_type = Option<Time>)]
    from: Option<String>,
    /// Until when; now unless told.
    #[param(value_type = Option<Time>)]
    to: Option<String>,
    #[param(max_length = 200)]
    api_key_id: Option<String>,
    /// A model, or a name that was asked for and is none.
    #[param(max_length = 200)]
    model: Option<String>,
    #[param(max_length = 200)]
    error_code: Option<String>,
    /// For operators.
    #[param(max_length = 200)]
    provider: Option<String>,
    /// For operators.
    #[param(max_length = 200)]
    account_id: Option<String>,
}

impl ErrorsQuery {
    /// Checks the question.
    ///
    /// # Errors
    /// If a parameter is not what it should be.
    pub(in crate::api) fn checked(self, now_ms: i64) -> Result<ErrorFilter, ApiError> {
        let to_ms = time(self.to.as_deref(), "to")?.unwrap_or(now_ms);
        let from_ms = time(self.from.as_deref(), "from")?.unwrap_or(to_ms - DAY_MS);
        if from_ms >= to_ms {
            return Err(ApiError::invalid_query("from", "a time before 'to'"));
        }
        Ok(ErrorFilter {
            account_id: text(self.account_id, "account_id")?,
            api_key_id: text(self.api_key_id, "api_key_id")?,
            model: text(self.model, "model")?,
            provider_name: text(self.provider, "provider")?,
            error_code: text(self.error_code, "error_code")?,
            from_ms: from_ms - from_ms.rem_euclid(HOUR_MS),
            to_ms,
        })
    }
}

/// Requests that ended in the same error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorGroupResponse {
    error_code: String,
    /// The model, or the name that was asked for and is none; empty if the request was refused before it was read.
    model: String,
    /// The key; `null` for operators.
    api_key_id: Option<String>,
    api_key_name: Option<String>,
    /// The provider that was tried last; for operators.
    provider: Option<String>,
    requests: u64,
    /// The number of accounts; for operators.
    accounts: Option<u64>,
    first_at: Time,
    last_at: Time,
    sample: ErrorSampleResponse,
}

/// The last request of a group of errors.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ErrorSampleResponse {
    request_id: String,
    /// For operators.
    account_id: Option<String>,
    /// The HTTP status that the client got; `null` if the request is not in the log any more.
    status: Option<u16>,
    /// The words that the client got.
    error: Option<RequestErrorResponse>,
    /// The cause of the last attempt; for operators.
    cause: Option<AttemptCauseResponse>,
}

/// The groups of an account, without what is the operator's.
pub(in crate::api) async fn of_account(
    app: &Control,
    account_id: &AccountId,
    filter: ErrorFilter,
) -> Result<Vec<ErrorGroupResponse>, ApiError> {
    let filter = ErrorFilter {
        account_id: account_id.to_string(),
        provider_name: String::new(),
        ..filter
    };
    let groups = list(app, &filter, ErrorsBy::ApiKey).await?;
    let mut shown = Vec::with_capacity(groups.len());
    for mut group in groups {
        group.provider = None;
        group.accounts = None;
        group.sample.account_id = None;
        group.sample.cause = None;
        if let Some(key_id) = group.api_key_id.as_deref() {
            group.api_key_name = api_keys::find_name(&app.db, account_id, &key_id.into()).await?;
        }
        shown.push(group);
    }
    Ok(shown)
}

/// The groups of all accounts, for operators.
pub(in crate::api) async fn of_platform(
    app: &Control,
    filter: ErrorFilter,
) -> Result<Vec<ErrorGroupResponse>, ApiError> {
    list(app, &filter, ErrorsBy::Provider).await
}

async fn list(
    app: &Control,
    filter: &ErrorFilter,
    by: ErrorsBy,
) -> Result<Vec<ErrorGroupResponse>, ApiError> {
    let groups = error_rollups::list_groups(&app.db, filter, by, GROUPS_MAX).await?;
    let mut shown = Vec::with_capacity(groups.len());
    for group in groups {
        shown.push(describe(app, group).await?);
    }
    Ok(shown)
}

async fn describe(app: &Control, group: ErrorGroup) -> Result<ErrorGroupResponse, ApiError> {
    let (account_id, id) = (&group.sample_account_id, &group.sample_request_id);
    let receipt = usage_log::find_detail(&app.db, account_id, id).await?;
    let opener = Opener {
        master: &app.gateway.master,
        request: id,
    };
    let (status, error, cause) = match receipt {
        Some(receipt) => (
            Some(receipt.entry.status),
            receipt
                .detail
                .error
                .and_then(|shown| RequestErrorResponse::of(*shown, opener)),
            receipt
                .detail
                .attempts
                .last()
                .and_then(|last| AttemptCauseResponse::of(last, opener)),
        ),
        None => (None, None, None),
    };
    let shown = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(ErrorGroupResponse {
        error_code: group.error_code,
        model: group.model,
        api_key_id: shown(group.api_key_id),
        api_key_name: None,
        provider: shown(group.provider_name),
        requests: group.requests,
        accounts: Some(group.accounts),
        first_at: Time(group.first_at_ms),
        last_at: Time(group.last_at_ms),
        sample: ErrorSampleResponse {
            request_id: id.to_string(),
            account_id: Some(account_id.to_string()),
            status,
            error,
            cause,
        },
    })
}
