//! Becoming somebody: signing up, in and out, and the first operator.

use std::time::Duration;

use control::commands::MadeLink;
use serde_json::json;
use store::secret::PlainKey;

use crate::support::personas::PASSWORD;
use crate::support::personas::tester;
use crate::support::{TestApp, TestResponse, logs};

async fn open_app() -> TestApp {
    TestApp::builder()
        .set("accounts.sign_up", "open")
        .start()
        .await
}

fn cookie(response: &TestResponse) -> &str {
    response.header("set-cookie").unwrap_or_default()
}

#[tokio::test]
async fn whoever_signs_up_owns_an_account_and_is_signed_in() {
    let app = open_app().await;
    let response = app.try_sign_up(" Ann@Example.com").await;
    assert_eq!(response.status, 201, "{}", response.text());
    let me = response.json();
    assert_eq!(me["user"]["email"], "ann@example.com");
    assert_eq!(me["user"]["is_operator"], false);
    assert_eq!(me["user"]["has_password"], true);
    assert_eq!(me["accounts"][0]["role"], "owner");
    assert_eq!(me["accounts"][0]["tier"], "free");
    let given = cookie(&response);
    assert!(given.starts_with("__Host-yunxin-session=yxs-"), "{given}");
    for part in [
        "; Path=/;",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Max-Age=604800",
    ] {
        assert!(given.contains(part), "{given}");
    }
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let again = app
        .browser()
        .with_cookies_of(&response)
        .get("/api/v1/me")
        .await;
    assert_eq!(again.json()["user"], me["user"]);
    let account = me["accounts"][0]["id"].as_str().unwrap().into();
    let record = app.account_record(&account).await;
    assert_eq!(
        (record.email.as_str(), record.name.as_str()),
        ("ann@example.com", "Ann")
    );
}

#[tokio::test]
async fn sign_up_is_refused_where_it_is_closed_or_the_address_is_taken() {
    for mode in ["invite", "closed"] {
        let app = TestApp::builder()
            .set("accounts.sign_up", mode)
            .start()
            .await;
        let response = app.try_sign_up("ann@example.com").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "sign_up_closed")
        );
    }
    let app = open_app().await;
    app.sign_up("ann@example.com").await;
    let response = app.try_sign_up("ANN@example.com").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (409, "email_taken")
    );
}

#[tokio::test]
async fn weak_passwords_and_impossible_addresses_are_refused_by_field() {
    let app = open_app().await;
    for (email, password, param) in [
        ("ann@example.com", "short", "password"),
        ("ann@example.com", "ann@example.com", "password"),
        ("ann@example.com", "Password12345!", "password"),
        ("nobody", PASSWORD, "email"),
    ] {
        let body = json!({ "email": email, "password": password }).to_string();
        let response = app.browser().post("/api/v1/auth/sign-up", body).await;
        assert_eq!(response.status, 422, "{password}");
        assert_eq!(response.json()["error"]["param"], param);
        assert!(!response.text().contains(password) || param == "email");
    }
}

#[tokio::test]
async fn sign_in_needs_the_right_password_and_says_nothing_else() {
    let app = open_app().await;
    app.sign_up("ann@example.com").await;
    let wrong = app.sign_in("ann@example.com", "wrong horse battery").await;
    let unknown = app.sign_in("bob@example.com", "wrong horse battery").await;
    assert_eq!(
        (wrong.status, wrong.code().as_str()),
        (401, "invalid_credentials")
    );
    assert_eq!(wrong.text(), unknown.text());
    assert!(cookie(&wrong).is_empty());
    let right = app.sign_in("Ann@example.com ", PASSWORD).await;
    assert_eq!(right.status, 200, "{}", right.text());
    let me = app
        .browser()
        .with_cookies_of(&right)
        .get("/api/v1/me")
        .await;
    assert_eq!(me.status, 200);
    assert!(
        app.metric("yunxin_sign_ins_total{outcome=\"refused\"}")
            .await
            >= 2.0
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_for_the_guesser_and_nobody_else() {
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .set("accounts.attempts_burst", 2)
        .set("accounts.attempts_per_hour", 60)
        .set("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    app.sign_up("ann@example.com").await;
    for _ in 0..2 {
        assert_eq!(
            app.sign_in("ann@example.com", "wrong horse battery")
                .await
                .status,
            401
        );
    }
    let refused = app.sign_in("ann@example.com", PASSWORD).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "too_many_attempts")
    );
    assert_eq!(refused.number("retry-after"), 60);
    let body = json!({ "email": "ann@example.com", "password": PASSWORD }).to_string();
    let elsewhere = app.browser().with("x-forwarded-for", "203.0.113.7");
    assert_eq!(
        elsewhere.post("/api/v1/auth/sign-in", body).await.status,
        200
    );
    app.advance(Duration::from_secs(61)).await;
    assert_eq!(app.sign_in("ann@example.com", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn signing_up_over_and_over_is_slowed_down() {
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .set("accounts.sign_ups_burst", 1)
        .start()
        .await;
    app.sign_up("ann@example.com").await;
    let response = app.try_sign_up("bob@example.com").await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (429, "too_many_attempts")
    );
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_came_with() {
    let app = open_app().await;
    let ann = app.sign_up("ann@example.com").await;
    let bob = app.sign_up("bob@example.com").await;
    let elsewhere = app.sign_in("ann@example.com", PASSWORD).await;
    let elsewhere = app.browser().with_cookies_of(&elsewhere);
    for email in ["ann@example.com", "bob@example.com"] {
        let before = if email.starts_with("ann") { &ann } else { &bob };
        let body = serde_json::json!({ "email": email, "password": PASSWORD });
        let wrong = serde_json::json!({ "email": email, "password": "something else 9" });
        let refused = before.post("/api/v1/auth/sign-in", wrong.to_string()).await;
        assert_eq!(refused.status, 401);
        assert_eq!(
            before.get("/api/v1/me").await.status,
            200,
            "nobody signed in"
        );
        let response = before.post("/api/v1/auth/sign-in", body.to_string()).await;
        assert_eq!(response.status, 200, "{}", response.text());
        let after = app.browser().with_cookies_of(&response);
        assert_eq!(before.get("/api/v1/me").await.status, 401);
        assert_eq!(after.get("/api/v1/me").await.status, 200);
    }
    assert_eq!(
        elsewhere.get("/api/v1/me").await.status,
        200,
        "another browser's"
    );
}

#[tokio::test]
async fn signing_out_ends_the_session_and_is_answered_to_anybody() {
    let app = open_app().await;
    let ann = app.sign_up("ann@example.com").await;
    let response = ann.post("/api/v1/auth/sign-out", "").await;
    assert_eq!(response.status, 204);
    assert!(cookie(&response).starts_with("__Host-yunxin-session=; Path=/; Max-Age=0"));
    assert_eq!(ann.get("/api/v1/me").await.code(), "not_signed_in");
    assert_eq!(ann.post("/api/v1/auth/sign-out", "").await.status, 204);
}

#[tokio::test]
async fn another_site_and_a_key_cannot_sign_anybody_in() {
    let app = open_app().await;
    app.sign_up("ann@example.com").await;
    let body = json!({ "email": "ann@example.com", "password": PASSWORD }).to_string();
    let bare = app.anonymous().with("content-type", "application/json");
    let foreign = bare
        .with("x-yunxin-request", "dashboard")
        .with("sec-fetch-site", "cross-site");
    let other_origin = bare
        .with("x-yunxin-request", "dashboard")
        .with("origin", "https://evil.example");
    for caller in [bare, foreign, other_origin] {
        let response = caller.post("/api/v1/auth/sign-in", body.clone()).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (403, "cross_site_request")
        );
    }
    let key = app.key("free").await;
    let response = key
        .with("content-type", "application/json")
        .post("/api/v1/auth/sign-in", body)
        .await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (403, "wrong_kind_of_key")
    );
}

async fn first_operator_link(app: &TestApp) -> MadeLink {
    let actor = tester();
    let made = app.app.commands(&actor).create_first_operator_link().await;
    made.unwrap().unwrap()
}

async fn become_operator(app: &TestApp, token: &str, email: &str) -> TestResponse {
    let body = json!({ "token": token, "email": email, "password": PASSWORD });
    app.browser()
        .post("/api/v1/auth/first-operator", body.to_string())
        .await
}

#[tokio::test]
async fn the_first_operator_comes_by_a_link_that_works_once() {
    let app = TestApp::new().await;
    let options = app.browser().get("/api/v1/auth/options").await.json();
    assert_eq!(options["needs_first_operator"], true);
    let (link, other) = (
        first_operator_link(&app).await,
        first_operator_link(&app).await,
    );
    assert_eq!(
        link.address("http://h", "first-operator"),
        format!("http://h/first-operator#{}", link.secret.reveal())
    );
    let response = become_operator(&app, link.secret.reveal(), "op@example.com").await;
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(response.json()["user"]["is_operator"], true);
    assert!(
        cookie(&response).contains("; Max-Age=43200"),
        "{}",
        cookie(&response)
    );
    let operator = app.browser().with_cookies_of(&response);
    assert_eq!(operator.get("/api/v1/admin/accounts").await.status, 200);
    for token in [&link, &other] {
        let again = become_operator(&app, token.secret.reveal(), "other@example.com").await;
        assert_eq!((again.status, again.code().as_str()), (422, "invalid_link"));
    }
    let options = app.browser().get("/api/v1/auth/options").await.json();
    assert_eq!(options["needs_first_operator"], false);
    assert_eq!(options["sign_up"], "invite");
    let actor = tester();
    let none = app.app.commands(&actor).create_first_operator_link().await;
    assert!(none.unwrap().is_none());
}

#[tokio::test]
async fn a_link_that_is_old_or_made_up_is_no_good() {
    let app = TestApp::new().await;
    let link = first_operator_link(&app).await;
    app.advance(Duration::from_secs(24 * 3_600 + 1)).await;
    let made_up = PlainKey::generate_for(store::secret::SecretKind::Link).unwrap();
    for token in [link.secret.reveal(), made_up.reveal(), "", "yxl-short"] {
        let response = become_operator(&app, token, "op@example.com").await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (422, "invalid_link")
        );
    }
}

#[tokio::test]
async fn two_who_use_the_link_at_the_same_time_are_one_operator() {
    let app = TestApp::new().await;
    let link = first_operator_link(&app).await;
    let token = link.secret.reveal();
    let (one, two) = tokio::join!(
        become_operator(&app, token, "one@example.com"),
        become_operator(&app, token, "two@example.com")
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test]
async fn passwords_sessions_and_addresses_are_in_no_log_and_no_debug_output() {
    let app = open_app().await;
    let (email, password) = ("canary@example.com", "canary in the password");
    let body = json!({ "email": email, "password": password }).to_string();
    let signed_up = app.browser().post("/api/v1/auth/sign-up", body).await;
    let signed_in = app.sign_in(email, password).await;
    app.sign_in(email, "canary in the password?").await;
    let session = |response: &TestResponse| {
        cookie(response)
            .split(['=', ';'])
            .nth(1)
            .unwrap()
            .to_owned()
    };
    let debug = format!("{:?} {:?}", app.app, app.app.config);
    for secret in [email, password, &session(&signed_up), &session(&signed_in)] {
        assert!(!logs::text().contains(secret), "{secret}");
        assert!(!debug.contains(secret), "{secret}");
    }
    let stored = std::fs::read(app.database_path()).unwrap();
    let recent = std::fs::read(app.folder.path().join("yunxin.db-wal")).unwrap_or_default();
    for secret in [password, &session(&signed_up)] {
        for heap in [&stored, &recent] {
            let mut windows = heap.windows(secret.len());
            assert!(
                !windows.any(|window| window == secret.as_bytes()),
                "{secret}"
            );
        }
    }
}

#[tokio::test]
async fn on_a_private_network_without_tls_browsers_keep_the_cookie() {
    for (url, name, secure) in [
        ("http://192.168.1.10:8080", "yunxin-session", false),
        ("http://gpu-server", "yunxin-session", false),
        ("http://192.168.1.10/llm", "yunxin-session", false),
        ("https://192.168.1.10", "__Host-yunxin-session", true),
        ("http://127.0.0.1:8080", "__Host-yunxin-session", true),
        ("http://llm.example.com", "__Host-yunxin-session", true),
    ] {
        let app = TestApp::builder()
            .set("accounts.sign_up", "open")
            .set("accounts.public_url", url)
            .start()
            .await;
        let response = app.try_sign_up("ann@example.com").await;
        let given = cookie(&response);
        assert!(given.starts_with(&format!("{name}=yxs-")), "{url}: {given}");
        assert_eq!(given.contains("; Secure"), secure, "{url}: {given}");
        let ann = app.browser().with_cookies_of(&response);
        assert_eq!(ann.get("/api/v1/me").await.status, 200, "{url}");
    }
}
