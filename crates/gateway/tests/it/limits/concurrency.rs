//! Requests that run at the same time, per key and account.

use tokio::task::JoinHandle;

use super::small;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Gate, Script, TestApp, TestResponse};

/// A request that waits at the upstream until the gate opens.
fn waiting(app: &TestApp, caller: &Caller, gate: &Gate) -> JoinHandle<TestResponse> {
    app.stub
        .once(Script::nothing().wait(gate).then_json(COMPLETION));
    let caller = caller.clone();
    tokio::spawn(async move { caller.chat(small()).await })
}

#[tokio::test]
async fn a_key_runs_as_many_requests_at_the_same_time_as_its_tier_permits() {
    let app = TestApp::new().await;
    app.execute("UPDATE tiers SET concurrent_requests = 2 WHERE id = 'basic'")
        .await;
    app.app.reload_catalog().await.unwrap();
    let caller = app.key("basic").await;
    let gate = Gate::new();
    let running = [waiting(&app, &caller, &gate), waiting(&app, &caller, &gate)];
    app.stub.wait_for_requests(2).await;
    // Refused before its body is read: a body that is no JSON is not complained of.
    let refused = caller.chat("{").await;
    assert_eq!(
        (refused.status, refused.number("retry-after")),
        (429, 1),
        "{}",
        refused.text()
    );
    assert!(
        refused
            .text()
            .contains("2 requests at the same time for this key")
    );
    assert_eq!(refused.number("x-ratelimit-used"), 2, "it was not counted");
    gate.open();
    for request in running {
        assert_eq!(request.await.unwrap().status, 200);
    }
    assert_eq!(caller.chat(small()).await.status, 200);
}

#[tokio::test]
async fn keys_of_one_account_share_its_ceiling_of_running_requests() {
    let app = TestApp::new().await;
    app.execute(
        "UPDATE tiers SET concurrent_requests = 1, account_multiplier = 2 WHERE id = 'basic'",
    )
    .await;
    app.app.reload_catalog().await.unwrap();
    let first = app.key("basic").await;
    let [second, third] = [
        app.new_key("basic").of_account(&first.account).make().await,
        app.new_key("basic").of_account(&first.account).make().await,
    ];
    let gate = Gate::new();
    let running = [waiting(&app, &first, &gate), waiting(&app, &second, &gate)];
    app.stub.wait_for_requests(2).await;
    let refused = third.chat(small()).await;
    assert_eq!(refused.status, 429);
    assert!(
        refused
            .text()
            .contains("2 requests at the same time for this account")
    );
    gate.open();
    for request in running {
        assert_eq!(request.await.unwrap().status, 200);
    }
    assert_eq!(third.chat(small()).await.status, 200);
}
