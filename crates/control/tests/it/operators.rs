//! Operators at work for customers: finding, revoking and releasing their keys, and the invites to sign up.

use serde_json::{Value, json};
use store::members::Role;

use crate::support::{Caller, TestApp, chat};

const KEYS: &str = "/api/v1/admin/api-keys";
const INVITES: &str = "/api/v1/admin/invites";

async fn rows(caller: &Caller, path: &str) -> Vec<Value> {
    let response = caller.get(path).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_operator_finds_a_customers_key_by_id_name_or_hint_and_revokes_it() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let other = app.key("free").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    let path = format!(
        "/api/v1/accounts/{}/api-keys/{}",
        caller.account, caller.key
    );
    let name = json!({ "name": "Till at the north gate" }).to_string();
    assert_eq!(owner.patch(&path, name).await.status, 200);
    let hint = owner.get(&path).await.json()["hint"]
        .as_str()
        .unwrap()
        .to_owned();
    for text in [caller.key.as_str(), "north%20GATE", &hint] {
        let found = rows(&operator, &format!("{KEYS}?query={text}")).await;
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0]["id"], caller.key.to_string());
        assert_eq!(found[0]["account_id"], caller.account.to_string());
    }
    let of_other = rows(&operator, &format!("{KEYS}?account_id={}", other.account)).await;
    assert_eq!(of_other.len(), 1);
    assert_eq!(of_other[0]["id"], other.key.to_string());

    let revoke = format!("{KEYS}/{}/revoke", caller.key);
    assert_eq!(owner.post(&revoke, "{}").await.status, 403);
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    let revoked = operator.post(&revoke, "{}").await;
    assert_eq!(revoked.status, 200, "{}", revoked.text());
    assert!(revoked.json()["revoked_at"].is_string());
    assert_eq!(caller.chat(chat("plain", "")).await.code(), "key_revoked");
    let log = rows(
        &owner,
        &format!("/api/v1/accounts/{}/audit-log", caller.account),
    )
    .await;
    assert_eq!(log[0]["action"], "api_key.revoked");
    let unknown = operator
        .post(&format!("{KEYS}/key_none/release"), "{}")
        .await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn invites_to_sign_up_are_listed_sent_again_and_withdrawn() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let body = json!({ "email": "new@example.com" }).to_string();
    let link = |response: &Value| {
        let link = response["link"].as_str().unwrap();
        let (_, token) = link.split_once('#').unwrap();
        json!({ "token": token }).to_string()
    };
    let first = operator.post(INVITES, body.clone()).await.json();
    let again = operator.post(INVITES, body).await.json();
    let open = rows(&operator, INVITES).await;
    assert_eq!(open.len(), 1, "the second takes the place of the first");
    assert_eq!(open[0]["email"], "new@example.com");
    let inspect = "/api/v1/auth/invites/inspect";
    let visitor = app.browser();
    assert_ne!(visitor.post(inspect, link(&first)).await.status, 200);
    assert_eq!(visitor.post(inspect, link(&again)).await.status, 200);
    let path = format!("{INVITES}/{}/revoke", open[0]["id"].as_str().unwrap());
    assert_eq!(operator.post(&path, "{}").await.status, 204);
    assert_ne!(visitor.post(inspect, link(&again)).await.status, 200);
    assert_eq!(rows(&operator, INVITES).await.len(), 0);
    assert_eq!(operator.post(&path, "{}").await.status, 404);
}
