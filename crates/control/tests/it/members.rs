//! Members of an account and invites into it.

use std::time::Duration;

use serde_json::{Value, json};
use store::members::Role;

use crate::support::personas::PASSWORD;
use crate::support::{Caller, TestApp, TestResponse};

async fn open_app() -> TestApp {
    TestApp::builder()
        .set("accounts.sign_up", "open")
        .start()
        .await
}

fn path(caller: &Caller, rest: &str) -> String {
    format!("/api/v1/accounts/{}{rest}", caller.account)
}

async fn set_role(by: &Caller, user_id: &str, role: &str) -> TestResponse {
    let body = json!({ "role": role }).to_string();
    by.patch(&path(by, &format!("/members/{user_id}")), body)
        .await
}

async fn remove(by: &Caller, user_id: &str) -> TestResponse {
    by.post(&path(by, &format!("/members/{user_id}/remove")), "")
        .await
}

fn refusal(response: &TestResponse) -> (u16, String) {
    (response.status, response.code())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn members_are_listed_page_by_page_the_last_to_join_first() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let viewer = app.member(&account, Role::Viewer).await;
    for role in [Role::Owner, Role::Member] {
        app.advance(Duration::from_secs(1)).await;
        app.member(&account, role).await;
    }
    let mut roles = vec![];
    let mut query = "?limit=2".to_owned();
    loop {
        let page = viewer
            .get(&path(&viewer, &format!("/members{query}")))
            .await
            .json();
        for member in page["data"].as_array().unwrap() {
            roles.push(member["role"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(roles, ["member", "owner", "viewer"]);
    let broken = viewer.get(&path(&viewer, "/members?cursor=eA")).await;
    assert_eq!(refusal(&broken), refused(400, "invalid_parameter"));
}

#[tokio::test]
async fn admins_manage_members_and_only_owners_manage_owners() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let owner = app.member(&account, Role::Owner).await;
    let admin = app.member(&account, Role::Admin).await;
    let member = app.member(&account, Role::Member).await;
    let ids = [
        app.user_id(&owner).await,
        app.user_id(&admin).await,
        app.user_id(&member).await,
    ];
    assert_eq!(
        refusal(&set_role(&member, &ids[2], "admin").await),
        refused(403, "insufficient_role")
    );
    assert_eq!(
        refusal(&remove(&member, &ids[1]).await),
        refused(403, "insufficient_role")
    );
    assert_eq!(
        refusal(&set_role(&admin, &ids[2], "owner").await),
        refused(403, "insufficient_role")
    );
    assert_eq!(
        refusal(&set_role(&admin, &ids[0], "viewer").await),
        refused(403, "insufficient_role")
    );
    assert_eq!(
        refusal(&remove(&admin, &ids[0]).await),
        refused(403, "insufficient_role")
    );
    let changed = set_role(&admin, &ids[2], "viewer").await;
    assert_eq!(
        (changed.status, &changed.json()["role"]),
        (200, &json!("viewer"))
    );
    assert_eq!(set_role(&owner, &ids[1], "owner").await.status, 200);
    assert_eq!(
        refusal(&set_role(&owner, "usr_none", "viewer").await),
        refused(404, "not_found")
    );
    assert_eq!(
        refusal(&set_role(&owner, &ids[2], "king").await),
        refused(422, "invalid_field")
    );
}

#[tokio::test]
async fn the_last_owner_stays_and_others_may_go() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let owner = app.member(&account, Role::Owner).await;
    let viewer = app.member(&account, Role::Viewer).await;
    let (owner_id, viewer_id) = (app.user_id(&owner).await, app.user_id(&viewer).await);
    assert_eq!(
        refusal(&set_role(&owner, &owner_id, "admin").await),
        refused(409, "last_owner")
    );
    assert_eq!(
        refusal(&remove(&owner, &owner_id).await),
        refused(409, "last_owner")
    );
    assert_eq!(remove(&viewer, &viewer_id).await.status, 204);
    assert_eq!(
        refusal(&viewer.get(&path(&viewer, "/members")).await),
        refused(404, "not_found")
    );
    let second = app.member(&account, Role::Owner).await;
    let second_id = app.user_id(&second).await;
    let (one, two) = tokio::join!(remove(&owner, &owner_id), remove(&second, &second_id));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

async fn invite(by: &Caller, email: &str, role: &str) -> TestResponse {
    let body = json!({ "email": email, "role": role }).to_string();
    by.post(&path(by, "/invites"), body).await
}

fn token(response: &TestResponse) -> String {
    assert_eq!(response.status, 201, "{}", response.text());
    let link = response.json()["link"].as_str().unwrap().to_owned();
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, "https://yunxin.test/invite");
    token.to_owned()
}

async fn accept(by: &Caller, token: &str) -> TestResponse {
    let body = json!({ "token": token }).to_string();
    by.post("/api/v1/auth/invites/accept", body).await
}

#[tokio::test]
async fn whoever_is_invited_joins_once() {
    let app = open_app().await;
    let owner = app.sign_up("owner@example.com").await;
    let bob = app.sign_up("bob@example.com").await;
    let made = invite(&owner, "Bob@example.com", "member").await;
    let secret = token(&made);
    assert_eq!(made.json()["invite"]["invited_by"], "owner@example.com");
    let body = json!({ "token": secret }).to_string();
    let shown = app
        .browser()
        .post("/api/v1/auth/invites/inspect", body)
        .await
        .json();
    assert_eq!(
        (&shown["account_name"], &shown["role"], &shown["email"]),
        (&json!("Ann"), &json!("member"), &json!("bob@example.com"))
    );
    assert_eq!(
        refusal(&accept(&app.browser(), &secret).await),
        refused(401, "not_signed_in")
    );
    let carol = app.sign_up("carol@example.com").await;
    assert_eq!(
        refusal(&accept(&carol, &secret).await),
        refused(409, "invite_for_another")
    );
    let joined = accept(&bob, &secret).await;
    assert_eq!(joined.status, 200, "{}", joined.text());
    let accounts = joined.json()["accounts"].clone();
    assert!(
        accounts.as_array().unwrap().iter().any(|account| {
            account["id"] == owner.account.as_str() && account["role"] == "member"
        })
    );
    assert_eq!(
        refusal(&accept(&bob, &secret).await),
        refused(422, "invalid_link")
    );
    let again = invite(&owner, "bob@example.com", "viewer").await;
    assert_eq!(refusal(&again), refused(409, "already_member"));
    assert_eq!(list(&owner).await, Vec::<Value>::new());
}

async fn list(by: &Caller) -> Vec<Value> {
    let response = by.get(&path(by, "/invites")).await;
    response.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_invite_ends_when_it_is_revoked_replaced_or_old() {
    let app = open_app().await;
    let owner = app.sign_up("owner@example.com").await;
    let bob = app.sign_up("bob@example.com").await;
    let replaced = token(&invite(&owner, "bob@example.com", "member").await);
    let made = invite(&owner, "bob@example.com", "admin").await;
    let revoked = token(&made);
    assert_eq!(list(&owner).await.len(), 1);
    let id = made.json()["invite"]["id"].as_str().unwrap().to_owned();
    let end = path(&owner, &format!("/invites/{id}/revoke"));
    assert_eq!(
        refusal(&bob.post(&end, "").await),
        refused(404, "not_found")
    );
    assert_eq!(owner.post(&end, "").await.status, 204);
    assert_eq!(
        refusal(&owner.post(&end, "").await),
        refused(404, "not_found")
    );
    for secret in [replaced, revoked, "yxl-".to_owned()] {
        assert_eq!(
            refusal(&accept(&bob, &secret).await),
            refused(422, "invalid_link")
        );
    }
    let old = token(&invite(&owner, "bob@example.com", "member").await);
    app.advance(Duration::from_secs(8 * 86_400)).await;
    let body = json!({ "token": old }).to_string();
    let shown = app
        .browser()
        .post("/api/v1/auth/invites/inspect", body)
        .await;
    assert_eq!(refusal(&shown), refused(422, "invalid_link"));
}

#[tokio::test]
async fn only_owners_invite_owners_and_members_invite_nobody() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let admin = app.member(&account, Role::Admin).await;
    let member = app.member(&account, Role::Member).await;
    let response = invite(&admin, "bob@example.com", "owner").await;
    assert_eq!(refusal(&response), refused(403, "insufficient_role"));
    let response = invite(&member, "bob@example.com", "viewer").await;
    assert_eq!(refusal(&response), refused(403, "insufficient_role"));
    assert_eq!(invite(&admin, "bob@example.com", "admin").await.status, 201);
}

async fn sign_up_with(app: &TestApp, email: &str, token: &str) -> TestResponse {
    let body = json!({ "email": email, "password": PASSWORD, "invite": token });
    app.browser()
        .post("/api/v1/auth/sign-up", body.to_string())
        .await
}

#[tokio::test]
async fn an_invite_opens_sign_up_to_its_address_only() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let owner = app.member(&account, Role::Owner).await;
    let secret = token(&invite(&owner, "bob@example.com", "member").await);
    let other = sign_up_with(&app, "eve@example.com", &secret).await;
    assert_eq!(other.json()["error"]["param"], "email");
    let joined = sign_up_with(&app, "bob@example.com", &secret).await;
    assert_eq!(joined.status, 201, "{}", joined.text());
    let accounts = joined.json()["accounts"].clone();
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    assert_eq!(accounts[0]["id"], account.as_str());
    assert_eq!(
        refusal(&sign_up_with(&app, "bob@example.com", &secret).await),
        refused(422, "invalid_link")
    );
}

#[tokio::test]
async fn an_invite_is_repeated_without_its_link() {
    let app = TestApp::new().await;
    let account = app.account("pro").await;
    let owner = app
        .member(&account, Role::Owner)
        .await
        .with("idempotency-key", "once");
    let first = invite(&owner, "bob@example.com", "member").await;
    let second = invite(&owner, "bob@example.com", "member").await;
    assert_eq!(first.json()["invite"], second.json()["invite"]);
    assert_eq!((second.status, &second.json()["link"]), (201, &json!(null)));
}
