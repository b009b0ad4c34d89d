//! Entries of the audit log, as accounts and operators see them.

use axum::extract::{FromRequestParts, Query};
use gateway::error::ApiError;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::audit_log::{AuditEntry, AuditFilter};
use utoipa::{IntoParams, ToSchema};

use super::pagination::PageRequest;
use super::query::time;
use super::time::Time;
use crate::state::ControlState;

/// A query of the audit log.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditLogQuery {
    /// An action (`api_key.revoked`) or its first word (`api_key`).
    action: Option<String>,
    /// The id of whoever acted.
    actor: Option<String>,
    /// From when on; the first one unless told.
    #[param(value_type = Option<Time>)]
    from: Option<String>,
    /// Until when; the last one unless told.
    #[param(value_type = Option<Time>)]
    to: Option<String>,
}

impl AuditLogQuery {
    /// Checks the question.
    ///
    /// # Errors
    /// If a time is none.
    pub(in crate::api) fn filter(self) -> Result<AuditFilter, ApiError> {
        let all = AuditFilter::default();
        Ok(AuditFilter {
            action: self.action.unwrap_or_default(),
            actor: self.actor.unwrap_or_default(),
            from_ms: time(self.from.as_deref(), "from")?.unwrap_or(all.from_ms),
            to_ms: time(self.to.as_deref(), "to")?.unwrap_or(all.to_ms),
        })
    }
}

impl FromRequestParts<ControlState> for AuditLogQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let query = Query::<Self>::from_request_parts(parts, app).await;
        query
            .map(|Query(query)| query)
            .map_err(|_| ApiError::invalid_query("action", "a name, given once"))
    }
}

/// The place in the log that a cursor names.
pub(in crate::api) fn cursor_of(page: &PageRequest) -> Result<Option<i64>, ApiError> {
    let wrong = || ApiError::invalid_query("cursor", "next_cursor of an earlier page");
    let place = page.after.as_deref().map(str::parse).transpose();
    place.map_err(|_| wrong())
}

/// A change: who, from where, what, and what was before and after.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntryResponse {
    id: String,
    at: Time,
    /// The account it concerns; `null` where it concerns the platform.
    account_id: Option<String>,
    actor: ActorResponse,
    address: Option<String>,
    action: String,
    subject: SubjectResponse,
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ActorResponse {
    /// `user`, `management_key`, `cli` or `system`.
    #[schema(value_type = crate::api::document_words::ActorKind)]
    kind: String,
    id: String,
    label: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectResponse {
    kind: String,
    id: String,
    label: String,
}

impl AuditEntryResponse {
    pub(in crate::api) fn of(entry: AuditEntry) -> Self {
        let object = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: entry.id.to_string(),
            at: Time(entry.at_ms),
            account_id: entry.account_id.map(|id| id.to_string()),
            actor: ActorResponse {
                kind: entry.actor_kind,
                id: entry.actor_id,
                label: entry.actor_label,
            },
            address: entry.address,
            action: entry.action,
            subject: SubjectResponse {
                kind: entry.subject_kind,
                id: entry.subject_id,
                label: entry.subject_label,
            },
            before: object(entry.before),
            after: object(entry.after),
        }
    }
}
