//! `GET /api/v1/accounts/{account_id}/requests.csv`: the log as a table for spreadsheets.

use axum::extract::State;
use axum::response::Response;
use futures_util::{Stream, stream};
use gateway::api::usage_reads;
use gateway::error::ApiError;
use store::AccountId;
use store::usage_events::LogFilter;
use store::usage_log::{self, LogEntry, LogRange};

use crate::api::csv_table::{Fields, ROWS_MAX, dollars, harmless, number, streamed};
use crate::api::query::QueryOf;
use crate::api::request_shapes::RequestsQuery;
use crate::api::time::Time;
use crate::auth::{AccountCaller, Viewer};
use crate::state::ControlState;

/// Rows that are read at once.
const ROWS_PER_PAGE: u32 = 500;
const MICROS_PER_MILLI: u64 = 1_000;

const HEAD: [&str; 19] = [
    "Time (UTC)",
    "Request",
    "API key",
    "Environment",
    "Endpoint",
    "Model",
    "Requested model",
    "Status",
    "End",
    "Error code",
    "Streamed",
    "Input tokens",
    "Output tokens",
    "Cached tokens",
    "Reasoning tokens",
    "Counted by",
    "Duration (ms)",
    "Time to first token (ms)",
    "Spend (USD)",
];

/// Requests of the account as a table, newest first: at most 100,000, so a longer time is asked for in parts.
#[utoipa::path(get, path = "/accounts/{account_id}/requests.csv", tag = "requests", operation_id = "get_requests_csv",
    params(("account_id" = String, Path), RequestsQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(crate) async fn get_requests_csv(
    State(app): State<ControlState>,
    caller: AccountCaller<Viewer>,
    QueryOf(query): QueryOf<RequestsQuery>,
) -> Result<Response, ApiError> {
    let (filter, from_ms, to_ms) = query.checked()?;
    let begin_ms = app
        .gateway
        .config
        .metering
        .request_log_begin_ms(app.clock.now_ms());
    let export = Export {
        account_id: caller.account_id().clone(),
        filter,
        range: LogRange {
            from_ms: from_ms.max(begin_ms.unwrap_or_default()),
            to_ms,
            before: None,
        },
        left: ROWS_MAX,
        app,
    };
    streamed("requests.csv", &HEAD, export.pages())
}

/// An export that is under way.
struct Export {
    app: ControlState,
    account_id: AccountId,
    filter: LogFilter,
    range: LogRange,
    /// Rows that may still come; none at the end.
    left: usize,
}

impl Export {
    /// A page after another, each in a turn of its own: a slow reader keeps no other request waiting.
    fn pages(self) -> impl Stream<Item = Result<Vec<Fields>, ApiError>> + Send {
        stream::unfold(self, |mut export| async move {
            if export.left == 0 {
                return None;
            }
            let page = export.next_page().await;
            if page.is_err() {
                export.left = 0;
            }
            Some((page, export))
        })
    }

    async fn next_page(&mut self) -> Result<Vec<Fields>, ApiError> {
        let wanted = usize::try_from(ROWS_PER_PAGE).unwrap_or(self.left);
        let _turn = usage_reads::turn(&self.app.gateway).await?;
        let rows = usage_log::list(
            &self.app.db,
            &self.account_id,
            &self.filter,
            &self.range,
            ROWS_PER_PAGE,
        )
        .await?;
        self.left = if rows.len() < wanted {
            0
        } else {
            self.left.saturating_sub(rows.len())
        };
        self.range.before = rows.last().map(|last| last.request_id.clone());
        Ok(rows.into_iter().map(fields).collect())
    }
}

fn fields(entry: LogEntry) -> Fields {
    vec![
        Time(entry.at_ms).to_text(),
        entry.request_id.to_string(),
        entry.api_key_id.to_string(),
        entry.environment,
        entry.endpoint,
        harmless(&entry.model_id),
        harmless(&entry.requested_model),
        entry.status.to_string(),
        entry.end_reason.as_str().to_owned(),
        entry.error_code,
        entry.is_streamed.to_string(),
        entry.input_tokens.to_string(),
        entry.output_tokens.to_string(),
        entry.cached_tokens.to_string(),
        entry.reasoning_tokens.to_string(),
        entry.counted_by.as_str().to_owned(),
        (entry.duration_us / MICROS_PER_MILLI).to_string(),
        number(entry.first_token_us.map(|micros| micros / MICROS_PER_MILLI)),
        dollars(entry.charge_nanos),
    ]
}
