//! Accounts that pay in advance: what is held, charged and refused.

use serde_json::Value;
use store::ledger::{self, EntryKind, NewEntry, check};
use store::{AccountId, RequestId};

use crate::support::upstream_stub::{DONE, delta, finish, usage};
use crate::support::{Caller, Script, TestApp, chat};

/// The quote of a request is dear, its charge cheap: 11 tokens in and 3 out.
const CHARGE: i64 = 17_000;
const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"
credential.file = "CREDENTIAL"
serves_test_keys = true

[[models]]
id = "plain"
min_tier = "free"
max_output_tokens = 1000
prices.input = "1"
prices.output = "2"

[[deployments]]
model = "plain"
provider = "first"
upstream_model = "upstream-name"

[[models]]
id = "free"
min_tier = "free"

[[deployments]]
model = "free"
provider = "first"
"#;

async fn app() -> TestApp {
    let builder = TestApp::builder().catalog(CATALOG);
    builder.set("credits.mode", "required").start().await
}

impl TestApp {
    pub(crate) async fn grant(&self, account: &AccountId, nanos: i64) {
        let entry = NewEntry {
            at_ms: self.now_ms(),
            kind: EntryKind::Grant,
            account_id: account.clone(),
            amount_nanos: nanos,
            reference: RequestId::generate().to_string(),
            note: String::new(),
        };
        let mut tx = self.gateway().db.begin().await.unwrap();
        ledger::post(&mut tx, &entry).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn balance(&self, account: &AccountId) -> i64 {
        self.events().await;
        let balance = ledger::balance_of(&self.gateway().db, account).await;
        balance.unwrap().balance_nanos
    }

    async fn assert_sound(&self) {
        self.events().await;
        assert_eq!(check::run(&self.gateway().db, 0).await.unwrap(), []);
    }
}

/// Dollars of a response, in the nano-dollars that the ledger counts.
#[expect(clippy::cast_possible_truncation, reason = "prices of tests are small")]
fn nanos(dollars: f64) -> i64 {
    (dollars * 1e9).round() as i64
}

async fn quote(caller: &Caller) -> i64 {
    let refused = caller.chat(chat("plain", "")).await;
    assert_eq!(refused.status, 402, "{}", refused.text());
    let text = refused.text();
    let dollars = text.split("up to $").nth(1).unwrap();
    let dollars: f64 = dollars.split(',').next().unwrap().parse().unwrap();
    nanos(dollars)
}

#[tokio::test]
async fn an_account_without_credits_is_refused_with_402_and_clients_do_not_try_again() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let refused = caller.chat(chat("plain", "")).await;
    assert_eq!(refused.status, 402);
    let error = &refused.json()["error"];
    assert_eq!(error["type"], "billing_error");
    assert_eq!(error["code"], "insufficient_credits");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("Insufficient credits")
    );
    assert_eq!(refused.header("x-should-retry"), Some("false"));
    assert_eq!(refused.header("retry-after"), None);
    assert!(app.stub.requests().is_empty(), "no provider is asked");
    let event = app.event(1).await;
    assert_eq!(
        (event["status"].as_u64(), event["admitted"].as_u64()),
        (Some(402), Some(0))
    );
    let message = r#"{"model":"plain","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}"#;
    let refused = caller.post("/v1/messages", message.to_owned()).await;
    assert_eq!(refused.status, 402, "{}", refused.text());
    assert_eq!(refused.json()["error"]["type"], "billing_error");
}

#[tokio::test]
async fn a_request_is_held_at_its_quote_and_charged_what_it_used() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let quote = quote(&caller).await;
    app.grant(&caller.account, quote + CHARGE).await;
    for left in [quote, quote - CHARGE] {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
        assert_eq!(app.balance(&caller.account).await, left);
    }
    let refused = caller.chat(chat("plain", "")).await;
    assert_eq!(refused.status, 402, "too little for the quote");
    let less = caller.chat(chat("plain", r#","max_tokens":1"#)).await;
    assert_eq!(less.status, 200, "{}", less.text());
    app.grant(&caller.account, 2 * quote).await;
    let before = app.balance(&caller.account).await;
    app.stub.once(Script::stream([
        delta("Hi"),
        finish(),
        usage(11, 3),
        DONE.to_owned(),
    ]));
    let streamed = caller.chat(chat("plain", r#","stream":true"#)).await;
    assert_eq!(streamed.status, 200);
    assert_eq!(app.balance(&caller.account).await, before - CHARGE);
    app.assert_sound().await;
}

#[tokio::test]
async fn test_keys_and_free_models_need_no_credits() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    assert_eq!(caller.chat(chat("free", "")).await.status, 200);
    assert_eq!(app.balance(&caller.account).await, 0);
    assert_eq!(caller.chat(chat("plain", "")).await.status, 402);
    let test = app.new_key("enterprise").of_account(&caller.account).test();
    let test = test.make().await;
    assert_eq!(test.chat(chat("plain", "")).await.status, 200);
    assert_eq!(app.balance(&caller.account).await, 0);
    app.assert_sound().await;
}

#[tokio::test]
async fn what_a_provider_counts_above_the_hold_is_borne_by_the_platform() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    app.grant(&caller.account, 10_000_000_000).await;
    let body = r#"{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":11,"completion_tokens":1000000,"total_tokens":1000011}}"#;
    app.stub.once(Script::json(body));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!(response.status, 200);
    let charge: f64 = response.header("x-yunxin-cost").unwrap().parse().unwrap();
    assert!(charge < 0.01, "{charge}");
    let cost: Value = response.json()["usage"]["cost"].clone();
    assert_eq!(cost.as_f64(), Some(charge));
    let balance = app.balance(&caller.account).await;
    assert_eq!(10_000_000_000 - balance, nanos(charge));
    assert!(app.metric("yunxin_credits_lost_nano_dollars_total").await > 1e9);
    app.assert_sound().await;
}

#[tokio::test]
async fn of_many_requests_at_once_only_those_that_the_balance_is_worth_reach_a_provider() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let quote = quote(&caller).await;
    app.grant(&caller.account, 7 * quote).await;
    app.stub.always(Script::nothing().stall());
    let requests: Vec<_> = (0..40)
        .map(|_| caller.send_only("/v1/chat/completions", chat("plain", "")))
        .collect();
    app.stub.wait_for_requests(7).await;
    let refused = caller.chat(chat("plain", "")).await;
    assert_eq!(refused.status, 402);
    assert_eq!(
        refused.header("retry-after"),
        Some("5"),
        "what is held may be enough"
    );
    assert_eq!(refused.header("x-should-retry"), Some("false"));
    assert_eq!(app.stub.requests().len(), 7);
    for request in requests {
        request.abort();
    }
}

#[tokio::test]
async fn a_killed_server_is_followed_by_one_that_charges_what_was_delivered_and_frees_the_rest() {
    let app = app().await;
    let caller = app.key("enterprise").await;
    let quote = quote(&caller).await;
    app.grant(&caller.account, quote).await;
    let text = delta(&"x".repeat(256));
    app.stub.once(Script::open_stream(vec![text]).stall());
    let mut response = caller.open_chat(chat("plain", r#","stream":true"#)).await;
    let mut seen = String::new();
    while seen.matches("xxxx").count() < 64 {
        seen.push_str(&String::from_utf8_lossy(&response.next().await.unwrap()));
    }
    let next = app.killed().await;
    // 7 tokens in and 64 out.
    let left = quote - 7_000 - 128_000;
    assert_eq!(next.balance(&caller.account).await, left);
    next.assert_sound().await;
    let balance = ledger::balance_of(&next.gateway().db, &caller.account).await;
    assert_eq!(balance.unwrap().available_nanos(), left);
    let less = next
        .caller(&caller)
        .chat(chat("plain", r#","max_tokens":9"#))
        .await;
    assert_eq!(less.status, 200, "{}", less.text());
    drop(response);
}

#[tokio::test]
async fn a_server_that_stops_holds_nothing_any_more() {
    let mut app = app().await;
    let caller = app.key("enterprise").await;
    app.grant(&caller.account, 1_000_000_000_000).await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.stop().await;
    let url = format!("sqlite:{}", app.database_path().display());
    let db = store::Db::open(&url).await.unwrap();
    let balance = ledger::balance_of(&db, &caller.account).await.unwrap();
    assert_eq!(
        (balance.balance_nanos, balance.escrowed_nanos),
        (1_000_000_000_000 - CHARGE, 0)
    );
}

#[tokio::test]
async fn a_request_that_limits_refuse_leaves_its_credits_free() {
    let app = app().await;
    let caller = app.key("free").await;
    app.grant(&caller.account, 1_000_000_000).await;
    let mut served = 0;
    while caller.chat(chat("plain", "")).await.status == 200 {
        served += 1;
    }
    assert!(served > 0);
    assert_eq!(
        app.balance(&caller.account).await,
        1_000_000_000 - served * CHARGE
    );
    app.assert_sound().await;
}

#[tokio::test]
async fn credits_are_asked_for_by_the_configuration_or_by_the_tier() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("enterprise").await;
    assert_eq!(
        caller.chat(chat("plain", "")).await.status,
        200,
        "off unless told"
    );
    let mut tier = store::tiers::get_tier(&app.gateway().db, "pro")
        .await
        .unwrap();
    tier.credits = Some(store::tiers::CreditsMode::Required);
    let mut tx = app.gateway().db.begin().await.unwrap();
    let seq = store::tiers::update(&mut tx, &tier, app.now_ms())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.wait(seq).await;
    let pro = app.key("pro").await;
    assert_eq!(pro.chat(chat("plain", "")).await.status, 402);
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.assert_sound().await;
}
