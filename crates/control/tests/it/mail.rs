//! Mails, and what their links do.

use std::time::Duration;

use serde_json::{Value, json};
use store::members::Role;

use crate::support::personas::PASSWORD;
use crate::support::smtp_stub::SmtpStub;
use crate::support::test_app::Builder;
use crate::support::{Caller, TestApp, TestResponse, logs, soon, until};

const NEW: &str = "staple battery horse";

fn with_mail(stub: &SmtpStub) -> Builder {
    TestApp::builder()
        .set("accounts.sign_up", "open")
        .set("accounts.public_url", "https://yunxin.example/")
        .set("mail.host", "127.0.0.1")
        .set("mail.port", stub.port)
        .set("mail.tls", "none")
        .set("mail.from", "Yunxin <yunxin@yunxin.example>")
        .set("server.trusted_proxies", "127.0.0.1")
}

async fn start() -> (SmtpStub, TestApp) {
    let stub = SmtpStub::start().await;
    let app = with_mail(&stub).start().await;
    (stub, app)
}

fn refusal(response: &TestResponse) -> (u16, String) {
    (response.status, response.code())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn post(by: &Caller, path: &str, body: Value) -> TestResponse {
    by.post(&format!("/api/v1/auth/{path}"), body.to_string())
        .await
}

/// Signs up and confirms; mails received so far: one more.
async fn confirmed(stub: &SmtpStub, app: &TestApp, email: &str) {
    let before = stub.received().len();
    assert_eq!(app.try_sign_up(email).await.status, 202);
    let token = stub.mails(before + 1).await[before].token("confirm-email");
    let response = post(
        &app.browser(),
        "email-confirmation",
        json!({ "token": token }),
    )
    .await;
    assert_eq!(response.status, 204, "{}", response.text());
}

#[tokio::test]
async fn a_user_is_made_once_the_address_is_confirmed() {
    let (stub, app) = start().await;
    let options = app.browser().get("/api/v1/auth/options").await.json();
    assert_eq!(options["sends_email"], true);
    let response = app.try_sign_up("ann@example.com").await;
    assert_eq!(
        (response.status, response.json()),
        (202, json!({ "status": "confirmation_sent" }))
    );
    assert!(response.header("set-cookie").is_none());
    assert_eq!(app.sign_in("ann@example.com", PASSWORD).await.status, 401);
    let mail = stub.mails(1).await.remove(0);
    assert_eq!(mail.to, "ann@example.com");
    assert!(
        mail.text
            .contains("Subject: Confirm your e-mail address for Yunxin"),
        "{}",
        mail.text
    );
    let token = json!({ "token": mail.token("confirm-email") });
    assert_eq!(
        post(&app.browser(), "email-confirmation", token.clone())
            .await
            .status,
        204
    );
    let again = post(&app.browser(), "email-confirmation", token).await;
    assert_eq!(refusal(&again), refused(422, "invalid_link"));
    let me = app.sign_in("ann@example.com", PASSWORD).await.json();
    assert_eq!(me["user"]["is_email_confirmed"], true);
    assert_eq!(me["accounts"][0]["role"], "owner");
}

#[tokio::test]
async fn whether_an_address_has_a_user_is_told_to_its_owner_only() {
    let (stub, app) = start().await;
    confirmed(&stub, &app, "ann@example.com").await;
    let (known, new) = (
        app.try_sign_up("ann@example.com").await,
        app.try_sign_up("bob@example.com").await,
    );
    assert_eq!((known.status, known.text()), (new.status, new.text()));
    let mails = stub.mails(3).await;
    let of_ann = mails
        .iter()
        .filter(|mail| mail.to == "ann@example.com")
        .nth(1)
        .unwrap();
    assert!(
        of_ann.text.contains("already has a user")
            && of_ann.text.contains("https://yunxin.example/sign-in")
    );
    for email in ["ann@example.com", "nobody@example.com"] {
        let response = post(&app.browser(), "password-reset", json!({ "email": email })).await;
        assert_eq!((response.status, response.text().as_str()), (202, ""));
    }
    assert_eq!(stub.mails(4).await[3].to, "ann@example.com");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail_and_the_user_is_told() {
    let (stub, app) = start().await;
    confirmed(&stub, &app, "ann@example.com").await;
    let ask = json!({ "email": "Ann@example.com" });
    post(&app.browser(), "password-reset", ask.clone()).await;
    let first = stub.mails(2).await[1].token("reset-password");
    let chinese = app.browser().with("accept-language", "zh-TW,zh;q=0.9");
    post(&chinese, "password-reset", ask.clone()).await;
    let mail = stub.mails(3).await.remove(2);
    assert!(
        mail.text.contains("開啟此連結以設定新密碼"),
        "{}",
        mail.text
    );
    let reset = |token: String| json!({ "token": token, "password": NEW });
    let old = post(&app.browser(), "password-reset/confirm", reset(first)).await;
    assert_eq!(refusal(&old), refused(422, "invalid_link"));
    let token = mail.token("reset-password");
    assert_eq!(
        post(&app.browser(), "password-reset/confirm", reset(token))
            .await
            .status,
        204
    );
    assert_eq!(app.sign_in("ann@example.com", NEW).await.status, 200);
    assert!(stub.mails(4).await[3].text.contains("password was changed"));
    // More mails in a row would not be sent to one address.
    app.advance(Duration::from_secs(3_600)).await;
    post(&app.browser(), "password-reset", ask).await;
    let late = stub.mails(5).await[4].token("reset-password");
    app.advance(Duration::from_secs(3_601)).await;
    let old = post(&app.browser(), "password-reset/confirm", reset(late)).await;
    assert_eq!(refusal(&old), refused(422, "invalid_link"));
}

#[tokio::test]
async fn a_stranger_cannot_have_an_address_flooded() {
    let (stub, app) = start().await;
    confirmed(&stub, &app, "ann@example.com").await;
    for _ in 0..6 {
        let response = post(
            &app.browser(),
            "password-reset",
            json!({ "email": "ann@example.com" }),
        )
        .await;
        assert_eq!(response.status, 202);
    }
    until("the writers", || app.app.mail.is_idle()).await;
    let last = json!({ "email": "last@example.com", "password": PASSWORD });
    post(&app.browser(), "sign-up", last).await;
    assert_eq!(stub.mails(4).await[3].to, "last@example.com");
}

#[tokio::test]
async fn a_sign_in_from_a_new_address_is_told_unless_the_user_does_not_want_to_know() {
    let (stub, app) = start().await;
    confirmed(&stub, &app, "ann@example.com").await;
    let from = |address: &str| app.browser().with("x-forwarded-for", address);
    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    post(&from("203.0.113.1"), "sign-in", body.clone()).await;
    post(&from("203.0.113.1"), "sign-in", body.clone()).await;
    let response = post(
        &from("203.0.113.2").with("user-agent", "<b>Evil</b>"),
        "sign-in",
        body.clone(),
    )
    .await;
    let mail = stub.mails(2).await.remove(1);
    assert!(
        mail.text.contains("203.0.113.2") && mail.text.contains("&lt;b&gt;Evil"),
        "{}",
        mail.text
    );
    let ann = app.browser().with_cookies_of(&response);
    ann.patch("/api/v1/me", r#"{"notifications":{"security":false}}"#)
        .await;
    post(&from("203.0.113.3"), "sign-in", body).await;
    let change = json!({ "current_password": PASSWORD, "new_password": NEW }).to_string();
    assert_eq!(ann.post("/api/v1/me/password", change).await.status, 204);
    assert_eq!(app.try_sign_up("last@example.com").await.status, 202);
    assert_eq!(stub.mails(3).await[2].to, "last@example.com");
}

#[tokio::test]
async fn an_invite_goes_to_its_address_in_the_inviters_language() {
    let (stub, app) = start().await;
    let account = app.account("pro").await;
    let owner = app
        .member(&account, Role::Owner)
        .await
        .with("accept-language", "zh-CN");
    let body = json!({ "email": "bob@example.com", "role": "member" }).to_string();
    let path = format!("/api/v1/accounts/{account}/invites");
    let response = owner.post(&path, body).await;
    let mail = stub.mails(1).await.remove(0);
    assert!(mail.text.contains("邀请您加入账户"), "{}", mail.text);
    assert!(
        response.json()["link"]
            .as_str()
            .unwrap()
            .ends_with(&mail.token("invite"))
    );
    let body = json!({
        "email": "bob@example.com", "password": PASSWORD, "invite": mail.token("invite")
    });
    assert_eq!(post(&app.browser(), "sign-up", body).await.status, 202);
    let token = stub.mails(2).await[1].token("confirm-email");
    let response = post(
        &app.browser(),
        "email-confirmation",
        json!({ "token": token }),
    )
    .await;
    assert_eq!(response.status, 204, "{}", response.text());
    let me = app.sign_in("bob@example.com", PASSWORD).await.json();
    assert_eq!(me["accounts"][0]["id"], account.as_str());
    assert_eq!(me["accounts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_is_counted_and_no_address_is_logged() {
    let (stub, app) = start().await;
    stub.refuse_once("550 no such user: refused@example.com");
    assert_eq!(app.try_sign_up("refused@example.com").await.status, 202);
    counted(&app, "failed", 1.0).await;
    assert!(stub.received().is_empty());
    assert!(!logs::text().contains("refused@example.com"));
    assert!(logs::text().contains("a mail is not sent"));
}

/// Waits until that many mails ended, or were tried, in this way.
async fn counted(app: &TestApp, outcome: &str, count: f64) {
    let line = format!("yunxin_mails_total{{outcome=\"{outcome}\"}}");
    soon(outcome, async {
        while app.metric(&line).await < count {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_again() {
    let (stub, app) = start().await;
    stub.refuse_once("451 later");
    app.try_sign_up("ann@example.com").await;
    counted(&app, "put_off", 1.0).await;
    app.advance(Duration::from_secs(7)).await;
    assert_eq!(stub.mails(1).await[0].to, "ann@example.com");
}

#[tokio::test]
async fn mails_that_are_put_off_hold_up_no_other_and_are_tried_for_hours() {
    let (stub, app) = start().await;
    stub.refuse("grey@example.com", "451 4.7.1 greylisted");
    app.try_sign_up("grey@example.com").await;
    counted(&app, "put_off", 1.0).await;
    app.try_sign_up("quick@example.com").await;
    assert_eq!(stub.mails(1).await[0].to, "quick@example.com");
    for hour in 0..6 {
        app.advance(Duration::from_secs(4_600)).await;
        counted(&app, "put_off", f64::from(hour) + 2.0).await;
    }
    stub.take_all();
    app.advance(Duration::from_secs(4_600)).await;
    assert_eq!(stub.mails(2).await[1].to, "grey@example.com");
}

#[tokio::test]
async fn a_mail_is_given_up_when_its_time_is_over() {
    let stub = SmtpStub::start().await;
    let app = with_mail(&stub)
        .set("mail.give_up_after_minutes", 10)
        .start()
        .await;
    stub.refuse("grey@example.com", "451 4.7.1 greylisted");
    app.try_sign_up("grey@example.com").await;
    counted(&app, "put_off", 1.0).await;
    app.advance(Duration::from_secs(601)).await;
    counted(&app, "failed", 1.0).await;
    until("an empty queue", || app.app.mail.pending() == 0).await;
}

#[tokio::test]
async fn a_link_that_works_no_more_is_not_sent() {
    let (stub, app) = start().await;
    confirmed(&stub, &app, "ann@example.com").await;
    stub.refuse("ann@example.com", "451 4.7.1 greylisted");
    let ask = json!({ "email": "ann@example.com" });
    post(&app.browser(), "password-reset", ask).await;
    counted(&app, "put_off", 1.0).await;
    app.advance(Duration::from_secs(3_601)).await;
    counted(&app, "failed", 1.0).await;
}

#[tokio::test]
async fn a_recipient_that_the_server_is_slow_with_holds_up_no_other() {
    let (stub, app) = start().await;
    for slow in [
        "slow1@example.com",
        "slow2@example.com",
        "slow3@example.com",
    ] {
        stub.stall(slow);
        app.try_sign_up(slow).await;
    }
    app.try_sign_up("quick@example.com").await;
    assert_eq!(stub.mails(1).await[0].to, "quick@example.com");
}

#[tokio::test]
async fn mails_that_wait_for_their_next_try_count_to_the_bound_of_the_queue() {
    let stub = SmtpStub::start().await;
    let app = with_mail(&stub).set("mail.queue_max", 1).start().await;
    stub.refuse("grey@example.com", "451 4.7.1 greylisted");
    app.try_sign_up("grey@example.com").await;
    counted(&app, "put_off", 1.0).await;
    assert_eq!(app.app.mail.pending(), 1);
    app.try_sign_up("quick@example.com").await;
    counted(&app, "refused", 1.0).await;
    assert!(stub.received().is_empty());
}

#[tokio::test]
async fn an_international_domain_is_sent_in_ascii_and_other_names_are_refused() {
    let stub = SmtpStub::start().await;
    let from = "Yunxin <post@b\u{fc}cher.example>";
    let app = with_mail(&stub).set("mail.from", from).start().await;
    assert_eq!(app.try_sign_up("x@B\u{fc}cher.example").await.status, 202);
    let mail = stub.mails(1).await.remove(0);
    assert_eq!(mail.to, "x@xn--bcher-kva.example");
    assert!(
        mail.text.contains("<post@xn--bcher-kva.example>"),
        "{}",
        mail.text
    );
    assert!(
        mail.text.contains("To: x@xn--bcher-kva.example"),
        "{}",
        mail.text
    );
    for (email, reason) in [
        ("b\u{fc}cher@example.com", "before the @"),
        ("x@b\u{fc}cher..example", "is not an e-mail address"),
        ("x@\u{ad}.example", "is not an e-mail address"),
    ] {
        let response = app.try_sign_up(email).await;
        assert_eq!(refusal(&response), refused(422, "invalid_field"), "{email}");
        assert!(response.text().contains(reason), "{}", response.text());
    }
}

#[tokio::test]
async fn the_log_says_why_a_mail_is_put_off_or_not_sent() {
    let (stub, app) = start().await;
    stub.refuse(
        "cause@example.com",
        "451 4.7.1 <cause@example.com> busy-for-cause",
    );
    app.try_sign_up("cause@example.com").await;
    counted(&app, "put_off", 1.0).await;
    stub.refuse("gone@example.com", "550 5.1.1 no-such-mailbox-for-gone");
    app.try_sign_up("gone@example.com").await;
    counted(&app, "failed", 1.0).await;
    let log = logs::text();
    let said = |event: &str, parts: &[&str]| {
        let is_it =
            |line: &&str| line.contains(event) && parts.iter().all(|part| line.contains(part));
        log.lines().any(|line| is_it(&line))
    };
    let parts = [
        "451",
        "4.7.1 [recipient] busy-for-cause",
        "confirm_address",
        "retry_after_s",
    ];
    assert!(said("a mail is put off", &parts));
    assert!(said(
        "a mail is not sent",
        &["550", "5.1.1 no-such-mailbox-for-gone"]
    ));
}
