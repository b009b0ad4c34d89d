//! Usage, the log of requests, and receipts, over the management API.

use std::time::Duration;

use serde_json::{Value, json};
use store::members::Role;

use crate::support::upstream_stub::COMPLETION;
use crate::support::{Caller, Script, TestApp, chat};

const CATALOG: &str = r#"
[[providers]]
name = "first"
kind = "openai_compatible"
base_url = "STUB"
serves_test_keys = true

[[providers]]
name = "second"
kind = "openai_compatible"
base_url = "SECOND"

[[models]]
id = "plain"
min_tier = "free"
prices.input = "2"
prices.output = "10"

[[deployments]]
model = "plain"
provider = "first"

[[models]]
id = "cached"
min_tier = "free"
prices = { input = "2", output = "10", cache_read = "0.20", cache_write_1h = "4" }

[[deployments]]
model = "cached"
provider = "first"

[[models]]
id = "twice"
min_tier = "free"

[[deployments]]
model = "twice"
provider = "first"
weight = 1

[[deployments]]
model = "twice"
provider = "second"
weight = 0
"#;

/// An account with two keys: three responses, one failure and one refusal.
async fn busy_app() -> (TestApp, Caller, Caller) {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("pro").await.with("user-agent", "tester/1.0");
    for _ in 0..2 {
        app.stub.once(Script::json(COMPLETION));
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    app.advance(Duration::from_secs(3_600)).await;
    app.stub.once(Script::status(500, "", ""));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    assert_eq!(caller.chat(chat("nothing", "")).await.status, 404);
    let test_key = app
        .new_key("pro")
        .of_account(&caller.account)
        .test()
        .make()
        .await;
    app.stub.once(Script::json(COMPLETION));
    assert_eq!(test_key.chat(chat("plain", "")).await.status, 200);
    let viewer = app.member(&caller.account, Role::Viewer).await;
    (app, caller, viewer)
}

async fn read(viewer: &Caller, what: &str) -> Value {
    let response = viewer
        .get(&format!("/api/v1/accounts/{}/{what}", viewer.account))
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
    response.json()
}

#[tokio::test]
async fn usage_is_summed_and_charged_by_the_prices_and_test_keys_cost_nothing() {
    let (_app, _, viewer) = busy_app().await;
    let usage = read(&viewer, "usage").await;
    let totals = &usage["totals"];
    assert_eq!(
        (&totals["requests"], &totals["errors"], &totals["refused"]),
        (&json!(4), &json!(1), &json!(1))
    );
    assert_eq!(
        (&totals["input_tokens"], &totals["output_tokens"]),
        (&json!(33), &json!(9))
    );
    // Two responses of 11 tokens in and 3 out, at 2 and 10 dollars per million.
    assert_eq!(totals["charge_nanos"], 2 * (11 * 2_000 + 3 * 10_000));
    assert_eq!(usage["step"], "hour");
    assert_eq!(usage["series"].as_array().unwrap().len(), 2);
    assert_eq!(usage["groups"], json!([]));
    assert_eq!(usage["series"][0]["key"], Value::Null);
}

#[tokio::test]
async fn usage_is_told_apart_by_each_group_and_narrowed_by_each_filter() {
    let (_app, caller, viewer) = busy_app().await;
    let by = |name: &str| format!("usage?group_by={name}");
    let groups = |usage: Value| {
        let groups = usage["groups"].as_array().unwrap().clone();
        let describe = |group: &Value| {
            let all = group["totals"]["requests"].as_u64().unwrap()
                + group["totals"]["refused"].as_u64().unwrap();
            (group["key"].as_str().unwrap().to_owned(), all)
        };
        groups.iter().map(describe).collect::<Vec<_>>()
    };
    let of = |name: &str, n: u64| (name.to_owned(), n);
    assert_eq!(
        groups(read(&viewer, &by("model")).await),
        [of("plain", 4), of("", 1)]
    );
    assert_eq!(
        groups(read(&viewer, &by("environment")).await),
        [of("live", 4), of("test", 1)]
    );
    assert_eq!(
        groups(read(&viewer, &by("status")).await),
        [of("ok", 3), of("error", 1), of("refused", 1)]
    );
    assert_eq!(
        groups(read(&viewer, &by("endpoint")).await),
        [of("chat", 5)]
    );
    let keys = read(&viewer, &by("api_key")).await;
    assert_eq!(keys["groups"][0]["key"], caller.key.as_str());
    assert_eq!(keys["groups"][0]["label"], "Production Server");
    for (filter, requests) in [
        (format!("api_key_id={}", caller.key), 3),
        ("model=plain".to_owned(), 4),
        ("environment=test".to_owned(), 1),
        ("status=error".to_owned(), 1),
        ("endpoint=embeddings".to_owned(), 0),
        ("provider=first".to_owned(), 4),
        ("model=plain&environment=live&status=ok".to_owned(), 2),
    ] {
        let usage = read(&viewer, &format!("usage?{filter}")).await;
        assert_eq!(usage["totals"]["requests"], requests, "{filter}");
    }
}

#[tokio::test]
async fn a_question_about_usage_that_makes_no_sense_says_which_parameter_is_wrong() {
    let (_app, _, viewer) = busy_app().await;
    for (question, param) in [
        ("from=yesterday", "from"),
        ("from=2030-01-01T00:00:00Z", "from"),
        ("step=week", "step"),
        ("step=minute&from=2020-01-01T00:00:00Z", "step"),
        ("step=hour&from=2020-01-01T00:00:00Z", "step"),
        ("group_by=colour", "group_by"),
        ("group_by=account", "group_by"),
        ("environment=prod", "environment"),
        ("status=maybe", "status"),
    ] {
        for path in ["usage", "usage.csv"] {
            let path = format!("/api/v1/accounts/{}/{path}?{question}", viewer.account);
            let response = viewer.get(&path).await;
            assert_eq!(response.status, 400, "{question}");
            assert_eq!(response.json()["error"]["param"], param, "{question}");
        }
    }
}

#[tokio::test]
async fn the_table_has_a_row_per_step_and_group_and_no_formulas() {
    let (app, caller, viewer) = busy_app().await;
    app.execute("UPDATE api_keys SET name = '=1+1' WHERE environment = 'live'")
        .await;
    let path = format!(
        "/api/v1/accounts/{}/usage.csv?group_by=api_key",
        viewer.account
    );
    let response = viewer.get(&path).await;
    assert_eq!(
        response.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let text = response.text();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 1 + 3, "{text}");
    assert!(
        rows[0].starts_with("\u{feff}Begin (UTC),Group,Name,Requests,Errors,Refused requests,")
    );
    assert!(
        rows[1].contains(&format!(",{},'=1+1,2,0,0,22,6,", caller.key)),
        "{text}"
    );
}

#[tokio::test]
async fn the_log_has_every_request_newest_first_and_is_narrowed_by_each_filter() {
    let (_app, caller, viewer) = busy_app().await;
    let statuses = |page: &Value| {
        let rows = page["data"].as_array().unwrap();
        rows.iter()
            .map(|row| row["status"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let all = read(&viewer, "requests").await;
    assert_eq!(statuses(&all), [200, 404, 502, 200, 200]);
    let first = read(&viewer, "requests?limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = read(&viewer, &format!("requests?limit=3&cursor={cursor}")).await;
    assert_eq!([statuses(&first), statuses(&rest)].concat(), statuses(&all));
    assert_eq!(rest["next_cursor"], Value::Null);
    for (filter, expected) in [
        ("status=502", vec![502]),
        ("status=error", vec![502]),
        ("status=refused", vec![404]),
        ("status=ok", vec![200, 200, 200]),
        ("environment=test", vec![200]),
        ("model=plain", vec![200, 502, 200, 200]),
        ("endpoint=embeddings", vec![]),
        ("from=2030-01-01T00:00:00Z", vec![]),
    ] {
        assert_eq!(
            statuses(&read(&viewer, &format!("requests?{filter}")).await),
            expected,
            "{filter}"
        );
    }
    let of_key = read(&viewer, &format!("requests?api_key_id={}", caller.key)).await;
    assert_eq!(statuses(&of_key), [404, 502, 200, 200]);
    for (wrong, param) in [
        ("status=99", "status"),
        ("to=noon", "to"),
        ("limit=0", "limit"),
    ] {
        let path = format!("/api/v1/accounts/{}/requests?{wrong}", viewer.account);
        let response = viewer.get(&path).await;
        assert_eq!(
            (response.status, &response.json()["error"]["param"]),
            (400, &json!(param))
        );
    }
}

#[tokio::test]
async fn a_receipt_shows_the_route_the_count_the_limit_and_the_charge() {
    let (app, caller, viewer) = busy_app().await;
    app.stub.once(Script::status(503, "", ""));
    app.second.once(Script::json(COMPLETION));
    let response = caller.chat(chat("twice", "")).await;
    assert_eq!(response.status, 200);
    let id = response.header("x-request-id").unwrap().to_owned();
    let receipt = read(&viewer, &format!("requests/{id}")).await;
    let attempts = receipt["attempts"].as_array().unwrap();
    let outcomes: Vec<_> = attempts
        .iter()
        .map(|one| (&one["provider"], &one["outcome"]))
        .collect();
    assert_eq!(
        outcomes,
        [
            (&json!("first"), &json!("overloaded")),
            (&json!("second"), &json!("responded"))
        ]
    );
    assert_eq!(receipt["provider"], "second");
    assert_eq!(receipt["counted_by"], "upstream");
    assert_eq!(
        (&receipt["is_admitted"], &receipt["priority"]),
        (&json!(true), &json!(3))
    );
    assert_eq!(
        (&receipt["address"], &receipt["agent"]),
        (&json!("127.0.0.1"), &json!("tester/1.0"))
    );
    assert_eq!(receipt["limit"]["limit"], 100);

    let priced = read(&viewer, "requests?model=plain&status=ok&environment=live").await;
    let id = priced["data"][0]["id"].as_str().unwrap();
    let receipt = read(&viewer, &format!("requests/{id}")).await;
    let prices = &receipt["prices"];
    assert_eq!(
        (
            &prices["input_nanos_per_million"],
            &prices["output_nanos_per_million"]
        ),
        (&json!(2_000_000_000u64), &json!(10_000_000_000u64))
    );
    assert_eq!(prices["version"].as_str().unwrap().len(), 16);
    assert_eq!(receipt["charge_nanos"], 52_000);
}

/// A response that used 1,000 tokens of prompt: 600 from a cache, 100 written to one for an hour, 300 neither.
const CACHED: &str = r#"{"id":"c","object":"chat.completion","created":1,"model":"cached","choices":[{"index":0,
    "message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,
    "completion_tokens":10,"total_tokens":1010,"prompt_tokens_details":{"cached_tokens":600},
    "cache_creation_input_tokens":100,"cache_creation":{"ephemeral_1h_input_tokens":100},
    "completion_tokens_details":{"reasoning_tokens":4}}}"#;

#[tokio::test]
async fn cached_tokens_are_priced_as_cached_and_a_meter_without_a_price_falls_back() {
    let app = TestApp::builder().catalog(CATALOG).start().await;
    let caller = app.key("pro").await;
    for model in ["cached", "plain"] {
        app.stub.once(Script::json(CACHED));
        assert_eq!(caller.chat(chat(model, "")).await.status, 200);
    }
    let viewer = app.member(&caller.account, Role::Viewer).await;
    let log = read(&viewer, "requests").await;
    let charges: Vec<&Value> = log["data"].as_array().unwrap().iter().collect();
    // 300 at 2, 600 at 0.20, 100 at 4, and 10 out at 10 dollars per million; reasoning at the price of output.
    assert_eq!(
        charges[1]["charge_nanos"],
        300 * 2_000 + 600 * 200 + 100 * 4_000 + 10 * 10_000
    );
    // Without prices of their own, the classes of the prompt cost what its other tokens do.
    assert_eq!(charges[0]["charge_nanos"], 1_000 * 2_000 + 10 * 10_000);

    let id = charges[1]["id"].as_str().unwrap();
    let receipt = read(&viewer, &format!("requests/{id}")).await;
    assert_eq!(
        (&receipt["input_tokens"], &receipt["cached_tokens"]),
        (&json!(1_000), &json!(600))
    );
    assert_eq!(receipt["meters"], json!({ "cache_write_1h": 100 }));
    let lines = receipt["prices"]["lines"].as_array().unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| {
            let number = |name: &str| line[name].as_u64().unwrap();
            let meter = line["meter"].as_str().unwrap();
            (meter, number("amount"), number("charge_nanos"))
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("input", 300, 600_000),
            ("cache_read", 600, 120_000),
            ("cache_write_1h", 100, 400_000),
            ("output", 6, 60_000),
            ("reasoning", 4, 40_000),
        ]
    );
    let usage = read(&viewer, "usage?group_by=model").await;
    assert_eq!(usage["totals"]["meters"], json!({ "cache_write_1h": 200 }));
    assert_eq!(usage["totals"]["cached_tokens"], 1_200);
    let path = format!("/api/v1/accounts/{}/usage.csv", viewer.account);
    let table = viewer.get(&path).await.text();
    let rows: Vec<&str> = table.lines().collect();
    assert!(
        rows[0].ends_with(",Average time to first token (ms),cache_write_1h"),
        "{table}"
    );
    assert!(rows[1].ends_with(",200"), "{table}");
    let own = caller.get("/v1/usage").await.json();
    assert_eq!(own["meters"], json!({ "cache_write_1h": 200 }));
}

#[tokio::test]
async fn another_account_sees_neither_usage_nor_requests() {
    let (app, _, viewer) = busy_app().await;
    let log = read(&viewer, "requests").await;
    let id = log["data"][0]["id"].as_str().unwrap();
    let other = app.account("pro").await;
    let stranger = app.member(&other, Role::Owner).await;
    for path in ["usage", "usage.csv", "requests"] {
        let path = format!("/api/v1/accounts/{}/{path}", viewer.account);
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
    }
    let path = format!("/api/v1/accounts/{other}/requests/{id}");
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(read(&stranger, "usage").await["totals"]["requests"], 0);
}

#[tokio::test]
async fn operators_see_the_usage_of_all_accounts_by_account() {
    let (app, caller, _) = busy_app().await;
    let operator = app.operator().await;
    let usage = operator
        .get("/api/v1/admin/usage?group_by=account")
        .await
        .json();
    assert_eq!(usage["groups"][0]["key"], caller.account.as_str());
    assert_eq!(usage["totals"]["requests"], 4);
    let narrowed = format!(
        "/api/v1/admin/usage?account_id={}&group_by=provider",
        caller.account
    );
    let usage = operator.get(&narrowed).await.json();
    assert_eq!(usage["groups"][0]["key"], "first");
    assert_eq!(
        operator
            .get("/api/v1/admin/usage?group_by=api_key")
            .await
            .status,
        400
    );
    let table = operator
        .get("/api/v1/admin/usage.csv?group_by=account")
        .await;
    assert_eq!(table.text().lines().count(), 1 + 2);
    let accounts = operator.get("/api/v1/admin/accounts").await.json();
    assert_eq!(accounts["data"][0]["requests_30d"], 4);
    assert_eq!(accounts["data"][0]["charge_nanos_30d"], 104_000);
    let member = app.member(&caller.account, Role::Owner).await;
    assert_eq!(member.get("/api/v1/admin/usage").await.status, 403);
}

#[tokio::test]
async fn a_key_shows_its_week_and_who_still_uses_a_replaced_secret() {
    let (app, caller, viewer) = busy_app().await;
    app.events().await;
    let key = read(&viewer, &format!("api-keys/{}", caller.key)).await;
    assert_eq!(key["usage_7d"], json!([0, 0, 0, 0, 0, 0, 3]));
    let new = app.regenerate(&caller, 86_400_000).await;
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.advance(Duration::from_secs(60)).await;
    assert_eq!(
        new.with("user-agent", "new/2")
            .chat(chat("plain", ""))
            .await
            .status,
        200
    );
    // Last uses are written when metering.last_use_interval_ms has passed.
    app.advance(Duration::from_secs(60)).await;
    let path = format!("api-keys/{}/secrets", caller.key);
    let secrets = crate::support::soon("the last uses", async {
        loop {
            app.events().await;
            let page = read(&viewer, &path).await;
            let secrets = page["data"].as_array().unwrap().clone();
            if secrets
                .iter()
                .all(|secret| secret["last_used_at"] != Value::Null)
            {
                return secrets;
            }
            app.advance(Duration::from_secs(10)).await;
        }
    })
    .await;
    assert_eq!(
        (&secrets[0]["is_current"], &secrets[0]["last_used_agent"]),
        (&json!(true), &json!("new/2"))
    );
    assert_eq!(
        (&secrets[1]["is_current"], &secrets[1]["last_used_agent"]),
        (&json!(false), &json!("tester/1.0"))
    );
}
