//! The Dashboard's files, carried in the binary. Paths that are no file are its pages, and get its one
//! document; what asks for anything but a page gets the envelope of the API.

pub(crate) mod files;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::ACCEPT;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};

use crate::api::fallback;
use crate::app::AppState;
use files::file;

const DOCUMENT: &str = "index.html";
/// Paths of the API: what is not there is said in its envelope.
const API_PREFIXES: [&str; 3] = ["/v1/", "/api/", "/.well-known/"];
/// Pages of the documentation are files with gaps, which `docs` fills.
const TEMPLATES: &str = "docs/";
pub(crate) const NOT_BUILT: &str =
    "This yunxin was built without its Dashboard: run `make dashboard`, and build it again.\n";

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
    let is_file = !name.is_empty() && name != DOCUMENT && !name.starts_with(TEMPLATES);
    if is_file && let Some(response) = file(name, &parts.headers) {
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
