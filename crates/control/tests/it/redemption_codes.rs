//! Codes that are worth credits: made once, redeemed once, slow to guess.

use serde_json::{Value, json};
use store::members::Role;

use crate::support::{Caller, TestApp};

const BATCHES: &str = "/api/v1/admin/redemption-batches";

async fn make(operator: &Caller, more: Value) -> Value {
    let mut body = json!({ "name": "spring", "amount": "10", "codes": 3 });
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let made = operator.post(BATCHES, body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

async fn redeem(caller: &Caller, code: &str) -> crate::support::TestResponse {
    let path = format!("/api/v1/accounts/{}/credits/redemptions", caller.account);
    caller
        .post(&path, json!({ "code": code }).to_string())
        .await
}

#[tokio::test]
async fn a_code_is_worth_its_credits_once_however_it_is_typed() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let account = app.account("free").await;
    let (member, viewer) = (
        app.member(&account, Role::Member).await,
        app.member(&account, Role::Viewer).await,
    );
    let made = make(&operator, json!({})).await;
    let codes: Vec<&str> = made["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(codes.len(), 3);
    assert_eq!(redeem(&viewer, codes[0]).await.status, 403);
    let redeemed = redeem(&member, &codes[0].to_lowercase().replace('-', " ")).await;
    assert_eq!(redeemed.status, 201, "{}", redeemed.text());
    assert_eq!(redeemed.json()["balance_nanos"], 10_000_000_000_i64);
    let again = redeem(&member, codes[0]).await;
    assert_eq!(
        (again.status, again.json()["error"]["param"].clone()),
        (422, json!("code"))
    );
    assert!(again.text().contains("already"), "{}", again.text());
    let both = tokio::join!(redeem(&member, codes[1]), redeem(&member, codes[1]));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422], "of two at once one wins");
    let listed = operator.get(BATCHES).await.json();
    assert_eq!(listed["data"][0]["redeemed"], 2);
    assert!(!listed.to_string().contains("YXC-"), "{listed}");
    let entries = format!("/api/v1/accounts/{account}/credits/entries?kind=redemption");
    let entries = viewer.get(&entries).await.json();
    assert_eq!(entries["data"].as_array().unwrap().len(), 2);
    let note = entries["data"][1]["note"].as_str().unwrap();
    assert!(codes[0].ends_with(&note[note.len() - 4..]), "{note}");
}

#[tokio::test]
async fn codes_that_expired_or_were_voided_are_worth_nothing() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let member = app.member(&app.account("free").await, Role::Member).await;
    let end = "2026-09-21T15:00:00Z";
    let short = make(&operator, json!({ "expires_at": end })).await;
    let kept = make(&operator, json!({})).await;
    let voided = format!("{BATCHES}/{}/void", kept["batch"]["id"].as_str().unwrap());
    let voided = operator.post(&voided, "{}").await;
    assert_eq!(voided.status, 200, "{}", voided.text());
    assert!(voided.json()["voided_at"].is_string());
    let refused = redeem(&member, kept["codes"][0].as_str().unwrap()).await;
    assert!(refused.text().contains("voided"), "{}", refused.text());
    let past =
        json!({ "name": "x", "amount": "1", "codes": 1, "expires_at": "2026-09-21T14:00:00Z" })
            .to_string();
    assert_eq!(operator.post(BATCHES, past).await.status, 422);
    let many = json!({ "name": "x", "amount": "1", "codes": 1_001 }).to_string();
    assert_eq!(operator.post(BATCHES, many).await.status, 422);
    app.advance(std::time::Duration::from_secs(3_600)).await;
    let refused = redeem(&member, short["codes"][0].as_str().unwrap()).await;
    assert!(refused.text().contains("expired"), "{}", refused.text());
}

#[tokio::test]
async fn wrong_codes_are_slowed_down_and_right_ones_cost_no_attempt() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let member = app.member(&app.account("free").await, Role::Member).await;
    let made = make(&operator, json!({ "codes": 30 })).await;
    for code in made["codes"].as_array().unwrap() {
        assert_eq!(redeem(&member, code.as_str().unwrap()).await.status, 201);
    }
    let mut wrong = 0;
    let slowed = loop {
        let refused = redeem(&member, "YXC-0000-0000-0000-0000-0000").await;
        if refused.status == 429 {
            break refused;
        }
        assert_eq!(refused.status, 422);
        wrong += 1;
        assert!(wrong < 100);
    };
    assert_eq!(slowed.code(), "too_many_attempts");
    assert!(slowed.header("retry-after").is_some());
}
