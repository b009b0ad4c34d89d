//! Paths as clients put them together from the base URL that they were given, and what is answered where nothing is.

use http::Method;

use crate::support::{TestApp, chat};

#[tokio::test]
async fn an_endpoint_is_found_below_every_base_url_that_people_configure() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for path in [
        "/chat/completions",
        "/v1/v1/chat/completions",
        "/v1//chat/completions",
        "//v1/chat/completions",
        "//chat/completions",
        "/v1/chat/completions/",
        "/V1/chat/completions",
        "/chat/completions/",
        "/v1/v1/v1//chat//completions//",
        "/v1/chat/completions?api-version=2024-10-21",
        "/chat/completions?api-version=2024-10-21",
    ] {
        let response = caller.post(path, chat("plain", "")).await;
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        assert_eq!(
            response.header("x-ratelimit-resource"),
            Some("chat"),
            "{path}"
        );
    }
    for path in [
        "/models",
        "/models/",
        "/v1/models/",
        "/v1/v1/models",
        "/v1//models",
        "/models/plain",
        "/v1/models/vendor/public/",
        "/models/vendor%2Fpublic",
        "/key",
        "/v1/key/",
        "/usage?days=1",
        "/v1/usage/",
    ] {
        let response = caller.get(path).await;
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        let head = caller.open(Method::HEAD, path, "").await;
        assert_eq!(head.status(), 200, "{path}");
    }
    let embedding = caller
        .post("/embeddings", r#"{"model":"nothing","input":"x"}"#)
        .await;
    assert_eq!(embedding.code(), "invalid_model");
    let completion = caller
        .post("/completions/", r#"{"model":"nothing","prompt":"x"}"#)
        .await;
    assert_eq!(completion.code(), "invalid_model");
}

#[tokio::test]
async fn other_spellings_of_an_endpoint_ask_for_a_key_and_response_preflights_as_it_does() {
    let app = TestApp::new().await;
    for path in [
        "/chat/completions",
        "/v1/v1/chat/completions",
        "/models",
        "/v1//models",
    ] {
        let response = app.anonymous().get(path).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (401, "missing_api_key"),
            "{path}"
        );
        let page = app
            .anonymous()
            .with("origin", "https://shop.example")
            .with("access-control-request-method", "POST");
        let preflight = page.open(Method::OPTIONS, path, "").await;
        assert_eq!(preflight.status(), 204, "{path}");
    }
    let refused = app
        .key("free")
        .await
        .with("origin", "https://shop.example")
        .get("/models")
        .await;
    assert_eq!(refused.code(), "browser_not_allowed");
}

#[tokio::test]
async fn pages_of_the_dashboard_and_the_management_api_keep_their_paths() {
    let app = TestApp::new().await;
    let browser = app
        .anonymous()
        .with(
            "accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        )
        .with("sec-fetch-dest", "document")
        .with("sec-fetch-site", "none");
    let page = browser.get("/overview").await;
    for path in [
        "/models",
        "/models/vendor/public",
        "/usage",
        "/models/",
        "/key",
    ] {
        for browser in [&browser, &browser.with("authorization", "Basic dTpw")] {
            let response = browser.get(path).await;
            assert_eq!(
                (response.status, &response.body),
                (page.status, &page.body),
                "{path}"
            );
        }
    }
    // Some libraries ask for HTML whatever they ask; a key says what they are.
    let java = app
        .key("free")
        .await
        .with("accept", "text/html, image/gif, *; q=.2, */*; q=.2");
    assert!(java.get("/models").await.json()["data"].is_array());
    let operator = app.operator().await;
    assert_eq!(operator.get("/api/v1/admin/models").await.status, 200);
    assert_eq!(operator.get("/api/v1/models").await.status, 404);
    assert_eq!(
        app.anonymous().get("/docs/models/").await.status,
        app.anonymous().get("/docs/nothing").await.status
    );
}

#[tokio::test]
async fn a_websocket_is_told_to_go_over_to_http_at_once() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for path in [
        "/v1/responses",
        "/responses",
        "/v1/v1/responses",
        "/v1/responses/",
        "/v1/realtime?model=x",
        "/v1/chat/completions",
    ] {
        for asks in [&caller, &app.anonymous()] {
            let asks = asks
                .with("connection", "Upgrade")
                .with("upgrade", "websocket")
                .with("sec-websocket-version", "13")
                .with("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            let response = asks.get(path).await;
            assert_eq!(
                (response.status, response.code().as_str()),
                (426, "websocket_not_supported"),
                "{path}"
            );
            assert_eq!(response.header("upgrade"), Some("HTTP/1.1"));
        }
    }
    for path in ["/v1/responses", "/responses"] {
        let response = caller.post(path, r#"{"model":"plain","input":"x"}"#).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(app.anonymous().post(path, "{}").await.status, 401);
    }
}

#[tokio::test]
async fn a_wrong_base_url_is_told_what_a_right_one_is() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for (path, words) in [
        ("/v1", "base URL"),
        ("/v1/", "base URL"),
        ("/v1/chat/completions/chat/completions", "ends with /v1"),
        ("/nothing", "documentation"),
    ] {
        let response = caller.post(path, "{}").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (404, "route_not_found"),
            "{path}"
        );
        assert!(response.text().contains(words), "{}", response.text());
    }
    let managed = caller.post("/api/v1/chat/completions", "{}").await;
    assert_eq!(managed.code(), "wrong_kind_of_key");
    assert!(managed.text().contains("ends with /v1"));
}
