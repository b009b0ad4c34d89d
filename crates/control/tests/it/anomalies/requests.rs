//! The way from a request to an event: through the public door, with a clock moved by hand.

use std::time::Duration;

use serde_json::Value;
use store::api_keys::AnomalyAction;
use store::members::Role;

use crate::support::test_app::Builder;
use crate::support::{Caller, TestApp, TestResponse, chat, soon};

const HOME: &str = "203.0.113.5";
const ELSEWHERE: &str = "198.51.100.9";
/// The requests that a key must have sent before a network is new to it.
const REQUESTS_MIN: usize = 50;
const HOURS_MIN: u32 = 12;
const DAY: Duration = Duration::from_secs(86_400);

/// Requests say where they come from, as behind a proxy.
fn builder() -> Builder {
    TestApp::builder().set("server.trusted_proxies", "127.0.0.1")
}

async fn send(caller: &Caller, address: &str, model: &str) -> TestResponse {
    let caller = caller.with("x-forwarded-for", address);
    caller.chat(chat(model, r#","max_tokens":1"#)).await
}

/// Waits until everything that was sent is looked at.
async fn look(app: &TestApp) {
    soon("the metering", app.app.gateway.metering.flush()).await;
    soon(
        "the detectors",
        app.app.gateway.metering.observations.flush(),
    )
    .await;
}

/// A key that was used in many hours of a day from one network.
async fn settle(app: &TestApp, caller: &Caller) {
    for _ in 0..REQUESTS_MIN {
        assert_eq!(send(caller, HOME, "plain").await.status, 200);
    }
    for _ in 0..HOURS_MIN {
        look(app).await;
        app.advance(DAY / HOURS_MIN).await;
        assert_eq!(send(caller, HOME, "plain").await.status, 200);
    }
    look(app).await;
}

async fn events(by: &Caller, caller: &Caller) -> Vec<Value> {
    let path = format!(
        "/api/v1/accounts/{}/key-events?api_key_id={}",
        by.account, caller.key
    );
    by.get(&path).await.json()["data"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn a_request_from_a_new_network_freezes_the_key_of_whoever_wants_that() {
    let app = builder().start().await;
    let caller = app
        .new_key("enterprise")
        .on_anomaly(AnomalyAction::Freeze)
        .make()
        .await;
    settle(&app, &caller).await;
    let viewer = app.member(&caller.account, Role::Viewer).await;
    assert_eq!(events(&viewer, &caller).await, Vec::<Value>::new());

    assert_eq!(send(&caller, ELSEWHERE, "plain").await.status, 200);
    look(&app).await;
    let refused = send(&caller, HOME, "plain").await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "key_frozen")
    );
    let events = events(&viewer, &caller).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["kind"], "new_network");
    assert_eq!(events[0]["action"], "frozen");
    assert_eq!(events[0]["facts"]["seen"]["network"], "198.51.100.0/24");
    assert_eq!(events[0]["facts"]["usual"]["networks"], 1);
    let line = r#"yunxin_key_events_total{kind="new_network",action="frozen"}"#;
    assert_eq!(app.metric(line).await, 1.0);
}

#[tokio::test]
async fn what_is_usual_survives_a_restart() {
    let app = builder().start().await;
    let caller = app.key("enterprise").await;
    settle(&app, &caller).await;
    let app = app.restart().await;
    let caller = Caller {
        address: app.address,
        ..caller
    };
    let viewer = app.member(&caller.account, Role::Viewer).await;
    assert_eq!(send(&caller, HOME, "plain").await.status, 200);
    look(&app).await;
    assert_eq!(events(&viewer, &caller).await.len(), 0, "home is known");
    send(&caller, ELSEWHERE, "plain").await;
    look(&app).await;
    assert_eq!(
        events(&viewer, &caller).await.len(),
        1,
        "and the rest is not"
    );

    let app = app.restart().await;
    let (caller, viewer) = (
        Caller {
            address: app.address,
            ..caller
        },
        Caller {
            address: app.address,
            ..viewer
        },
    );
    send(&caller, ELSEWHERE, "plain").await;
    look(&app).await;
    assert_eq!(events(&viewer, &caller).await.len(), 1, "told once");
}

#[tokio::test]
async fn a_person_in_the_playground_is_no_new_network() {
    let app = builder().start().await;
    let caller = app.key("enterprise").await;
    settle(&app, &caller).await;
    let member = app.member(&caller.account, Role::Member).await;
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{}/chat/completions",
        caller.account, caller.key
    );
    let person = member.with("x-forwarded-for", ELSEWHERE);
    assert_eq!(person.post(&path, chat("plain", "")).await.status, 200);
    look(&app).await;
    assert_eq!(events(&member, &caller).await.len(), 0);
}

#[tokio::test]
async fn a_burst_of_requests_throttles_the_key_of_whoever_wants_that() {
    let app = builder().start().await;
    let caller = app
        .new_key("enterprise")
        .on_anomaly(AnomalyAction::Throttle)
        .make()
        .await;
    assert_eq!(send(&caller, HOME, "plain").await.status, 200);
    look(&app).await;
    app.advance(DAY + DAY).await;
    let viewer = app.member(&caller.account, Role::Viewer).await;
    for _ in 0..60 {
        assert_eq!(send(&caller, HOME, "plain").await.status, 200);
    }
    look(&app).await;
    let events = events(&viewer, &caller).await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(
        (&events[0]["kind"], &events[0]["action"]),
        (&"request_spike".into(), &"throttled".into())
    );
    let response = send(&caller, HOME, "plain").await;
    assert_eq!(response.status, 429, "more than a tenth was used already");
}

#[tokio::test]
async fn where_nobody_looks_nothing_is_found() {
    let app = builder().set("anomalies.enabled", "false").start().await;
    let caller = app.key("enterprise").await;
    settle(&app, &caller).await;
    let viewer = app.member(&caller.account, Role::Viewer).await;
    assert_eq!(send(&caller, ELSEWHERE, "plain").await.status, 200);
    look(&app).await;
    assert_eq!(events(&viewer, &caller).await.len(), 0);
}
