//! Client tokens: what a server mints and a page may carry.

use std::time::Duration;

use control::commands::{NewKeyEvent, watcher};
use serde_json::{Value, json};
use store::accounts::AccountStatus;
use store::key_events::{KeyEventAction, KeyEventKind};

use crate::support::upstream_stub::{COMPLETION, DONE, delta};
use crate::support::{Caller, Script, TestApp, TestResponse, chat};

pub(crate) const SHOP: &str = "https://shop.example";
const EMBEDDING: &str =
    r#"{"object":"list","data":[],"model":"embed","usage":{"prompt_tokens":2,"total_tokens":2}}"#;

async fn mint(key: &Caller, body: &Value) -> TestResponse {
    key.with("content-type", "application/json")
        .post("/v1/client_tokens", body.to_string())
        .await
}

/// A page that carries a token of `key`; `more` is laid over what it says.
pub(crate) async fn page(key: &Caller, more: &Value) -> Caller {
    let mut body = json!({ "models": ["plain"], "minutes": 10, "allowed_origins": [SHOP] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let response = mint(key, &body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let token = response.json()["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("yxc-") && !token.contains(&key.secret[3..20]));
    let carrier = Caller::anonymous(key.address).with_secret(&token);
    match body["allowed_origins"][0].as_str() {
        Some(origin) => carrier.with("origin", origin),
        None => carrier,
    }
}

#[tokio::test]
async fn a_page_asks_its_model_with_a_token_and_it_is_metered_to_the_key() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let page = page(&key, &json!({})).await;
    app.stub.once(Script::json(COMPLETION));
    let response = page.chat(chat("plain", "")).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
    assert_eq!(response.number("x-ratelimit-used"), 1);
    assert_eq!(response.header("vary"), Some("origin"));
    let event = app.event(1).await;
    assert_eq!(event["key"], key.key.as_str());
    // Streams and refusals are readable too.
    app.stub.once(Script::stream([delta("x"), DONE.to_owned()]));
    let stream = page.chat(chat("plain", r#","stream":true"#)).await;
    assert_eq!(
        (stream.status, stream.header("access-control-allow-origin")),
        (200, Some(SHOP))
    );
    let refused = page.chat("{").await;
    assert_eq!(
        (
            refused.status,
            refused.header("access-control-allow-origin")
        ),
        (400, Some(SHOP))
    );
}

#[tokio::test]
async fn a_token_works_for_its_models_its_minutes_and_its_origin_and_nothing_else() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let shop = page(&key, &json!({ "models": ["nick", "embed"] })).await;
    app.stub.once(Script::json(COMPLETION));
    assert_eq!(shop.chat(chat("vendor/public", "")).await.status, 200);
    app.stub.once(Script::json(EMBEDDING));
    let body = r#"{"model":"embed","input":"x"}"#;
    assert_eq!(shop.post("/v1/embeddings", body).await.status, 200);
    let other_model = shop.chat(chat("plain", "")).await;
    assert_eq!(
        (other_model.status, other_model.code()),
        (403, "insufficient_permissions".to_owned())
    );
    assert_eq!(other_model.json()["error"]["param"], "model");

    let token = Caller::anonymous(key.address).with_secret(&shop.secret);
    for elsewhere in [
        token.clone(),
        token.with("origin", "https://evil.example"),
        token.with("origin", "null"),
        token.with("sec-fetch-site", "same-origin"),
    ] {
        let response = elsewhere.chat(chat("nick", "")).await;
        assert_eq!(
            (response.status, response.code()),
            (403, "insufficient_permissions".to_owned())
        );
        assert!(response.text().contains("origins"), "{}", response.text());
    }
    for path in ["/v1/models", "/v1/models/plain", "/v1/key", "/v1/usage"] {
        let response = shop.get(path).await;
        assert_eq!(
            (response.status, response.code()),
            (403, "insufficient_permissions".to_owned()),
            "{path}"
        );
    }
    let more = json!({ "models": ["plain"], "minutes": 60, "allowed_origins": [SHOP] });
    assert_eq!(mint(&shop, &more).await.status, 403);
    for path in [
        "/api/v1/me",
        &format!("/api/v1/accounts/{}/api-keys", key.account),
    ] {
        assert_eq!(shop.get(path).await.status, 401, "{path}");
    }

    app.advance(Duration::from_secs(599)).await;
    app.stub.once(Script::json(COMPLETION));
    assert_eq!(shop.chat(chat("nick", "")).await.status, 200);
    app.advance(Duration::from_secs(1)).await;
    let late = shop.chat(chat("nick", "")).await;
    assert_eq!(
        (late.status, late.code()),
        (401, "invalid_api_key".to_owned())
    );
    assert!(late.text().contains("expired"));
    assert_eq!(late.header("access-control-allow-origin"), Some(SHOP));
}

#[tokio::test]
async fn a_token_without_origins_is_for_programs_that_are_no_browser() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let phone = page(&key, &json!({ "allowed_origins": [] })).await;
    app.stub.once(Script::json(COMPLETION));
    assert_eq!(phone.chat(chat("plain", "")).await.status, 200);
    let browser = phone.with("origin", SHOP).chat(chat("plain", "")).await;
    assert_eq!(browser.status, 403);
}

#[tokio::test]
async fn the_limits_of_a_token_hold_within_those_of_its_key() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    app.stub.always(Script::json(COMPLETION));
    let limits =
        json!({ "requests_per_minute": 2, "requests_max": 3, "max_tokens_per_request": 50 });
    let page_one = page(&key, &limits).await;
    let ask = r#","max_tokens":50"#;
    let too_much = page_one.chat(chat("plain", r#","max_tokens":51"#)).await;
    assert_eq!(
        (too_much.status, too_much.json()["error"]["param"].as_str()),
        (403, Some("max_tokens"))
    );
    assert_eq!(page_one.chat(chat("plain", "")).await.status, 403);
    for _ in 0..2 {
        assert_eq!(page_one.chat(chat("plain", ask)).await.status, 200);
    }
    let fast = page_one.chat(chat("plain", ask)).await;
    assert_eq!(
        (fast.status, fast.code()),
        (429, "rate_limit_exceeded".to_owned())
    );
    assert_eq!(fast.number("retry-after"), 55);
    // Another token of the same key has a count of its own.
    assert_eq!(
        page(&key, &limits)
            .await
            .chat(chat("plain", ask))
            .await
            .status,
        200
    );
    app.advance(Duration::from_secs(60)).await;
    assert_eq!(page_one.chat(chat("plain", ask)).await.status, 200);
    app.advance(Duration::from_secs(60)).await;
    let used_up = page_one.chat(chat("plain", ask)).await;
    assert_eq!(
        (used_up.status, used_up.code()),
        (403, "insufficient_permissions".to_owned())
    );
    // The key's own limit of ten in a minute is shared by all its tokens.
    let free = page(&key, &json!({})).await;
    for _ in 0..10 {
        assert_eq!(free.chat(chat("plain", "")).await.status, 200);
    }
    assert_eq!(free.chat(chat("plain", "")).await.status, 429);
    assert_eq!(key.chat(chat("plain", "")).await.status, 429);
}

#[tokio::test]
async fn the_uses_of_a_token_outlast_a_kill_and_a_clock_that_is_set() {
    let app = TestApp::new().await;
    let key = app.key("pro").await;
    let token = page(&key, &json!({ "requests_max": 3, "minutes": 60 })).await;
    let slow = page(&key, &json!({ "requests_per_minute": 2, "minutes": 60 })).await;
    for _ in 0..2 {
        assert_eq!(token.chat(chat("plain", "")).await.status, 200);
        assert_eq!(slow.chat(chat("plain", "")).await.status, 200);
    }
    app.app.clock.set_ahead(600_000);
    assert_eq!(slow.chat(chat("plain", "")).await.status, 429);
    let next = app.killed().await;
    let at = |caller: &Caller| Caller {
        address: next.address,
        ..caller.clone()
    };
    assert_eq!(at(&slow).chat(chat("plain", "")).await.status, 429);
    assert_eq!(at(&token).chat(chat("plain", "")).await.status, 200);
    assert_eq!(at(&token).chat(chat("plain", "")).await.status, 403);
    next.advance(Duration::from_secs(60)).await;
    assert_eq!(at(&slow).chat(chat("plain", "")).await.status, 200);
}

#[tokio::test]
async fn what_ends_the_secret_ends_its_tokens_at_once() {
    let app = TestApp::new().await;
    app.stub.always(Script::json(COMPLETION));
    let revoked = app.key("free").await;
    let of_revoked = page(&revoked, &json!({})).await;
    assert_eq!(of_revoked.chat(chat("plain", "")).await.status, 200);
    app.revoke(&revoked).await;
    let response = of_revoked.chat(chat("plain", "")).await;
    assert_eq!(
        (response.status, response.code()),
        (403, "key_revoked".to_owned())
    );

    let regenerated = app.key("free").await;
    let of_old = page(&regenerated, &json!({})).await;
    let new = app.regenerate(&regenerated, 0).await;
    assert_eq!(of_old.chat(chat("plain", "")).await.status, 401);
    assert_eq!(
        page(&new, &json!({}))
            .await
            .chat(chat("plain", ""))
            .await
            .status,
        200
    );

    let suspended = app.key("free").await;
    let of_suspended = page(&suspended, &json!({})).await;
    app.set_status(&suspended.account, AccountStatus::Suspended)
        .await;
    assert_eq!(of_suspended.chat(chat("plain", "")).await.status, 403);
}

#[tokio::test]
async fn a_token_is_minted_only_for_what_the_key_may_do_itself() {
    let app = TestApp::new().await;
    let key = app.new_key("free").models(&["plain"]).make().await;
    let good = json!({ "models": ["plain"], "minutes": 60, "allowed_origins": [SHOP] });
    assert_eq!(mint(&key, &good).await.status, 200);
    let with = |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let many = |count: usize, text: &str| Value::from(vec![text; count]);
    for (body, status, param) in [
        (with("models", json!(["embed"])), 403, Some("model")),
        (with("models", json!(["nothing"])), 404, Some("model")),
        (with("models", json!([])), 422, Some("models")),
        (with("models", many(21, "plain")), 422, Some("models")),
        (with("minutes", json!(0)), 422, Some("minutes")),
        (with("minutes", json!(61)), 422, Some("minutes")),
        (
            with("allowed_origins", many(11, SHOP)),
            422,
            Some("allowed_origins"),
        ),
        (
            with("allowed_origins", json!(["shop.example"])),
            422,
            Some("allowed_origins"),
        ),
        (
            with("allowed_origins", json!(["https://shop.example/"])),
            422,
            Some("allowed_origins"),
        ),
        (
            with("allowed_origins", json!(["https://Shop.example:443"])),
            422,
            Some("allowed_origins"),
        ),
        (
            with("allowed_origins", json!(["null"])),
            422,
            Some("allowed_origins"),
        ),
        (
            with("allowed_origins", json!(["*"])),
            422,
            Some("allowed_origins"),
        ),
        (with("requests_max", json!(0)), 422, Some("requests_max")),
        (with("surprise", json!(1)), 422, Some("surprise")),
    ] {
        let response = mint(&key, &body).await;
        assert_eq!(response.status, status, "{body}: {}", response.text());
        assert_eq!(response.json()["error"]["param"].as_str(), param, "{body}");
    }
    let response = mint(&app.anonymous(), &good).await;
    assert_eq!(response.status, 401);
    let from_a_page = mint(&key.with("origin", SHOP), &good).await;
    assert_eq!(from_a_page.code(), "browser_not_allowed");
}

#[tokio::test]
async fn a_token_that_was_changed_or_made_elsewhere_is_unknown() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    let page = page(&key, &json!({})).await;
    let other = store::sealed::MasterKey::from_bytes(&[8; 32]).unwrap();
    let saying = app
        .app
        .gateway
        .master
        .client_tokens()
        .open(&page.secret)
        .unwrap();
    let forged = other.client_tokens().sign(&saying).unwrap();
    for bad in [&page.secret[..page.secret.len() - 1], "yxc-", &forged] {
        let response = app
            .anonymous()
            .with_secret(bad)
            .with("origin", SHOP)
            .chat(chat("plain", ""))
            .await;
        assert_eq!(
            (response.status, response.code()),
            (401, "invalid_api_key".to_owned()),
            "{bad}"
        );
    }
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_key_that_is_frozen_or_throttled_holds_its_tokens_back_too() {
    let app = TestApp::new().await;
    app.stub.always(Script::json(COMPLETION));
    let ask = chat("plain", r#","max_tokens":1"#);
    for (action, status, code) in [
        (KeyEventAction::Frozen, 403, "key_frozen"),
        (KeyEventAction::Throttled, 429, "rate_limit_exceeded"),
    ] {
        let key = app.key("free").await;
        let carrier = page(&key, &json!({})).await;
        assert_eq!(carrier.chat(ask.clone()).await.status, 200);
        let noticed = NewKeyEvent {
            account_id: key.account.clone(),
            api_key_id: key.key.clone(),
            kind: KeyEventKind::SpendSpike,
            action: Some(action),
            facts: json!({}),
            unless_since_ms: None,
            unless_facts: None,
        };
        let actor = watcher();
        let commands = app.app.commands(&actor);
        commands.record_key_event(noticed).await.unwrap();
        let response = carrier.chat(ask.clone()).await;
        assert_eq!((response.status, response.code().as_str()), (status, code));
        assert_eq!(response.header("access-control-allow-origin"), Some(SHOP));
    }
}
