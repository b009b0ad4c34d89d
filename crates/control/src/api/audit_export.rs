//! The audit log as a table for spreadsheets.

use axum::response::Response;
use futures_util::{Stream, stream};
use gateway::error::ApiError;
use store::AccountId;
use store::audit_log::{self, AuditEntry, AuditFilter};

use crate::api::csv_table::{Fields, ROWS_MAX, harmless, streamed};
use crate::api::time::Time;
use crate::state::ControlState;

/// Rows that are read at once.
const ROWS_PER_PAGE: u32 = 500;

const HEAD: [&str; 12] = [
    "Time (UTC)",
    "Account",
    "Action",
    "Kind of subject",
    "Subject",
    "Subject id",
    "Kind of actor",
    "Actor",
    "Actor id",
    "Address",
    "Before",
    "After",
];

/// An export that is under way.
pub(in crate::api) struct AuditExport {
    pub app: ControlState,
    /// The account whose changes are wanted; `None` is the whole platform.
    pub account_id: Option<AccountId>,
    pub filter: AuditFilter,
}

impl AuditExport {
    /// The table, newest first, at most [`ROWS_MAX`] rows of it.
    pub(in crate::api) fn respond(self) -> Result<Response, ApiError> {
        streamed("audit-log.csv", &HEAD, self.pages())
    }

    fn pages(self) -> impl Stream<Item = Result<Vec<Fields>, ApiError>> + Send {
        let begin = (self, None, ROWS_MAX);
        stream::unfold(begin, |(export, before, left)| async move {
            if left == 0 {
                return None;
            }
            let rows = match export.read(before).await {
                Ok(rows) => rows,
                Err(error) => return Some((Err(error), (export, before, 0))),
            };
            let is_last = rows.len() < usize::try_from(ROWS_PER_PAGE).unwrap_or_default();
            let left = if is_last {
                0
            } else {
                left.saturating_sub(rows.len())
            };
            let before = rows.last().map(|last| last.seq);
            let page = rows.into_iter().map(fields).collect();
            Some((Ok(page), (export, before, left)))
        })
    }

    async fn read(&self, before: Option<i64>) -> Result<Vec<AuditEntry>, ApiError> {
        let (db, filter) = (&self.app.db, &self.filter);
        let rows = match &self.account_id {
            Some(id) => audit_log::list(db, id, filter, before, ROWS_PER_PAGE).await?,
            None => audit_log::list_for_operator(db, filter, before, ROWS_PER_PAGE).await?,
        };
        Ok(rows)
    }
}

fn fields(entry: AuditEntry) -> Fields {
    vec![
        Time(entry.at_ms).to_text(),
        entry
            .account_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        entry.action,
        entry.subject_kind,
        harmless(&entry.subject_label),
        harmless(&entry.subject_id),
        entry.actor_kind,
        harmless(&entry.actor_label),
        harmless(&entry.actor_id),
        entry.address.unwrap_or_default(),
        entry.before.unwrap_or_default(),
        entry.after.unwrap_or_default(),
    ]
}
