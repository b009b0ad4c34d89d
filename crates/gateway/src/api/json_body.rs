//! Bodies of the management API: JSON objects, whose faults are told by the name of the field.

use axum::body::Body;
use axum::extract::{FromRef, FromRequest, FromRequestParts};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request};
use memchr::memmem;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::body::read_body;
use crate::auth::RequestContext;
use crate::content_coding::ContentCoding;
use crate::error::ApiError;
use crate::state::GatewayState;

/// Bytes of a body; a setting or a name needs no more.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A body that was read. Types that it is read into deny unknown fields.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T, S> FromRequest<S> for JsonBody<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
    GatewayState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::json_expected());
        }
        let coding = ContentCoding::of(request.headers())?;
        let (mut parts, body) = request.into_parts();
        let context = RequestContext::from_request_parts(&mut parts, state).await?;
        let app = GatewayState::from_ref(state);
        let bytes = read_body(
            &app,
            &context,
            &parts.headers,
            body,
            Some(coding),
            BODY_BYTES_MAX,
        )
        .await?;
        refuse_zero_bytes(&bytes)?;
        parse(&bytes).map(Self)
    }
}

/// Returns whether a body says that it is JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"))
}

/// PostgreSQL has no text with a zero byte in it, and nobody means one. In JSON it is always written so.
fn refuse_zero_bytes(bytes: &[u8]) -> Result<(), ApiError> {
    if memmem::find(bytes, b"\\u0000").is_none() {
        return Ok(());
    }
    // It may be a backslash and what follows it: only reading tells. What is no JSON is told later.
    let value = serde_json::from_slice(bytes).unwrap_or_default();
    match place_of_zero_byte(&value) {
        Some(place) => Err(ApiError::invalid_field(
            place,
            "Invalid body: text must not contain zero bytes (\\u0000).",
        )),
        None => Ok(()),
    }
}

/// The field with such a text in it. The reader bounds how deep this goes.
fn place_of_zero_byte(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => items.iter().find_map(place_of_zero_byte),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if name.contains('\0') {
                return Some(String::new());
            }
            let inner = place_of_zero_byte(value)?;
            Some(match inner.as_str() {
                "" => name.clone(),
                inner => format!("{name}.{inner}"),
            })
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Tells `null` from a field that is not there.
/// # Errors
/// If the value is there and cannot be read.
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(refused)?;
    reader
        .end()
        .map_err(|error| ApiError::malformed_json(&error.to_string()))?;
    Ok(value)
}

/// Deserialises a body that was read already.
///
/// # Errors
/// If a member is unknown, is missing, or is not of its type.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(value).map_err(refused)
}

fn refused(error: serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let path = error.path().to_string();
    let inner = error.into_inner();
    if inner.classify() != serde_json::error::Category::Data {
        return ApiError::malformed_json(&inner.to_string());
    }
    let message = describe(&inner);
    match message.strip_prefix("unknown field `") {
        Some(rest) => {
            let field = rest.split('`').next().unwrap_or_default();
            let name = match path.as_str() {
                "." => field.to_owned(),
                path if path.ends_with(field) => path.to_owned(),
                path => format!("{path}.{field}"),
            };
            ApiError::unknown_field(name, format!("Invalid body: {message}."))
        }
        None => {
            let name = match message.strip_prefix("missing field `") {
                Some(rest) => rest.split('`').next().unwrap_or_default().to_owned(),
                None => path,
            };
            ApiError::invalid_field(name, format!("Invalid body: {message}."))
        }
    }
}

/// The message without the place, which `param` says better.
fn describe(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..end).unwrap_or(&message).to_owned()
}
