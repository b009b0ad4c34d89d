//! Budgets as accounts and operators set and read them, and what accounts are told of them.

use serde_json::{Value, json};
use store::key_events::{KeyEventAction, KeyEventKind};
use store::members::Role;

use crate::browsers::key_events;
use crate::support::{Caller, TestApp, chat};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"

[[models]]
id = "dollar"
min_tier = "free"
prices.requests = "1"

[[deployments]]
model = "dollar"
provider = "first"
"#;

async fn app() -> TestApp {
    TestApp::builder().catalog(CATALOG).start().await
}

async fn spend(caller: &Caller, times: usize) -> Vec<u16> {
    let mut statuses = vec![];
    for _ in 0..times {
        statuses.push(caller.chat(chat("dollar", "")).await.status);
    }
    statuses
}

/// Waits until the database has what was spent.
async fn settled(app: &TestApp) {
    app.gateway().metering.flush().await;
}

#[tokio::test]
async fn a_key_is_made_with_a_budget_and_shows_how_it_stands() {
    let app = app().await;
    let account = app.account("basic").await;
    let member = app.member(&account, Role::Member).await;
    let keys = format!("/api/v1/accounts/{account}/api-keys");
    let body = json!({
        "name": "A",
        "environment": "live",
        "budgets": [{ "window": "day", "amount": 2.5 }, { "window": "total", "amount": "9", "action": "warn" }],
    });
    let made = member.post(&keys, body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let caller = app
        .anonymous()
        .with_secret(made["secret"].as_str().unwrap());
    assert_eq!(spend(&caller, 3).await, [200, 200, 402]);
    settled(&app).await;
    let path = format!("{keys}/{}", made["api_key"]["id"].as_str().unwrap());
    let read = member.get(&path).await.json();
    let midnight = "2026-09-22T00:00:00.000Z";
    assert_eq!(
        read["budgets"][0],
        json!({
            "source": "key", "window": "day", "mode": "calendar", "amount": 2.5, "action": "block", "override": null,
            "limit": 2.5, "spent": 2, "remaining": 0.5, "percent": 80, "resets_at": midnight,
        })
    );
    assert_eq!(read["budgets"][1]["resets_at"], Value::Null);
    // Another amount until tomorrow.
    let raised = json!({ "budgets": [
        { "window": "day", "amount": 2.5, "override": { "amount": 4, "until": midnight } },
    ] });
    let edited = member.patch(&path, raised.to_string()).await.json();
    assert_eq!(edited["budgets"][0]["limit"], 4);
    assert_eq!(edited["budgets"][0]["remaining"], 2);
    assert_eq!(spend(&caller, 3).await, [200, 200, 402]);
    let none = member.patch(&path, r#"{"budgets":[]}"#).await.json();
    assert_eq!(none["budgets"], json!([]));
    assert_eq!(spend(&caller, 1).await, [200]);
}

#[tokio::test]
async fn an_account_bounds_itself_and_sees_what_the_operator_set() {
    let app = app().await;
    let (caller, operator) = (app.key("basic").await, app.operator().await);
    let path = format!("/api/v1/accounts/{}/budgets", caller.account);
    let admin = app.member(&caller.account, Role::Admin).await;
    let own = r#"{"budgets":[{"window":"month","amount":2}]}"#;
    assert_eq!(
        app.member(&caller.account, Role::Member)
            .await
            .patch(&path, own)
            .await
            .status,
        403
    );
    assert_eq!(admin.patch(&path, own).await.status, 200);
    assert_eq!(spend(&caller, 3).await, [200, 200, 402]);
    let above = format!("/api/v1/admin/accounts/{}", caller.account);
    let set = operator
        .patch(
            &above,
            r#"{"budgets":[{"window":"week","mode":"rolling","amount":10}]}"#,
        )
        .await;
    assert_eq!(set.json()["budgets"][0]["mode"], "rolling");
    settled(&app).await;
    let read = admin.get(&path).await.json();
    let standing: Vec<_> = (0..2)
        .map(|at| {
            let budget = &read["budgets"][at];
            (
                budget["source"].clone(),
                budget["spent"].clone(),
                budget["remaining"].clone(),
            )
        })
        .collect();
    assert_eq!(
        standing,
        [
            (json!("account"), json!(2), json!(0)),
            (json!("operator"), json!(2), json!(8))
        ]
    );
    assert_eq!(read["month_to_date"], 2);
    // Two dollars in a week, and nine and a half days to come.
    let forecast = read["month_forecast"].as_f64().unwrap();
    assert!((4.0..5.0).contains(&forecast), "{forecast}");
    assert_eq!(admin.patch(&path, r#"{"budgets":[]}"#).await.status, 200);
    assert_eq!(spend(&caller, 1).await, [200]);
    let lifted = operator.patch(&above, r#"{"budgets":null}"#).await.json();
    assert_eq!(lifted["budgets"], Value::Null);
    let log = operator.get("/api/v1/admin/audit-log").await.json();
    assert_eq!(log["data"][0]["after"], json!({ "operator_budgets": null }));
}

#[tokio::test]
async fn budgets_that_cannot_be_are_refused() {
    let app = app().await;
    let account = app.account("basic").await;
    let admin = app.member(&account, Role::Admin).await;
    let path = format!("/api/v1/accounts/{account}/budgets");
    let many: Vec<Value> = (0..11)
        .map(|_| json!({ "window": "day", "amount": 1 }))
        .collect();
    for wrong in [
        json!([{ "window": "year", "amount": 1 }]),
        json!([{ "window": "day", "amount": -1 }]),
        json!([{ "window": "day", "amount": 0.000_000_000_1 }]),
        json!([{ "window": "day" }]),
        json!([{ "window": "day", "amount": 1, "limit": 2 }]),
        json!([{ "window": "day", "amount": 1 }, { "window": "day", "amount": 2 }]),
        json!([{ "window": "total", "amount": 1 }, { "window": "total", "mode": "rolling", "amount": 2 }]),
        json!(many),
        json!(7),
    ] {
        let body = json!({ "budgets": wrong }).to_string();
        let refused = admin.patch(&path, body).await;
        assert_eq!(refused.status, 422, "{wrong}: {}", refused.text());
    }
}

#[tokio::test]
async fn a_tier_has_budgets_for_each_of_its_accounts() {
    let app = app().await;
    let (caller, operator) = (app.key("basic").await, app.operator().await);
    let tiers = operator.get("/api/v1/admin/tiers").await.json();
    let tiers = tiers["data"].as_array().unwrap();
    let mut basic = tiers
        .iter()
        .find(|tier| tier["id"] == "basic")
        .unwrap()
        .clone();
    basic.as_object_mut().unwrap().remove("accounts");
    basic["budgets"] = json!([{ "window": "day", "amount": 1 }]);
    let edited = operator
        .patch("/api/v1/admin/tiers/basic", basic.to_string())
        .await;
    assert_eq!(edited.status, 200, "{}", edited.text());
    assert_eq!(edited.json()["budgets"][0]["amount"], 1);
    assert_eq!(spend(&caller, 2).await, [200, 402]);
    let viewer = app.member(&caller.account, Role::Viewer).await;
    let path = format!("/api/v1/accounts/{}/budgets", caller.account);
    assert_eq!(
        viewer.get(&path).await.json()["budgets"][0]["source"],
        "tier"
    );
}

#[tokio::test]
async fn the_account_is_told_once_of_each_level_also_after_a_start() {
    let app = app().await;
    let account = app.account("basic").await;
    let admin = app.member(&account, Role::Admin).await;
    let path = format!("/api/v1/accounts/{account}/budgets");
    assert_eq!(
        admin
            .patch(&path, r#"{"budgets":[{"window":"day","amount":4}]}"#)
            .await
            .status,
        200
    );
    let caller = app.new_key("basic").of_account(&account).make().await;
    assert_eq!(spend(&caller, 2).await, [200, 200]);
    let half = key_events(&app, &caller, 1).await;
    assert_eq!(
        (half[0].kind, half[0].action),
        (KeyEventKind::BudgetAlert, KeyEventAction::Notified)
    );
    assert_eq!(half[0].facts["percent"], 50);
    assert_eq!(
        (&half[0].facts["source"], &half[0].facts["window"]),
        (&json!("account"), &json!("day"))
    );
    let app = app.restart().await;
    let caller = app.caller(&caller);
    assert_eq!(spend(&caller, 1).await, [200]);
    // Three of four dollars are still half.
    assert_eq!(spend(&caller, 1).await, [200]);
    let all = key_events(&app, &caller, 2).await;
    assert_eq!(all[0].facts["percent"], 100);
    assert_eq!(spend(&caller, 1).await, [402]);
    key_events(&app, &caller, 2).await;
}
