//! CORS: which requests to `/v1` a page of another site sent, and what it may read of the response. A window of a
//! program (an editor, an extension, a desktop chat) has a browser's engine and is no page: see `docs/decisions/0022`.
//!
//! A browser asks by a preflight before it sends an `Authorization` header, and hides every response that does not
//! name the page. Preflights are answered, so that the request comes and the page can read why it was refused:
//! a developer who sees only "CORS error" puts the key in another way. See `docs/decisions/0014`.

use axum::body::Body;
use axum::response::Response;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, USER_AGENT, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use quick_cache::sync::Cache;
use serde_json::{Value, json};
use store::ApiKeyId;

use crate::config::{BrowsersConfig, origins};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Headers that a page may send when its browser does not say which it wants to.
const SENT: HeaderValue = HeaderValue::from_static("authorization, content-type");
/// Headers of a response that a page may read.
const READ: HeaderValue = HeaderValue::from_static(
    "x-request-id, retry-after, x-should-retry, x-request-priority, x-yunxin-deployment, x-yunxin-attempts, x-yunxin-route-reason, x-yunxin-queue-ms, x-yunxin-shed-reason, x-yunxin-budget-window, x-yunxin-budget-source, x-yunxin-budget-limit, x-yunxin-budget-spent, x-yunxin-budget-reset, x-yunxin-dropped-params, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-ratelimit-used, x-ratelimit-resource, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens",
);
/// Seconds that a browser may rely on the response to a preflight.
const RELY_ON: HeaderValue = HeaderValue::from_static("60");

/// The shortest time between two recorded uses of a key in browsers.
pub const NOTED_EVERY_MS: i64 = 3_600_000;
/// Keys that are remembered for that; of one that was forgotten the database knows.
const NOTED_KEYS_MAX: usize = 10_000;
/// Characters that are kept of what a browser says of itself.
const SAYING_CHARS_MAX: usize = 200;

/// A page that a browser sent a request for, or the window of a program.
#[derive(Debug, Clone, Copy)]
pub struct BrowserContext<'a> {
    /// Missing where the page is of the site that it asks.
    origin: Option<&'a HeaderValue>,
    is_of_program: bool,
}

impl<'a> BrowserContext<'a> {
    /// The page behind a request; `None` when no browser's engine sent it. On the path of every request: two headers are
    /// looked for, nothing is copied. What `fetch` of Node sends, which is `sec-fetch-mode` alone, is no page.
    pub fn of(headers: &'a HeaderMap, config: &BrowsersConfig) -> Option<Self> {
        let origin = headers.get(ORIGIN);
        // An unreadable origin is treated as an opaque one.
        let text = origin.map(|origin| origin.to_str().unwrap_or("null"));
        let is_of_program = text.is_some_and(|origin| config.is_program(origin));
        // A program that the operator does not allow is treated like a web page.
        let is_engine = |text| origins::is_of_web(text) || origins::is_of_program(text);
        let is_page = text.is_some_and(is_engine) || headers.contains_key(FETCH_SITE);
        is_page.then_some(Self {
            origin,
            is_of_program,
        })
    }

    /// The origin of the page.
    pub fn origin(self) -> Option<&'a HeaderValue> {
        self.origin
    }

    /// True for an allowed program's window, which has its user's key as any other program has.
    pub fn is_of_program(self) -> bool {
        self.is_of_program
    }
}

/// Responds to a browser that asks whether a page may send a request. It may: what it gets is decided then.
pub fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
    let origin = headers.get(ORIGIN)?;
    if *method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let wanted = headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let allowed = response.headers_mut();
    allowed.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    allowed.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST"),
    );
    allowed.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        wanted.cloned().unwrap_or(SENT),
    );
    allowed.insert(ACCESS_CONTROL_MAX_AGE, RELY_ON);
    allowed.insert(
        VARY,
        HeaderValue::from_static("origin, access-control-request-headers"),
    );
    Some(response)
}

/// Lets the page of that origin read a response.
pub fn allow_origin(headers: &mut HeaderMap, origin: &HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, READ);
    headers.append(VARY, HeaderValue::from_static("origin"));
}

/// The facts of an event about a page that used a key.
pub fn described(page: BrowserContext<'_>, headers: &HeaderMap) -> Value {
    json!({ "origin": shortened(page.origin()), "agent": shortened(headers.get(USER_AGENT)) })
}

fn shortened(value: Option<&HeaderValue>) -> Option<String> {
    let text = value?.to_str().ok()?;
    Some(text.chars().take(SAYING_CHARS_MAX).collect())
}

/// Which keys were seen in browsers lately.
#[derive(Debug)]
pub struct BrowserUses {
    noted_at_ms: Cache<ApiKeyId, i64>,
}

impl Default for BrowserUses {
    fn default() -> Self {
        Self {
            noted_at_ms: Cache::new(NOTED_KEYS_MAX),
        }
    }
}

impl BrowserUses {
    /// Returns whether a use is to be recorded: the first of a key for an hour is.
    pub fn is_news(&self, key: &ApiKeyId, now_ms: i64) -> bool {
        let last_ms = self.noted_at_ms.get(key);
        if last_ms.is_some_and(|at_ms| now_ms < at_ms + NOTED_EVERY_MS) {
            return false;
        }
        self.noted_at_ms.insert(key.clone(), now_ms);
        true
    }

    /// Forgets a use that could not be recorded, so that the next one is news.
    pub fn forget(&self, key: &ApiKeyId) {
        self.noted_at_ms.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use store::ApiKeyId;

    use super::{BrowserContext, BrowserUses, NOTED_EVERY_MS, preflight};
    use crate::config::{BrowsersConfig, SecretKeysInBrowsers};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = http::HeaderName::from_static(name);
            (name, value.parse().unwrap())
        });
        pairs.collect()
    }

    fn programs(origins: &[&str]) -> BrowsersConfig {
        BrowsersConfig {
            secret_keys: SecretKeysInBrowsers::Refuse,
            program_origins: origins.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    #[test]
    fn a_page_is_told_from_a_program() {
        let all = programs(&["*"]);
        for of_page in [
            &[("origin", "https://shop.example")][..],
            &[("origin", "http://localhost:3000")],
            &[("origin", "null")],
            &[("origin", "https://\u{e4}.example")],
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "nonsense"), ("sec-fetch-site", "cross-site")],
        ] {
            let headers = headers(of_page);
            let page = BrowserContext::of(&headers, &all).unwrap();
            assert!(!page.is_of_program(), "{of_page:?}");
        }
        for of_window in [
            &[("origin", "app://desk"), ("sec-fetch-site", "cross-site")][..],
            &[("origin", "capacitor://app")],
        ] {
            let headers = headers(of_window);
            let page = BrowserContext::of(&headers, &all).unwrap();
            assert!(page.is_of_program(), "{of_window:?}");
        }
        for of_program in [
            &[][..],
            &[("sec-fetch-mode", "cors"), ("user-agent", "node")],
            &[("user-agent", "okhttp/4.9.2")],
        ] {
            let headers = headers(of_program);
            assert!(
                BrowserContext::of(&headers, &all).is_none(),
                "{of_program:?}"
            );
        }
    }

    #[test]
    fn a_window_that_is_not_among_the_programs_is_a_page_to_us() {
        let some = programs(&["app://obsidian.md", "vscode-webview://*"]);
        let is_program = |origin: &str| {
            let headers = headers(&[("origin", origin), ("sec-fetch-site", "cross-site")]);
            BrowserContext::of(&headers, &some).unwrap().is_of_program()
        };
        assert!(is_program("app://obsidian.md") && is_program("vscode-webview://1a2b"));
        assert!(!is_program("app://obsidian.md.evil") && !is_program("tauri://localhost"));
        assert!(
            programs(&["*", "chrome-extension://abc"])
                .validate()
                .is_ok()
        );
        for web in [
            "https://shop.example",
            "https://*",
            "http://localhost",
            "null",
            "**",
        ] {
            assert!(programs(&[web]).validate().is_err(), "{web}");
        }
    }

    #[test]
    fn only_a_preflight_is_answered_as_one() {
        let asked = [
            ("origin", "https://shop.example"),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization,x-stainless-os",
            ),
        ];
        let response = preflight(&Method::OPTIONS, &headers(&asked)).unwrap();
        assert_eq!(response.status(), 204);
        let value = |name: &str| response.headers()[name].to_str().unwrap();
        assert_eq!(value("access-control-allow-origin"), "https://shop.example");
        assert_eq!(
            value("access-control-allow-headers"),
            "authorization,x-stainless-os"
        );
        assert!(
            !response
                .headers()
                .contains_key("access-control-allow-credentials")
        );
        assert!(preflight(&Method::POST, &headers(&asked)).is_none());
        assert!(preflight(&Method::OPTIONS, &headers(&asked[..1])).is_none());
        assert!(preflight(&Method::OPTIONS, &headers(&asked[1..])).is_none());
    }

    #[test]
    fn a_key_is_news_once_an_hour() {
        let uses = BrowserUses::default();
        let (one, other) = (ApiKeyId::from("key_1"), ApiKeyId::from("key_2"));
        assert!(uses.is_news(&one, 0) && uses.is_news(&other, 0));
        assert!(!uses.is_news(&one, NOTED_EVERY_MS - 1));
        assert!(uses.is_news(&one, NOTED_EVERY_MS));
    }
}
