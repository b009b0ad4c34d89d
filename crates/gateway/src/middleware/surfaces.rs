//! Languages of paths: an error of any kind is told in the language of the path, and ids stand where its clients look.

use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use llm::Language;
use llm::languages::{ANTHROPIC, GEMINI, is_gemini_path};

use crate::error::ApiError;

/// The header by which clients of Anthropic's language name its version.
const ANTHROPIC_VERSION: &str = "anthropic-version";
/// The header by which clients of Google's say what they are.
const GOOGLE_CLIENT: &str = "x-goog-api-client";
/// The id of a request, where clients of Anthropic's language look for it.
const ANTHROPIC_REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// The language of a path, if it is another than the house's. A path of several languages has that of the headers.
pub(super) fn language_of(path: &str, headers: &HeaderMap) -> Option<&'static Language> {
    if is_gemini_path(path) {
        return Some(&GEMINI);
    }
    let rest = path.strip_prefix("/v1/")?;
    let first = rest.split('/').next().unwrap_or_default();
    match first {
        "messages" => Some(&ANTHROPIC),
        "models" if headers.contains_key(ANTHROPIC_VERSION) => Some(&ANTHROPIC),
        "models" if headers.contains_key(GOOGLE_CLIENT) => Some(&GEMINI),
        _ => None,
    }
}

/// Tells an error in the language, and names the request where its clients look.
pub(super) fn translate(language: &'static Language, request_id: &str, response: &mut Response) {
    let error = response.extensions_mut().remove::<ApiError>();
    if let (Some(error), Some(client)) = (error, language.client) {
        let body = client.error_body(&error.facts_of(request_id));
        // The router has written the length of the body that stood here.
        let length = HeaderValue::from(body.len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
        *response.body_mut() = body.into();
        let content_type = HeaderValue::from_static(client.content_type());
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    if std::ptr::eq(language, &raw const ANTHROPIC)
        && let Ok(id) = HeaderValue::from_str(request_id)
    {
        response.headers_mut().insert(ANTHROPIC_REQUEST_ID, id);
    }
}
