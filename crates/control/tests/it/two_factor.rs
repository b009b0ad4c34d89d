//! Second factors: set up, used, lost.

use std::time::Duration;

use control::code_at;
use serde_json::{Value, json};

use crate::support::personas::PASSWORD;
use crate::support::{Caller, TestApp, TestResponse};

const STEP: Duration = Duration::from_secs(30);

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

async fn post(by: &Caller, path: &str, body: Value) -> TestResponse {
    by.post(&format!("/api/v1{path}"), body.to_string()).await
}

async fn sign_in(app: &TestApp, code: &str) -> TestResponse {
    let body = json!({ "email": "ann@example.com", "password": PASSWORD, "code": code });
    post(&app.browser(), "/auth/sign-in", body).await
}

/// Ann with a second factor in force, her secret and her recovery codes.
async fn with_two_factor(app: &TestApp) -> (Caller, String, Vec<String>) {
    let ann = app.sign_up("ann@example.com").await;
    let begun = post(&ann, "/me/two-factor", json!({ "password": PASSWORD })).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let code = code_at(&secret, app.now_ms()).unwrap();
    let confirmed = post(&ann, "/me/two-factor/confirm", json!({ "code": code })).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes = confirmed.json()["recovery_codes"].clone();
    let codes = serde_json::from_value(codes).unwrap();
    (ann.with_cookies_of(&confirmed), secret, codes)
}

#[tokio::test]
async fn a_second_factor_is_in_force_once_its_first_code_was_right() {
    let app = open_app().await;
    let ann = app.sign_up("ann@example.com").await;
    let elsewhere = app.browser().with_cookies_of(&sign_in(&app, "").await);
    let wrong = post(
        &ann,
        "/me/two-factor",
        json!({ "password": "wrong horse battery" }),
    )
    .await;
    assert_eq!(refusal(&wrong), refused(422, "wrong_password"));
    let nothing = post(&ann, "/me/two-factor/confirm", json!({ "code": "123456" })).await;
    assert_eq!(refusal(&nothing), refused(409, "two_factor_not_begun"));
    let begun = post(&ann, "/me/two-factor", json!({ "password": PASSWORD })).await;
    assert!(begun.json()["qr_svg"].as_str().unwrap().contains("<svg"));
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    assert_eq!(sign_in(&app, "").await.status, 200);
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let code = code_at(&secret, app.now_ms()).unwrap();
    let other = if code == "123456" { "654321" } else { "123456" };
    let wrong = post(&ann, "/me/two-factor/confirm", json!({ "code": other })).await;
    assert_eq!(refusal(&wrong), refused(422, "wrong_code"));
    let confirmed = post(&ann, "/me/two-factor/confirm", json!({ "code": code })).await;
    assert_eq!(
        confirmed.json()["recovery_codes"].as_array().unwrap().len(),
        10
    );
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(elsewhere.get("/api/v1/me").await.status, 401);
    let me = ann
        .with_cookies_of(&confirmed)
        .get("/api/v1/me")
        .await
        .json();
    assert_eq!(me["user"]["has_two_factor"], true);
}

#[tokio::test]
async fn signing_in_needs_a_code_and_each_works_once() {
    let app = open_app().await;
    let (_, secret, recovery) = with_two_factor(&app).await;
    let none = app.sign_in("ann@example.com", PASSWORD).await;
    assert_eq!(refusal(&none), refused(401, "two_factor_required"));
    assert_eq!(none.json()["error"]["param"], "code");
    let used = code_at(&secret, app.now_ms()).unwrap();
    assert_eq!(
        refusal(&sign_in(&app, &used).await),
        refused(422, "wrong_code")
    );
    app.advance(STEP).await;
    let next = code_at(&secret, app.now_ms()).unwrap();
    let (one, two) = tokio::join!(sign_in(&app, &next), sign_in(&app, &next));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(sign_in(&app, &recovery[0].to_uppercase()).await.status, 200);
    assert_eq!(
        refusal(&sign_in(&app, &recovery[0]).await),
        refused(422, "wrong_code")
    );
    assert_eq!(sign_in(&app, &recovery[1]).await.status, 200);
}

#[tokio::test]
async fn codes_cannot_be_guessed_from_many_addresses() {
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .set("accounts.attempts_burst", 3)
        .set("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    let (_, secret, _) = with_two_factor(&app).await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD, "code": "wrong" });
    let mut statuses = vec![];
    for host in 1..=5 {
        let from = app
            .browser()
            .with("x-forwarded-for", format!("203.0.113.{host}"));
        statuses.push(post(&from, "/auth/sign-in", body.clone()).await.status);
    }
    assert_eq!(statuses, [422, 422, 422, 429, 429]);
    app.advance(Duration::from_secs(120)).await;
    let code = code_at(&secret, app.now_ms()).unwrap();
    assert_eq!(sign_in(&app, &code).await.status, 200);
}

#[tokio::test]
async fn recovery_codes_are_renewed_and_the_factor_turned_off_with_password_and_code() {
    let app = open_app().await;
    let (ann, secret, old) = with_two_factor(&app).await;
    let again = post(&ann, "/me/two-factor", json!({ "password": PASSWORD })).await;
    assert_eq!(refusal(&again), refused(409, "two_factor_on"));
    app.advance(STEP).await;
    let code = code_at(&secret, app.now_ms()).unwrap();
    let proof = |code: &str| json!({ "password": PASSWORD, "code": code });
    let renewed = post(&ann, "/me/two-factor/recovery-codes", proof(&code)).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text());
    let new = renewed.json()["recovery_codes"][0]
        .as_str()
        .unwrap()
        .to_owned();
    for code in [&old[0], &code] {
        let response = post(&ann, "/me/two-factor/disable", proof(code)).await;
        assert_eq!(refusal(&response), refused(422, "wrong_code"));
    }
    let response = post(&ann, "/me/two-factor/disable", json!({ "code": new })).await;
    assert_eq!(refusal(&response), refused(422, "wrong_password"));
    assert_eq!(
        post(&ann, "/me/two-factor/disable", proof(&new))
            .await
            .status,
        204
    );
    assert_eq!(app.sign_in("ann@example.com", PASSWORD).await.status, 200);
    let off = post(&ann, "/me/two-factor/disable", proof(&new)).await;
    assert_eq!(refusal(&off), refused(409, "two_factor_off"));
}

#[tokio::test]
async fn operators_get_nowhere_without_a_second_factor_where_they_need_one() {
    let app = TestApp::builder()
        .set("accounts.operators_need_two_factor", true)
        .start()
        .await;
    let operator = app.operator().await;
    let response = operator.get("/api/v1/admin/accounts").await;
    assert_eq!(refusal(&response), refused(403, "two_factor_needed"));
    let account = format!("/api/v1/accounts/{}", app.account("pro").await);
    assert_eq!(
        refusal(&operator.get(&account).await),
        refused(404, "not_found")
    );
    let begun = post(&operator, "/me/two-factor", json!({})).await;
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let code = code_at(&secret, app.now_ms()).unwrap();
    let confirmed = post(&operator, "/me/two-factor/confirm", json!({ "code": code })).await;
    let operator = operator.with_cookies_of(&confirmed);
    assert_eq!(operator.get("/api/v1/admin/accounts").await.status, 200);
    assert_eq!(operator.get(&account).await.status, 200);
}

#[tokio::test]
async fn the_database_holds_the_secret_sealed_and_the_codes_digested() {
    let app = open_app().await;
    let (_, secret, recovery) = with_two_factor(&app).await;
    let bytes = std::fs::read(app.database_path()).unwrap();
    let log = std::fs::read(app.folder.path().join("yunxin.db-wal")).unwrap_or_default();
    for needle in [secret, recovery[0].clone(), recovery[0].replace('-', "")] {
        for heap in [&bytes, &log] {
            let found = heap
                .windows(needle.len())
                .any(|window| window == needle.as_bytes());
            assert!(!found);
        }
    }
}
