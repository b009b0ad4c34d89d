//! Lists in pages: a limit, a cursor that is nobody's business, and a stable order.

use axum::extract::{FromRequestParts, Query};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway::error::ApiError;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::state::ControlState;

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 200;
const CURSOR_CHARS_MAX: usize = 200;

/// Which page is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Rows of the page: 1 to 200; 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// Which page is asked for, checked.
#[derive(Debug, Clone)]
pub(crate) struct PageRequest {
    pub limit: u32,
    /// The sort key of the last row of the page before.
    pub after: Option<String>,
}

impl FromRequestParts<ControlState> for PageRequest {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        let wrong = || ApiError::invalid_query("limit", "a number from 1 to 200");
        let query = Query::<PageQuery>::from_request_parts(parts, app).await;
        let Query(query) = query.map_err(|_| wrong())?;
        let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(wrong());
        }
        let after = match query.cursor.as_deref() {
            None | Some("") => None,
            Some(cursor) => Some(open(cursor).ok_or_else(|| {
                ApiError::invalid_query("cursor", "next_cursor of an earlier page")
            })?),
        };
        Ok(Self { limit, after })
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    pub data: Vec<T>,
    /// Ask for the next page with it; `null` on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of rows that were asked for with `limit + 1`, so that it shows whether there are more.
    /// `key` says what a row is sorted by.
    pub(crate) fn of<R>(
        mut rows: Vec<R>,
        request: &PageRequest,
        key: impl Fn(&R) -> String,
        describe: impl FnMut(R) -> T,
    ) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| has_more).map(|row| close(&key(row)));
        Self {
            data: rows.into_iter().map(describe).collect(),
            next_cursor,
        }
    }

    /// A list that is short by its nature.
    pub(crate) fn whole(data: Vec<T>) -> Self {
        Self {
            data,
            next_cursor: None,
        }
    }
}

impl PageRequest {
    /// The number of rows to read for [`Page::of`].
    pub(crate) fn rows(&self) -> u32 {
        self.limit + 1
    }
}

/// A cursor from what a row is sorted by.
pub(crate) fn close(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn open(cursor: &str) -> Option<String> {
    if cursor.len() > CURSOR_CHARS_MAX {
        return None;
    }
    let key = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    // PostgreSQL has no text with a zero byte in it.
    (!key.contains('\0')).then_some(key)
}
