//! A deployment that fails is left alone, looked at by one probe, and comes back.

use std::time::Duration;

use crate::support::test_app::{CATALOG, CREDENTIAL};
use crate::support::{Script, TestApp, chat, until};

#[tokio::test]
async fn a_dead_deployment_gets_next_to_no_first_attempts_and_comes_back_after_a_probe() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::nothing().close());
    for _ in 0..50 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    let dead = app.stub.requests().len();
    for _ in 0..200 {
        let response = caller.chat(chat("pair", "")).await;
        assert_eq!(response.status, 200);
        assert_eq!(response.header("x-yunxin-attempts"), Some("1"));
    }
    assert_eq!(app.stub.requests().len(), dead);
    // The probe fails too: one request finds out, and its client notices nothing.
    app.advance(Duration::from_secs(40)).await;
    for _ in 0..10 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert_eq!(app.stub.requests().len(), dead + 1);
    app.stub
        .always(Script::json(crate::support::upstream_stub::COMPLETION));
    app.advance(Duration::from_secs(80)).await;
    let response = caller.chat(chat("pair", "")).await;
    assert_eq!(response.header("x-yunxin-route-reason"), Some("probe"));
    for _ in 0..10 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert!(app.stub.requests().len() > dead + 3);
}

#[tokio::test]
async fn a_wait_that_the_provider_asks_for_is_honoured_where_another_deployment_is_there() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub
        .once(Script::status(429, "retry-after: 20\r\n", "{}"));
    for _ in 0..20 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert_eq!(app.stub.requests().len(), 1);
    app.advance(Duration::from_secs(21)).await;
    for _ in 0..20 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
    assert!(app.stub.requests().len() > 1);
}

#[tokio::test]
async fn a_refused_credential_and_an_unknown_model_eject_at_once_and_are_told() {
    for status in [401, 403, 404] {
        let app = TestApp::new().await;
        let caller = app.key("enterprise").await;
        app.stub.always(Script::status(status, "", "{}"));
        for _ in 0..20 {
            let response = caller.chat(chat("pair", "")).await;
            assert_eq!(response.status, 200, "{status}");
        }
        assert_eq!(app.stub.requests().len(), 1, "{status}");
        assert!(!app.stub.last().head.is_empty());
        assert!(!app.metrics().await.contains(CREDENTIAL));
    }
}

#[tokio::test]
async fn an_operator_may_have_ejected_deployments_looked_at_by_a_request_of_ours() {
    let text = CATALOG.replacen("kind =", "active_probes = true\nkind =", 1);
    let app = TestApp::builder().catalog(&text).start().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::status(401, "", "{}"));
    assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    assert_eq!(app.stub.requests().len(), 1);
    // Its time comes, and nobody asks.
    app.advance(Duration::from_secs(40)).await;
    app.stub.wait_for_requests(2).await;
    assert!(app.stub.last().body.contains("the word OK"));
    // It failed: clients are spared, and a later one succeeds.
    for _ in 0..3 {
        let response = caller.chat(chat("pair", "")).await;
        assert_eq!(response.header("x-yunxin-attempts"), Some("1"));
    }
    assert_eq!(app.stub.requests().len(), 2);
    app.stub
        .always(Script::json(crate::support::upstream_stub::COMPLETION));
    app.advance(Duration::from_secs(80)).await;
    app.stub.wait_for_requests(3).await;
    until("the breaker", || {
        let catalog = app.gateway().catalog.load();
        let candidates = catalog.model("pair").unwrap().candidates(0, |_| true);
        candidates.iter().all(|one| one.status.why.is_none())
    })
    .await;
    let response = caller.chat(chat("pair", "")).await;
    assert_eq!(response.header("x-yunxin-route-reason"), Some("weight"));
    assert_eq!(app.events().await.len(), 5, "probes are nobody's usage");
}

#[tokio::test]
async fn the_last_deployment_of_a_pool_is_never_ejected() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::status(500, "", "{}"));
    for _ in 0..20 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    }
    assert_eq!(app.stub.requests().len(), 20);
    app.stub
        .always(Script::json(crate::support::upstream_stub::COMPLETION));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
}

#[tokio::test]
async fn retries_are_a_tenth_of_the_requests_when_everything_fails() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    for stub in [&app.stub, &app.second] {
        stub.always(Script::status(500, "", "{}"));
    }
    for _ in 0..400 {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 502);
    }
    let calls = app.stub.requests().len() + app.second.requests().len();
    assert!((400..=400 + 40 + 65).contains(&calls), "{calls}");
}
