//! Rates: per minute and day, per key and account, exact, and told in headers.

mod clock;
mod concurrency;
mod of_keys;
mod restarts;

use std::time::Duration;

use crate::support::snapshot::assert_text;
use crate::support::upstream_stub::{COMPLETION, DONE, delta};
use crate::support::{Caller, Gate, Script, TestApp, TestResponse, chat};

const MINUTE: Duration = Duration::from_secs(60);
const DAY_S: u64 = 86_400;
/// The end of the minute of `NOW_MS`.
const RESET_S: u64 = 1_790_000_100;

/// A request that needs few tokens, so that only requests are limited.
fn small() -> String {
    chat("plain", r#","max_tokens":1"#)
}

fn limits(response: &TestResponse) -> String {
    let mut lines: Vec<String> = response
        .headers
        .iter()
        .filter(|(name, _)| {
            name.as_str().starts_with("x-ratelimit") || *name == "x-request-priority"
        })
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines.join("\n")
}

/// Twice as many requests as a minute admits; how many were.
async fn admitted(caller: &Caller) -> usize {
    let mut count = 0;
    for _ in 0..20 {
        count += usize::from(caller.chat(small()).await.status == 200);
    }
    count
}

#[tokio::test]
async fn every_response_says_how_the_limits_stand() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::json(COMPLETION));
    app.stub.once(Script::stream([delta("a").as_str(), DONE]));
    let responses = [
        ("200", caller.chat(small()).await),
        (
            "stream",
            caller
                .chat(chat("plain", r#","max_tokens":1,"stream":true"#))
                .await,
        ),
        ("400", caller.chat("{").await),
        ("403", caller.chat(chat("premium", "")).await),
        ("404", caller.chat(chat("nothing", "")).await),
        ("405", caller.get("/v1/chat/completions").await),
        ("models", caller.get("/v1/models").await),
        ("401", app.anonymous().get("/v1/models").await),
    ];
    let shown: Vec<String> = responses
        .iter()
        .map(|(name, response)| format!("{name} ({})\n{}\n", response.status, limits(response)))
        .collect();
    assert_text!(shown.join("\n"));
    for (_, response) in &responses {
        assert_eq!(
            response.number("x-ratelimit-used") + response.number("x-ratelimit-remaining"),
            response.number("x-ratelimit-limit")
        );
        assert_eq!(response.number("x-ratelimit-reset"), RESET_S);
    }
}

#[tokio::test]
async fn an_unlimited_tier_sends_what_it_used_and_no_limit() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    caller.chat(small()).await;
    assert_text!(limits(&caller.chat(small()).await));
}

#[tokio::test]
async fn a_minute_that_is_used_up_refuses_until_the_next_begins() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for used in 1..=10 {
        let response = caller.chat(small()).await;
        assert_eq!(
            (response.status, response.number("x-ratelimit-used")),
            (200, used)
        );
    }
    for _ in 0..3 {
        let response = caller.chat(small()).await;
        assert_eq!((response.status, response.number("retry-after")), (429, 55));
        assert_eq!(response.number("x-ratelimit-remaining"), 0);
        assert_text!("a_minute_that_is_used_up", limits(&response));
    }
    app.advance(Duration::from_millis(54_999)).await;
    let response = caller.chat(small()).await;
    assert_eq!((response.status, response.number("retry-after")), (429, 1));
    app.advance(Duration::from_millis(1)).await;
    let response = caller.chat(small()).await;
    assert_eq!(
        (response.status, response.number("x-ratelimit-used")),
        (200, 1),
        "what was refused does not count"
    );
    assert_eq!(response.number("x-ratelimit-reset"), RESET_S + 60);
}

#[tokio::test]
async fn a_key_at_its_own_limit_is_told_of_its_own_limit() {
    // The limit of a Free account is that of one key: both are reached at once, and the key comes first.
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for _ in 0..10 {
        caller.chat(small()).await;
    }
    let response = caller.chat(small()).await;
    let message = response.json()["error"]["message"].to_string();
    assert!(
        message.contains("requests per minute for this key"),
        "{message}"
    );
    assert_eq!(
        app.metric("yunxin_limits_hit_total{limit=\"requests_per_minute\"}")
            .await,
        1.0
    );
}

#[tokio::test]
async fn a_request_that_is_refused_for_another_reason_does_not_count() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for body in [
        "{".to_owned(),
        chat("premium", ""),
        chat("nothing", ""),
        chat("embed", ""),
    ] {
        assert!(caller.chat(body).await.status >= 400);
    }
    caller.get("/v1/models").await;
    assert_eq!(caller.chat(small()).await.number("x-ratelimit-used"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_requests_at_once_on_a_free_key_admit_exactly_ten() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let caller = caller.clone();
        requests.spawn(async move { caller.chat(small()).await });
    }
    let responses = requests.join_all().await;
    let of = |status| {
        responses
            .iter()
            .filter(|response| response.status == status)
            .count()
    };
    assert_eq!((of(200), of(429)), (10, 190));
    assert_eq!(app.stub.requests().len(), 10);
    for response in &responses {
        assert_eq!(
            response.number("x-ratelimit-used") + response.number("x-ratelimit-remaining"),
            10
        );
    }
}

#[tokio::test]
async fn tokens_are_reserved_at_admission_and_settled_by_what_was_used() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let left = |response: &TestResponse| response.number("x-ratelimit-remaining-tokens");
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_json(COMPLETION));
    let waiting = {
        let caller = caller.clone();
        tokio::spawn(async move { caller.chat(chat("plain", r#","max_tokens":4000"#)).await })
    };
    app.stub.wait_for_requests(1).await;
    assert_eq!(
        left(&caller.get("/v1/models").await),
        40_000 - 4_007,
        "7 of input, 4000 of output"
    );
    gate.open();
    assert_eq!(waiting.await.unwrap().status, 200);
    assert_eq!(
        left(&caller.get("/v1/models").await),
        40_000 - 14,
        "what the upstream counted"
    );
    // A failure gives everything back.
    app.stub.once(Script::status(500, "", "{}"));
    caller.chat(chat("plain", r#","max_tokens":4000"#)).await;
    assert_eq!(left(&caller.get("/v1/models").await), 40_000 - 14);
}

#[tokio::test]
async fn a_settlement_in_a_later_minute_changes_nothing_there() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_json(COMPLETION));
    let waiting = {
        let caller = caller.clone();
        tokio::spawn(async move { caller.chat(chat("plain", r#","max_tokens":4000"#)).await })
    };
    app.stub.wait_for_requests(1).await;
    app.advance(MINUTE).await;
    gate.open();
    assert_eq!(waiting.await.unwrap().status, 200);
    app.event(1).await;
    assert_eq!(
        caller
            .get("/v1/models")
            .await
            .number("x-ratelimit-remaining-tokens"),
        40_000
    );
}

#[tokio::test]
async fn tokens_per_minute_refuse_what_does_not_fit_any_more() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.always(Script::json(
        r#"{"choices":[],"model":"x","usage":{"prompt_tokens":39000,"completion_tokens":900}}"#,
    ));
    assert_eq!(caller.chat(small()).await.status, 200);
    let response = caller.chat(chat("plain", r#","max_tokens":200"#)).await;
    assert_eq!((response.status, response.number("retry-after")), (429, 55));
    assert_eq!(response.code(), "rate_limit_exceeded");
    let message = response.json()["error"]["message"].to_string();
    assert!(
        message.contains("40000 tokens per minute") && message.contains("try again in 55 s"),
        "{message}"
    );
    // The request limit is not used up: the headers must not pretend so, and a smaller request passes.
    assert_eq!(response.number("x-ratelimit-used"), 1);
    assert_eq!(
        caller
            .chat(chat("plain", r#","max_tokens":50"#))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_request_larger_than_the_whole_limit_is_told_so_instead_of_to_wait() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let body = chat("second-only", r#","max_tokens":39999"#);
    let response = caller.chat(body).await;
    assert_eq!(response.status, 400);
    assert_text!(response.shown());
    assert!(response.header("retry-after").is_none());
    // The model's own maximum bounds what a request can need.
    assert_eq!(
        caller
            .chat(chat("plain", r#","max_tokens":1000000"#))
            .await
            .status,
        200
    );
}

async fn spend_day(app: &TestApp, caller: &Caller, requests: usize) {
    for count in 0..requests {
        if count > 0 && count % 10 == 0 {
            app.advance(MINUTE).await;
        }
        assert_eq!(caller.chat(small()).await.status, 200, "request {count}");
    }
}

#[tokio::test]
async fn the_day_limit_outlasts_minutes_and_a_restart_and_ends_at_midnight() {
    let app = TestApp::new().await;
    app.execute("UPDATE tiers SET requests_per_day = 25 WHERE id = 'free'")
        .await;
    app.app.reload_catalog().await.unwrap();
    let caller = app.key("free").await;
    spend_day(&app, &caller, 24).await;
    app.advance(MINUTE).await;

    let app = app.restart().await;
    let caller = Caller {
        address: app.address,
        ..caller
    };
    let response = caller.chat(small()).await;
    assert_eq!(
        (
            response.status,
            response.number("x-ratelimit-limit"),
            response.number("x-ratelimit-used")
        ),
        (200, 25, 25)
    );
    let response = caller.chat(small()).await;
    assert_eq!(response.status, 429);
    let now_s = u64::try_from(app.now_ms() / 1000).unwrap();
    let midnight_s = (now_s / DAY_S + 1) * DAY_S;
    assert_eq!(response.number("retry-after"), midnight_s - now_s);
    assert_eq!(response.number("x-ratelimit-reset"), midnight_s);

    let app = app.restart().await;
    let caller = Caller {
        address: app.address,
        ..caller
    };
    assert_eq!(
        caller.chat(small()).await.status,
        429,
        "the counter is what the database says"
    );
    app.advance(Duration::from_secs(midnight_s - now_s)).await;
    let response = caller.chat(small()).await;
    assert_eq!(
        (response.status, response.number("x-ratelimit-used")),
        (200, 1)
    );
}

#[tokio::test]
async fn ten_keys_are_not_ten_quotas() {
    let app = TestApp::new().await;
    let first = app.key("basic").await;
    let keys = [
        first.clone(),
        app.new_key("basic").of_account(&first.account).make().await,
        app.new_key("basic").of_account(&first.account).make().await,
    ];
    let mut admitted = 0;
    for key in &keys {
        for _ in 0..50 {
            let response = key.chat(small()).await;
            if response.status == 200 {
                admitted += 1;
            } else {
                assert_eq!(
                    (response.status, response.number("x-ratelimit-limit")),
                    (429, 100),
                    "{}",
                    response.text()
                );
            }
        }
    }
    assert_eq!(admitted, 100, "two times the limit of one key");
    assert_eq!(
        app.key("basic").await.chat(small()).await.status,
        200,
        "another account is another ceiling"
    );
    assert!(
        app.metric("yunxin_limits_hit_total{limit=\"account_requests_per_minute\"}")
            .await
            > 0.0
    );
}
