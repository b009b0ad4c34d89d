//! Notifications of an account: in the Dashboard, by mail, by webhooks.

use control::commands::{NewKeyEvent, watcher};
use serde_json::{Value, json};
use store::key_events::{KeyEventAction, KeyEventKind};
use store::members::Role;

use crate::support::smtp_stub::SmtpStub;
use crate::support::webhook_stub::WebhookStub;
use crate::support::{Caller, TestApp, TestResponse, soon, until};

async fn note(app: &TestApp, caller: &Caller, kind: KeyEventKind) -> String {
    let actor = watcher();
    let facts = json!({ "seen": { "network": "198.51.100.0/24" } });
    let commands = app.app.commands(&actor);
    let noticed = NewKeyEvent {
        account_id: caller.account.clone(),
        api_key_id: caller.key.clone(),
        kind,
        action: None,
        facts,
        unless_since_ms: None,
        unless_facts: None,
    };
    let noted = commands.record_key_event(noticed);
    noted.await.unwrap().unwrap().id.to_string()
}

fn path(by: &Caller, rest: &str) -> String {
    format!("/api/v1/accounts/{}{rest}", by.account)
}

async fn unseen(by: &Caller) -> Value {
    by.get(&path(by, "/key-events/unseen")).await.json()["count"].clone()
}

async fn seen(by: &Caller, id: &str) -> u16 {
    let body = json!({ "up_to": id }).to_string();
    by.post(&path(by, "/key-events/seen"), body).await.status
}

#[tokio::test]
async fn each_member_has_events_that_they_have_not_seen() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let (one, other) = (
        app.member(&caller.account, Role::Viewer).await,
        app.member(&caller.account, Role::Owner).await,
    );
    let first = note(&app, &caller, KeyEventKind::NewNetwork).await;
    let second = note(&app, &caller, KeyEventKind::ErrorBurst).await;
    assert_eq!(unseen(&one).await, 2);
    assert_eq!(seen(&one, &second).await, 204);
    assert_eq!(
        (unseen(&one).await, unseen(&other).await),
        (json!(0), json!(2))
    );
    assert_eq!(seen(&one, &first).await, 204, "what was seen stays seen");
    assert_eq!(unseen(&one).await, 0);
    assert_eq!(seen(&other, "kev_zzzz").await, 204, "and hides nothing");
    assert_eq!(unseen(&other).await, 2);

    let list = one.get(&path(&one, "/key-events?limit=1")).await.json();
    assert_eq!(list["data"][0]["id"], second.as_str());
    assert_eq!(
        list["data"][0]["facts"]["seen"]["network"],
        "198.51.100.0/24"
    );
    let cursor = list["next_cursor"].as_str().unwrap();
    let next = one
        .get(&path(&one, &format!("/key-events?limit=1&cursor={cursor}")))
        .await;
    assert_eq!(next.json()["data"][0]["id"], first.as_str());
    let stranger = app.key("free").await;
    let stranger = app.member(&stranger.account, Role::Owner).await;
    let foreign = stranger.get(&path(&one, "/key-events")).await;
    assert_eq!(foreign.status, 404);
    assert_eq!(seen(&stranger, &second).await, 204);
}

#[tokio::test]
async fn owners_and_admins_who_want_to_know_get_a_mail() {
    let stub = SmtpStub::start().await;
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .set("accounts.public_url", "https://yunxin.example/")
        .set("mail.host", "127.0.0.1")
        .set("mail.port", stub.port)
        .set("mail.tls", "none")
        .set("mail.from", "Yunxin <yunxin@yunxin.example>")
        .start()
        .await;
    assert_eq!(app.try_sign_up("ann@example.com").await.status, 202);
    let token = stub.mails(1).await[0].token("confirm-email");
    let body = json!({ "token": token }).to_string();
    app.browser()
        .post("/api/v1/auth/email-confirmation", body)
        .await;
    let response = app
        .sign_in("ann@example.com", crate::support::personas::PASSWORD)
        .await;
    let account = response.json()["accounts"][0]["id"]
        .as_str()
        .unwrap()
        .into();
    let ann = Caller {
        account,
        ..app.browser().with_cookies_of(&response)
    };
    app.member(&ann.account, Role::Viewer).await;
    let caller = app.new_key("free").of_account(&ann.account).make().await;
    note(&app, &caller, KeyEventKind::NewNetwork).await;
    let mails = stub.mails(2).await;
    let mail = &mails[1];
    assert_eq!(mail.to, "ann@example.com");
    let link = format!("https://yunxin.example/api-keys/{}", caller.key);
    let text = mail.text.replace("=\r\n", "");
    assert!(
        text.contains("Production Server") && text.contains("new network"),
        "{text}"
    );
    assert!(text.contains(&link), "{text}");

    ann.patch("/api/v1/me", r#"{"notifications":{"security":false}}"#)
        .await;
    note(&app, &caller, KeyEventKind::ErrorBurst).await;
    until_announced(&app).await;
    assert_eq!(stub.received().len(), 2);

    // Reminders have a switch of their own.
    note(&app, &caller, KeyEventKind::RotationDue).await;
    assert_eq!(stub.mails(3).await[2].to, "ann@example.com");
    ann.patch("/api/v1/me", r#"{"notifications":{"rotation":false}}"#)
        .await;
    note(&app, &caller, KeyEventKind::RotationDue).await;
    until_announced(&app).await;
    assert_eq!(stub.received().len(), 3);
}

/// Waits until nobody is to be told of anything any more.
async fn until_announced(app: &TestApp) {
    soon("the announcements", async {
        loop {
            let open = store::key_events::list_unannounced(&app.app.db, 1).await;
            if open.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn private_network() -> TestApp {
    TestApp::builder()
        .set("webhooks.allow_private_networks", "true")
        .start()
        .await
}

async fn create(by: &Caller, url: &str) -> TestResponse {
    let body = json!({ "url": url }).to_string();
    by.post(&path(by, "/webhooks"), body).await
}

#[tokio::test]
async fn an_event_is_posted_to_the_webhooks_with_a_signature() {
    let app = private_network().await;
    let hook = WebhookStub::start().await;
    let caller = app.key("free").await;
    let admin = app.member(&caller.account, Role::Admin).await;
    let made = create(&admin, &hook.url("/in?x=1")).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let event = note(&app, &caller, KeyEventKind::NewNetwork).await;
    let got = hook.requests(1).await.remove(0);
    assert_eq!(got.path, "/in?x=1");
    assert_eq!(got.signature, got.signed_with(&secret));
    let body: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(body["type"], "api_key.new_network");
    assert_eq!(body["data"]["id"], event.as_str());
    assert_eq!(body["data"]["api_key_id"], caller.key.as_str());
    assert_eq!(body["data"]["action"], KeyEventAction::Notified.as_str());
    let listed = soon("the last delivery", async {
        loop {
            let list = admin.get(&path(&admin, "/webhooks")).await.json();
            if !list["data"][0]["last_delivery"].is_null() {
                return list;
            }
        }
    })
    .await;
    assert_eq!(listed["data"][0]["last_delivery"]["status"], 200);
    assert!(!listed.to_string().contains(&secret));
}

#[tokio::test]
async fn a_message_that_is_refused_is_tried_again_with_the_same_id() {
    let app = private_network().await;
    let hook = WebhookStub::start().await;
    hook.response(500);
    let caller = app.key("free").await;
    let admin = app.member(&caller.account, Role::Admin).await;
    create(&admin, &hook.url("/")).await;
    note(&app, &caller, KeyEventKind::SpendSpike).await;
    let first = hook.requests(1).await.remove(0);
    soon("the failure", async {
        loop {
            let list = admin.get(&path(&admin, "/webhooks")).await.json();
            if !list["data"][0]["failing_since"].is_null() {
                return;
            }
        }
    })
    .await;
    hook.response(200);
    app.advance(std::time::Duration::from_secs(6)).await;
    let second = hook.requests(2).await.remove(1);
    assert_eq!((first.id, first.body), (second.id, second.body));
}

#[tokio::test]
async fn a_webhook_is_tested_changed_turned_off_and_removed() {
    let app = private_network().await;
    let hook = WebhookStub::start().await;
    let account = app.account("free").await;
    let admin = app.member(&account, Role::Admin).await;
    let made = create(&admin, &hook.url("/")).await.json();
    let id = made["webhook"]["id"].as_str().unwrap().to_owned();
    let one = path(&admin, &format!("/webhooks/{id}"));
    let tested = admin.post(&format!("{one}/test"), "").await.json();
    assert_eq!(
        (&tested["ok"], &tested["status"]),
        (&json!(true), &json!(200))
    );
    assert!(hook.requests(1).await[0].body.contains("webhook.test"));
    hook.response(302);
    let tested = admin.post(&format!("{one}/test"), "").await.json();
    assert_eq!(
        (&tested["ok"], &tested["status"]),
        (&json!(false), &json!(302))
    );
    assert_eq!(hook.requests(2).await.len(), 2, "no redirect is followed");
    let off = admin.patch(&one, r#"{"is_enabled":false}"#).await.json();
    assert_eq!(off["is_enabled"], false);
    let caller = app.new_key("free").of_account(&account).make().await;
    note(&app, &caller, KeyEventKind::ErrorBurst).await;
    until_announced(&app).await;
    assert_eq!(hook.requests(2).await.len(), 2, "nothing is sent");
    let on = admin.patch(&one, r#"{"is_enabled":true}"#).await.json();
    assert_eq!(on["is_enabled"], true);
    let removed = admin
        .open(http::Method::DELETE, &one, "")
        .await
        .whole()
        .await;
    assert_eq!(removed.status, 204);
    assert_eq!(
        admin.get(&path(&admin, "/webhooks")).await.json()["data"],
        json!([])
    );
    let audit = admin
        .get(&path(&admin, "/audit-log?action=webhook"))
        .await
        .text();
    assert!(!audit.contains("whsec_"), "{audit}");
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_and_said_why() {
    let app = TestApp::new().await;
    let account = app.account("free").await;
    let admin = app.member(&account, Role::Admin).await;
    for url in [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://user:pass@example.com/",
        "x",
    ] {
        let response = create(&admin, url).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (422, "invalid_field"),
            "{url}"
        );
        assert_eq!(response.json()["error"]["param"], "url");
    }
    let member = app.member(&account, Role::Member).await;
    assert_eq!(create(&member, "https://example.com/").await.status, 403);
    let made = create(&admin, "https://example.com/hooks").await;
    assert_eq!(made.status, 201);
    let mut count = 1;
    while create(&admin, "https://example.com/hooks").await.status == 201 {
        count += 1;
        assert!(count <= 100, "there is no bound");
    }
    assert_eq!(count, 20);
}

#[tokio::test]
async fn the_detectors_of_one_event_do_not_wait_for_a_webhook_that_hangs() {
    let app = private_network().await;
    let hook = WebhookStub::start().await;
    hook.hang();
    let caller = app.key("free").await;
    let admin = app.member(&caller.account, Role::Admin).await;
    create(&admin, &hook.url("/")).await;
    note(&app, &caller, KeyEventKind::NewNetwork).await;
    hook.requests(1).await;
    note(&app, &caller, KeyEventKind::ErrorBurst).await;
    until_announced(&app).await;
    until("both events", || hook.count() >= 1).await;
}
