//! One count and one word: an account's week has the same figures wherever somebody looks.

use std::time::Duration;

use serde_json::{Value, json};
use store::members::Role;

use crate::support::test_app::CATALOG;
use crate::support::upstream_stub::{COMPLETION, delta};
use crate::support::{Caller, Script, TestApp, chat, until};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
const NANOS_PER_DOLLAR: f64 = 1e9;

/// The figures that every screen has a part of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Figures {
    requests: u64,
    refused: u64,
    errors: u64,
    spend_nanos: u64,
}

impl Figures {
    fn of(sums: &Value) -> Self {
        let number = |name: &str| sums[name].as_u64().unwrap();
        Self {
            requests: number("requests"),
            refused: number("refused"),
            errors: number("errors"),
            spend_nanos: number("charge_nanos"),
        }
    }

    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.refused += other.refused;
        self.errors += other.errors;
        self.spend_nanos += other.spend_nanos;
    }
}

/// A week with a bit of everything: served, failed, broken off, refused, and left by the client.
async fn week(app: &TestApp, caller: &Caller) -> Figures {
    let mut made = Figures::default();
    for day in 0..5 {
        app.stub.once(Script::json(COMPLETION));
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
        app.stub.once(Script::status(500, "", ""));
        assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
        assert_eq!(caller.chat(chat("nothing", "")).await.status, 404);
        made.requests += 2;
        made.errors += 1;
        made.refused += 1;
        if day == 2 {
            app.stub
                .once(Script::open_stream([delta("a").as_str()]).close());
            caller.chat(chat("plain", r#","stream":true"#)).await;
            made.requests += 1;
            made.errors += 1;
            app.stub
                .once(Script::open_stream([delta("a").as_str()]).stall());
            let mut left = caller.open_chat(chat("plain", r#","stream":true"#)).await;
            left.next().await.unwrap();
            drop(left);
            made.requests += 1;
            let in_flight = &app.gateway().metrics.in_flight;
            until("the end of the request", || in_flight.get() == 0).await;
        }
        app.events().await;
        if day < 4 {
            app.advance(DAY).await;
        }
    }
    made
}

/// A table as rows of fields by the names of their columns.
fn table(text: &str) -> Vec<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let fields = head.iter().zip(row.iter());
        fields
            .map(|(name, field)| (name.to_owned(), Value::from(field)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    reader.records().map(|one| row(one.unwrap())).collect()
}

fn field(row: &Value, name: &str) -> f64 {
    row[name].as_str().unwrap().parse().unwrap()
}

async fn json_of(caller: &Caller, path: &str) -> Value {
    let response = caller.get(path).await;
    assert_eq!(response.status, 200, "{path}: {}", response.text());
    response.json()
}

#[tokio::test]
async fn a_week_has_the_same_figures_on_every_screen_and_in_every_table() {
    let prices = "max_output_tokens = 4096\nprices = { input = \"2\", output = \"10\" }";
    let catalog = CATALOG.replace("max_output_tokens = 4096", prices);
    let app = TestApp::builder().catalog(&catalog).start().await;
    let caller = app.key("pro").await;
    let stranger = app.key("pro").await;
    app.stub.once(Script::json(COMPLETION));
    stranger.chat(chat("plain", "")).await;
    let mut made = week(&app, &caller).await;
    // Sessions do not last for a week without use.
    let (owner, operator) = (
        app.member(&caller.account, Role::Owner).await,
        app.operator().await,
    );
    let account = format!("/api/v1/accounts/{}", caller.account);
    let from = "from=2024-01-01T00:00:00Z&step=day";

    let usage = json_of(&owner, &format!("{account}/usage?{from}")).await;
    made.spend_nanos = usage["totals"]["charge_nanos"].as_u64().unwrap();
    assert!(made.spend_nanos > 0);
    assert_eq!(Figures::of(&usage["totals"]), made, "the account's usage");
    let own = format!("&account_id={}", caller.account);
    let platform = json_of(&operator, &format!("/api/v1/admin/usage?{from}{own}")).await;
    assert_eq!(Figures::of(&platform["totals"]), made, "the operator's");
    for group in [
        "model",
        "api_key",
        "status",
        "endpoint",
        "provider",
        "environment",
    ] {
        let path = format!("{account}/usage?{from}&group_by={group}");
        let mut sum = Figures::default();
        for one in json_of(&owner, &path).await["groups"].as_array().unwrap() {
            sum.add(Figures::of(&one["totals"]));
        }
        assert_eq!(sum, made, "by {group}");
    }

    let keys = json_of(&owner, &format!("{account}/api-keys")).await;
    let of_week = keys["data"][0]["usage_7d"].as_array().unwrap().iter();
    let of_week: u64 = of_week.map(|day| day.as_u64().unwrap()).sum();
    assert_eq!(of_week, made.requests, "the list of keys");
    let listed = json_of(&operator, "/api/v1/admin/accounts").await;
    let listed = listed["data"].as_array().unwrap().iter();
    let listed = listed
        .clone()
        .find(|one| one["id"] == caller.account.to_string());
    let listed = listed.unwrap();
    assert_eq!(
        listed["requests_30d"],
        json!(made.requests),
        "the list of accounts"
    );
    assert_eq!(listed["charge_nanos_30d"], json!(made.spend_nanos));
    let own = json_of(&caller, "/v1/usage").await;
    assert_eq!(
        own["requests"],
        json!(made.requests),
        "the key's own: {own}"
    );
    assert_eq!(own["refused"], json!(made.refused));
    assert_eq!(own["errors"], json!(made.errors));

    let text = owner
        .get(&format!("{account}/usage.csv?{from}"))
        .await
        .text();
    let rows = table(&text);
    let sum = |name: &str| rows.iter().map(|row| field(row, name)).sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let of = |count: u64| count as f64;
    assert!((sum("Requests") - of(made.requests)).abs() < 0.5, "{text}");
    assert!(
        (sum("Refused requests") - of(made.refused)).abs() < 0.5,
        "{text}"
    );
    assert!((sum("Errors") - of(made.errors)).abs() < 0.5, "{text}");
    let spend = sum("Spend (USD)") * NANOS_PER_DOLLAR;
    assert!((spend - of(made.spend_nanos)).abs() < 1.0, "{text}");

    let log = table(&owner.get(&format!("{account}/requests.csv")).await.text());
    let all = usize::try_from(made.requests + made.refused).unwrap();
    assert_eq!(log.len(), all, "the log as a table");
    let ended = |end: &str| log.iter().filter(|row| row["End"] == end).count() as u64;
    assert_eq!(ended("refused"), made.refused);
    assert_eq!(ended("failed") + ended("broken"), made.errors);
    assert_eq!(ended("client_closed"), 1, "and that is no error");
    for (status, count) in [
        ("refused", made.refused),
        ("error", made.errors),
        ("ok", made.requests - made.errors),
    ] {
        let page = json_of(
            &owner,
            &format!("{account}/requests?limit=200&status={status}"),
        )
        .await;
        let rows = page["data"].as_array().unwrap().len() as u64;
        assert_eq!(rows, count, "the log of {status}");
    }
    let errors = json_of(&owner, &format!("{account}/requests/errors?{from}")).await;
    let grouped = errors["data"].as_array().unwrap().iter();
    let grouped: u64 = grouped.map(|one| one["requests"].as_u64().unwrap()).sum();
    assert_eq!(grouped, made.errors + made.refused, "the groups of errors");
}

#[tokio::test]
async fn medians_and_percentiles_stand_beside_averages() {
    let app = TestApp::new().await;
    let caller = app.key("pro").await;
    let owner = app.member(&caller.account, Role::Owner).await;
    app.stub.once(Script::json(COMPLETION));
    caller.chat(chat("plain", "")).await;
    app.events().await;
    let path = format!(
        "/api/v1/accounts/{}/usage?step=hour&group_by=model",
        caller.account
    );
    let usage = json_of(&owner, &path).await;
    for sums in [
        &usage["totals"],
        &usage["groups"][0]["totals"],
        &usage["series"][0],
    ] {
        assert!(sums["duration_ms_p50"].is_u64(), "{sums}");
        assert!(sums["duration_ms_p95"].is_u64(), "{sums}");
    }
    let minutes = json_of(&owner, &path.replace("step=hour", "step=minute")).await;
    assert!(minutes["totals"]["duration_ms_p50"].is_u64(), "{minutes}");
    assert_eq!(minutes["series"][0]["duration_ms_p50"], Value::Null);
}

#[tokio::test]
async fn the_audit_log_is_narrowed_by_times_and_goes_into_a_table() {
    let app = TestApp::new().await;
    let operator = app.operator().await;
    let make = async |email: &str| {
        let body = json!({ "email": email, "name": "=cmd()", "tier": "free" });
        let made = operator
            .post("/api/v1/admin/accounts", body.to_string())
            .await;
        assert_eq!(made.status, 201, "{}", made.text());
    };
    make("one@example.com").await;
    app.advance(MINUTE).await;
    make("two@example.com").await;
    let log = "/api/v1/admin/audit-log";
    let all = json_of(&operator, &format!("{log}?action=account.created")).await;
    let newest = all["data"][0]["at"].as_str().unwrap();
    let rows = async |query: &str| {
        let path = format!("{log}?action=account.created&{query}={newest}");
        json_of(&operator, &path).await["data"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        (rows("from").await, rows("to").await),
        (1, all["data"].as_array().unwrap().len() - 1)
    );
    let wrong = operator.get(&format!("{log}?from=yesterday")).await;
    assert_eq!(
        (wrong.status, wrong.json()["error"]["param"].clone()),
        (400, json!("from"))
    );
    let text = operator
        .get("/api/v1/admin/audit-log.csv?action=account.created")
        .await;
    assert_eq!(text.header("content-type"), Some("text/csv; charset=utf-8"));
    let rows = table(&text.text());
    assert_eq!(rows.len(), all["data"].as_array().unwrap().len());
    assert_eq!(rows[0]["Action"], "account.created");
    assert!(
        !rows[0]["Subject"].as_str().unwrap().starts_with('='),
        "{}",
        rows[0]
    );
}
