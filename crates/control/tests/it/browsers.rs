//! Secrets of API keys in browsers: refused so that the page can read why, and flagged.

use http::Method;
use serde_json::Value;
use store::api_keys::AnomalyAction;
use store::key_events::{self, KeyEvent, KeyEventAction, KeyEventKind};

use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Script, TestApp, chat, soon};

const SHOP: &str = "https://shop.example";
const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);

/// The events of a key, once there are `count`.
pub(crate) async fn key_events(app: &TestApp, key: &Caller, count: usize) -> Vec<KeyEvent> {
    soon("an event of a key", async {
        loop {
            let events =
                key_events::list(&app.app.db, &key.account, Some(&key.key), None, 100).await;
            let events = events.unwrap();
            if events.len() >= count {
                assert_eq!(events.len(), count, "{events:?}");
                return events;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_secret_key_from_a_page_is_refused_in_words_that_the_page_can_read_and_flagged() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let page = key
        .with("origin", SHOP)
        .with("user-agent", "Mozilla/5.0 (a browser)");
    let response = page.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code()),
        (403, "browser_not_allowed".to_owned())
    );
    let message = response.json()["error"]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("/docs/keys-in-browsers") && message.contains("client token"));
    assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
    assert!(
        response
            .header("access-control-expose-headers")
            .is_some_and(|names| names.contains("x-request-id"))
    );
    assert!(
        response
            .header("access-control-allow-credentials")
            .is_none()
    );
    assert!(app.stub.requests().is_empty());
    let [event] = key_events(&app, &key, 1).await.try_into().unwrap();
    assert_eq!(
        (event.kind, event.action),
        (KeyEventKind::BrowserUse, KeyEventAction::Refused)
    );
    assert_eq!(event.facts["origin"], SHOP);
    assert_eq!(event.facts["agent"], "Mozilla/5.0 (a browser)");
    assert!(!event.facts.to_string().contains(&key.secret));
}

#[tokio::test]
async fn a_key_is_flagged_once_an_hour_however_often_a_page_tries() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let page = key.with("origin", SHOP);
    for _ in 0..5 {
        assert_eq!(page.get("/v1/models").await.status, 403);
    }
    key_events(&app, &key, 1).await;
    app.advance(HOUR).await;
    assert_eq!(page.get("/v1/models").await.status, 403);
    key_events(&app, &key, 2).await;
    let app = app.restart().await;
    let page = app
        .anonymous()
        .with_secret(&key.secret)
        .with("origin", SHOP);
    assert_eq!(page.get("/v1/models").await.status, 403);
    // Another key's event, which comes later, shows that there is none of this one.
    let other = app.key("free").await;
    assert_eq!(
        other.with("origin", SHOP).get("/v1/models").await.status,
        403
    );
    key_events(&app, &other, 1).await;
    key_events(&app, &key, 2).await;
}

#[tokio::test]
async fn a_browser_may_ask_first_and_needs_no_key_for_that() {
    let app = TestApp::new().await;
    let page = app
        .anonymous()
        .with("origin", SHOP)
        .with("access-control-request-method", "POST")
        .with(
            "access-control-request-headers",
            "authorization,content-type",
        );
    for path in [
        "/v1/chat/completions",
        "/v1/embeddings",
        "/v1/models/vendor/x",
    ] {
        let response = page.open(Method::OPTIONS, path, "").await.whole().await;
        assert_eq!(response.status, 204, "{path}");
        assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
        assert_eq!(
            response.header("access-control-allow-headers"),
            Some("authorization,content-type")
        );
        assert!(response.header("x-request-id").is_some());
    }
    // Nothing else is opened to pages, and what is no preflight is none.
    let control = page
        .open(Method::OPTIONS, "/api/v1/me", "")
        .await
        .whole()
        .await;
    assert!(control.header("access-control-allow-origin").is_none());
    let key = app.key("free").await;
    let bare = key.open(Method::OPTIONS, "/v1/chat/completions", "").await;
    assert_eq!(bare.status(), 405);
}

#[tokio::test]
async fn every_refusal_of_a_page_is_readable() {
    let app = TestApp::new().await;
    let unknown = store::secret::PlainKey::generate().unwrap();
    for caller in [
        app.anonymous(),
        app.anonymous().with_secret("yx-nonsense"),
        app.anonymous().with_secret(unknown.reveal()),
    ] {
        let response = caller.with("origin", "null").get("/v1/models").await;
        assert_eq!(response.status, 401);
        assert_eq!(response.header("access-control-allow-origin"), Some("null"));
    }
}

#[tokio::test]
async fn programs_are_not_taken_for_browsers() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    for program in [
        key.clone(),
        // What `fetch` of Node sends, and what React Native does.
        key.with("sec-fetch-mode", "cors")
            .with("user-agent", "node"),
        key.with("user-agent", "okhttp/4.9.2"),
        key.with("origin", "nonsense"),
    ] {
        app.stub.once(Script::json(COMPLETION));
        let response = program.chat(chat("plain", "")).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert!(response.header("access-control-allow-origin").is_none());
    }
    for page in [
        key.with("sec-fetch-site", "same-origin"),
        key.with("sec-fetch-site", "cross-site"),
        key.with("origin", "http://localhost:3000"),
    ] {
        assert_eq!(page.chat(chat("plain", "")).await.status, 403);
    }
}

#[tokio::test]
async fn an_operator_may_let_browsers_use_secret_keys() {
    let app = TestApp::builder()
        .set("browsers.secret_keys", "allow")
        .start()
        .await;
    let key = app.key("free").await;
    app.stub.once(Script::json(COMPLETION));
    let response = key.with("origin", SHOP).chat(chat("plain", "")).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
    let body: Value = response.json();
    assert!(body["choices"].is_array());
}

#[tokio::test]
async fn a_key_is_frozen_too_when_its_owner_wants_that_of_anomalies() {
    let app = TestApp::new().await;
    let key = app
        .new_key("free")
        .on_anomaly(AnomalyAction::Freeze)
        .make()
        .await;
    let refused = key.with("origin", SHOP).chat(chat("plain", "")).await;
    assert_eq!(refused.code(), "browser_not_allowed");
    let [event] = key_events(&app, &key, 1).await.try_into().unwrap();
    assert_eq!(event.action, KeyEventAction::Frozen);
    // The event is there before every server acts on it.
    soon("the freeze", async {
        while key.chat(chat("plain", "")).await.code() != "key_frozen" {}
    })
    .await;
}

const WINDOWS: [&str; 8] = [
    "app://obsidian.md",
    "chrome-extension://abcdefgh",
    "vscode-webview://1a2b",
    "tauri://localhost",
    "http://tauri.localhost",
    "https://tauri.localhost",
    "capacitor://localhost",
    "file://",
];

#[tokio::test]
async fn a_program_that_asks_from_a_window_of_its_own_is_served_and_may_read_the_response() {
    let app = TestApp::new().await;
    let key = app.key("enterprise").await;
    for origin in WINDOWS {
        let asks = app
            .anonymous()
            .with("origin", origin)
            .with("access-control-request-method", "POST")
            .with(
                "access-control-request-headers",
                "authorization,content-type,x-api-key",
            );
        let preflight = asks.open(Method::OPTIONS, "/v1/chat/completions", "").await;
        assert_eq!(preflight.status(), 204);
        assert_eq!(
            preflight.header("access-control-allow-origin"),
            Some(origin)
        );
        let window = key
            .with("origin", origin)
            .with("sec-fetch-site", "cross-site")
            .with("sec-fetch-mode", "cors");
        app.stub.once(Script::json(COMPLETION));
        for response in [
            window.chat(chat("plain", "")).await,
            window.get("/v1/models").await,
        ] {
            assert_eq!(response.status, 200, "{origin}: {}", response.text());
            assert_eq!(response.header("access-control-allow-origin"), Some(origin));
            assert_eq!(response.header("vary"), Some("origin"));
            assert!(
                response
                    .header("access-control-allow-credentials")
                    .is_none()
            );
            let readable = response.header("access-control-expose-headers").unwrap();
            assert!(readable.contains("retry-after") && readable.contains("x-should-retry"));
        }
        let refused = window.chat("{").await;
        assert_eq!(
            (
                refused.status,
                refused.header("access-control-allow-origin")
            ),
            (400, Some(origin))
        );
    }
    // Nothing was noticed about the key. What a page does then shows that nothing is on its way.
    assert_eq!(key.with("origin", SHOP).get("/v1/models").await.status, 403);
    let [event] = key_events(&app, &key, 1).await.try_into().unwrap();
    assert_eq!(event.facts["origin"], SHOP);
}

#[tokio::test]
async fn pages_of_the_web_are_refused_whatever_they_look_like() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    for origin in [
        "https://shop.example",
        "http://localhost:3000",
        "http://localhost",
        "http://tauri.localhost:1420",
        "https://tauri.localhost.evil.example",
        "https://app.evil.localhost.example",
        "HTTPS://shop.example",
        "null",
        "https://sh\u{f6}p.example",
    ] {
        let response = key.with("origin", origin).get("/v1/models").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "browser_not_allowed"),
            "{origin}"
        );
    }
}

#[tokio::test]
async fn an_operator_may_say_which_programs_have_windows_or_none() {
    for (setting, served) in [
        (
            "app://obsidian.md,vscode-webview://*",
            &["app://obsidian.md", "vscode-webview://1a2b"][..],
        ),
        ("", &[]),
    ] {
        let app = TestApp::builder()
            .set("browsers.program_origins", setting)
            .start()
            .await;
        let key = app.key("free").await;
        for origin in WINDOWS {
            let response = key.with("origin", origin).get("/v1/models").await;
            let is_served = served.contains(&origin);
            assert_eq!(
                response.status,
                if is_served { 200 } else { 403 },
                "{setting}: {origin}"
            );
            assert_eq!(response.header("access-control-allow-origin"), Some(origin));
        }
    }
}

#[tokio::test]
async fn a_client_token_may_name_the_window_that_carries_it() {
    let app = TestApp::new().await;
    let key = app
        .key("enterprise")
        .await
        .with("content-type", "application/json");
    let body = |origin: &str| {
        format!(r#"{{"models":["plain"],"minutes":5,"allowed_origins":["{origin}"]}}"#)
    };
    let minted = key
        .post("/v1/client_tokens", body("app://obsidian.md"))
        .await;
    assert_eq!(minted.status, 200, "{}", minted.text());
    let token = app
        .anonymous()
        .with_secret(minted.json()["token"].as_str().unwrap());
    assert_eq!(
        token
            .with("origin", "app://obsidian.md")
            .chat(chat("plain", ""))
            .await
            .status,
        200
    );
    assert_eq!(
        token
            .with("origin", "tauri://localhost")
            .chat(chat("plain", ""))
            .await
            .status,
        403
    );
    for wrong in [
        "app://obsidian.md/",
        "app:obsidian",
        "https://shop.example/",
        "null",
    ] {
        assert_eq!(
            key.post("/v1/client_tokens", body(wrong)).await.status,
            422,
            "{wrong}"
        );
    }
}
