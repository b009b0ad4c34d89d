//! Floods of unknown keys: they are bounded, and known keys go on.

use std::time::Duration;

use super::{LEASE, stranger};
use crate::support::{TestApp, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_unknown_keys_is_bounded_and_leaves_known_keys_alone() {
    let app = TestApp::builder()
        .set("auth.unknown_key_burst", 50)
        .start()
        .await;
    let known = app.key("enterprise").await;
    assert_eq!(known.get("/v1/models").await.status, 200);
    let mut flood = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let nobody = app.anonymous();
        flood.spawn(async move {
            let (mut unknown, mut lookup_failed) = (0, 0);
            for _ in 0..100 {
                let response = nobody.with_secret(&stranger()).get("/v1/models").await;
                match response.status {
                    401 => unknown += 1,
                    503 => lookup_failed += 1,
                    other => panic!("{other}"),
                }
            }
            (unknown, lookup_failed)
        });
    }
    for _ in 0..100 {
        assert_eq!(known.get("/v1/models").await.status, 200);
    }
    let counts = flood.join_all().await;
    let unknown: usize = counts.iter().map(|(unknown, _)| unknown).sum();
    let lookup_failed: usize = counts.iter().map(|(_, lookup_failed)| lookup_failed).sum();
    assert_eq!(unknown + lookup_failed, 2_000);
    // The clock stands still: the burst, and what was past the door when it closed (8 run, 64 wait).
    assert!((50..=50 + 72).contains(&unknown), "{unknown} lookups");
}

/// Uses up what this network may send of unknown keys; the clock stands still, so nothing comes back.
async fn exhaust(app: &TestApp) {
    loop {
        if app
            .anonymous()
            .with_secret(&stranger())
            .get("/v1/models")
            .await
            .status
            == 503
        {
            return;
        }
    }
}

#[tokio::test]
async fn a_key_that_is_made_during_a_flood_works_at_once() {
    let app = TestApp::builder()
        .set("auth.unknown_key_burst", 5)
        .start()
        .await;
    exhaust(&app).await;
    let caller = app.key("free").await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    let renewed = app.regenerate(&caller, 0).await;
    assert_eq!(renewed.get("/v1/models").await.status, 200);
}

#[tokio::test]
async fn a_key_whose_account_changes_during_a_flood_works_on() {
    let app = TestApp::builder()
        .set("auth.unknown_key_burst", 5)
        .start()
        .await;
    let caller = app.key("free").await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    exhaust(&app).await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    app.set_tier(&caller.account, "pro").await;
    let response = caller.get("/v1/models").await;
    assert_eq!(
        response.status,
        200,
        "a known key passed the gates of unknown ones: {}",
        response.text()
    );
}

#[tokio::test]
async fn a_known_key_survives_an_eviction_during_a_flood() {
    let app = TestApp::builder()
        .set("auth.unknown_key_burst", 5)
        .start()
        .await;
    let caller = app.key("free").await;
    assert_eq!(caller.get("/v1/models").await.status, 200);
    exhaust(&app).await;
    app.execute("DELETE FROM replicas").await;
    app.app.clock.advance(LEASE);
    until("the lease", || app.app.keys.has_lease()).await;
    exhaust(&app).await;
    let response = caller.get("/v1/models").await;
    assert_eq!(
        response.status,
        200,
        "a known key passed the gates of unknown ones: {}",
        response.text()
    );
}

#[tokio::test]
async fn an_unknown_key_is_remembered_for_a_while_and_works_once_it_exists() {
    let app = TestApp::new().await;
    let unknown = app.anonymous().with_secret(&stranger());
    assert_eq!(unknown.get("/v1/models").await.status, 401);
    // Without the database the response comes from memory, and only from there.
    app.execute("ALTER TABLE api_key_secrets RENAME TO away")
        .await;
    assert_eq!(unknown.get("/v1/models").await.status, 401);
    app.advance(Duration::from_secs(31)).await;
    assert_eq!(unknown.get("/v1/models").await.status, 503);
    app.execute("ALTER TABLE away RENAME TO api_key_secrets")
        .await;
    assert_eq!(unknown.get("/v1/models").await.status, 401);
}

#[tokio::test]
async fn lookups_beyond_the_gate_and_its_queue_are_told_to_wait() {
    let app = TestApp::builder()
        .set("auth.lookups_max", 1)
        .set("auth.lookup_queue_max", 0)
        .start()
        .await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let caller = app.anonymous().with_secret(&stranger());
        requests.spawn(async move { caller.get("/v1/models").await });
    }
    let responses = requests.join_all().await;
    let of = |status| {
        responses
            .iter()
            .filter(|response| response.status == status)
            .count()
    };
    assert_eq!(of(401) + of(503), 40);
    assert!(of(401) >= 1 && of(503) >= 1, "{} {}", of(401), of(503));
}
