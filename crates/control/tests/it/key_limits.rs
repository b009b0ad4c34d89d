//! Limits that keys have of their own: how they are set, refused, shown and written down.

use serde_json::{Value, json};
use store::members::Role;

use crate::support::{TestApp, chat};

const LIMITS: [&str; 4] = [
    "requests_per_minute",
    "tokens_per_minute",
    "requests_per_day",
    "concurrent_requests",
];

#[tokio::test]
async fn a_key_is_made_with_limits_of_its_own_that_hold_at_once() {
    let app = TestApp::new().await;
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let body =
        json!({ "name": "A", "environment": "live", "limits": { "requests_per_minute": 2 } });
    let made = member.post(&keys, body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let shown = json!({
        "requests_per_minute": 2, "tokens_per_minute": null, "requests_per_day": null, "concurrent_requests": null,
    });
    assert_eq!(made["api_key"]["limits"], shown);
    let caller = app
        .anonymous()
        .with_secret(made["secret"].as_str().unwrap());
    let mut statuses = vec![];
    for _ in 0..3 {
        statuses.push(caller.chat(chat("plain", "")).await.status);
    }
    assert_eq!(statuses, [200, 200, 429]);

    let standing = member
        .get(&format!("/api/v1/accounts/{account}/limits"))
        .await
        .json();
    let of_key = &standing["api_keys"][0]["limits"][0];
    assert_eq!((&of_key["limit"], &of_key["used"]), (&json!(2), &json!(2)));

    let path = format!("{keys}/{}", made["api_key"]["id"].as_str().unwrap());
    let edited = member
        .patch(&path, r#"{"limits":{"requests_per_minute":4}}"#)
        .await;
    assert_eq!(edited.json()["limits"]["requests_per_minute"], 4);
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    // What an edit does not speak of stays.
    let renamed = member.patch(&path, r#"{"name":"B"}"#).await.json();
    assert_eq!(renamed["limits"]["requests_per_minute"], 4);
    let lifted = member.patch(&path, r#"{"limits":{}}"#).await.json();
    assert_eq!(lifted["limits"]["requests_per_minute"], Value::Null);

    let admin = app.member(&account, Role::Admin).await;
    let log = admin
        .get(&format!("/api/v1/accounts/{account}/audit-log"))
        .await
        .json();
    let entry = &log["data"][0];
    assert_eq!(
        entry["before"]["limits"],
        json!({ "requests_per_minute": 4 })
    );
    assert_eq!(entry["after"]["limits"], json!({}));
}

#[tokio::test]
async fn no_limit_of_a_key_is_above_that_of_its_account() {
    let app = TestApp::new().await;
    app.execute(
        "UPDATE tiers SET requests_per_minute = 60, tokens_per_minute = 60, requests_per_day = 60,
            concurrent_requests = 60 WHERE id = 'basic'",
    )
    .await;
    app.gateway().reload_catalog().await.unwrap();
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let made =
        |limits: Value| json!({ "name": "A", "environment": "live", "limits": limits }).to_string();
    for name in LIMITS {
        for (limit, words) in [(61, "which is 60"), (0, "at least 1")] {
            let refused = member.post(&keys, made(json!({ (name): limit }))).await;
            assert_eq!(refused.status, 422, "{name} {limit}");
            let error = &refused.json()["error"];
            assert_eq!(error["param"], format!("limits.{name}"));
            assert!(
                error["message"].as_str().unwrap().contains(words),
                "{error}"
            );
        }
        let exact = member.post(&keys, made(json!({ (name): 60 }))).await;
        assert_eq!(exact.status, 201, "{name}");
    }
    for wrong in [
        json!({ "requests_per_minute": -1 }),
        json!({ "rpm": 1 }),
        json!("many"),
    ] {
        assert_eq!(member.post(&keys, made(wrong)).await.status / 100, 4);
    }
}

#[tokio::test]
async fn where_the_account_has_no_limit_that_of_a_key_is_still_a_number_with_a_maximum() {
    let app = TestApp::new().await;
    app.execute(
        "UPDATE tiers SET requests_per_minute = NULL, tokens_per_minute = NULL, requests_per_day = NULL,
            concurrent_requests = NULL WHERE id = 'basic'",
    )
    .await;
    app.gateway().reload_catalog().await.unwrap();
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    for name in LIMITS {
        for (limit, status) in [(1_000_000_000_000_u64, 201), (1_000_000_000_001, 422)] {
            let body = json!({ "name": "A", "environment": "live", "limits": { (name): limit } });
            let response = member.post(&keys, body.to_string()).await;
            assert_eq!(response.status, status, "{name} {limit}");
        }
    }
}

#[tokio::test]
async fn limits_of_a_key_stay_when_those_of_its_account_fall_below_them() {
    let app = TestApp::new().await;
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let operator = app.operator().await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let body =
        json!({ "name": "A", "environment": "live", "limits": { "requests_per_minute": 30 } });
    let made = member.post(&keys, body.to_string()).await.json();
    let path = format!("{keys}/{}", made["api_key"]["id"].as_str().unwrap());
    let lower = operator
        .patch(
            &format!("/api/v1/admin/accounts/{account}"),
            r#"{"limits":{"requests_per_minute":3}}"#,
        )
        .await;
    assert_eq!(lower.status, 200, "{}", lower.text());
    let standing = member
        .get(&format!("/api/v1/accounts/{account}/limits"))
        .await
        .json();
    assert_eq!(standing["api_keys"][0]["limits"][0]["limit"], 3);
    // The form sends back what it showed.
    let edit = json!({ "name": "B", "limits": { "requests_per_minute": 30 } });
    assert_eq!(member.patch(&path, edit.to_string()).await.status, 200);
    let edit = json!({ "limits": { "requests_per_minute": 29 } });
    assert_eq!(member.patch(&path, edit.to_string()).await.status, 422);
}

#[tokio::test]
async fn a_viewer_sets_no_limits() {
    let app = TestApp::new().await;
    let account = app.account("basic").await;
    let viewer = app.member(&account, Role::Viewer).await;
    let body =
        json!({ "name": "A", "environment": "live", "limits": { "requests_per_minute": 2 } });
    let refused = viewer
        .post(
            &format!("/api/v1/accounts/{account}/api-keys"),
            body.to_string(),
        )
        .await;
    assert_eq!(refused.status, 403);
}
