//! Operators and users.

use std::time::Duration;

use serde_json::json;
use store::members::Role;

use crate::support::personas::PASSWORD;
use crate::support::{Caller, TestApp, TestResponse};

async fn open_app() -> TestApp {
    TestApp::builder()
        .set("accounts.sign_up", "open")
        .start()
        .await
}

fn refusal(response: &TestResponse) -> (u16, String) {
    (response.status, response.code())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn edit(by: &Caller, id: &str, body: &str) -> TestResponse {
    by.patch(&format!("/api/v1/admin/users/{id}"), body.to_owned())
        .await
}

#[tokio::test]
async fn users_are_found_by_a_part_of_their_address() {
    let app = open_app().await;
    let operator = app.operator().await;
    app.sign_up("ann@example.com").await;
    app.sign_up("bob_100%@example.com").await;
    for (query, count) in [
        ("", 3),
        ("?query=ANN", 2),
        ("?query=Ann%40", 1),
        ("?query=100%25%40", 1),
        ("?query=nobody", 0),
    ] {
        let response = operator.get(&format!("/api/v1/admin/users{query}")).await;
        assert_eq!(
            response.json()["data"].as_array().unwrap().len(),
            count,
            "{query}"
        );
    }
    let found = operator
        .get("/api/v1/admin/users?query=ann%40")
        .await
        .json();
    assert_eq!(found["data"][0]["email"], "ann@example.com");
    assert!(found["data"][0]["last_signed_in_at"].is_string());
    let account = app.account("pro").await;
    let owner = app.member(&account, Role::Owner).await;
    let response = owner.get("/api/v1/admin/users").await;
    assert_eq!(refusal(&response), refused(403, "operators_only"));
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once_and_comes_back_when_enabled() {
    let app = open_app().await;
    let operator = app.operator().await;
    let ann = app.sign_up("ann@example.com").await;
    let id = app.user_id(&ann).await;
    let response = edit(&operator, &id, r#"{"status":"disabled"}"#).await;
    assert_eq!(
        (response.status, &response.json()["status"]),
        (200, &json!("disabled"))
    );
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(
        refusal(&app.sign_in("ann@example.com", PASSWORD).await),
        refused(401, "invalid_credentials")
    );
    edit(&operator, &id, r#"{"status":"active"}"#).await;
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(app.sign_in("ann@example.com", PASSWORD).await.status, 200);
    assert_eq!(
        refusal(&edit(&operator, "usr_none", "{}").await),
        refused(404, "not_found")
    );
}

#[tokio::test]
async fn whoever_becomes_an_operator_signs_in_again_and_the_last_one_stays() {
    let app = open_app().await;
    let operator = app.operator().await;
    let own_id = app.user_id(&operator).await;
    for body in [r#"{"is_operator":false}"#, r#"{"status":"disabled"}"#] {
        assert_eq!(
            refusal(&edit(&operator, &own_id, body).await),
            refused(409, "last_operator")
        );
    }
    let ann = app.sign_up("ann@example.com").await;
    let id = app.user_id(&ann).await;
    assert_eq!(
        edit(&operator, &id, r#"{"is_operator":true}"#).await.status,
        200
    );
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    let response = app.sign_in("ann@example.com", PASSWORD).await;
    let ann = app.browser().with_cookies_of(&response);
    assert_eq!(
        edit(&ann, &own_id, r#"{"is_operator":false}"#).await.status,
        200
    );
    assert_eq!(operator.get("/api/v1/admin/users").await.status, 401);
}

#[tokio::test]
async fn a_reset_link_gives_a_new_password_once_and_ends_all_sessions() {
    let app = open_app().await;
    let operator = app.operator().await;
    let ann = app.sign_up("ann@example.com").await;
    let path = format!("/api/v1/admin/users/{}/reset-link", app.user_id(&ann).await);
    let first = link_token(&operator.post(&path, "").await);
    let token = link_token(&operator.post(&path, "").await);
    assert_eq!(
        refusal(&reset(&app, &first, PASSWORD).await),
        refused(422, "invalid_link")
    );
    let weak = reset(&app, &token, "ann@example.com").await;
    assert_eq!(weak.json()["error"]["param"], "password");
    let new = "staple battery horse";
    assert_eq!(reset(&app, &token, new).await.status, 204);
    assert_eq!(
        refusal(&reset(&app, &token, new).await),
        refused(422, "invalid_link")
    );
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(app.sign_in("ann@example.com", PASSWORD).await.status, 401);
    let me = app.sign_in("ann@example.com", new).await.json();
    assert_eq!(me["user"]["is_email_confirmed"], false);
    let operator = app.operator().await;
    let old = link_token(&operator.post(&path, "").await);
    app.advance(Duration::from_secs(86_401)).await;
    assert_eq!(
        refusal(&reset(&app, &old, new).await),
        refused(422, "invalid_link")
    );
}

fn link_token(response: &TestResponse) -> String {
    assert_eq!(response.status, 200, "{}", response.text());
    let link = response.json()["link"].as_str().unwrap().to_owned();
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, "https://yunxin.test/reset-password");
    token.to_owned()
}

async fn reset(app: &TestApp, token: &str, password: &str) -> TestResponse {
    let body = json!({ "token": token, "password": password }).to_string();
    app.browser()
        .post("/api/v1/auth/password-reset/confirm", body)
        .await
}

#[tokio::test]
async fn operators_invite_to_sign_up_with_an_account_of_ones_own() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let body = json!({ "email": "bob@example.com" }).to_string();
    let response = operator.post("/api/v1/admin/invites", body.clone()).await;
    assert_eq!(response.status, 201, "{}", response.text());
    let link = response.json()["link"].as_str().unwrap().to_owned();
    let token = link.split_once('#').unwrap().1;
    let new = json!({ "email": "bob@example.com", "password": PASSWORD, "invite": token });
    let signed_up = app
        .browser()
        .post("/api/v1/auth/sign-up", new.to_string())
        .await;
    assert_eq!(signed_up.status, 201, "{}", signed_up.text());
    assert_eq!(signed_up.json()["accounts"][0]["role"], "owner");
    let again = operator.post("/api/v1/admin/invites", body).await;
    assert_eq!(refusal(&again), refused(409, "email_taken"));
    let closed = TestApp::builder()
        .set("accounts.sign_up", "closed")
        .start()
        .await;
    let body = json!({ "email": "eve@example.com" }).to_string();
    let response = closed
        .operator()
        .await
        .post("/api/v1/admin/invites", body)
        .await;
    assert_eq!(refusal(&response), refused(409, "sign_up_closed"));
}

#[tokio::test]
async fn a_management_key_never_manages_people() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let id = app.user_id(&operator).await;
    let body = json!({ "name": "Robot", "scopes": ["admin:read", "admin:write"] }).to_string();
    let made = operator.post("/api/v1/admin/management-keys", body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let robot = app
        .anonymous()
        .with_secret(made.json()["secret"].as_str().unwrap())
        .with("content-type", "application/json");
    assert_eq!(robot.get("/api/v1/admin/accounts").await.status, 200);
    let responses = [
        robot.get("/api/v1/admin/users").await,
        edit(&robot, &id, r#"{"status":"active"}"#).await,
        robot
            .post(&format!("/api/v1/admin/users/{id}/reset-link"), "")
            .await,
        robot
            .post("/api/v1/admin/invites", r#"{"email":"x@example.com"}"#)
            .await,
        robot.get("/api/v1/me").await,
        robot.get("/api/v1/me/sessions").await,
        robot
            .post("/api/v1/auth/sign-in", r#"{"email":"a@b","password":"x"}"#)
            .await,
        robot.post("/api/v1/auth/sign-out", "").await,
    ];
    for response in responses {
        assert_eq!(refusal(&response), refused(403, "session_needed"));
    }
}

#[tokio::test]
async fn text_with_a_zero_byte_is_refused_wherever_it_stands() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let query = operator.get("/api/v1/admin/users?query=a%00b").await;
    assert_eq!(query.code(), "invalid_parameter");
    let path = operator.get("/api/v1/admin/accounts/acct_%00").await;
    assert_eq!(path.code(), "not_found");
    // The cursor of a row that is sorted by a zero byte.
    let cursor = operator.get("/api/v1/admin/users?cursor=YQBi").await;
    assert_eq!(cursor.code(), "invalid_parameter");
    let body = r#"{"email":"a@example.com","password":"a\u0000b"}"#;
    let sign_in = app.browser().post("/api/v1/auth/sign-in", body).await;
    assert_eq!(sign_in.code(), "invalid_field");
    assert_eq!(sign_in.json()["error"]["param"], "password");
    // A backslash before it makes it six letters.
    let body = r#"{"email":"a@example.com","password":"a\\u0000b"}"#;
    let sign_in = app.browser().post("/api/v1/auth/sign-in", body).await;
    assert_eq!(sign_in.code(), "invalid_credentials");
}
