//! Credits from where people see them: grants, balances, the history, undoing, exports.

use serde_json::{Value, json};
use store::members::Role;

use crate::support::{Caller, TestApp, chat};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"
credential.file = "CREDENTIAL"

[[models]]
id = "plain"
min_tier = "free"
max_output_tokens = 1000
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "plain"
provider = "first"
"#;

async fn app() -> TestApp {
    let builder = TestApp::builder().catalog(CATALOG);
    builder.set("credits.mode", "required").start().await
}

fn credits(caller: &Caller) -> String {
    format!("/api/v1/accounts/{}/credits", caller.account)
}

async fn grant(operator: &Caller, account: &Caller, amount: &str) -> Value {
    let path = format!("/api/v1/admin/accounts/{}/credits", account.account);
    let body = json!({ "amount": amount, "reason": "a welcome" }).to_string();
    let granted = operator.post(&path, body).await;
    assert_eq!(granted.status, 201, "{}", granted.text());
    granted.json()
}

async fn undo(operator: &Caller, entry: &Value) -> crate::support::TestResponse {
    let id = entry["id"].as_str().unwrap();
    let path = format!("/api/v1/admin/credits/entries/{id}/undo");
    operator
        .post(&path, json!({ "reason": "a slip" }).to_string())
        .await
}

async fn rows(caller: &Caller, path: &str) -> Vec<Value> {
    let response = caller.get(path).await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_grant_can_be_spent_at_once_and_both_are_in_the_accounts_history() {
    let app = app().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    let viewer = app.member(&caller.account, Role::Viewer).await;
    assert_eq!(
        caller.chat(chat("plain", "")).await.code(),
        "insufficient_credits"
    );
    let granted = grant(&operator, &caller, "12.50").await;
    assert_eq!(granted["amount_nanos"], 12_500_000_000_i64);
    let served = caller.chat(chat("plain", "")).await;
    assert_eq!(served.status, 200, "{}", served.text());
    app.events().await;
    let entries = rows(&viewer, &format!("{}/entries", credits(&viewer))).await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert_eq!(entries[0]["kind"], "charge");
    assert_eq!(entries[0]["note"], "plain");
    assert_eq!(
        Some(entries[0]["reference"].as_str().unwrap()),
        served.header("x-request-id")
    );
    assert_eq!(
        (&entries[1]["kind"], &entries[1]["note"]),
        (&json!("grant"), &json!("a welcome"))
    );
    let charge = entries[0]["amount_nanos"].as_i64().unwrap();
    assert!(charge < 0, "{charge}");
    let balance = viewer.get(&credits(&viewer)).await.json();
    assert_eq!(balance["balance_nanos"], 12_500_000_000 + charge);
    assert_eq!(balance["mode"], "required");
    let charges = rows(
        &viewer,
        &format!("{}/entries?kind=charge", credits(&viewer)),
    )
    .await;
    assert_eq!(charges.len(), 1);
    let wrong = viewer
        .get(&format!("{}/entries?kind=gift", credits(&viewer)))
        .await;
    assert_eq!(wrong.status, 400);
    let log = rows(&operator, "/api/v1/admin/audit-log").await;
    let entry = log
        .iter()
        .find(|entry| entry["action"] == "credits.granted");
    assert_eq!(
        entry.unwrap()["after"],
        json!({ "amount": "12.5", "reason": "a welcome" })
    );
}

#[tokio::test]
async fn exports_have_every_entry_in_dollars_or_as_lines_of_json() {
    let app = app().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    let viewer = app.member(&caller.account, Role::Viewer).await;
    for _ in 0..3 {
        grant(&operator, &caller, "0.25").await;
    }
    let table = viewer
        .get(&format!("{}/entries.csv", credits(&viewer)))
        .await;
    assert_eq!(
        table.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let text = table.text();
    assert_eq!(text.lines().count(), 4, "{text}");
    assert!(
        text.lines().nth(1).unwrap().contains(",grant,0.25,"),
        "{text}"
    );
    let lines = viewer
        .get(&format!("{}/entries.jsonl", credits(&viewer)))
        .await
        .text();
    let lines: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["amount_nanos"], 250_000_000);
    let all = operator
        .get("/api/v1/admin/credits/entries.csv")
        .await
        .text();
    assert_eq!(all.lines().count(), 4, "{all}");
}

#[tokio::test]
async fn undoing_takes_back_what_is_left_of_a_grant_and_refunds_a_charge_once() {
    let app = app().await;
    let (caller, operator) = (app.key("enterprise").await, app.operator().await);
    let granted = grant(&operator, &caller, "10").await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.events().await;
    let entries = rows(&operator, "/api/v1/admin/credits/entries").await;
    let charge = entries
        .iter()
        .find(|entry| entry["kind"] == "charge")
        .unwrap();
    let refunded = undo(&operator, charge).await;
    assert_eq!(refunded.status, 201, "{}", refunded.text());
    assert_eq!(refunded.json()["kind"], "refund");
    assert_eq!(undo(&operator, charge).await.code(), "not_undoable");
    assert_eq!(
        undo(&operator, &refunded.json()).await.code(),
        "not_undoable"
    );
    let taken = undo(&operator, &granted).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    let taken = taken.json()["amount_nanos"].as_i64().unwrap();
    assert!((-10_000_000_000..0).contains(&taken), "{taken}");
    let balances = rows(&operator, "/api/v1/admin/credits").await;
    assert_eq!(balances.len(), 1);
    let left = balances[0]["balance_nanos"].as_i64().unwrap();
    assert_eq!(left, 10_000_000_000 + taken);
    assert_eq!(
        left,
        balances[0]["held_nanos"].as_i64().unwrap(),
        "what a server holds stays"
    );
}

#[tokio::test]
async fn amounts_and_reasons_that_make_no_sense_are_refused_and_only_operators_grant() {
    let app = app().await;
    let (caller, operator) = (app.key("free").await, app.operator().await);
    let owner = app.member(&caller.account, Role::Owner).await;
    let path = format!("/api/v1/admin/accounts/{}/credits", caller.account);
    for (amount, reason, param) in [
        ("0", "x", "amount"),
        ("-1", "x", "amount"),
        ("1,5", "x", "amount"),
        ("1000000.01", "x", "amount"),
        ("1", " ", "reason"),
    ] {
        let body = json!({ "amount": amount, "reason": reason }).to_string();
        let refused = operator.post(&path, body).await;
        assert_eq!(refused.status, 422, "{amount} {reason}");
        assert_eq!(refused.json()["error"]["param"], param);
    }
    let body = json!({ "amount": "1", "reason": "x" }).to_string();
    assert_eq!(owner.post(&path, body.clone()).await.status, 403);
    let unknown = operator
        .post("/api/v1/admin/accounts/acct_none/credits", body)
        .await;
    assert_eq!(unknown.status, 404);
    assert_eq!(rows(&operator, "/api/v1/admin/credits").await.len(), 0);
}
