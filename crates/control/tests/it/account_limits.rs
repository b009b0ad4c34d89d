//! Limits that an operator gives one account, beside those of its tier.

use serde_json::{Value, json};

use crate::support::{Caller, TestApp, TestResponse, chat};

async fn limit(operator: &Caller, account: &str, limits: Value) -> TestResponse {
    let path = format!("/api/v1/admin/accounts/{account}");
    let body = json!({ "limits": limits });
    operator.patch(&path, body.to_string()).await
}

#[tokio::test]
async fn an_account_has_limits_of_its_own_until_they_are_taken_away() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let account = caller.account.to_string();
    let limited = limit(&operator, &account, json!({ "requests_per_minute": 2 })).await;
    assert_eq!(limited.status, 200, "{}", limited.text());
    assert_eq!(
        limited.json()["limits"],
        json!({ "requests_per_minute": 2 })
    );
    // They hold when it is answered, in the headers too.
    let first = caller.chat(chat("plain", "")).await;
    assert_eq!((first.status, first.number("x-ratelimit-limit")), (200, 2));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    let third = caller.chat(chat("plain", "")).await;
    assert_eq!(
        (third.status, third.code().as_str()),
        (429, "rate_limit_exceeded")
    );

    let lifted = limit(&operator, &account, json!({ "requests_per_minute": null })).await;
    assert_eq!(
        lifted.json()["limits"],
        json!({ "requests_per_minute": null })
    );
    let unlimited = caller.chat(chat("plain", "")).await;
    assert_eq!(unlimited.status, 200);
    assert_ne!(unlimited.header("x-ratelimit-limit"), Some("2"));

    let none = limit(&operator, &account, json!({})).await;
    assert_eq!(none.json()["limits"], json!({}));
    let as_tier = caller.chat(chat("plain", "")).await;
    assert_eq!(as_tier.number("x-ratelimit-limit"), 10);
    let log = operator.get("/api/v1/admin/audit-log").await.json();
    let entry = &log["data"][0];
    assert_eq!(entry["action"], "account.changed");
    assert_eq!(entry["after"], json!({ "limits": {} }));
}

#[tokio::test]
async fn members_see_the_limits_that_hold_for_them() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let account = caller.account.to_string();
    let member = app
        .member(&caller.account, store::members::Role::Viewer)
        .await;
    let path = format!("/api/v1/accounts/{account}");
    let before = member.get(&path).await.json();
    assert_eq!(
        (
            &before["has_own_limits"],
            &before["tier"]["requests_per_minute"]
        ),
        (&json!(false), &json!(10))
    );
    limit(
        &operator,
        &account,
        json!({ "requests_per_minute": 40, "requests_per_day": null }),
    )
    .await;
    let after = member.get(&path).await.json();
    assert_eq!(after["has_own_limits"], true);
    assert_eq!(after["tier"]["requests_per_minute"], 40);
    assert_eq!(after["tier"]["requests_per_day"], Value::Null);
    assert_eq!(
        after["tier"]["tokens_per_minute"],
        before["tier"]["tokens_per_minute"]
    );
    let limits = member.get(&format!("{path}/limits")).await.json();
    assert_eq!(limits["account"][0]["limit"], 40);
}

#[tokio::test]
async fn a_limit_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let account = caller.account.to_string();
    for wrong in [
        json!({ "requests_per_minute": -1 }),
        json!({ "requests_per_minute": 1_000_000_000_001_u64 }),
        json!({ "requests_per_hour": 1 }),
        json!(7),
    ] {
        let refused = limit(&operator, &account, wrong.clone()).await;
        assert_eq!(refused.status, 422, "{wrong}: {}", refused.text());
    }
}

#[tokio::test]
async fn the_list_of_keys_says_who_made_each_and_what_it_cost() {
    let app = TestApp::builder()
        .set("accounts.sign_up", "open")
        .start()
        .await;
    let ann = app.sign_up("ann@example.com").await;
    let path = format!("/api/v1/accounts/{}/api-keys", ann.account);
    let body = json!({ "name": "mine", "environment": "live" });
    assert_eq!(ann.post(&path, body.to_string()).await.status, 201);
    let keys = ann.get(&path).await.json();
    let key = &keys["data"][0];
    assert_eq!(
        (&key["created_by"], &key["charge_nanos_30d"]),
        (&json!("ann@example.com"), &json!(0))
    );
}
