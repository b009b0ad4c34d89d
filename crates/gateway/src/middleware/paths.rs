//! Normalises paths of the data plane that clients built from a base URL with `/v1` twice or missing, with `//`, or with
//! a trailing slash.

use axum::body::Body;
use http::header::{ACCEPT, AUTHORIZATION};
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Uri};
use llm::Operations;

/// First segments of the data plane's paths, after `/v1/`, besides those of its operations.
const ENDPOINTS: [&str; 8] = [
    "batches",
    "client_tokens",
    "files",
    "key",
    "messages",
    "models",
    "responses",
    "usage",
];
/// Headers that carry a key, besides `Authorization`.
const KEYS: [&str; 3] = ["x-api-key", "api-key", "x-goog-api-key"];

/// Rewrites the path of a request to the canonical path of the data plane, if it is a variant of one.
pub(super) fn rewrite(request: &mut Request<Body>, operations: Operations) {
    let path = request.uri().path();
    if is_canonical(path) {
        return;
    }
    let Some(meant) = meant(request, operations) else {
        return;
    };
    let query = request.uri().query();
    let text = match query {
        Some(query) => [&meant, "?", query].concat(),
        None => meant,
    };
    if let Ok(path_and_query) = PathAndQuery::try_from(text) {
        *request.uri_mut() = Uri::from(path_and_query);
    }
}

/// Fast path: true for nearly every request.
fn is_canonical(path: &str) -> bool {
    let rest = path
        .strip_prefix("/v1/")
        .or_else(|| path.strip_prefix("/v1beta/"));
    let is_doubled = |rest: &str| rest.starts_with("v1/") || rest.starts_with("v1beta/");
    rest.is_some_and(|rest| !is_doubled(rest)) && !path.contains("//") && !path.ends_with('/')
}

fn meant(request: &Request<Body>, operations: Operations) -> Option<String> {
    let path = request.uri().path();
    let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
    let mut has_version = false;
    // The later of two versions is the one that the client put there itself.
    let mut version = "v1";
    while let Some(part) = parts.next_if(|part| version_of(part).is_some()) {
        version = version_of(part).unwrap_or(version);
        has_version = true;
    }
    let first = *parts.peek()?;
    let is_endpoint = ENDPOINTS.contains(&first)
        || operations
            .iter()
            .any(|operation| operation.first_segment() == first);
    // The Dashboard has pages by the names of some endpoints.
    let looks_like_token =
        has_version || (is_endpoint && is_for_program(request.method(), request.headers()));
    if !looks_like_token {
        return None;
    }
    let mut meant = format!("/{version}");
    for part in parts {
        meant.push('/');
        meant.push_str(part);
    }
    Some(meant)
}

/// The version that a part of a path names.
fn version_of(part: &str) -> Option<&'static str> {
    let mut versions = ["v1", "v1beta"].into_iter();
    versions.find(|version| part.eq_ignore_ascii_case(version))
}

/// False for a browser's navigation, which accepts HTML and has no key; Basic credentials are for a reverse proxy.
fn is_for_program(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return true;
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let wants_page = text(ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    let authorization = text(AUTHORIZATION).unwrap_or_default().trim_start();
    let scheme = authorization.get(.."basic".len()).unwrap_or_default();
    let has_key = (!authorization.is_empty() && !scheme.eq_ignore_ascii_case("basic"))
        || KEYS.iter().any(|name| headers.contains_key(*name));
    has_key || !wants_page
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::{Method, Request};
    use llm::OPERATIONS;

    use super::{is_canonical, meant};

    fn request(method: Method, path: &str) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        request
    }

    fn post(path: &str) -> Option<String> {
        meant(&request(Method::POST, path), OPERATIONS)
    }

    #[test]
    fn paths_as_they_should_be_are_left_alone() {
        for path in [
            "/v1/chat/completions",
            "/v1/models/vendor/x",
            "/v1/v1",
            "/v1beta/models/vendor/x:generateContent",
        ] {
            assert!(is_canonical(path), "{path}");
        }
        for path in [
            "/",
            "/v1",
            "/api/v1/me",
            "/api/v1/models/",
            "/docs//x",
            "/assets/chat",
        ] {
            assert_eq!(post(path), None, "{path}");
        }
    }

    #[test]
    fn what_is_meant_is_found() {
        for path in [
            "/v1/v1/chat/completions",
            "/v1//chat/completions",
            "//v1/chat/completions",
            "/v1/chat/completions/",
            "/chat/completions",
            "//v1//v1//chat//completions//",
            "/V1/chat/completions",
        ] {
            assert!(!is_canonical(path));
            assert_eq!(
                post(path).as_deref(),
                Some("/v1/chat/completions"),
                "{path}"
            );
        }
        for path in [
            "/v1/v1beta/models/m:generateContent",
            "/v1beta/v1beta/models/m:generateContent",
            "//v1beta//models/m:generateContent",
        ] {
            assert!(!is_canonical(path));
            assert_eq!(
                post(path).as_deref(),
                Some("/v1beta/models/m:generateContent"),
                "{path}"
            );
        }
        assert_eq!(post("/v1/models/").as_deref(), Some("/v1/models"));
        assert_eq!(post("/models/a/v1/b").as_deref(), Some("/v1/models/a/v1/b"));
        assert_eq!(post("/v1/v1/nothing").as_deref(), Some("/v1/nothing"));
    }

    #[test]
    fn a_browser_that_opens_a_page_gets_the_page() {
        let get = |pairs: &[(&'static str, &'static str)]| {
            let mut request = request(Method::GET, "/models");
            for (name, value) in pairs {
                let value = http::HeaderValue::from_static(value);
                request.headers_mut().insert(*name, value);
            }
            meant(&request, OPERATIONS).is_some()
        };
        let html = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        assert!(!get(&[html]));
        assert!(!get(&[html, ("authorization", "Basic dTpw")]));
        assert!(get(&[html, ("authorization", "Bearer yx-x")]));
        assert!(get(&[html, ("x-api-key", "yx-x")]));
        assert!(get(&[("accept", "*/*")]) && get(&[]));
    }
}
