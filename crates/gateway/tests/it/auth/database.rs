//! Keys while the database is away, and replicas that were evicted.

use super::{LEASE, stranger};
use crate::support::{TestApp, chat, until};

#[tokio::test]
async fn without_the_database_a_known_key_works_until_the_lease_ends_and_nobody_is_called_wrong() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.app.db.close().await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    let unknown = app.anonymous().with_secret(&stranger());
    for caller in [&unknown, &caller] {
        let response = if caller.secret == unknown.secret {
            caller.get("/v1/models").await
        } else {
            caller.get("/v1/usage").await
        };
        assert_eq!(
            (response.status, response.code().as_str()),
            (503, "service_unavailable"),
            "{}",
            response.text()
        );
        assert!(response.number("retry-after") >= 1);
    }
    assert_eq!(app.anonymous().get("/readyz").await.status, 200);
    app.app.clock.advance(LEASE);
    for caller in [&unknown, &caller] {
        let response = caller.chat(chat("plain", "")).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (503, "service_unavailable")
        );
        assert!(response.number("retry-after") >= 1);
    }
    assert_eq!(app.anonymous().get("/readyz").await.status, 503);
    assert_eq!(app.anonymous().get("/healthz").await.status, 200);
    // What needs no database is still told as it is.
    assert_eq!(app.anonymous().get("/v1/models").await.status, 401);
    assert_eq!(
        app.anonymous()
            .with_secret("yx-nonsense")
            .get("/v1/models")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn without_a_lease_every_key_is_read_anew() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    app.execute("ALTER TABLE replicas RENAME TO away").await;
    app.app.clock.advance(LEASE);
    assert!(!app.app.keys.has_lease());
    assert_eq!(caller.get("/v1/models").await.status, 200);
    // Behind everybody's back: no line in the log, nobody to wait for.
    app.execute("UPDATE api_keys SET revoked_at_ms = 1").await;
    assert_eq!(caller.get("/v1/models").await.status, 403);
    app.execute("UPDATE api_keys SET revoked_at_ms = NULL")
        .await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    assert_eq!(app.metric("yunxin_auth_lease_valid").await, 0.0);
    app.execute("ALTER TABLE away RENAME TO replicas").await;
    until("the lease", || app.app.keys.has_lease()).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
}

#[tokio::test]
async fn a_replica_that_was_evicted_begins_afresh() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    app.execute("UPDATE api_keys SET revoked_at_ms = 1").await;
    assert_eq!(
        caller.get("/v1/models").await.status,
        200,
        "nobody was told"
    );
    app.execute("DELETE FROM replicas").await;
    app.app.clock.advance(LEASE);
    until("the lease", || app.app.keys.has_lease()).await;
    assert_eq!(caller.get("/v1/models").await.status, 403);
}
