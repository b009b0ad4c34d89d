//! The documentation: pages that `dashboard/docs` built from `docs/site`, with what only a running server
//! knows put into their gaps. It is read without signing in, and nothing here waits for the database.

pub(crate) mod feedback;
mod fill;
mod site;
mod tiers;

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use rust_embed::EmbeddedFile;

use crate::auth::{BaseUrl, Cookie};
use crate::dashboard::NOT_BUILT;
use crate::dashboard::files::{self, Files};
use crate::dashboard::page_language::language_of;
use crate::dashboard::rebase;
use crate::state::ControlState;
use fill::fill;
use site::{Site, site};

/// The folder of the pages among the files.
const FOLDER: &str = "docs/";
/// A page depends on the language and on whether there is a session, besides the host.
const VARY: &str = "accept-encoding, accept-language, cookie";

/// `GET /docs`: goes to the first page.
pub(crate) async fn open(State(app): State<ControlState>, parts: Parts) -> Response {
    let Some(site) = site() else {
        return (StatusCode::NOT_FOUND, NOT_BUILT).into_response();
    };
    let query = parts.uri.query().map(|query| format!("?{query}"));
    let base = app.gateway.config.public_url.base_path();
    let address = format!("{base}/docs/{}{}", site.first, query.unwrap_or_default());
    Redirect::temporary(&address).into_response()
}

/// `GET /llms.txt`: the index of the pages, for programs that read.
pub(crate) async fn index(
    State(app): State<ControlState>,
    BaseUrl(base_url): BaseUrl,
    parts: Parts,
) -> Response {
    plain("llms.txt", &app, &base_url, &parts.headers)
}

/// `GET /docs/{name}`: a page in the reader's language where it was translated, the Markdown of a page or a
/// translation (`quickstart.zh-CN.md`), or all pages in one file.
pub(crate) async fn page(
    State(app): State<ControlState>,
    Path(name): Path<String>,
    BaseUrl(base_url): BaseUrl,
    parts: Parts,
) -> Response {
    let Some(site) = site() else {
        return (StatusCode::NOT_FOUND, NOT_BUILT).into_response();
    };
    let article = |stem: &str| site.has_article(stem);
    if name == "llms-full.txt" || name.strip_suffix(".md").is_some_and(article) {
        return plain(&name, &app, &base_url, &parts.headers);
    }
    if site.has_page(&name) {
        return html(&site, &name, &app, &base_url, &parts);
    }
    let mut response = html(&site, "404", &app, &base_url, &parts);
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn file(name: &str) -> Option<EmbeddedFile> {
    Files::get(&format!("{FOLDER}{name}"))
}

/// A text for programs, or for those who like Markdown.
fn plain(name: &str, app: &ControlState, base_url: &str, headers: &HeaderMap) -> Response {
    let filled = template(name).map(|template| {
        fill(&template, |gap| match gap {
            "base_url" => Some(base_url.into()),
            "tiers" => Some(tiers::markdown(&app.gateway.catalog.load()).into()),
            _ => None,
        })
    });
    let rebased =
        filled.map(|text| rebase::markdown(text, app.gateway.config.public_url.base_path()));
    send(name, rebased, headers)
}

/// A page in the reader's language; its article is English where it was not translated.
fn html(site: &Site, slug: &str, app: &ControlState, base_url: &str, parts: &Parts) -> Response {
    let language = language_of(parts);
    let texts = texts(language);
    let session = if has_session(app, &parts.headers) {
        "yes"
    } else {
        "no"
    };
    let name = format!("{}.html", site.article(slug, language));
    let filled = template(&name).map(|template| {
        fill(&template, |gap| match gap {
            "base_url" => Some(fill::escape(base_url).into()),
            "tiers" => Some(tiers::html(&app.gateway.catalog.load()).into()),
            "lang" => Some(language.into()),
            "session" => Some(session.into()),
            _ => {
                let text = texts.get(gap.strip_prefix("t.")?)?;
                Some(fill::escape(text).into())
            }
        })
    });
    let rebased = filled.map(|text| rebase::html(text, app.gateway.config.public_url.base_path()));
    send(&name, rebased, &parts.headers)
}

fn template(name: &str) -> Option<String> {
    files::text(&format!("{FOLDER}{name}"))
}

/// The words of a language by their names.
fn texts(language: &str) -> HashMap<String, String> {
    let texts = file(&format!("texts.{language}.json"));
    let texts = texts.and_then(|file| serde_json::from_slice(&file.data).ok());
    texts.unwrap_or_default()
}

/// Returns whether the browser has a session, which may have ended: only then the page asks whose it is.
fn has_session(app: &ControlState, headers: &HeaderMap) -> bool {
    Cookie::Session
        .value_in(&app.gateway.config.public_url, headers)
        .is_some()
}

fn send(name: &str, filled: Option<String>, headers: &HeaderMap) -> Response {
    match filled {
        Some(filled) => files::filled(name, filled, VARY, headers),
        None => (StatusCode::NOT_FOUND, NOT_BUILT).into_response(),
    }
}
