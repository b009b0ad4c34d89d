//! Suspended accounts: what they cannot have, and what they still can do.

use serde_json::json;
use store::accounts::AccountStatus;
use store::members::Role;

use crate::support::{Caller, TestApp};

/// Requests that spend or hand out rights: a name, a path below the account's, and a body.
fn grants(caller: &Caller, member: &str) -> Vec<(&'static str, String, String)> {
    let key = format!("/api-keys/{}", caller.key);
    let live = json!({ "name": "Another", "environment": "live" });
    let scopes = json!({ "name": "Robot", "scopes": ["api-keys:write"] });
    let invite = json!({ "email": "eve@example.com", "role": "member" });
    let hook = json!({ "url": "https://hooks.example.com/in" });
    vec![
        ("a key", "/api-keys".to_owned(), live.to_string()),
        ("a secret", format!("{key}/regenerate"), "{}".to_owned()),
        ("a release", format!("{key}/release"), "{}".to_owned()),
        (
            "a program",
            "/management-keys".to_owned(),
            scopes.to_string(),
        ),
        ("an invite", "/invites".to_owned(), invite.to_string()),
        ("a webhook", "/webhooks".to_owned(), hook.to_string()),
        (
            "a role",
            format!("/members/{member}"),
            r#"{"role":"admin"}"#.to_owned(),
        ),
    ]
}

#[tokio::test]
async fn a_suspended_account_can_neither_spend_nor_hand_out_rights() {
    let app = TestApp::new().await;
    let caller = app.key("pro").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    let viewer = app.member(&caller.account, Role::Viewer).await;
    let viewer = app.user_id(&viewer).await;
    let base = format!("/api/v1/accounts/{}", caller.account);
    let send = async |path: &str, body: String| {
        let path = format!("{base}{path}");
        if path.contains("/members/") {
            owner.patch(&path, body).await
        } else {
            owner.post(&path, body).await
        }
    };
    let newcomer = {
        let body = json!({ "email": "new@example.com", "role": "member" }).to_string();
        let response = owner.post(&format!("{base}/invites"), body).await;
        assert_eq!(response.status, 201, "{}", response.text());
        response.json()
    };
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    for (what, path, body) in grants(&caller, &viewer) {
        let response = send(&path, body).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "account_suspended"),
            "{what}: {}",
            response.text()
        );
    }
    let token = json!({ "models": ["plain"], "minutes": 5, "allowed_origins": [] });
    let token = caller
        .with("content-type", "application/json")
        .post("/v1/client_tokens", token.to_string())
        .await;
    assert_eq!(token.code(), "account_suspended");
    // What takes rights away goes on.
    let invite = newcomer["invite"]["id"].as_str().unwrap();
    let ended = owner
        .post(&format!("{base}/invites/{invite}/revoke"), "{}")
        .await;
    assert_eq!(ended.status, 204, "{}", ended.text());
    let lowered = json!({ "name": "Renamed" }).to_string();
    let renamed = owner
        .patch(&format!("{base}/api-keys/{}", caller.key), lowered)
        .await;
    assert_eq!(renamed.status, 200, "{}", renamed.text());

    app.set_status(&caller.account, AccountStatus::Active).await;
    for (what, path, body) in grants(&caller, &viewer) {
        let response = send(&path, body).await;
        assert!(response.status < 300, "{what}: {}", response.shown());
    }
    let path = format!("{base}/api-keys/{}/revoke", caller.key);
    app.set_status(&caller.account, AccountStatus::Suspended)
        .await;
    assert_eq!(owner.post(&path, "{}").await.status, 200);
}
