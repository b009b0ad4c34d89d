//! A database that was restored from a backup, and what was revoked since the backup was made.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Executor};
use store::members::Role;

use crate::support::test_app::MASTER;
use crate::support::{Caller, TestApp, chat, logs, soon};

impl TestApp {
    async fn back_up(&self) -> PathBuf {
        let backup = self.folder.path().join("backup.db");
        let sql = AssertSqlSafe(format!("VACUUM INTO '{}'", backup.display()));
        self.sql().await.execute(sql).await.unwrap();
        backup
    }

    /// Stops the server, puts the backup in the database's place, and starts another.
    async fn restore(mut self, backup: &Path) -> Self {
        self.stop().await;
        self.app.db.close().await;
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.database_path().display()));
        }
        std::fs::rename(backup, self.database_path()).unwrap();
        self.start_again().await
    }

    fn records(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let is_record = |path: &PathBuf| path.to_string_lossy().contains("revocations-");
        paths.filter(is_record).collect()
    }

    fn lines_of_record(&self) -> Vec<Value> {
        let record = std::fs::read_to_string(&self.records()[0]).unwrap();
        // The first line is the head.
        let lines = record.lines().skip(1);
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn last_of_record(&self) -> Value {
        self.lines_of_record().pop().expect("a line")
    }

    /// Runs a command on the folder, as JSON.
    async fn command(&self, arguments: &[&str]) -> Value {
        let key: String = MASTER.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_yunxin"));
        command
            .args(arguments)
            .arg("--json")
            .env("YUNXIN__SERVER__DATA_DIR", self.folder.path())
            .env("YUNXIN__AUTH__MASTER_KEY", key);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap());
        let output = output.await.unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

async fn status(caller: &Caller) -> u16 {
    caller.chat(chat("plain", "")).await.status
}

#[tokio::test]
async fn what_was_revoked_after_a_backup_stays_revoked_when_the_backup_is_restored() {
    let app = TestApp::new().await;
    let revoked = app.key("pro").await;
    let regenerated = app.key("pro").await;
    let suspended = app.key("pro").await;
    let kept = app.key("pro").await;
    let member = app.member(&kept.account, Role::Admin).await;
    let operator = app.operator().await;
    let management = operator
        .post(
            "/api/v1/admin/management-keys",
            json!({ "name": "x", "scopes": ["admin:read"] }).to_string(),
        )
        .await
        .json();
    let backup = app.back_up().await;

    app.revoke(&revoked).await;
    let fresh = app.regenerate(&regenerated, 0).await;
    let path = format!("/api/v1/admin/accounts/{}", suspended.account);
    let response = operator
        .patch(&path, json!({ "status": "suspended" }).to_string())
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
    let id = management["management_key"]["id"]
        .as_str()
        .unwrap_or_default();
    let path = format!("/api/v1/admin/management-keys/{id}/revoke");
    assert_eq!(operator.post(&path, "{}").await.status, 200);
    assert_eq!(
        operator.post("/api/v1/auth/sign-out", "{}").await.status,
        204
    );
    app.events().await;

    let app = app.restore(&backup).await;
    assert_eq!(status(&app.caller(&revoked)).await, 403);
    assert_eq!(status(&app.caller(&regenerated)).await, 401);
    assert_eq!(status(&app.caller(&suspended)).await, 403);
    assert_eq!(status(&app.caller(&kept)).await, 200);
    assert_eq!(
        status(&app.caller(&fresh)).await,
        401,
        "what was made since is gone"
    );
    let secret = management["secret"].as_str().unwrap();
    let program = app
        .anonymous()
        .with("authorization", format!("Bearer {secret}"));
    assert_eq!(program.get("/api/v1/admin/system").await.status, 401);
    assert_eq!(app.caller(&operator).get("/api/v1/me").await.status, 401);
    assert_eq!(
        app.caller(&member).get("/api/v1/me").await.status,
        200,
        "who did not sign out is signed in"
    );
    assert!(logs::text().contains("it was restored from a backup"));

    // What is granted after that holds over the next start: the record knows no more than the database now.
    let operator = app.operator().await;
    let path = format!("/api/v1/admin/accounts/{}", suspended.account);
    operator
        .patch(&path, json!({ "status": "active" }).to_string())
        .await;
    let app = app.restart().await;
    assert_eq!(status(&app.caller(&suspended)).await, 200);
    assert_eq!(status(&app.caller(&revoked)).await, 403);
    assert_eq!(app.caller(&operator).get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn a_member_who_left_and_a_user_who_was_disabled_since_a_backup_are_not_let_in_by_it() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let owner = app.member(&account, Role::Owner).await;
    let left = app.member(&account, Role::Admin).await;
    let disabled = app.member(&account, Role::Viewer).await;
    let operator = app.operator().await;
    let (left, disabled) = (app.user_id(&left).await, app.user_id(&disabled).await);
    let backup = app.back_up().await;
    let path = format!("/api/v1/accounts/{account}/members/{left}/remove");
    assert_eq!(owner.post(&path, "").await.status, 204);
    let path = format!("/api/v1/admin/users/{disabled}");
    assert_eq!(
        operator
            .patch(&path, r#"{"status":"disabled"}"#)
            .await
            .status,
        200
    );
    let app = app.restore(&backup).await;
    let count = async |sql: &'static str| {
        let row: i64 = sqlx::query_scalar(sql)
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
        row
    };
    assert_eq!(count("SELECT COUNT(*) FROM members").await, 2);
    assert_eq!(
        count("SELECT COUNT(*) FROM users WHERE status = 'disabled'").await,
        1
    );
}

#[tokio::test]
async fn a_revocation_is_in_the_record_when_its_author_is_answered() {
    let app = TestApp::new().await;
    let key = app.key("pro").await;
    let owner = app.member(&key.account, Role::Owner).await;
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{}/revoke",
        key.account, key.key
    );
    assert_eq!(owner.post(&path, "{}").await.status, 200);
    let last = app.last_of_record();
    assert_eq!(last["rights"]["id"], key.key.as_str());
    assert_eq!(last["rights"]["is_revoked"], true, "{last}");
}

#[tokio::test]
async fn what_is_taken_from_people_and_programs_is_in_the_record_when_its_author_is_answered() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let owner = app.member(&account, Role::Owner).await;
    let left = app.member(&account, Role::Admin).await;
    let left = app.user_id(&left).await;
    let operator = app.operator().await;

    let path = format!("/api/v1/accounts/{account}/members/{left}/remove");
    assert_eq!(owner.post(&path, "").await.status, 204);
    let last = app.last_of_record();
    assert_eq!(last["rights"]["of"], "member", "{last}");
    assert_eq!(last["rights"]["role"], Value::Null, "{last}");

    let path = format!("/api/v1/admin/users/{left}");
    let response = operator.patch(&path, r#"{"status":"disabled"}"#).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let records = app.lines_of_record();
    let is_disabled =
        |line: &Value| line["rights"]["of"] == "user" && line["rights"]["id"] == left.as_str();
    assert!(records.iter().any(is_disabled), "{records:?}");

    let made = operator
        .post(
            "/api/v1/admin/management-keys",
            r#"{"name":"x","scopes":["admin:read"]}"#,
        )
        .await
        .json();
    let id = made["management_key"]["id"].as_str().unwrap();
    let path = format!("/api/v1/admin/management-keys/{id}/revoke");
    assert_eq!(operator.post(&path, "{}").await.status, 200);
    let last = app.last_of_record();
    assert_eq!(last["rights"]["of"], "management_key", "{last}");
    assert_eq!(last["rights"]["is_revoked"], true, "{last}");

    let signed_out = operator.post("/api/v1/auth/sign-out", "{}").await;
    assert_eq!(signed_out.status, 204);
    let last = app.last_of_record();
    assert_eq!(last["rights"]["of"], "sessions", "{last}");
}

#[tokio::test]
async fn a_backup_that_is_restored_under_a_running_server_revives_nothing_either() {
    let app = TestApp::new().await;
    let revoked = app.key("pro").await;
    app.revoke(&revoked).await;
    app.execute(
        "BEGIN; UPDATE api_keys SET revoked_at_ms = NULL; DELETE FROM auth_log WHERE seq = (SELECT seq FROM auth_head);
         UPDATE auth_head SET seq = seq - 1; COMMIT",
    )
    .await;
    let is_revoked = async || {
        let sql = "SELECT revoked_at_ms IS NOT NULL FROM api_keys";
        let row: bool = sqlx::query_scalar(sql)
            .fetch_one(&mut app.sql().await)
            .await
            .unwrap();
        row
    };
    soon("the fence", async {
        while !is_revoked().await {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(status(&revoked).await, 403);
}

#[tokio::test]
async fn restore_fence_takes_a_record_from_elsewhere_and_can_suspend_everything_without_one() {
    let app = TestApp::new().await;
    let revoked = app.key("pro").await;
    let kept = app.key("pro").await;
    let backup = app.back_up().await;
    app.revoke(&revoked).await;
    let record = app.records().pop().unwrap();
    let elsewhere = app.folder.path().join("elsewhere.jsonl");
    let text = std::fs::read_to_string(&record).unwrap();
    assert!(!text.contains(&revoked.secret), "no secret is in it");
    std::fs::rename(&record, &elsewhere).unwrap();

    let app = app.restore(&backup).await;
    assert_eq!(
        status(&app.caller(&revoked)).await,
        200,
        "nobody here knows better"
    );
    assert_eq!(
        app.command(&["restore-fence"]).await,
        json!({ "is_behind": false })
    );
    let told = app
        .command(&[
            "restore-fence",
            "--record",
            &elsewhere.display().to_string(),
        ])
        .await;
    assert_eq!(
        (&told["is_behind"], &told["rights"]),
        (&json!(true), &json!(1)),
        "{told}"
    );
    assert_eq!(status(&app.caller(&revoked)).await, 403);
    assert_eq!(status(&app.caller(&kept)).await, 200);
    let told = app
        .command(&["restore-fence", "--everything", "--yes"])
        .await;
    assert_eq!(told["accounts"], 2);
    assert_eq!(status(&app.caller(&kept)).await, 403);
}
