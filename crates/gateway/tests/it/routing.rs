//! Policies of operators and wishes of clients about the way of a request.

use serde_json::json;

use crate::support::test_app::CATALOG;
use crate::support::upstream_stub::COMPLETION;
use crate::support::{Script, TestApp, TestResponse, chat};

/// The catalogue with lines for the model `pair`, and for its second deployment.
fn catalog(of_model: &str, of_second: &str) -> String {
    let text = CATALOG.replacen("id = \"pair\"\n", &format!("id = \"pair\"\n{of_model}"), 1);
    let (before, after) = text.rsplit_once("weight = 0\n").unwrap();
    format!("{before}{of_second}{after}")
}

async fn app(of_model: &str, of_second: &str) -> TestApp {
    TestApp::builder()
        .catalog(&catalog(of_model, of_second))
        .start()
        .await
}

fn reason(response: &TestResponse) -> &str {
    assert_eq!(response.status, 200, "{}", response.text());
    response.header("x-yunxin-route-reason").unwrap()
}

/// A chat with further members.
fn asking(model: &str, members: &serde_json::Value) -> String {
    let mut body = json!({"model": model, "messages": [{"role": "user", "content": "Hello"}]});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

#[tokio::test]
async fn deployments_of_a_lower_group_come_first_and_the_others_when_they_fail() {
    let app = app("", "weight = 100\ngroup = 1\n").await;
    let caller = app.key("enterprise").await;
    for _ in 0..5 {
        assert_eq!(reason(&caller.chat(chat("pair", "")).await), "group");
    }
    assert_eq!(
        (app.stub.requests().len(), app.second.requests().len()),
        (5, 0)
    );
    app.stub.once(Script::status(500, "", "{}"));
    assert_eq!(reason(&caller.chat(chat("pair", "")).await), "fallback");
    assert_eq!(app.second.requests().len(), 1);
}

#[tokio::test]
async fn the_cheapest_deployment_is_asked_under_the_policy_of_cost() {
    let app = app(
        "routing_policy = \"lowest_cost\"\n",
        "cost_prices = { input = \"0.10\", output = \"0.20\" }\n",
    )
    .await;
    let caller = app.key("enterprise").await;
    for _ in 0..5 {
        assert_eq!(reason(&caller.chat(chat("pair", "")).await), "lowest_cost");
    }
    assert_eq!(
        (app.stub.requests().len(), app.second.requests().len()),
        (0, 5)
    );
}

#[tokio::test]
async fn a_client_says_which_providers_it_wants_and_the_provider_never_sees_it() {
    let app = app("", "").await;
    let caller = app.key("enterprise").await;
    for provider in [
        json!({"only": ["second"]}),
        json!({"ignore": ["first"]}),
        json!({"order": ["SECOND", "first"]}),
    ] {
        let body = asking("pair", &json!({ "provider": provider }));
        let response = caller.chat(body).await;
        assert!(["only", "asked"].contains(&reason(&response)));
    }
    assert_eq!(
        (app.stub.requests().len(), app.second.requests().len()),
        (0, 3)
    );
    for request in app.second.requests() {
        assert_eq!(request.json()["provider"], serde_json::Value::Null);
    }
    app.second.once(Script::status(500, "", "{}"));
    let body = asking(
        "pair",
        &json!({"provider": {"order": ["second"], "allow_fallbacks": false}}),
    );
    assert_eq!(caller.chat(body).await.status, 502);
    assert_eq!(app.stub.requests().len(), 0);
    let none = asking("pair", &json!({"provider": {"only": ["nobody"]}}));
    let response = caller.chat(none).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (400, "no_matching_deployment")
    );
}

#[tokio::test]
async fn the_next_model_of_a_clients_list_is_asked_when_the_first_fails() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.once(Script::status(500, "", "{}"));
    let body = asking(
        "plain",
        &json!({"models": ["plain", "no-such-model", "second-only"], "stream": false}),
    );
    let response = caller.chat(body).await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("x-yunxin-attempts"), Some("2"));
    let sent = app.second.last().json();
    assert_eq!(sent["model"], "second-only");
    assert_eq!(sent["models"], serde_json::Value::Null);
    let event = app.event(1).await;
    assert_eq!(
        (event["model"].as_str(), event["provider"].as_str()),
        (Some("second-only"), Some("second"))
    );
    // A list alone names the model too.
    let body = r#"{"models":["second-only"],"messages":[{"role":"user","content":"Hello"}]}"#;
    assert_eq!(caller.chat(body).await.status, 200);
}

#[tokio::test]
async fn a_model_that_the_key_may_not_use_never_stands_in() {
    let app = TestApp::new().await;
    let caller = app.new_key("enterprise").models(&["plain"]).make().await;
    app.stub.once(Script::status(500, "", "{}"));
    let body = asking("plain", &json!({"models": ["plain", "second-only"]}));
    assert_eq!(caller.chat(body).await.status, 502);
    assert_eq!(app.second.requests().len(), 0);
}

#[tokio::test]
async fn the_operators_fallbacks_stand_in_where_the_client_lists_none() {
    let text = CATALOG.replacen(
        "id = \"plain\"\n",
        "id = \"plain\"\nfallbacks = [\"second-only\"]\n",
        1,
    );
    let app = TestApp::builder().catalog(&text).start().await;
    let caller = app.key("enterprise").await;
    app.stub.once(Script::status(503, "", "{}"));
    let response = caller.chat(chat("plain", "")).await;
    assert_eq!((response.status, app.second.requests().len()), (200, 1));
}

#[tokio::test]
async fn work_is_begun_again_after_a_timeout_where_the_model_says_so() {
    let text = catalog("retry_after_timeout = true\n", "weight = 0\n");
    let app = TestApp::builder()
        .catalog(&text)
        .set("upstream.first_byte_timeout_ms", 50)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    app.stub.once(Script::nothing().stall());
    app.second.once(Script::stream([
        crate::support::upstream_stub::delta("Hello"),
        crate::support::upstream_stub::finish(),
        crate::support::upstream_stub::DONE.to_owned(),
    ]));
    let response = caller.chat(chat("pair", r#","stream":true"#)).await;
    assert_eq!(response.status, 200);
    assert_eq!(app.second.requests().len(), 1);
}

#[tokio::test]
async fn a_session_stays_at_one_deployment() {
    let app = app("", "weight = 1\n").await;
    let caller = app.key("enterprise").await;
    for session in 0..8 {
        let before = (app.stub.requests().len(), app.second.requests().len());
        let caller = caller.with("x-yunxin-session", session.to_string());
        for _ in 0..3 {
            assert_eq!(reason(&caller.chat(chat("pair", "")).await), "session");
        }
        let after = (
            app.stub.requests().len() - before.0,
            app.second.requests().len() - before.1,
        );
        assert!(after == (3, 0) || after == (0, 3), "{after:?}");
    }
}

#[tokio::test]
async fn a_provider_is_told_account_and_level_only_where_the_operator_says_so() {
    for (line, is_told) in [("", false), ("sends_flow = true\n", true)] {
        let text = CATALOG.replacen("kind =", &format!("{line}kind ="), 1);
        let app = TestApp::builder().catalog(&text).start().await;
        let caller = app.key("enterprise").await;
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
        let head = app.stub.last().head;
        let id = format!(
            "x-gateway-inference-fairness-id: {}\r\n",
            caller.account.as_str()
        );
        for told in [&*id, "x-gateway-inference-objective: critical\r\n"] {
            assert_eq!(head.contains(told), is_told, "{head}");
        }
    }
}

#[tokio::test]
async fn flex_runs_in_idle_capacity_and_does_not_wait() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let body = asking("plain", &json!({"service_tier": "flex"}));
    assert_eq!(caller.chat(body).await.status, 200);
    assert_eq!(app.stub.last().json()["service_tier"], "flex");
}

#[tokio::test]
async fn metrics_tell_the_gate_and_the_breakers() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub.always(Script::status(401, "", "{}"));
    assert_eq!(caller.chat(chat("pair", "")).await.status, 200);
    app.stub.always(Script::json(COMPLETION));
    let metrics = app.metrics().await;
    for line in [
        r#"yunxin_gate_requests_total{model="pair",level="critical",event="offered"} 1"#,
        r#"yunxin_gate_requests_total{model="pair",level="critical",event="admitted"} 2"#,
        r#"yunxin_gate_seats{model="pair",level="critical",kind="running"} 0"#,
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    let open = metrics.lines().filter(|line| {
        line.starts_with("yunxin_breaker_state{model=\"pair\"") && line.ends_with(" 2")
    });
    assert_eq!(open.count(), 1, "{metrics}");
}

#[tokio::test]
async fn every_response_tells_its_way_on_every_endpoint_whole_or_streamed() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let assert_told = |path: &str, response: &TestResponse| {
        assert_eq!(reason(response), "only", "{path}");
        let deployment = response.header("x-yunxin-deployment").unwrap();
        assert!(deployment.starts_with("dep_"), "{path}: {deployment}");
        assert_eq!(response.header("x-yunxin-attempts"), Some("1"), "{path}");
        assert_eq!(response.header("x-yunxin-queue-ms"), None, "{path}");
    };
    let hello = json!([{"role": "user", "content": "Hello"}]);
    for (path, mut body) in [
        ("/v1/chat/completions", json!({"messages": hello})),
        ("/v1/completions", json!({"prompt": "Hello"})),
        ("/v1/responses", json!({"input": "Hello"})),
        ("/v1/messages", json!({"max_tokens": 9, "messages": hello})),
    ] {
        for is_streamed in [false, true] {
            body["model"] = json!("plain");
            body["stream"] = json!(is_streamed);
            if is_streamed {
                app.stub.once(Script::stream([
                    crate::support::upstream_stub::delta("Hello"),
                    crate::support::upstream_stub::finish(),
                    crate::support::upstream_stub::DONE.to_owned(),
                ]));
            }
            let response = caller.post(path, body.to_string()).await;
            assert_told(path, &response);
        }
    }
    app.stub.once(Script::json(
        r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"usage":{"prompt_tokens":1,"total_tokens":1}}"#,
    ));
    let path = "/v1/embeddings";
    let response = caller.post(path, r#"{"model":"embed","input":"Hello"}"#);
    assert_told(path, &response.await);
}

#[tokio::test]
async fn pages_may_read_the_headers_that_tell_the_way() {
    let app = TestApp::builder()
        .set("browsers.secret_keys", "allow")
        .start()
        .await;
    let caller = app
        .key("enterprise")
        .await
        .with("origin", "https://page.example");
    let response = caller.chat(chat("plain", "")).await;
    let readable = response
        .header("access-control-expose-headers")
        .unwrap_or_default();
    for name in [
        "deployment",
        "attempts",
        "route-reason",
        "queue-ms",
        "shed-reason",
    ] {
        let name = format!("x-yunxin-{name}");
        assert!(readable.contains(&name), "{name}: {readable}");
    }
}

#[tokio::test]
async fn a_deployment_that_is_reserved_serves_its_tiers_alone_in_its_hours() {
    let of_second =
        "weight = 100\nreserved_for = [\"enterprise\"]\nreserved_hours = \"00:00-23:00\"\n";
    let app = app("", of_second).await;
    let (free, enterprise) = (app.key("free").await, app.key("enterprise").await);
    let second = || app.second.requests().len();
    for _ in 0..3 {
        assert_eq!(free.chat(chat("pair", "")).await.status, 200);
    }
    assert_eq!((app.stub.requests().len(), second()), (3, 0));
    // Not when the other one fails, either.
    app.stub.once(Script::status(500, "", "{}"));
    assert_eq!(free.chat(chat("pair", "")).await.status, 502);
    assert_eq!(second(), 0);
    app.stub.always(Script::status(500, "", "{}"));
    assert_eq!(enterprise.chat(chat("pair", "")).await.status, 200);
    assert_eq!(second(), 1);
    // Outside of its hours it is for all.
    let of_day_ms = app.now_ms().rem_euclid(86_400_000);
    let until_late = 23 * 3_600_000 + 60_000 - of_day_ms;
    app.advance(std::time::Duration::from_millis(until_late.unsigned_abs()))
        .await;
    assert_eq!(free.chat(chat("pair", "")).await.status, 200);
    assert_eq!(second(), 2);
}
