//! Notices for operators: what fails or is refused, at which provider, and what ended.

use axum::Json;
use axum::extract::State;
use gateway::error::ApiError;
use serde::Serialize;
use serde_json::Value;
use store::operator_notices::{self, OperatorNotice};
use utoipa::ToSchema;

use crate::api::pagination::Page;
use crate::api::time::Time;
use crate::auth::Operator;
use crate::operator_notices::label;
use crate::state::ControlState;

/// Notices of one response.
const NOTICES_MAX: u32 = 100;

/// A notice for operators.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OperatorNoticeResponse {
    id: String,
    /// `deployment_failing`, `credential_refused`, `quota_exhausted`, `model_unknown` or `queue_shedding`.
    kind: &'static str,
    /// The id of a deployment or model, or the name of a provider.
    subject: String,
    /// The name of the subject for people.
    label: String,
    /// `model`, `provider`, `deployment_id`, `upstream_model` and `last_error` of a deployment; `model` and `shed` of a queue.
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    facts: Value,
    began_at: Time,
    /// The time at which a server last saw it.
    last_seen_at: Time,
    /// `null` while it goes on.
    ended_at: Option<Time>,
}

/// Lists what fails, is refused or sheds: first what goes on, then what ended in the last thirty days, newest first.
#[utoipa::path(get, path = "/admin/notices", tag = "admin", operation_id = "list_operator_notices",
    responses((status = 200, body = Page<OperatorNoticeResponse>)))]
pub(crate) async fn list_operator_notices(
    State(app): State<ControlState>,
    _: Operator,
) -> Result<Json<Page<OperatorNoticeResponse>>, ApiError> {
    let notices = operator_notices::list(&app.db, NOTICES_MAX).await?;
    Ok(Json(Page::whole(
        notices.into_iter().map(response).collect(),
    )))
}

fn response(notice: OperatorNotice) -> OperatorNoticeResponse {
    OperatorNoticeResponse {
        label: label(&notice),
        id: notice.id.to_string(),
        kind: notice.kind.as_str(),
        subject: notice.subject,
        facts: notice.facts,
        began_at: Time(notice.began_at_ms),
        last_seen_at: Time(notice.seen_at_ms),
        ended_at: notice.ended_at_ms.map(Time),
    }
}
