//! Query parameters of the management API, with our own words for what is wrong with them.

use axum::extract::{FromRequestParts, Query};
use gateway::error::ApiError;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::api::time::Time;
use crate::state::ControlState;

/// A query that was read. Parameters that are unknown are ignored: several types read one query.
#[derive(Debug)]
pub(crate) struct QueryOf<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<ControlState> for QueryOf<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &ControlState) -> Result<Self, ApiError> {
        match Query::<T>::from_request_parts(parts, app).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(_) => Err(ApiError::invalid_query(
                "query",
                "each parameter once, with a value of its type",
            )),
        }
    }
}

const TEXT_BYTES_MAX: usize = 200;

/// A time, in milliseconds.
///
/// # Errors
/// If it is none.
pub(crate) fn time(text: Option<&str>, param: &'static str) -> Result<Option<i64>, ApiError> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => match Time::parse(text) {
            Some(time) => Ok(Some(time.0)),
            None => Err(ApiError::invalid_query(
                param,
                "a time in RFC 3339, such as 2026-11-24T10:00:00Z",
            )),
        },
    }
}

/// A short text; empty when it is left out.
///
/// # Errors
/// If it is long.
pub(crate) fn text(value: Option<String>, param: &'static str) -> Result<String, ApiError> {
    let value = value.unwrap_or_default();
    if value.len() > TEXT_BYTES_MAX || value.contains('\0') {
        return Err(ApiError::invalid_query(param, "at most 200 bytes of text"));
    }
    Ok(value)
}

/// One of some words; empty when it is left out.
///
/// # Errors
/// If it is another word.
pub(crate) fn one_of(
    value: Option<String>,
    param: &'static str,
    known: &[&str],
    expected: &'static str,
) -> Result<String, ApiError> {
    let value = value.unwrap_or_default();
    if !value.is_empty() && !known.contains(&value.as_str()) {
        return Err(ApiError::invalid_query(param, expected));
    }
    Ok(value)
}
