//! The Dashboard's files, carried in the binary. Paths that are no file are its pages, and get its one
//! document; what asks for anything but a page gets the envelope of the API.

pub(crate) mod compress;
pub(crate) mod files;
mod first_files;
pub(crate) mod page_language;
pub(crate) mod rebase;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use gateway::api::fallback;
use http::header::ACCEPT;
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};

use crate::state::ControlState;
use files::file;

const DOCUMENT: &str = "index.html";
/// First parts of paths of the API: what is not there is said in its envelope.
const API_ROOTS: [&str; 4] = ["v1", "v1beta", "api", ".well-known"];
/// Addresses of the API below a path that is not configured: a page there would hide the mistake from programs.
const MISPLACED: [&str; 8] = [
    "/api/v1/",
    "/v1/models",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/messages",
    "/v1/responses",
    "/v1beta/models",
];
/// Pages of the documentation are files with gaps, which `docs` fills.
const TEMPLATES: &str = "docs/";
pub(crate) const NOT_BUILT: &str =
    "This yunxin was built without its Dashboard: run `make dashboard`, and build it again.\n";

/// Responds whatever no route does.
pub(crate) async fn serve(State(app): State<ControlState>, parts: Parts) -> Response {
    let path = parts.uri.path();
    let is_read = matches!(parts.method, Method::GET | Method::HEAD);
    if !is_read || is_of_api(path) {
        return fallback::refuse_path(State(app.gateway.clone()), parts)
            .await
            .into_response();
    }
    let name = path.trim_start_matches('/');
    let is_file = !name.is_empty() && name != DOCUMENT && !name.starts_with(TEMPLATES);
    if is_file && let Some(response) = file(name, &parts.headers) {
        return response;
    }
    if !wants_page(&parts.headers) {
        return fallback::refuse_path(State(app.gateway.clone()), parts)
            .await
            .into_response();
    }
    let page = document(app.gateway.config.public_url.base_path(), &parts);
    page.unwrap_or_else(|| (StatusCode::NOT_FOUND, NOT_BUILT).into_response())
}

fn is_of_api(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    let is_root = |root: &str| first.is_some_and(|first| first.eq_ignore_ascii_case(root));
    API_ROOTS.iter().any(|root| is_root(root)) || MISPLACED.iter().any(|part| path.contains(part))
}

/// The one document, with addresses below `base`, and with links to the files that this page loads first.
fn document(base: &str, parts: &Parts) -> Option<Response> {
    let text = first_files::named(files::text(DOCUMENT)?, parts);
    Some(files::filled(
        DOCUMENT,
        rebase::html(text, base),
        first_files::VARY,
        &parts.headers,
    ))
}

/// Returns whether a page is asked for: a browser says so, programs ask for anything.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
