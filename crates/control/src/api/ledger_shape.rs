//! Entries of the ledger in JSON, and as a table.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use gateway::error::ApiError;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use store::LedgerEntryId;
use store::ledger::{self, Entry, EntryFilter, EntryKind};
use utoipa::ToSchema;

use crate::api::csv_table::{Fields, ROWS_MAX, dollars, harmless, streamed};
use crate::api::time::Time;
use crate::state::ControlState;

/// Rows that are read at once.
const ROWS_PER_PAGE: u32 = 500;

const HEAD: [&str; 7] = [
    "Time (UTC)",
    "Entry",
    "Account",
    "Kind",
    "Amount (USD)",
    "Reference",
    "Note",
];

/// An entry of the ledger, from the account's side.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEntryResponse {
    id: String,
    at: Time,
    account_id: String,
    /// `grant`, `redemption`, `payment`, `payment_refund`, `charge`, `refund`, `adjustment` or `expiry`.
    kind: &'static str,
    /// The amount that the account got, in nano-dollars; negative if it gave.
    amount_nanos: i64,
    /// The thing that it is for: the id of a request for its charge.
    reference: String,
    /// The reason of an operator, or the model of a request.
    note: String,
}

impl LedgerEntryResponse {
    pub(in crate::api) fn of(entry: Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: Time(entry.at_ms),
            account_id: entry.account_id.to_string(),
            kind: entry.kind.as_str(),
            amount_nanos: entry.amount_nanos,
            reference: entry.reference,
            note: entry.note,
        }
    }
}

/// Which entries are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LedgerQuery {
    /// `grant`, `redemption`, `payment`, `payment_refund`, `charge`, `refund`, `adjustment` or `expiry`.
    kind: Option<String>,
}

impl LedgerQuery {
    pub(in crate::api) fn of_kind(kind: Option<String>) -> Self {
        Self { kind }
    }

    pub(in crate::api) fn filter(self, account_id: &str) -> Result<EntryFilter, ApiError> {
        let kind = self.kind.filter(|kind| !kind.is_empty());
        let parsed = kind.map(|kind| {
            let expected =
                "grant, redemption, payment, payment_refund, charge, refund, adjustment or expiry";
            EntryKind::parse(&kind).ok_or_else(|| ApiError::invalid_query("kind", expected))
        });
        Ok(EntryFilter {
            account_id: account_id.to_owned(),
            kind: parsed.transpose()?,
        })
    }
}

/// An export of entries, newest first, that is under way.
pub(in crate::api) struct LedgerExport {
    pub app: ControlState,
    pub filter: EntryFilter,
}

impl LedgerExport {
    /// A table for spreadsheets, in dollars: at most [`ROWS_MAX`] rows.
    pub(in crate::api) fn csv(self) -> Result<Response, ApiError> {
        let pages = self.pages();
        let rows = pages.map(|page| Ok(page?.iter().map(fields).collect()));
        streamed("ledger.csv", &HEAD, rows)
    }

    /// A line of JSON per entry: at most [`ROWS_MAX`] lines. A failure ends it with a line that says so.
    pub(in crate::api) fn json_lines(self) -> Response {
        let lines = self.pages().map(|page| {
            let page = page.and_then(lines);
            let broken = Bytes::from_static(b"{\"error\":\"incomplete: export it again\"}\n");
            Ok::<_, std::convert::Infallible>(page.unwrap_or(broken))
        });
        let headers = [
            (CONTENT_TYPE, "application/jsonl"),
            (CONTENT_DISPOSITION, "attachment; filename=\"ledger.jsonl\""),
        ];
        // The layer that compresses asks once more after the end.
        (headers, Body::from_stream(lines.fuse())).into_response()
    }

    fn pages(self) -> impl Stream<Item = Result<Vec<Entry>, ApiError>> + Send {
        let begin = (self, None::<LedgerEntryId>, ROWS_MAX);
        stream::unfold(begin, |(export, before, left)| async move {
            if left == 0 {
                return None;
            }
            let (db, filter) = (&export.app.db, &export.filter);
            let rows = match ledger::list(db, filter, before.as_ref(), ROWS_PER_PAGE).await {
                Ok(rows) => rows,
                Err(error) => return Some((Err(error.into()), (export, before, 0))),
            };
            let is_last = rows.len() < usize::try_from(ROWS_PER_PAGE).unwrap_or_default();
            let left = if is_last {
                0
            } else {
                left.saturating_sub(rows.len())
            };
            let before = rows.last().map(|last| last.id.clone());
            Some((Ok(rows), (export, before, left)))
        })
    }
}

fn lines(entries: Vec<Entry>) -> Result<Bytes, ApiError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = LedgerEntryResponse::of(entry);
        serde_json::to_writer(&mut bytes, &entry).map_err(ApiError::internal)?;
        bytes.push(b'\n');
    }
    Ok(bytes.into())
}

fn fields(entry: &Entry) -> Fields {
    let sign = if entry.amount_nanos < 0 { "-" } else { "" };
    vec![
        Time(entry.at_ms).to_text(),
        entry.id.to_string(),
        entry.account_id.to_string(),
        entry.kind.as_str().to_owned(),
        format!("{sign}{}", dollars(entry.amount_nanos.unsigned_abs())),
        harmless(&entry.reference),
        harmless(&entry.note),
    ]
}
