//! The files that `make dashboard` built, and the headers that they are sent with.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::compress;

/// The files that `make dashboard` built; none if it was not built before the binary.
#[derive(RustEmbed)]
#[folder = "../../dashboard/dist"]
#[allow_missing = true]
pub(crate) struct Files;

/// The content security policy: scripts only from us and never inline, no frames around us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Names under `assets/` contain a hash of their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// A file as it is sent: its name, which says its type, its bytes, and what they are a copy of.
pub(crate) struct SentFile<'a> {
    pub name: &'a str,
    pub bytes: Bytes,
    pub encoding: Option<&'static str>,
    pub sha256: [u8; 32],
    /// The headers of a request that the response depends on.
    pub vary: &'static str,
}

/// The file of that name in the copy that the client understands; nothing of it when the client has it.
pub(crate) fn file(name: &str, headers: &HeaderMap) -> Option<Response> {
    if name.ends_with(".br") || name.ends_with(".gz") {
        return None;
    }
    let (file, encoding) = best_copy(name, headers)?;
    let sent = SentFile {
        name,
        sha256: file.metadata.sha256_hash(),
        bytes: file.data.into_owned().into(),
        encoding,
        vary: "accept-encoding, accept",
    };
    Some(respond(sent, headers))
}

/// The text of a file.
pub(crate) fn text(name: &str) -> Option<String> {
    String::from_utf8(Files::get(name)?.data.into_owned()).ok()
}

/// A text that was made of a file, in an encoding that the client understands.
pub(crate) fn filled(
    name: &str,
    text: String,
    vary: &'static str,
    headers: &HeaderMap,
) -> Response {
    let sha256 = compress::digest(text.as_bytes());
    let (bytes, encoding) = compress::for_client(Bytes::from(text), sha256, headers);
    let sent = SentFile {
        name,
        bytes,
        encoding,
        sha256,
        vary,
    };
    respond(sent, headers)
}

/// The smallest copy that the client understands.
fn best_copy(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    for (encoding, end) in [("br", "br"), ("gzip", "gz")] {
        if compress::accepts(encoding, headers)
            && let Some(file) = Files::get(&format!("{name}.{end}"))
        {
            return Some((file, Some(encoding)));
        }
    }
    Files::get(name).map(|file| (file, None))
}

/// The response with these bytes, or the one that says that the client has them.
pub(crate) fn respond(sent: SentFile<'_>, headers: &HeaderMap) -> Response {
    let tag = tag_of(&sent.sha256, sent.encoding);
    let is_known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str());
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(sent.bytes).into_response()
    };
    let written = response.headers_mut();
    written.insert(CONTENT_TYPE, HeaderValue::from_static(type_of(sent.name)));
    if let Some(encoding) = sent.encoding {
        written.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        written.insert(ETAG, tag);
    }
    let is_asset = sent.name.starts_with("assets/");
    written.insert(CACHE_CONTROL, if is_asset { FOR_EVER } else { ASK_AGAIN });
    written.insert(VARY, HeaderValue::from_static(sent.vary));
    protect(written);
    response
}

fn tag_of(sha256: &[u8; 32], encoding: Option<&str>) -> String {
    let digits: String = sha256
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{digits}-{}\"", encoding.unwrap_or("plain"))
}

fn protect(headers: &mut HeaderMap) {
    for (header, value) in [
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
        "md" => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    }
}
