//! Operators are told when a deployment fails, a credential is refused or a queue sheds, and when it is over.

use std::time::Duration;

use serde_json::{Value, json};
use store::members::Role;

use crate::support::smtp_stub::SmtpStub;
use crate::support::upstream_stub::COMPLETION;
use crate::support::webhook_stub::WebhookStub;
use crate::support::{Caller, Script, TestApp, chat, soon, until};

const PATH: &str = "/api/v1/admin/notices";

/// The notices, once they are as `wanted`.
async fn notices(operator: &Caller, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    soon("the notices", async {
        loop {
            let list = operator.get(PATH).await.json();
            let list = list["data"].as_array().unwrap().clone();
            if wanted(&list) {
                return list;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

/// A member of the account of a key who runs the platform besides, and may be written to.
async fn operator_of(app: &TestApp, caller: &Caller) -> Caller {
    let operator = app.member(&caller.account, Role::Owner).await;
    let id = app.user_id(&operator).await;
    app.execute(&format!(
        "UPDATE users SET is_operator = TRUE, email_confirmed_at_ms = 1 WHERE id = '{id}'"
    ))
    .await;
    operator
}

async fn fail(app: &TestApp, caller: &Caller, status: u16, requests: usize) {
    app.stub.always(Script::status(status, "", "{}"));
    for _ in 0..requests {
        assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    }
}

#[tokio::test]
async fn a_refused_credential_is_noticed_once_and_its_end_too() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    fail(&app, &caller, 401, 1).await;
    let list = notices(&operator, |list| list.len() == 1).await;
    let notice = &list[0];
    assert_eq!(
        (&notice["kind"], &notice["subject"], &notice["label"]),
        (
            &json!("credential_refused"),
            &json!("first"),
            &json!("first")
        )
    );
    assert_eq!(notice["facts"]["model"], "pair");
    assert_eq!(notice["facts"]["last_error"], "unauthorized");
    assert_eq!(notice["ended_at"], Value::Null);
    // The probe succeeds, and a minute later nothing was seen of it any more.
    app.stub.always(Script::json(COMPLETION));
    app.advance(Duration::from_secs(40)).await;
    let probe = caller.chat(chat("pair", "")).await;
    assert_eq!(probe.header("x-yunxin-route-reason"), Some("probe"));
    app.advance(Duration::from_secs(61)).await;
    let list = notices(&operator, |list| !list[0]["ended_at"].is_null()).await;
    assert_eq!(list.len(), 1);
}

#[tokio::test]
async fn a_deployment_that_fails_and_a_model_that_is_unknown_are_told_apart() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    fail(&app, &caller, 500, 20).await;
    let list = notices(&operator, |list| list.len() == 1).await;
    assert_eq!(
        (&list[0]["kind"], &list[0]["label"]),
        (&json!("deployment_failing"), &json!("pair (first)"))
    );
    assert_eq!(list[0]["subject"], list[0]["facts"]["deployment_id"]);
    app.stub.always(Script::status(404, "", "{}"));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    let list = notices(&operator, |list| list.len() == 2).await;
    assert_eq!(
        (&list[0]["kind"], &list[0]["label"]),
        (&json!("model_unknown"), &json!("plain (first)"))
    );
}

#[tokio::test]
async fn a_queue_that_sheds_is_noticed() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    app.stub.always(Script::nothing().stall());
    app.stub.takes_at_once(1);
    let ask = || {
        let caller = caller.clone();
        tokio::spawn(async move { caller.chat(chat("plain", "")).await.status })
    };
    // One runs, one is refused and waits: from then on the server knows what the provider takes.
    let mut asked = vec![ask()];
    until("the first request", || app.stub.requests().len() == 1).await;
    asked.push(ask());
    until("a refusal", || app.stub.refused() == 1).await;
    asked.extend((0..30).map(|_| ask()));
    let list = notices(&operator, |list| !list.is_empty()).await;
    assert_eq!(
        (&list[0]["kind"], &list[0]["subject"]),
        (&json!("queue_shedding"), &json!("plain"))
    );
    assert!(list[0]["facts"]["shed"].as_u64().unwrap() > 0);
    asked.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn operators_get_a_mail_and_a_message_of_the_beginning_and_of_the_end_and_no_more_within_the_hour()
 {
    let stub = SmtpStub::start().await;
    let hook = WebhookStub::start().await;
    let app = TestApp::builder()
        .set("accounts.public_url", "https://yunxin.example/")
        .set("mail.host", "127.0.0.1")
        .set("mail.port", stub.port)
        .set("mail.tls", "none")
        .set("mail.from", "Yunxin <yunxin@yunxin.example>")
        .set("webhooks.allow_private_networks", "true")
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let owner = operator_of(&app, &caller).await;
    let operator = app.operator().await;
    let made = json!({ "url": hook.url("/in") }).to_string();
    let path = format!("/api/v1/accounts/{}/webhooks", owner.account);
    assert_eq!(owner.post(&path, made).await.status, 201);

    fail(&app, &caller, 401, 1).await;
    let began = hook.requests(1).await.remove(0);
    let body: Value = serde_json::from_str(&began.body).unwrap();
    assert_eq!(body["type"], "operator.credential_refused");
    assert_eq!(
        (&body["data"]["state"], &body["data"]["label"]),
        (&json!("began"), &json!("first"))
    );
    let mail = stub.mails(1).await.remove(0);
    assert!(
        mail.text.contains("refused the credential"),
        "{}",
        mail.text
    );

    app.stub.always(Script::json(COMPLETION));
    app.advance(Duration::from_secs(40)).await;
    assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    app.advance(Duration::from_secs(61)).await;
    let ended = hook.requests(2).await.remove(1);
    let body: Value = serde_json::from_str(&ended.body).unwrap();
    assert_eq!(body["data"]["state"], "ended");
    assert!(stub.mails(2).await[1].text.contains("This is resolved."));

    // It comes back, is shown, and is not told again so soon.
    fail(&app, &caller, 401, 1).await;
    notices(&operator, |list| list.len() == 2).await;
    app.stub.always(Script::json(COMPLETION));
    app.advance(Duration::from_secs(100)).await;
    assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    app.advance(Duration::from_secs(61)).await;
    notices(&operator, |list| {
        list.iter().all(|one| !one["ended_at"].is_null())
    })
    .await;
    // What comes later is told: nothing is on its way before it.
    app.advance(Duration::from_secs(3_700)).await;
    fail(&app, &caller, 401, 1).await;
    // The session of the first one has ended meanwhile.
    let operator = app.operator().await;
    let newest = notices(&operator, |list| list.len() == 3).await.remove(0);
    let third = hook.requests(3).await.remove(2);
    let body: Value = serde_json::from_str(&third.body).unwrap();
    assert_eq!(body["data"]["id"], newest["id"]);
    assert_eq!(stub.mails(3).await.len(), 3);
}

#[tokio::test]
async fn the_mail_of_a_notice_is_sent_by_the_next_process_where_the_first_dies_with_it() {
    let stub = SmtpStub::start().await;
    let app = TestApp::builder()
        .set("accounts.public_url", "https://yunxin.example/")
        .set("mail.host", "127.0.0.1")
        .set("mail.port", stub.port)
        .set("mail.tls", "none")
        .set("mail.from", "Yunxin <yunxin@yunxin.example>")
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let owner = operator_of(&app, &caller).await;
    let id = app.user_id(&owner).await;
    app.execute(&format!(
        "UPDATE users SET email = 'ops@example.com' WHERE id = '{id}'"
    ))
    .await;
    stub.refuse("ops@example.com", "451 4.7.1 greylisted");
    fail(&app, &caller, 401, 1).await;
    soon("a try", async {
        while !app
            .metrics()
            .await
            .contains("mails_total{outcome=\"put_off\"} 1")
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let successor = app.killed().await;
    stub.take_all();
    // The dead one had taken it for a minute.
    successor.advance(Duration::from_secs(61)).await;
    let mails = stub.mails(1).await;
    assert_eq!(mails[0].to, "ops@example.com");
    assert!(
        mails[0].text.contains("refused the credential"),
        "{}",
        mails[0].text
    );
}

#[tokio::test]
async fn notices_are_for_operators() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    assert_eq!(owner.get(PATH).await.status, 403);
    assert_eq!(app.anonymous().get(PATH).await.status, 401);
}
