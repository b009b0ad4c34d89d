//! Quarantine of keys after an event, and release.

use control::commands::{NewKeyEvent, watcher};
use serde_json::{Value, json};
use store::api_keys::AnomalyAction;
use store::key_events::{KeyEvent, KeyEventAction, KeyEventKind};
use store::members::Role;

use crate::support::{Caller, TestApp, TestResponse, chat};

async fn note(
    app: &TestApp,
    caller: &Caller,
    kind: KeyEventKind,
    action: Option<KeyEventAction>,
) -> KeyEvent {
    let actor = watcher();
    let facts = json!({ "seen": "198.51.100.0/24" });
    let commands = app.app.commands(&actor);
    let noticed = NewKeyEvent {
        account_id: caller.account.clone(),
        api_key_id: caller.key.clone(),
        kind,
        action,
        facts,
        unless_since_ms: None,
        unless_facts: None,
    };
    let noted = commands.record_key_event(noticed);
    noted.await.unwrap().unwrap()
}

async fn key_of(by: &Caller, caller: &Caller) -> Value {
    let path = format!("/api/v1/accounts/{}/api-keys/{}", by.account, caller.key);
    by.get(&path).await.json()
}

async fn release(by: &Caller, caller: &Caller) -> TestResponse {
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{}/release",
        by.account, caller.key
    );
    by.post(&path, "").await
}

async fn actions(by: &Caller) -> Vec<String> {
    let path = format!("/api/v1/accounts/{}/audit-log", by.account);
    let log = by.get(&path).await.json();
    let entries = log["data"].as_array().unwrap();
    let action = |entry: &Value| {
        let (action, actor) = (&entry["action"], &entry["actor"]["kind"]);
        format!(
            "{} by {}",
            action.as_str().unwrap(),
            actor.as_str().unwrap()
        )
    };
    entries.iter().map(action).collect()
}

fn small() -> String {
    chat("plain", r#","max_tokens":1"#)
}

#[tokio::test]
async fn a_frozen_key_is_refused_with_what_was_seen_until_it_is_released() {
    let app = TestApp::new().await;
    let caller = app
        .new_key("free")
        .on_anomaly(AnomalyAction::Freeze)
        .make()
        .await;
    let member = app.member(&caller.account, Role::Member).await;
    let admin = app.member(&caller.account, Role::Admin).await;
    assert_eq!(caller.chat(small()).await.status, 200);
    let event = note(&app, &caller, KeyEventKind::NewNetwork, None).await;
    assert_eq!(event.action, KeyEventAction::Frozen);

    let refused = caller.chat(small()).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "key_frozen")
    );
    let text = refused.text();
    assert!(
        text.contains("new network") && text.contains("API Keys"),
        "{text}"
    );
    assert_eq!(refused.json()["error"]["type"], "permission_error");
    let quarantine = key_of(&member, &caller).await["quarantine"].clone();
    assert_eq!(quarantine["state"], "frozen");
    assert_eq!(quarantine["kind"], "new_network");
    assert_eq!(quarantine["event_id"], event.id.as_str());

    let released = release(&member, &caller).await;
    assert_eq!(
        (released.status, &released.json()["quarantine"]),
        (200, &Value::Null)
    );
    assert_eq!(caller.chat(small()).await.status, 200);
    assert_eq!(
        release(&member, &caller).await.status,
        200,
        "again is no error"
    );
    assert_eq!(
        actions(&admin).await,
        ["api_key.released by user", "api_key.frozen by system"]
    );
}

#[tokio::test]
async fn a_throttled_key_has_a_tenth_of_its_limits_and_headers_that_say_so() {
    let app = TestApp::new().await;
    let caller = app
        .new_key("basic")
        .on_anomaly(AnomalyAction::Throttle)
        .make()
        .await;
    let other = app
        .new_key("basic")
        .of_account(&caller.account)
        .make()
        .await;
    let member = app.member(&caller.account, Role::Member).await;
    assert_eq!(caller.chat(small()).await.number("x-ratelimit-limit"), 50);
    let event = note(&app, &caller, KeyEventKind::SpendSpike, None).await;
    assert_eq!(event.action, KeyEventAction::Throttled);
    for used in 2..=5 {
        let response = caller.chat(small()).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.number("x-ratelimit-limit"), 5);
        assert_eq!(response.number("x-ratelimit-used"), used);
        assert_eq!(response.number("x-ratelimit-remaining"), 5 - used);
        assert_eq!(response.number("x-ratelimit-limit-tokens"), 20_000);
    }
    let refused = caller.chat(small()).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "rate_limit_exceeded")
    );
    assert!(
        refused.text().contains("a tenth of its limits"),
        "{}",
        refused.text()
    );
    let own = caller.get("/v1/key").await.json();
    assert_eq!(own["limits"]["requests_per_minute"], 5);
    let neighbour = other.chat(small()).await;
    assert_eq!(
        neighbour.number("x-ratelimit-limit"),
        50,
        "the account has all"
    );

    assert_eq!(release(&member, &caller).await.status, 200);
    let response = caller.chat(small()).await;
    assert_eq!(
        (response.status, response.number("x-ratelimit-limit")),
        (200, 50)
    );
}

#[tokio::test]
async fn a_throttled_key_of_an_unlimited_tier_has_limits() {
    let app = TestApp::new().await;
    let caller = app
        .new_key("enterprise")
        .on_anomaly(AnomalyAction::Throttle)
        .make()
        .await;
    note(&app, &caller, KeyEventKind::RequestSpike, None).await;
    assert_eq!(caller.chat(small()).await.number("x-ratelimit-limit"), 10);
}

#[tokio::test]
async fn whoever_wants_to_be_told_is_told_and_a_frozen_key_is_not_thawed_by_less() {
    let app = TestApp::new().await;
    let told = app.key("free").await;
    let event = note(&app, &told, KeyEventKind::ErrorBurst, None).await;
    assert_eq!(event.action, KeyEventAction::Notified);
    assert_eq!(told.chat(small()).await.status, 200);

    let frozen = KeyEventAction::Frozen;
    let event = note(&app, &told, KeyEventKind::LeakReported, Some(frozen)).await;
    assert_eq!(event.action, frozen);
    let throttled = KeyEventAction::Throttled;
    let event = note(&app, &told, KeyEventKind::SpendSpike, Some(throttled)).await;
    assert_eq!(
        event.action,
        KeyEventAction::Notified,
        "it is frozen already"
    );
    assert_eq!(told.chat(small()).await.code(), "key_frozen");

    let refused = KeyEventAction::Refused;
    let other = app.key("free").await;
    let event = note(&app, &other, KeyEventKind::BrowserUse, Some(refused)).await;
    assert_eq!(event.action, refused);
    assert_eq!(other.chat(small()).await.status, 200);
}

#[tokio::test]
async fn what_happens_on_an_anomaly_is_chosen_with_the_key_and_changed_later() {
    let app = TestApp::new().await;
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let body = json!({ "name": "A", "environment": "live", "anomaly_action": "freeze" });
    let made = member.post(&keys, body.to_string()).await.json()["api_key"].clone();
    assert_eq!(made["anomaly_action"], "freeze");
    assert_eq!(made["quarantine"], Value::Null);
    let path = format!("{keys}/{}", made["id"].as_str().unwrap());
    let edited = member
        .patch(&path, r#"{"anomaly_action":"throttle"}"#)
        .await;
    assert_eq!(edited.json()["anomaly_action"], "throttle");
    let renamed = member.patch(&path, r#"{"name":"B"}"#).await;
    assert_eq!(renamed.json()["anomaly_action"], "throttle");
    let wrong = member.patch(&path, r#"{"anomaly_action":"explode"}"#).await;
    assert_eq!(wrong.status, 422);
    let plain = member
        .post(&keys, r#"{"name":"C","environment":"live"}"#)
        .await
        .json();
    assert_eq!(plain["api_key"]["anomaly_action"], "notify");
}
