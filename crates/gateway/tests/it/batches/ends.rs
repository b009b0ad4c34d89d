//! The ways in which a batch ends before its last line.

use std::time::Duration;

use serde_json::json;
use store::accounts::AccountStatus;

use super::{CATALOG, CHARGE, begin, content, counts, custom_ids, ended, lines};
use crate::files::eventually;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Gate, Script, TestApp};

async fn app() -> TestApp {
    TestApp::builder()
        .catalog(CATALOG)
        .set("batches.lines_at_once", 2)
        .start()
        .await
}

/// A batch of six lines, the first two of which have ended, and the next two wait for the gate.
async fn half_way(app: &TestApp, caller: &Caller, gate: &Gate) -> String {
    app.stub.once(Script::json(COMPLETION));
    app.stub.once(Script::json(COMPLETION));
    app.stub
        .always(Script::nothing().wait(gate).and(Script::json(COMPLETION)));
    let path = begin(caller, &lines(6), json!({})).await;
    app.stub.wait_for_requests(4).await;
    eventually("two results", async || {
        counts(&caller.get(&path).await.json())[1] == 2
    })
    .await;
    path
}

#[tokio::test]
async fn a_batch_is_cancelled_within_seconds_and_keeps_what_it_has() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let path = half_way(&app, &caller, &Gate::new()).await;
    let response = caller.post(&format!("{path}/cancel"), "").await.json();
    assert_eq!(
        (&response["status"], &response["cancelling_at"]),
        (&json!("cancelling"), &json!(app.now_ms() / 1_000))
    );
    let batch = ended(&caller, &path).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("cancelled"), [6, 2, 4]),
        "{batch}"
    );
    assert_eq!(content(&caller, &batch["output_file_id"]).await.len(), 2);
    let rest = content(&caller, &batch["error_file_id"]).await;
    assert_eq!(custom_ids(&rest).len(), 4);
    assert!(
        rest.iter()
            .all(|result| result["error"]["code"] == "batch_cancelled")
    );
    let again = caller.post(&format!("{path}/cancel"), "").await;
    assert_eq!(again.json()["status"], "cancelled");
}

#[tokio::test]
async fn a_batch_that_has_ended_cannot_be_cancelled() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let path = begin(&caller, &lines(1), json!({})).await;
    ended(&caller, &path).await;
    let refused = caller.post(&format!("{path}/cancel"), "").await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "batch_not_cancellable")
    );
}

#[tokio::test]
async fn a_revoked_key_stops_its_batch_with_words() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let other = app
        .new_key("enterprise")
        .of_account(&caller.account)
        .make()
        .await;
    let path = half_way(&app, &caller, &Gate::new()).await;
    app.revoke(&caller).await;
    let batch = ended(&other, &path).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("failed"), [6, 2, 4]),
        "{batch}"
    );
    assert_eq!(batch["errors"]["data"][0]["code"], "key_revoked");
    let rest = content(&other, &batch["error_file_id"]).await;
    assert!(
        rest.iter()
            .all(|result| result["error"]["code"] == "key_revoked")
    );
    assert_eq!(content(&other, &batch["output_file_id"]).await.len(), 2);
}

#[tokio::test]
async fn a_suspended_account_stops_its_batches_with_words() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let path = half_way(&app, &caller, &Gate::new()).await;
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    let state = async || -> String {
        sqlx::query_scalar("SELECT state FROM batches")
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap()
    };
    eventually("the end", async || state().await == "failed").await;
    app.set_status(&caller.account, AccountStatus::Active).await;
    let batch = caller.get(&path).await.json();
    assert_eq!(batch["errors"]["data"][0]["code"], "account_suspended");
}

#[tokio::test]
async fn a_spend_cap_is_never_exceeded_and_the_rest_is_told_why_it_was_not_run() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    // Twenty charges would be more, and the quote of one request is less.
    let cap = 15.0 * CHARGE as f64 / 1e9;
    let path = begin(
        &caller,
        &lines(20),
        json!({ "yunxin": { "max_spend": cap } }),
    )
    .await;
    let batch = ended(&caller, &path).await;
    assert_eq!(batch["status"], "completed", "{batch}");
    let [total, completed, failed] = counts(&batch);
    assert!(
        total == 20 && completed > 0 && completed + failed == 20,
        "{batch}"
    );
    assert!(batch["yunxin"]["spent"].as_f64().unwrap() <= cap);
    assert_eq!(batch["errors"]["data"][0]["code"], "spend_cap_reached");
    let rest = content(&caller, &batch["error_file_id"]).await;
    assert!(
        rest.iter()
            .all(|result| result["error"]["code"] == "spend_cap_reached")
    );
    let charged: i64 = sqlx::query_scalar("SELECT SUM(charge_nanos) FROM usage_events")
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    app.events().await;
    assert_eq!(u64::try_from(charged).unwrap(), completed * CHARGE);
}

#[tokio::test]
async fn a_batch_whose_window_is_over_expires_with_what_it_has() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let path = half_way(&app, &caller, &Gate::new()).await;
    app.advance(Duration::from_secs(86_400)).await;
    let batch = ended(&caller, &path).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("expired"), [6, 2, 4]),
        "{batch}"
    );
    assert_eq!(batch["expired_at"], app.now_ms() / 1_000);
    let rest = content(&caller, &batch["error_file_id"]).await;
    assert!(
        rest.iter()
            .all(|result| result["error"]["code"] == "batch_expired")
    );
}

#[tokio::test]
async fn an_account_that_pays_in_advance_needs_what_its_batch_may_cost_before_it_begins() {
    let builder = TestApp::builder()
        .catalog(CATALOG)
        .set("credits.mode", "required");
    let app = builder.start().await;
    let caller = app.key("enterprise").await;
    let batch = ended(&caller, &begin(&caller, &lines(2), json!({})).await).await;
    assert_eq!(
        (
            batch["status"].as_str(),
            batch["errors"]["data"][0]["code"].as_str()
        ),
        (Some("failed"), Some("insufficient_credits"))
    );
    assert!(app.stub.requests().is_empty());
    app.grant(&caller.account, 1_000_000_000).await;
    let batch = ended(&caller, &begin(&caller, &lines(2), json!({})).await).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [2, 2, 0]),
        "{batch}"
    );
}
