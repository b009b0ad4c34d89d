//! Authentication: every refusal of the contract, revocation, floods, and a database that is away.

mod database;
mod floods;

use std::future::Future;
use std::time::Duration;

use store::accounts::AccountStatus;
use store::api_keys;
use store::secret::PlainKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::snapshot::assert_text;
use crate::support::{Caller, NOW_MS, TestApp, chat, soon, until};

const LEASE: Duration = Duration::from_millis(5_000);

fn stranger() -> String {
    PlainKey::generate().unwrap().reveal().to_owned()
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    let app = TestApp::new().await;
    let nobody = app.anonymous();
    let good = app.key("free").await;
    let other_end = if good.secret.ends_with('x') { 'y' } else { 'x' };
    let mistyped = format!("{}{other_end}", &good.secret[..51]);
    let gone = app.key("free").await;
    app.revoke(&gone).await;
    let suspended = app.key("free").await;
    app.set_status(&suspended.account, AccountStatus::Suspended)
        .await;
    let old = app.key("free").await;
    app.regenerate(&old, 0).await;
    let cases = [
        ("no header", nobody.clone()),
        ("empty bearer", nobody.with("authorization", "Bearer ")),
        ("bearer alone", nobody.with("authorization", "Bearer")),
        (
            "another scheme",
            nobody.with("authorization", "Basic dXNlcjpwYXNz"),
        ),
        ("mistyped", nobody.with_secret(&mistyped)),
        ("cut short", nobody.with_secret(&good.secret[..40])),
        (
            "two keys",
            good.with("authorization", format!("Bearer {}", stranger())),
        ),
        (
            "header too long",
            nobody.with(
                "authorization",
                format!("Bearer {}{}", " ".repeat(300), good.secret),
            ),
        ),
        (
            "not ASCII",
            nobody.with("authorization", b"Bearer yx-\xff\xfe"),
        ),
        ("unknown", nobody.with_secret(&stranger())),
        (
            "expired",
            app.new_key("free").expires_at_ms(NOW_MS).make().await,
        ),
        ("replaced", old),
        ("revoked", gone),
        ("suspended", suspended),
        (
            "other endpoints",
            app.new_key("free").endpoints(&["embeddings"]).make().await,
        ),
        (
            "other models",
            app.new_key("free").models(&["embed"]).make().await,
        ),
        (
            "other networks",
            app.new_key("free")
                .networks(&["203.0.113.0/24"])
                .make()
                .await,
        ),
        (
            "networks that cannot be read",
            app.new_key("free").networks(&["everywhere"]).make().await,
        ),
        (
            "no networks",
            app.new_key("free").networks(&[]).make().await,
        ),
    ];
    let mut shown = String::new();
    for (name, caller) in cases {
        let response = caller.chat(chat("plain", "")).await;
        assert!(
            matches!(response.status, 401 | 403),
            "{name}: {}",
            response.shown()
        );
        assert_eq!(
            response.header("www-authenticate").is_some(),
            response.status == 401,
            "{name}"
        );
        shown.push_str(&format!("{name} -> {}\n", response.shown()));
    }
    let test = app.new_key("free").test().make().await;
    shown.push_str(&format!(
        "test key -> {}\n",
        test.chat(chat("second-only", "")).await.shown()
    ));
    shown.push_str(&format!(
        "tier -> {}\n",
        good.chat(chat("premium", "")).await.shown()
    ));
    assert_text!(shown);
    assert!(app.stub.requests().is_empty() && app.second.requests().is_empty());
}

#[tokio::test]
async fn the_scheme_may_be_written_in_any_case() {
    let app = TestApp::new().await;
    let good = app.key("free").await;
    for scheme in ["bearer", "BEARER", "Bearer", "Bearer  "] {
        let caller = app
            .anonymous()
            .with("authorization", format!("{scheme} {}", good.secret));
        assert_eq!(caller.get("/v1/models").await.status, 200, "{scheme}");
    }
}

#[tokio::test]
async fn a_test_key_reaches_what_serves_test_keys() {
    let app = TestApp::new().await;
    let test = app.new_key("free").test().make().await;
    assert_eq!(test.chat(chat("pair", "")).await.status, 200);
    // Not even as a fallback does it reach the others.
    app.stub.once(crate::support::Script::status(500, "", "{}"));
    assert_eq!(test.chat(chat("pair", "")).await.status, 502);
    assert!(app.second.requests().is_empty());
}

#[tokio::test]
async fn a_revoked_key_is_refused_from_the_moment_the_call_returns() {
    let app = TestApp::new().await;
    for round in 0..100 {
        let caller = app.key("free").await;
        assert_eq!(caller.get("/v1/models").await.status, 200);
        app.revoke(&caller).await;
        let response = caller.get("/v1/models").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "key_revoked"),
            "round {round}"
        );
    }
}

/// Sends the head of a chat request, lets `change` happen, sends the body, and returns the response.
#[tokio::test]
async fn an_author_elsewhere_is_answered_whose_line_came_along_with_a_change_of_the_server() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..10 {
        let elsewhere = app.key("free").await;
        let mut tx = app.app.db.begin().await.unwrap();
        let seq = api_keys::revoke(&mut tx, &elsewhere.account, &elsewhere.key, app.now_ms())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // Applies both lines, and needs no report for its own.
        app.set_tier(&caller.account, "basic").await;
        app.wait(seq).await;
    }
}

async fn with_body_after(
    app: &TestApp,
    caller: &Caller,
    body: &str,
    change: impl Future<Output = ()>,
) -> String {
    let mut socket = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        caller.secret,
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    until("the request", || app.app.metrics.in_flight.get() == 1).await;
    change.await;
    socket.write_all(body.as_bytes()).await.unwrap();
    let mut response = String::new();
    soon("a response", socket.read_to_string(&mut response))
        .await
        .unwrap();
    response
}

#[tokio::test]
async fn a_key_that_is_revoked_while_its_body_arrives_is_refused() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let response = Box::pin(with_body_after(
        &app,
        &caller,
        &chat("plain", ""),
        app.revoke(&caller),
    ))
    .await;
    assert!(
        response.starts_with("HTTP/1.1 403 ") && response.contains("key_revoked"),
        "{response}"
    );
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_tier_that_is_lowered_while_a_body_arrives_holds_for_it() {
    let app = TestApp::new().await;
    let caller = app.key("pro").await;
    let change = app.set_tier(&caller.account, "free");
    let response = Box::pin(with_body_after(&app, &caller, &chat("premium", ""), change)).await;
    assert!(
        response.starts_with("HTTP/1.1 403 ") && response.contains("model_tier_restricted"),
        "{response}"
    );
    assert!(app.stub.requests().is_empty());
}

#[tokio::test]
async fn a_replaced_secret_works_until_its_grace_is_over_and_the_new_one_at_once() {
    let app = TestApp::new().await;
    let old = app.key("free").await;
    let new = app.regenerate(&old, 60_000).await;
    assert_eq!(
        (
            old.get("/v1/models").await.status,
            new.get("/v1/models").await.status
        ),
        (200, 200)
    );
    app.advance(Duration::from_millis(59_999)).await;
    assert_eq!(old.get("/v1/models").await.status, 200);
    app.advance(Duration::from_millis(1)).await;
    let response = old.get("/v1/models").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (401, "invalid_api_key")
    );
    assert_eq!(new.get("/v1/models").await.status, 200);
    // A second regeneration does not bring the first secret back.
    let newest = app.regenerate(&new, 1_000_000).await;
    assert_eq!(old.get("/v1/models").await.status, 401);
    assert_eq!(
        (
            new.get("/v1/models").await.status,
            newest.get("/v1/models").await.status
        ),
        (200, 200)
    );
    app.revoke(&newest).await;
    assert_eq!(
        (
            new.get("/v1/models").await.status,
            newest.get("/v1/models").await.status
        ),
        (403, 403)
    );
}

#[tokio::test]
async fn a_key_ends_at_its_expiry() {
    let app = TestApp::new().await;
    let caller = app
        .new_key("free")
        .expires_at_ms(NOW_MS + 1_000)
        .make()
        .await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    app.advance(Duration::from_millis(999)).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    app.advance(Duration::from_millis(1)).await;
    assert_eq!(caller.get("/v1/models").await.status, 401);
}

#[tokio::test]
async fn a_suspended_account_comes_back_when_it_is_resumed() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    assert_eq!(caller.get("/v1/models").await.status, 403);
    app.set_status(&caller.account, AccountStatus::Active).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
}

#[tokio::test]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    for (trusted, expected) in [("", [403, 403, 403]), ("127.0.0.1", [403, 200, 403])] {
        let app = TestApp::builder()
            .set("server.trusted_proxies", trusted)
            .start()
            .await;
        let caller = app
            .new_key("free")
            .networks(&["203.0.113.0/24", "2001:db8::/32"])
            .make()
            .await;
        let responses = [
            caller.get("/v1/models").await.status,
            caller
                .with("x-forwarded-for", "10.0.0.1, 203.0.113.9")
                .get("/v1/models")
                .await
                .status,
            caller
                .with("x-forwarded-for", "203.0.113.9, 198.51.100.1")
                .get("/v1/models")
                .await
                .status,
        ];
        assert_eq!(responses, expected, "trusted: {trusted:?}");
    }
}

#[tokio::test]
async fn restrictions_to_models_hold_for_aliases() {
    let app = TestApp::new().await;
    let by_id = app.new_key("free").models(&["vendor/public"]).make().await;
    assert_eq!(by_id.chat(chat("nick", "")).await.status, 200);
    assert_eq!(by_id.chat(chat("plain", "")).await.status, 403);
    let by_alias = app.new_key("free").models(&["nick"]).make().await;
    assert_eq!(by_alias.chat(chat("nick", "")).await.status, 200);
    assert_eq!(by_alias.chat(chat("vendor/public", "")).await.status, 403);
}

#[tokio::test]
async fn a_key_is_found_in_its_networks_however_the_proxy_writes_the_address() {
    let app = TestApp::builder()
        .set("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    let caller = app
        .new_key("free")
        .networks(&["203.0.113.0/24", "2001:db8::/32"])
        .make()
        .await;
    for (lines, status) in [
        (&["203.0.113.5:4711"][..], 200),
        (&["198.51.100.1, 203.0.113.5:4711, 127.0.0.1:80"], 200),
        (&["198.51.100.1", "203.0.113.5:4711"], 200),
        (&["[2001:db8::1]:443"], 200),
        (&["2001:db8::1"], 200),
        (&["for=\"[2001:db8::1]:443\";proto=https"], 200),
        (&["203.0.113.5, 198.51.100.1:4711"], 403),
        (&["203.0.113.5, [2001:db9::1]:443"], 403),
        (&["203.0.113.5, unknown"], 403),
        (&["203.0.113.5, \u{e9}"], 403),
        (&["203.0.113.5", "\u{e9}"], 403),
    ] {
        let with = |caller: Caller, line: &&str| caller.with("x-forwarded-for", line);
        let caller = lines.iter().fold(caller.clone(), with);
        assert_eq!(caller.get("/v1/models").await.status, status, "{lines:?}");
    }
}
