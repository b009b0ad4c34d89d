//! Tables for spreadsheets: with a byte order mark, by which they know UTF-8, and a first row that people read.

use std::convert::Infallible;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use gateway::error::ApiError;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

/// Rows that a table has at most; a longer one is asked for in parts, by its times.
pub(crate) const ROWS_MAX: usize = 100_000;
/// The byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";
const NANOS_PER_DOLLAR: u64 = 1_000_000_000;

/// One row.
pub(crate) type Fields = Vec<String>;

/// A table that is there.
///
/// # Errors
/// If memory does not take a write: never in practice.
pub(crate) fn whole(name: &str, head: &[&str], rows: &[Fields]) -> Result<Response, ApiError> {
    let mut bytes = head_of(head)?;
    bytes.extend(lines(rows)?);
    Ok(response(name, Body::from(bytes)))
}

/// A table that is read while it is sent. A failure ends it where it is, with a row that says so: its head is gone.
///
/// # Errors
/// If memory does not take a write: never in practice.
pub(crate) fn streamed(
    name: &str,
    head: &[&str],
    pages: impl Stream<Item = Result<Vec<Fields>, ApiError>> + Send + 'static,
) -> Result<Response, ApiError> {
    let first = stream::iter([Bytes::from(head_of(head)?)]);
    let rest = pages.map(|page| {
        let page = page.and_then(|rows| lines(&rows));
        page.map_or_else(|error| broken(&error), Bytes::from)
    });
    // The layer that compresses asks once more after the end.
    let body = first.chain(rest).map(Ok::<_, Infallible>).fuse();
    Ok(response(name, Body::from_stream(body)))
}

fn broken(error: &ApiError) -> Bytes {
    tracing::warn!(
        error.code = error.code(),
        error.source = error.source().map(|source| format!("{source:#}")),
        "an export broke off"
    );
    Bytes::from_static(b"\"This table is incomplete: reading it failed. Export it again.\"\n")
}

fn head_of(head: &[&str]) -> Result<Vec<u8>, ApiError> {
    let head: Fields = head.iter().map(|&name| name.to_owned()).collect();
    Ok([BOM, &lines(&[head])?].concat())
}

fn lines(rows: &[Fields]) -> Result<Vec<u8>, ApiError> {
    let mut table = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    for row in rows {
        table.write_record(row).map_err(ApiError::internal)?;
    }
    let bytes = table.into_inner();
    bytes.map_err(|error| ApiError::internal(error.into_error()))
}

fn response(name: &str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}

/// A text that no spreadsheet takes for a formula.
pub(crate) fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Money in dollars, exact and without zeros at the end.
pub(crate) fn dollars(nanos: u64) -> String {
    let (whole, rest) = (nanos / NANOS_PER_DOLLAR, nanos % NANOS_PER_DOLLAR);
    if rest == 0 {
        return whole.to_string();
    }
    let fraction = format!("{rest:09}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// A number, or an empty field.
pub(crate) fn number(number: Option<u64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::{dollars, harmless, lines};

    #[test]
    fn money_is_exact_and_in_dollars() {
        for (nanos, text) in [
            (0, "0"),
            (1, "0.000000001"),
            (104_000, "0.000104"),
            (2_500_000_000, "2.5"),
            (7_000_000_000, "7"),
        ] {
            assert_eq!(dollars(nanos), text);
        }
    }

    #[test]
    fn texts_are_quoted_and_are_no_formulas() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        let rows = [vec!["a,b".to_owned(), "c\"d".to_owned()]];
        let text = String::from_utf8(lines(&rows).unwrap_or_default()).unwrap_or_default();
        assert_eq!(text, "\"a,b\",\"c\"\"d\"\n");
    }
}
