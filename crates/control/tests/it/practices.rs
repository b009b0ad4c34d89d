//! Practices that the documentation asks of customers for their keys, and what the product does with them: one test per
//! row of its table, named after the row.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use store::api_keys::AnomalyAction;
use store::key_events::KeyEventKind;
use store::members::Role;
use store::secret::{SecretKind, is_well_formed};

use crate::browsers::key_events;
use crate::client_tokens::{SHOP, page};
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Script, TestApp, chat, soon};

/// A file of the repository.
fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

#[tokio::test]
async fn keep_keys_in_environment_variables_out_of_code_and_repositories() {
    // A key is known by its prefix and told from a look-alike by its checksum, without asking anybody.
    let app = TestApp::new().await;
    let key = app.key("free").await;
    assert!(key.secret.starts_with("yx-") && is_well_formed(&key.secret));
    assert!(!SecretKind::ManagementKey.is_shape_of(&key.secret));
    for rules in [
        "yunxin-api-key",
        "yunxin-management-key",
        "yunxin-client-token",
    ] {
        assert!(file("docs/secret-scanning/gitleaks.toml").contains(rules));
    }
    // Who finds one in a repository ends it at once.
    let body = json!({ "key": key.secret }).to_string();
    let told = app.browser().post("/api/v1/leaked-keys", body).await;
    assert_eq!(told.json()["revoked"], true);
    assert_eq!(key.chat(chat("plain", "")).await.code(), "key_revoked");
    let events = key_events(&app, &key, 1).await;
    assert_eq!(events[0].kind, KeyEventKind::LeakReported);
    // What we tell people to copy reads the key from the environment.
    for sample in [
        "docs/site/quickstart.md",
        "examples/proxy-python/proxy.py",
        "examples/proxy-node/proxy.mjs",
    ] {
        let text = file(sample);
        assert!(
            text.contains("YUNXIN_API_KEY") && !text.contains("Bearer yx-"),
            "{sample}"
        );
    }
    for folder in ["proxy-python", "proxy-node"] {
        assert_eq!(
            file(&format!("examples/{folder}/.gitignore")).trim(),
            ".env"
        );
    }
}

#[tokio::test]
async fn no_keys_in_browsers() {
    let app = TestApp::new().await;
    let key = app.key("free").await;
    app.stub.always(Script::json(COMPLETION));
    let refused = key.with("origin", SHOP).chat(chat("plain", "")).await;
    assert_eq!(refused.code(), "browser_not_allowed");
    assert_eq!(refused.header("access-control-allow-origin"), Some(SHOP));
    assert_eq!(
        key_events(&app, &key, 1).await[0].kind,
        KeyEventKind::BrowserUse
    );
    // For those who need one: a token for some models, minutes and origins.
    let carrier = page(&key, &json!({ "minutes": 1 })).await;
    assert_eq!(carrier.chat(chat("plain", "")).await.status, 200);
    assert_eq!(carrier.chat(chat("pair", "")).await.status, 403);
    app.advance(Duration::from_secs(60)).await;
    assert_eq!(carrier.chat(chat("plain", "")).await.status, 401);
    // Else: a proxy that keeps the key on the server.
    for proxy in ["proxy-python/proxy.py", "proxy-node/proxy.mjs"] {
        assert!(file(&format!("examples/{proxy}")).contains("/chat/completions"));
    }
}

#[tokio::test]
async fn rotate_periodically() {
    let app = TestApp::new().await;
    let old = app.key("free").await;
    app.stub.always(Script::json(COMPLETION));
    let member = app.member(&old.account, Role::Member).await;
    let path = format!("/api/v1/accounts/{}/api-keys/{}", old.account, old.key);
    // A new secret of the same key, with time to bring it to where it is used.
    let body = r#"{"grace_seconds":3600}"#;
    let made = member
        .post(&format!("{path}/regenerate"), body)
        .await
        .json();
    let new = app
        .anonymous()
        .with_secret(made["secret"].as_str().unwrap());
    assert_eq!(made["api_key"]["id"], old.key.as_str());
    for caller in [&old, &new] {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    // Who still uses the old one, and how old the new one is.
    app.events().await;
    let secrets = member.get(&format!("{path}/secrets")).await.json();
    let secrets = secrets["data"].as_array().unwrap().clone();
    assert_eq!(secrets.len(), 2);
    assert!(
        secrets
            .iter()
            .any(|one| one["is_current"] == false && !one["ends_at"].is_null())
    );
    app.advance(Duration::from_secs(3_600)).await;
    assert_eq!(old.chat(chat("plain", "")).await.status, 401);
    assert_eq!(new.chat(chat("plain", "")).await.status, 200);
    // Nobody has to remember the date.
    app.advance(Duration::from_secs(90 * 86_400)).await;
    let app = app.restart().await;
    let events = key_events(&app, &old, 1).await;
    assert_eq!(events[0].kind, KeyEventKind::RotationDue);
    // Or the key ends by itself.
    let short = app
        .new_key("free")
        .expires_at_ms(app.now_ms() + 1_000)
        .make()
        .await;
    assert_eq!(short.chat(chat("plain", "")).await.status, 200);
    app.advance(Duration::from_secs(1)).await;
    assert_eq!(short.chat(chat("plain", "")).await.status, 401);
}

#[tokio::test]
async fn separate_keys_for_development_and_production() {
    let app = TestApp::new().await;
    let production = app.key("free").await;
    let development = app
        .new_key("free")
        .of_account(&production.account)
        .test()
        .make()
        .await;
    app.stub.always(Script::json(COMPLETION));
    let label =
        async |key: &crate::support::Caller| key.get("/v1/key").await.json()["environment"].clone();
    assert_eq!(label(&production).await, "live");
    assert_eq!(label(&development).await, "test");
    // A test key reaches only what serves tests.
    assert_eq!(development.chat(chat("plain", "")).await.status, 200);
    let refused = development.chat(chat("second-only", "")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "insufficient_permissions".to_owned())
    );
    app.second.always(Script::json(COMPLETION));
    assert_eq!(production.chat(chat("second-only", "")).await.status, 200);
    // And it costs nothing.
    app.events().await;
    let member = app.member(&production.account, Role::Viewer).await;
    let path = format!(
        "/api/v1/accounts/{}/usage?environment=test",
        production.account
    );
    let usage = member.get(&path).await.json();
    assert_eq!(usage["totals"]["charge_nanos"], 0);
    assert!(usage["totals"]["requests"].as_u64().unwrap() >= 1);
}

#[tokio::test]
async fn watch_usage_for_anomalies() {
    let app = TestApp::builder()
        .set("server.trusted_proxies", "127.0.0.1")
        .start()
        .await;
    app.stub.always(Script::json(COMPLETION));
    let key = app
        .new_key("enterprise")
        .on_anomaly(AnomalyAction::Freeze)
        .make()
        .await;
    let at = |address: &str| key.with("x-forwarded-for", address);
    let look = async || {
        soon("the metering", app.app.gateway.metering.flush()).await;
        soon(
            "the detectors",
            app.app.gateway.metering.observations.flush(),
        )
        .await;
    };
    // A day of work from one place.
    for hour in 0..12 {
        for _ in 0..5 {
            assert_eq!(at("203.0.113.5").chat(chat("plain", "")).await.status, 200);
        }
        look().await;
        app.advance(Duration::from_secs(if hour < 11 { 7_200 } else { 7_300 }))
            .await;
    }
    assert_eq!(at("203.0.113.5").chat(chat("plain", "")).await.status, 200);
    look().await;
    // When and from where it was used last, and how much.
    let member = app.member(&key.account, Role::Member).await;
    let base = format!("/api/v1/accounts/{}", key.account);
    let shown = member
        .get(&format!("{base}/api-keys/{}", key.key))
        .await
        .json();
    assert_eq!(shown["last_use"]["address"], "203.0.113.5");
    let usage = format!("{base}/usage?group_by=api_key&from=2026-09-20T00:00:00Z&step=day");
    let usage = member.get(&usage).await.json();
    assert_eq!(usage["groups"][0]["totals"]["requests"], 61, "{usage}");
    // From another place it is frozen, as its owner chose, and they are told what was seen.
    assert_eq!(at("198.51.100.9").chat(chat("plain", "")).await.status, 200);
    look().await;
    assert_eq!(
        at("203.0.113.5").chat(chat("plain", "")).await.code(),
        "key_frozen"
    );
    let events = member.get(&format!("{base}/key-events")).await.json();
    assert_eq!(events["data"][0]["kind"], "new_network");
    assert_eq!(
        events["data"][0]["facts"]["seen"]["network"],
        "198.51.100.0/24"
    );
    // One click, and it works as before.
    let released = member
        .post(&format!("{base}/api-keys/{}/release", key.key), "")
        .await;
    assert_eq!(released.status, 200, "{}", released.text());
    assert_eq!(at("203.0.113.5").chat(chat("plain", "")).await.status, 200);
}
