//! The Dashboard's files, carried in the binary. Paths that are no file are its pages, and get its one
//! document; what asks for anything but a page gets the envelope of the API.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::api::fallback;
use crate::app::AppState;

/// What `make dashboard` built; empty when it was not built before the binary.
#[derive(RustEmbed)]
#[folder = "../../dashboard/dist"]
#[allow_missing = true]
struct Files;

const DOCUMENT: &str = "index.html";
/// Paths of the API: what is not there is said in its envelope.
const API_PREFIXES: [&str; 3] = ["/v1/", "/api/", "/.well-known/"];
/// Scripts only from us and never inline; nobody may frame us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const NOT_BUILT: &str =
    "This yunxin was built without its Dashboard: run `make dashboard`, and build it again.\n";
/// Names under `assets/` contain a hash of their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Answers whatever no route does.
pub async fn serve(State(app): State<AppState>, parts: Parts) -> Response {
    let path = parts.uri.path();
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    if !is_read || API_PREFIXES.iter().any(|prefix| path.starts_with(prefix)) {
        return fallback::refuse_path(State(app), parts)
            .await
            .into_response();
    }
    let name = path.trim_start_matches('/');
    if !name.is_empty()
        && name != DOCUMENT
        && let Some(response) = file(name, &parts.headers)
    {
        return response;
    }
    if !wants_page(&parts.headers) {
        return fallback::refuse_path(State(app), parts)
            .await
            .into_response();
    }
    let page = file(DOCUMENT, &parts.headers);
    page.unwrap_or_else(|| (StatusCode::NOT_FOUND, NOT_BUILT).into_response())
}

/// Whether somebody looks for a page: a browser says so, programs ask for anything.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    if name.ends_with(".br") || name.ends_with(".gz") {
        return None;
    }
    let (file, encoding) = best_copy(name, headers)?;
    let tag = tag_of(&file, encoding);
    let is_known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    write_headers(response.headers_mut(), name, encoding, &tag);
    Some(response)
}

/// The smallest copy that the client understands.
fn best_copy(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let accepts = |wanted: &str| {
        accepted.split(',').any(|one| {
            one.split(';')
                .next()
                .is_some_and(|one| one.trim() == wanted)
        })
    };
    for (encoding, end) in [("br", "br"), ("gzip", "gz")] {
        if accepts(encoding)
            && let Some(file) = Files::get(&format!("{name}.{end}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Files::get(name).map(|file| (file, None))
}

fn tag_of(file: &EmbeddedFile, encoding: Option<&str>) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{digits}-{}\"", encoding.unwrap_or("plain"))
}

fn write_headers(headers: &mut HeaderMap, name: &str, encoding: Option<&'static str>, tag: &str) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(type_of(name)));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    let is_asset = name.starts_with("assets/");
    headers.insert(CACHE_CONTROL, if is_asset { FOR_EVER } else { ASK_AGAIN });
    for (header, value) in [
        (VARY, "accept-encoding, accept"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
}

fn type_of(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
