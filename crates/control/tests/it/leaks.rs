//! Secrets that were found in public: reports in GitHub's format, and the form.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use store::key_events::{KeyEventAction, KeyEventKind};
use store::members::Role;
use store::secret::PlainKey;

use crate::browsers::key_events;
use crate::client_tokens::page;
use crate::support::personas::PASSWORD;
use crate::support::smtp_stub::SmtpStub;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Script, TestApp, TestResponse, chat};

const PATH: &str = "/.well-known/secret-scanning";

/// A reporter, who finds secrets and signs reports.
struct Reporter(EcdsaKeyPair);

impl Reporter {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
    }

    /// The configuration of a server that believes them.
    fn config(&self) -> String {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().unwrap();
        let body = STANDARD.encode(der.as_ref());
        format!(
            "[[leak_reports.public_keys]]\nid = \"key-1\"\npem = \"\"\"\n-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n\"\"\"\n"
        )
    }

    fn sign(&self, body: &str) -> String {
        let signature = self.0.sign(&SystemRandom::new(), body.as_bytes()).unwrap();
        STANDARD.encode(signature.as_ref())
    }

    async fn report(&self, app: &TestApp, body: &Value) -> TestResponse {
        let body = body.to_string();
        let signature = self.sign(&body);
        send(app, "key-1", &signature, &body).await
    }
}

async fn send(app: &TestApp, id: &str, signature: &str, body: &str) -> TestResponse {
    app.anonymous()
        .with("content-type", "application/json")
        .with("github-public-key-identifier", id)
        .with("github-public-key-signature", signature)
        .post(PATH, body.to_owned())
        .await
}

fn found(secret: &str) -> Value {
    json!({
        "token": secret,
        "type": "yunxin_api_key",
        "url": format!("https://example.com/repo/blob/main/.env?key={secret}"),
        "source": "content"
    })
}

fn labels(response: &TestResponse) -> Vec<String> {
    let list = response.json();
    let labels = list.as_array().unwrap().iter();
    labels
        .map(|one| one["label"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_signed_report_revokes_at_once_and_tells_the_account_and_a_replay_changes_nothing() {
    let reporter = Reporter::new();
    let app = TestApp::builder().config(&reporter.config()).start().await;
    let key = app.key("free").await;
    let stranger = PlainKey::generate().unwrap();
    let body = json!([
        found(&key.secret),
        found(stranger.reveal()),
        found("yx-nonsense")
    ]);
    let text = body.to_string();
    let signature = reporter.sign(&text);
    let mut responses = vec![];
    for _ in 0..2 {
        let response = send(&app, "key-1", &signature, &text).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(
            labels(&response),
            ["true_positive", "false_positive", "false_positive"]
        );
        let refused = key.chat(chat("plain", "")).await;
        assert_eq!(
            (refused.status, refused.code()),
            (403, "key_revoked".to_owned())
        );
        responses.push(response.text());
    }
    assert_eq!(responses[0], responses[1]);
    assert!(!responses[0].contains(&key.secret));
    assert_eq!(responses[0].matches("yunxin_api_key").count(), 3);
    let [event] = key_events(&app, &key, 1).await.try_into().unwrap();
    assert_eq!(
        (event.kind, event.action),
        (KeyEventKind::LeakReported, KeyEventAction::Revoked)
    );
    assert_eq!(event.facts["source"], "content");
    let url = event.facts["url"].as_str().unwrap();
    assert!(url.starts_with("https://example.com/repo") && !url.contains(&key.secret));
    let owner = app.member(&key.account, Role::Owner).await;
    let log = owner
        .get(&format!("/api/v1/accounts/{}/audit-log", key.account))
        .await
        .json();
    let entries = log["data"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{log}");
    assert_eq!(entries[0]["action"], "api_key.revoked");
    assert_eq!(entries[0]["actor"]["kind"], "system");
}

#[tokio::test]
async fn a_report_with_a_wrong_signature_does_nothing() {
    let (reporter, other) = (Reporter::new(), Reporter::new());
    let app = TestApp::builder().config(&reporter.config()).start().await;
    let key = app.key("free").await;
    let body = json!([found(&key.secret)]).to_string();
    let good = reporter.sign(&body);
    let changed = body.replace("content", "commit");
    for (id, signature, body) in [
        ("key-1", other.sign(&body).as_str(), &body),
        ("key-2", &good, &body),
        ("", &good, &body),
        ("key-1", "", &body),
        ("key-1", "not base64!", &body),
        ("key-1", &"A".repeat(10_000), &body),
        ("key-1", &good, &changed),
    ] {
        let response = send(&app, id, signature, body).await;
        assert_eq!(
            (response.status, response.code()),
            (401, "invalid_signature".to_owned()),
            "{id} {signature}"
        );
    }
    let unsigned = app.anonymous().post(PATH, body.clone()).await;
    assert_eq!(unsigned.status, 401);
    app.stub.once(Script::json(COMPLETION));
    assert_eq!(key.chat(chat("plain", "")).await.status, 200);
    key_events(&app, &key, 0).await;
}

#[tokio::test]
async fn without_anybody_to_believe_there_is_no_such_address() {
    let app = TestApp::new().await;
    let response = app.anonymous().post(PATH, "[]").await;
    assert_eq!(
        (response.status, response.code()),
        (404, "route_not_found".to_owned())
    );
}

#[tokio::test]
async fn a_report_that_is_too_large_or_no_report_is_refused() {
    let reporter = Reporter::new();
    let app = TestApp::builder().config(&reporter.config()).start().await;
    let many: Vec<Value> = vec![found("x"); 101];
    for body in [json!(many), json!({"token": "x"}), json!([{"type": "x"}])] {
        let response = reporter.report(&app, &body).await;
        assert_eq!(
            (response.status, response.code()),
            (400, "invalid_leak_report".to_owned())
        );
    }
    let large = " ".repeat(1024 * 1024 + 1);
    assert_eq!(send(&app, "key-1", "x", &large).await.status, 413);
}

#[tokio::test]
async fn a_reported_old_secret_ends_its_grace_and_the_key_goes_on() {
    let reporter = Reporter::new();
    let app = TestApp::builder().config(&reporter.config()).start().await;
    app.stub.always(Script::json(COMPLETION));
    let old = app.key("free").await;
    let new = app.regenerate(&old, 3_600_000).await;
    assert_eq!(old.chat(chat("plain", "")).await.status, 200);
    for _ in 0..2 {
        let response = reporter.report(&app, &json!([found(&old.secret)])).await;
        assert_eq!(labels(&response), ["true_positive"]);
    }
    assert_eq!(old.chat(chat("plain", "")).await.status, 401);
    assert_eq!(new.chat(chat("plain", "")).await.status, 200);
    let [event] = key_events(&app, &new, 1).await.try_into().unwrap();
    assert_eq!(event.facts["outcome"], "grace_ended");
}

#[tokio::test]
async fn management_keys_are_revoked_and_of_client_tokens_the_account_is_told() {
    let reporter = Reporter::new();
    let app = TestApp::builder().config(&reporter.config()).start().await;
    let key = app.key("free").await;
    let owner = app.member(&key.account, Role::Owner).await;
    let base = format!("/api/v1/accounts/{}", key.account);
    let body = r#"{"name":"Program","scopes":["usage:read"]}"#;
    let made = owner.post(&format!("{base}/management-keys"), body).await;
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let program = app.anonymous().with_secret(&secret);
    assert_eq!(program.get(&format!("{base}/usage")).await.status, 200);
    let carrier = page(&key, &json!({})).await;
    for _ in 0..2 {
        let body = json!([found(&secret), found(&carrier.secret)]);
        let response = reporter.report(&app, &body).await;
        assert_eq!(labels(&response), ["true_positive", "true_positive"]);
    }
    assert_eq!(program.get(&format!("{base}/usage")).await.status, 401);
    let [event] = key_events(&app, &key, 1).await.try_into().unwrap();
    assert_eq!(event.action, KeyEventAction::Notified);
    assert_eq!(event.facts["outcome"], "client_token");
    assert!(!event.facts.to_string().contains(&carrier.secret));
}

#[tokio::test]
async fn the_owner_of_a_reported_key_gets_a_mail_at_once() {
    let (reporter, stub) = (Reporter::new(), SmtpStub::start().await);
    let app = TestApp::builder()
        .config(&reporter.config())
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
    let path = "/api/v1/auth/email-confirmation";
    assert_eq!(app.browser().post(path, body).await.status, 204);
    let me = app.sign_in("ann@example.com", PASSWORD).await.json();
    let account = me["accounts"][0]["id"].as_str().unwrap().into();
    let key = app.new_key("free").of_account(&account).make().await;
    let response = reporter.report(&app, &json!([found(&key.secret)])).await;
    assert_eq!(labels(&response), ["true_positive"]);
    let mails = stub.mails(2).await;
    assert_eq!(mails[1].to, "ann@example.com");
    let text = mails[1].text.replace("=\r\n", "");
    assert!(text.contains("Production Server"), "{text}");
    assert!(!text.contains(&key.secret));
}

// ---- the form ------------------------------------------------------------------------------------------

async fn tell(app: &TestApp, key: &str) -> TestResponse {
    let body = json!({ "key": key }).to_string();
    app.browser().post("/api/v1/leaked-keys", body).await
}

#[tokio::test]
async fn whoever_has_a_leaked_key_can_end_it_without_signing_in() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    for _ in 0..2 {
        let response = tell(&app, &format!(" {}\n", key.secret)).await;
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(
            response.json(),
            json!({ "revoked": true, "kind": "api_key" })
        );
    }
    assert_eq!(key.chat(chat("plain", "")).await.code(), "key_revoked");
    let [event] = key_events(&app, &key, 1).await.try_into().unwrap();
    assert_eq!(
        (&event.facts["source"], event.action),
        (&json!("form"), KeyEventAction::Revoked)
    );
    let stranger = PlainKey::generate().unwrap();
    let unknown = tell(&app, stranger.reveal()).await;
    assert_eq!(unknown.json(), json!({ "revoked": false, "kind": null }));
    for text in ["", "yx-", &key.secret[..51]] {
        let response = tell(&app, text).await;
        assert_eq!(
            (response.status, response.json()["error"]["param"].as_str()),
            (422, Some("key"))
        );
        assert!(text.is_empty() || !response.text().contains(text));
    }
}

#[tokio::test]
async fn the_form_is_for_our_own_pages_and_not_for_trying_keys() {
    let app = TestApp::new().await;
    let elsewhere = app
        .anonymous()
        .with("content-type", "application/json")
        .with("origin", "https://evil.example")
        .post("/api/v1/leaked-keys", r#"{"key":"x"}"#)
        .await;
    assert_eq!(elsewhere.code(), "cross_site_request");
    for _ in 0..20 {
        assert_eq!(tell(&app, "yx-nonsense").await.status, 422);
    }
    let response = tell(&app, "yx-nonsense").await;
    assert_eq!(
        (response.status, response.code()),
        (429, "too_many_attempts".to_owned())
    );
}
