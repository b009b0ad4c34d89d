//! A signed-in user's own affairs.

use std::time::Duration;

use serde_json::json;
use store::members::Role;

use crate::support::TestApp;
use crate::support::personas::PASSWORD;

async fn open_app() -> TestApp {
    TestApp::builder()
        .set("accounts.sign_up", "open")
        .start()
        .await
}

#[tokio::test]
async fn nobody_is_told_to_sign_in() {
    let app = TestApp::new().await;
    for path in ["/api/v1/me", "/api/v1/me/sessions"] {
        let response = app.browser().get(path).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (401, "not_signed_in")
        );
    }
}

#[tokio::test]
async fn a_profile_is_changed_field_by_field() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let ann = app.member(&account, Role::Viewer).await;
    let edit = json!({ "name": " Ann ", "language": "zh-TW", "theme": "dark", "notifications": { "rotation": false } });
    let response = ann.patch("/api/v1/me", edit.to_string()).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let user = &response.json()["user"];
    assert_eq!(
        (&user["name"], &user["language"]),
        (&json!("Ann"), &json!("zh-TW"))
    );
    assert_eq!(
        user["notifications"],
        json!({ "rotation": false, "security": true })
    );
    let response = ann.patch("/api/v1/me", r#"{"language":null}"#).await;
    let user = &response.json()["user"];
    assert_eq!(
        (&user["theme"], &user["language"]),
        (&json!("dark"), &json!(null))
    );
    for (edit, param) in [
        (r#"{"language":"tlh"}"#, "language"),
        (r#"{"theme":"pink"}"#, "theme"),
        (r#"{"name":""}"#, "name"),
        (r#"{"is_operator":true}"#, "is_operator"),
    ] {
        let response = ann.patch("/api/v1/me", edit).await;
        assert_eq!(response.status, 422);
        assert_eq!(response.json()["error"]["param"], param);
    }
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions_and_the_old_cookie() {
    let app = open_app().await;
    let ann = app.sign_up("ann@example.com").await;
    let elsewhere = app
        .browser()
        .with_cookies_of(&app.sign_in("ann@example.com", PASSWORD).await);
    let change = |current: &str, new: &str| {
        json!({ "current_password": current, "new_password": new }).to_string()
    };
    let new = "staple battery horse";
    let wrong = ann
        .post("/api/v1/me/password", change("wrong horse battery", new))
        .await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (422, "wrong_password")
    );
    let none = ann
        .post(
            "/api/v1/me/password",
            json!({ "new_password": new }).to_string(),
        )
        .await;
    assert_eq!(none.json()["error"]["param"], "current_password");
    let weak = ann
        .post("/api/v1/me/password", change(PASSWORD, "short"))
        .await;
    assert_eq!(weak.json()["error"]["param"], "new_password");
    let response = ann.post("/api/v1/me/password", change(PASSWORD, new)).await;
    assert_eq!(response.status, 204, "{}", response.text());
    let renewed = ann.with_cookies_of(&response);
    assert_eq!(renewed.get("/api/v1/me").await.status, 200);
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(elsewhere.get("/api/v1/me").await.status, 401);
    assert_eq!(app.sign_in("ann@example.com", PASSWORD).await.status, 401);
    assert_eq!(app.sign_in("ann@example.com", new).await.status, 200);
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let app = open_app().await;
    let ann = app.sign_up("ann@example.com").await;
    let bob = app.sign_up("bob@example.com").await;
    let mut others = vec![];
    for _ in 0..3 {
        let response = app.sign_in("ann@example.com", PASSWORD).await;
        others.push((
            response.json()["session"]["id"].clone(),
            app.browser().with_cookies_of(&response),
        ));
    }
    let list = ann.get("/api/v1/me/sessions").await.json();
    let rows = list["data"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    assert_eq!(
        rows.iter().filter(|row| row["is_current"] == true).count(),
        1
    );
    assert_eq!(rows[0]["address"], "127.0.0.1");
    let end = format!("/api/v1/me/sessions/{}/end", others[0].0.as_str().unwrap());
    assert_eq!(bob.post(&end, "").await.status, 404);
    assert_eq!(ann.post(&end, "").await.status, 204);
    assert_eq!(ann.post(&end, "").await.status, 404);
    assert_eq!(others[0].1.get("/api/v1/me").await.status, 401);
    assert_eq!(others[1].1.get("/api/v1/me").await.status, 200);
    assert_eq!(
        ann.post("/api/v1/me/sessions/end-others", "").await.status,
        204
    );
    assert_eq!(others[1].1.get("/api/v1/me").await.status, 401);
    assert_eq!(
        ann.get("/api/v1/me/sessions").await.json()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(bob.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_when_it_is_left_alone_and_in_any_case() {
    let app = TestApp::builder()
        .set("accounts.session_idle_minutes", 60)
        .set("accounts.session_max_hours", 3)
        .start()
        .await;
    let account = app.account("pro").await;
    let (idle, busy) = (
        app.member(&account, Role::Owner).await,
        app.member(&account, Role::Owner).await,
    );
    let operator = app.operator().await;
    app.advance(Duration::from_secs(31 * 60)).await;
    assert_eq!(operator.get("/api/v1/me").await.status, 401);
    for _ in 0..5 {
        assert_eq!(busy.get("/api/v1/me").await.status, 200);
        app.advance(Duration::from_secs(30 * 60 - 24)).await;
    }
    assert_eq!(idle.get("/api/v1/me").await.status, 401);
    assert_eq!(busy.get("/api/v1/me").await.status, 200);
    app.advance(Duration::from_secs(60)).await;
    assert_eq!(busy.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn signing_in_and_what_follows_is_in_the_audit_log_without_secrets() {
    let app = open_app().await;
    let ann = app.sign_up("ann@example.com").await;
    app.sign_in("ann@example.com", "wrong horse battery").await;
    ann.patch("/api/v1/me", r#"{"theme":"dark"}"#).await;
    ann.post("/api/v1/auth/sign-out", "").await;
    let operator = app.operator().await;
    let log = operator.get("/api/v1/admin/audit-log").await;
    let data = log.json();
    let entries = data["data"].as_array().unwrap();
    let of_ann: Vec<_> = entries
        .iter()
        .filter(|entry| entry["actor"]["label"] == "ann@example.com")
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        of_ann,
        [
            "session.ended",
            "user.changed",
            "user.signed_in",
            "account.created",
            "user.created"
        ]
    );
    for secret in [PASSWORD, "yxs-", "argon2"] {
        assert!(!log.text().contains(secret), "{secret}");
    }
    assert_eq!(entries.last().unwrap()["address"], "127.0.0.1");
}
