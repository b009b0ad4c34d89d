//! Requests that run when their key may not be used any more: they end at once, told why, and are settled for what
//! was delivered.

use std::time::Duration;

use control::commands::{Leak, NewKeyEvent};
use store::accounts::AccountStatus;
use store::key_events::{KeyEventAction, KeyEventKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::client::OpenResponse;
use crate::support::personas::tester;
use crate::support::upstream_stub::{DONE, delta, finish};
use crate::support::{Caller, Gate, NOW_MS, Script, TestApp, chat, soon, until};

const STREAM: &str = r#","stream":true"#;

/// A stream of which two tokens were delivered, and then nothing comes any more.
async fn silent_stream(app: &TestApp, caller: &Caller) -> OpenResponse {
    app.stub
        .once(Script::open_stream([delta("12345678")]).stall());
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("12345678").await;
    response
}

/// Checks that the stream ends with that error and nothing that looks like success, and that it is settled.
async fn ends_with(app: &TestApp, response: OpenResponse, code: &str, name: &str) {
    let response = response.whole().await;
    assert!(!response.is_broken, "{name}");
    let events = response.events();
    let last = events.last().unwrap_or_else(|| panic!("{name}: no event"));
    assert!(
        last.contains(&format!(r#""code":"{code}""#)),
        "{name}: {last}"
    );
    assert!(!response.text().contains("[DONE]"), "{name}");
    let event = app.events().await.pop().unwrap();
    assert_eq!(
        (
            event["end"].as_str(),
            event["code"].as_str(),
            event["output"].as_u64(),
            event["counted_by"].as_str()
        ),
        (Some("broken"), Some(code), Some(2), Some("estimate")),
        "{name}"
    );
}

#[tokio::test]
async fn a_silent_stream_ends_with_what_happened_to_its_key() {
    let app = TestApp::new().await;
    let actor = tester();
    let commands = app.app.commands(&actor);

    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    let revoked = commands.revoke_api_key(&caller.account, &caller.key).await;
    revoked.unwrap();
    ends_with(&app, response, "key_revoked", "revoked").await;

    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    ends_with(&app, response, "account_suspended", "suspended").await;

    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    let leak = Leak {
        secret: &caller.secret,
        source: "form",
        url: None,
    };
    commands.report_leak(leak).await.unwrap();
    ends_with(&app, response, "key_revoked", "leaked").await;

    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    let noticed = NewKeyEvent {
        account_id: caller.account.clone(),
        api_key_id: caller.key.clone(),
        kind: KeyEventKind::NewNetwork,
        action: Some(KeyEventAction::Frozen),
        facts: serde_json::json!({}),
        unless_since_ms: None,
        unless_facts: None,
    };
    commands.record_key_event(noticed).await.unwrap();
    ends_with(&app, response, "key_frozen", "frozen").await;

    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    app.regenerate(&caller, 0).await;
    ends_with(&app, response, "invalid_api_key", "regenerated").await;

    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    app.regenerate(&caller, 1_000_000).await;
    let ended = commands.end_api_key_grace(&caller.account, &caller.key);
    ended.await.unwrap();
    ends_with(&app, response, "invalid_api_key", "grace ended").await;
    app.stub.wait_until_left(6).await;
}

#[tokio::test]
async fn a_silent_stream_ends_when_the_time_of_its_secret_is_over() {
    let app = TestApp::new().await;
    let make = app.new_key("free").expires_at_ms(NOW_MS + 60_000);
    let expiring = make.make().await;
    let expires = silent_stream(&app, &expiring).await;
    let old = app.key("free").await;
    let replaced = silent_stream(&app, &old).await;
    app.regenerate(&old, 90_000).await;
    app.advance(Duration::from_secs(60)).await;
    ends_with(&app, expires, "invalid_api_key", "expired").await;
    app.advance(Duration::from_secs(30)).await;
    ends_with(&app, replaced, "invalid_api_key", "grace is over").await;
}

#[tokio::test]
async fn an_expiry_that_is_moved_forward_ends_what_runs_then() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let member = app
        .member(&caller.account, store::members::Role::Member)
        .await;
    let response = silent_stream(&app, &caller).await;
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{}",
        caller.account, caller.key
    );
    // One minute after `NOW_MS`.
    let body = r#"{"expires_at":"2026-09-21T14:15:05Z"}"#;
    let edited = member.patch(&path, body).await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    app.advance(Duration::from_secs(61)).await;
    ends_with(&app, response, "invalid_api_key", "expired").await;
}

#[tokio::test]
async fn a_stream_that_is_never_silent_ends_too() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a")]).flood(&delta("b")));
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    let (mut rest, ()) = tokio::join!(response.whole(), app.revoke(&caller));
    let text = rest.text();
    assert!(text.trim_end().ends_with("}}") && !text.contains("[DONE]"));
    assert!(rest.events().pop().unwrap().contains("key_revoked"));
    rest.body.clear();
    assert_eq!(app.event(1).await["end"], "broken");
    app.stub.wait_until_left(1).await;
}

#[tokio::test]
async fn a_plain_response_is_not_waited_for_any_more() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::nothing().stall());
    let request = {
        let caller = caller.clone();
        tokio::spawn(async move { caller.chat(chat("plain", "")).await })
    };
    app.stub.wait_for_requests(1).await;
    app.revoke(&caller).await;
    let response = soon("the refusal", request).await.unwrap();
    assert_eq!(
        (response.status, response.code().as_str()),
        (403, "key_revoked")
    );
    app.stub.wait_until_left(1).await;
    let event = app.event(1).await;
    assert_eq!(
        (event["end"].as_str(), event["output"].as_u64()),
        (Some("failed"), Some(0))
    );
}

#[tokio::test]
async fn an_upload_is_refused_before_its_end() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let mut socket = tokio::net::TcpStream::connect(app.address).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n{{\"model\":",
        caller.secret
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    until("the request", || {
        app.app.gateway.metrics.in_flight.get() == 1
    })
    .await;
    app.revoke(&caller).await;
    let mut response = vec![0; 12];
    soon("a response", socket.read_exact(&mut response))
        .await
        .unwrap();
    assert_eq!(response, b"HTTP/1.1 403");
}

#[tokio::test]
async fn other_keys_and_changes_that_take_nothing_away_end_no_stream() {
    let app = TestApp::new().await;
    let caller = app.key("pro").await;
    let neighbour = app.new_key("pro").of_account(&caller.account).make().await;
    let admin = app
        .member(&caller.account, store::members::Role::Admin)
        .await;
    let gate = Gate::new();
    app.stub.once(
        Script::open_stream([delta("a")])
            .wait(&gate)
            .chunk(finish())
            .chunk(DONE)
            .end(),
    );
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    let silent = silent_stream(&app, &neighbour).await;
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{}",
        caller.account, caller.key
    );
    let renamed = admin.patch(&path, r#"{"name":"Another"}"#).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    app.set_tier(&caller.account, "enterprise").await;
    app.regenerate(&caller, 60_000).await;
    app.revoke(&neighbour).await;
    ends_with(&app, silent, "key_revoked", "the neighbour").await;
    gate.open();
    assert!(response.whole().await.text().ends_with(DONE));
}

#[tokio::test]
async fn a_replica_that_missed_a_change_ends_its_streams_when_it_begins_afresh() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    app.execute("UPDATE api_keys SET revoked_at_ms = 1").await;
    app.execute("DELETE FROM replicas").await;
    app.app.clock.advance(Duration::from_secs(2));
    ends_with(&app, response, "key_revoked", "evicted").await;
}

#[tokio::test]
async fn what_we_end_is_no_failure_of_the_deployment() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let response = silent_stream(&app, &caller).await;
    app.revoke(&caller).await;
    ends_with(&app, response, "key_revoked", "revoked").await;
    let operator = app.operator().await;
    let deployments = operator.get("/api/v1/admin/deployments").await;
    let text = deployments.text();
    assert!(!text.contains(r#""broken""#), "{text}");
}
