//! Batches whose server ends, or is killed, and goes on as another.

use serde_json::json;

use super::{CATALOG, CHARGE, begin, content, counts, custom_ids, ended, lines};
use crate::files::eventually;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Gate, Script, TestApp};

/// Requests that were charged, and their charges in all.
async fn charged(app: &TestApp) -> (i64, u64) {
    app.events().await;
    let sql =
        "SELECT COUNT(*), COALESCE(SUM(charge_nanos), 0) FROM usage_events WHERE charge_nanos > 0";
    let (requests, nanos): (i64, i64) = sqlx::query_as(sql)
        .fetch_one(&mut app.sql().await)
        .await
        .unwrap();
    (requests, nanos.try_into().unwrap())
}

#[tokio::test]
async fn a_batch_whose_server_is_killed_goes_on_and_each_line_is_charged_once() {
    let app = TestApp::builder()
        .catalog(CATALOG)
        .set("batches.lines_at_once", 3)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    for _ in 0..5 {
        app.stub.once(Script::json(COMPLETION));
    }
    app.stub.always(Script::nothing().stall());
    let path = begin(&caller, &lines(12), json!({})).await;
    // Five have ended, and three run.
    app.stub.wait_for_requests(8).await;
    eventually("five results", async || {
        counts(&caller.get(&path).await.json())[1] == 5
    })
    .await;
    app.events().await;
    app.stub.always(Script::json(COMPLETION));
    let next = app.killed().await;
    let caller = next.caller(&caller);
    let batch = ended(&caller, &path).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [12, 12, 0]),
        "{batch}"
    );
    let results = content(&caller, &batch["output_file_id"]).await;
    assert_eq!((results.len(), custom_ids(&results).len()), (12, 12));
    assert_eq!(charged(&next).await, (12, 12 * CHARGE));
}

#[tokio::test]
async fn a_line_that_was_charged_before_its_result_was_written_is_run_again_for_nothing() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    let path = begin(&caller, &lines(3), json!({})).await;
    let before = ended(&caller, &path).await;
    assert_eq!(charged(&app).await, (3, 3 * CHARGE));
    let results = content(&caller, &before["output_file_id"]).await;
    // As a kill between the accounting and the result would have left them.
    let id = before["id"].as_str().unwrap();
    for (number, result) in results.iter().enumerate() {
        let request = result["response"]["request_id"].as_str().unwrap();
        let line = number + 1;
        app.execute(&format!(
            "INSERT INTO batch_lines (batch_id, line, request_id, tries, is_error) VALUES ('{id}', {line}, '{request}', 0, 0)"
        ))
        .await;
    }
    app.execute(&format!(
        "UPDATE batches SET state = 'in_progress', ending = NULL, ended_at_ms = NULL, completed = 0, spent_nanos = 0 WHERE id = '{id}'"
    ))
    .await;
    let batch = ended(&caller, &path).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [3, 3, 0]),
        "{batch}"
    );
    assert_eq!(app.stub.requests().len(), 6);
    assert_eq!(charged(&app).await, (3, 3 * CHARGE));
    assert_eq!(batch["yunxin"]["spent"], before["yunxin"]["spent"]);
    let usage = caller.get("/v1/usage").await.json();
    assert_eq!(usage["requests"], 3, "sums have each once too");
}

#[tokio::test]
async fn a_batch_goes_on_at_the_next_start_of_a_server_that_was_stopped() {
    let app = TestApp::builder()
        .catalog(CATALOG)
        .set("batches.lines_at_once", 2)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let gate = Gate::new();
    app.stub.once(Script::json(COMPLETION));
    app.stub
        .always(Script::nothing().wait(&gate).and(Script::json(COMPLETION)));
    let path = begin(&caller, &lines(6), json!({})).await;
    app.stub.wait_for_requests(3).await;
    gate.open();
    let next = app.restart().await;
    let caller = next.caller(&caller);
    let batch = ended(&caller, &path).await;
    assert_eq!(
        (batch["status"].as_str(), counts(&batch)),
        (Some("completed"), [6, 6, 0]),
        "{batch}"
    );
    assert_eq!(charged(&next).await, (6, 6 * CHARGE));
}
