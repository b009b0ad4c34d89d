//! Usage and commands while the database cannot be written.

use std::path::PathBuf;

use serde_json::json;
use sqlx::{AssertSqlSafe, Executor, Row};
use store::Db;

use crate::program::Program;
use crate::support::{Caller, TestApp, chat, logs, until};

impl TestApp {
    /// Leaves the database without a free page, as on a full disk, until the connection that writes is another one.
    async fn fill_disk(&self) {
        let Db::Sqlite { writer, .. } = &self.app.db else {
            return;
        };
        let row = writer.fetch_one("PRAGMA page_count").await.unwrap();
        let pages: i64 = row.get(0);
        let bound = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        writer.execute(bound).await.unwrap();
    }

    fn unwritten(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let is_ours = |path: &PathBuf| path.to_string_lossy().contains("unwritten-usage-");
        paths.filter(is_ours).collect()
    }

    /// Makes every write of usage fail, until it is called with `false`.
    async fn break_usage(&self, is_broken: bool) {
        self.execute(if is_broken {
            "ALTER TABLE platform_rollups RENAME TO away"
        } else {
            "ALTER TABLE away RENAME TO platform_rollups"
        })
        .await;
    }

    async fn use_it(&self, caller: &Caller, times: usize) {
        for _ in 0..times {
            assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
        }
    }
}

#[tokio::test]
async fn usage_is_written_again_when_the_disk_was_full_and_nothing_of_it_is_lost() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let mut sent = 0;
    for round in 1..=2 {
        app.fill_disk().await;
        while app.app.gateway.metrics.metering_failures.get() < round {
            app.use_it(&caller, 5).await;
            sent += 5;
        }
        assert_eq!(app.events().await.len(), sent);
    }
    assert_eq!(app.anonymous().get("/readyz").await.status, 200);
    assert!(logs::text().contains("database or disk is full"));
}

#[tokio::test]
async fn a_change_that_meets_a_full_disk_is_answered_503_and_the_next_one_works() {
    let app = TestApp::builder()
        .set("metering.flush_interval_ms", 600_000)
        .start()
        .await;
    let account = app.account("pro").await;
    let operator = app.operator().await;
    let path = format!("/api/v1/admin/accounts/{account}");
    let notes = |round: usize| json!({ "notes": "x".repeat(3_000 + round) }).to_string();
    let mut round = 0;
    // A few find free pages within the file, and the lease of the server may meet the full disk first.
    let response = loop {
        round += 1;
        app.fill_disk().await;
        let response = operator.patch(&path, notes(round)).await;
        if response.status != 200 {
            break response;
        }
    };
    assert_eq!(response.status, 503, "{}", response.text());
    assert!(response.header("retry-after").is_some());
    assert_eq!(response.json()["error"]["code"], "service_unavailable");
    assert_eq!(operator.patch(&path, notes(0)).await.status, 200);
}

#[tokio::test]
async fn usage_that_cannot_be_written_at_the_stop_is_written_by_the_next_start_exactly_once() {
    let mut app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.use_it(&caller, 2).await;
    assert_eq!(app.events().await.len(), 2);
    app.break_usage(true).await;
    app.use_it(&caller, 3).await;
    app.stop().await;
    assert!(logs::text().contains("it stays in the journal"));

    app.break_usage(false).await;
    let mut app = app.start_again().await;
    assert_eq!(app.events().await.len(), 5);
    let usage = app.caller(&caller).get("/v1/usage").await.json();
    assert_eq!(usage["requests"], 5);

    // A database that was restored from a backup does not know how much of the journal it has.
    app.stop().await;
    app.execute("DELETE FROM usage_cursors").await;
    let app = app.start_again().await;
    app.use_it(&app.caller(&caller), 1).await;
    assert_eq!(app.events().await.len(), 6);
    let usage = app.caller(&caller).get("/v1/usage").await.json();
    assert_eq!(usage["requests"], 6);
}

/// A line as versions without a journal wrote it.
fn line(caller: &Caller, id: usize) -> String {
    json!({
        "request_id": format!("req_01k5zzzzzzzzzzzzzzzzzzzz{id:02}"), "at_ms": crate::support::test_app::NOW_MS,
        "account_id": caller.account, "api_key_id": caller.key, "environment": "live", "endpoint": "chat",
        "model_id": "plain", "provider_name": "first", "usage": { "input": 1, "output": 2 }, "charge_nanos": 0,
        "counted_by": "upstream", "status": 200, "error_code": "", "end_reason": "completed", "is_admitted": true,
        "is_streamed": false, "duration_us": 6, "first_token_us": null, "detail": { "attempts": [], "priority": 1 },
    })
    .to_string()
}

#[tokio::test]
async fn usage_that_an_earlier_version_left_in_a_file_is_written_exactly_once() {
    let mut app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stop().await;
    let file = app.folder.path().join("unwritten-usage-replica_1.jsonl");
    let (one, other) = (line(&caller, 1), line(&caller, 2));
    let cut = &one[..90];
    std::fs::write(&file, format!("{one}\n{other}\n{one}\nnonsense\n{cut}")).unwrap();
    let app = app.start_again().await;
    assert_eq!(app.events().await.len(), 2);
    let usage = app.caller(&caller).get("/v1/usage").await.json();
    assert_eq!(usage["requests"], 2);
    let aside = app.unwritten();
    assert_eq!(aside.len(), 1, "{aside:?}");
    let aside = std::fs::read_to_string(&aside[0]).unwrap();
    assert_eq!(aside, format!("nonsense\n{cut}"));
    assert!(logs::text().contains("lines of unwritten usage could not be read"));
}

#[tokio::test]
async fn usage_that_no_start_can_write_yet_waits_in_the_journal_and_is_written_while_the_server_runs()
 {
    let mut app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.break_usage(true).await;
    app.use_it(&caller, 3).await;
    app.stop().await;
    let app = app.start_again().await;
    app.use_it(&app.caller(&caller), 1).await;
    assert!(app.stored_events().await.is_empty());
    app.break_usage(false).await;
    assert_eq!(app.events().await.len(), 4);
}

#[tokio::test]
async fn a_second_signal_does_not_lose_what_waits_for_a_database_that_hangs() {
    let mut app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let mut lock = app.sql().await;
    lock.execute("BEGIN IMMEDIATE").await.unwrap();
    app.use_it(&caller, 3).await;
    app.signal(gateway::server::Signal::Stop).await;
    until("the drain", || {
        app.app.gateway.process.draining.is_cancelled()
    })
    .await;
    app.signal(gateway::server::Signal::Stop).await;
    app.stopped().await;
    lock.execute("ROLLBACK").await.unwrap();
    drop(lock);
    let app = app.start_again().await;
    assert_eq!(app.events().await.len(), 3);
}

#[tokio::test]
async fn a_row_of_a_key_that_cannot_be_written_does_not_hold_up_usage() {
    let app = TestApp::builder()
        .set("metering.last_use_interval_ms", 1)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    app.execute(
        "CREATE TRIGGER stuck BEFORE UPDATE OF last_used_at_ms ON api_keys BEGIN SELECT RAISE(FAIL, 'stuck'); END",
    )
    .await;
    for round in 1..=10 {
        app.advance(std::time::Duration::from_millis(10)).await;
        app.use_it(&caller, 10).await;
        assert_eq!(app.events().await.len(), 10 * round);
    }
    assert_eq!(app.metric("yunxin_metering_lost_events_total").await, 0.0);
}

/// A lease that no test waits for.
const LONG_LEASE: [(&str, &str); 1] = [("YUNXIN__AUTH__LEASE_MS", "60000")];

#[test]
fn a_folder_has_one_server_and_after_a_kill_nobody_waits_for_the_lease_of_the_dead() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::serve(folder.path(), &LONG_LEASE);
    let account = server.run(&[
        "account",
        "create",
        "--email",
        "a@example.com",
        "--tier",
        "pro",
    ]);
    let id = account["id"].as_str().unwrap();
    let key = server.run(&["key", "create", "--account", id, "--name", "x"]);
    let second = Program::command(folder.path(), &["serve"])
        .output()
        .unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(
        !second.status.success() && said.contains("another yunxin"),
        "{said}"
    );

    // The drop is a SIGKILL: the replica of this process stays in the database, with a lease of a minute.
    drop(server);
    let server = Program::serve(folder.path(), &LONG_LEASE);
    let began = std::time::Instant::now();
    let revoked = server.run(&["key", "revoke", key["id"].as_str().unwrap()]);
    assert!(revoked.is_object(), "{revoked}");
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}
