//! One usage event per request, whatever happened.

use sqlx::Executor;
use store::api_keys;

use crate::support::snapshot::assert_text;
use crate::support::upstream_stub::{COMPLETION, DONE, delta};
use crate::support::{Script, TestApp, chat, until};

const STREAM: &str = r#","stream":true"#;

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_frees_the_upstream() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.always(Script::nothing().stall());
    for (count, more) in ["", STREAM].into_iter().enumerate() {
        let request = caller.send_only("/v1/chat/completions", chat("plain", more));
        app.stub.wait_for_requests(count + 1).await;
        request.abort();
        app.stub.wait_until_left(count + 1).await;
        let event = app.event(count + 1).await;
        assert_eq!(
            (event["end"].as_str(), event["status"].as_u64()),
            (Some("client_closed"), Some(499))
        );
        assert_eq!(
            (event["counted_by"].as_str(), event["admitted"].as_u64()),
            (Some("none"), Some(1))
        );
    }
    assert_eq!(app.app.metrics.in_flight.get(), 0);
    let response = caller.get("/v1/models").await;
    assert_eq!(
        response.number("x-ratelimit-remaining-tokens"),
        40_000,
        "what was reserved is given back"
    );
    assert_eq!(
        response.number("x-ratelimit-used"),
        2,
        "the requests themselves count"
    );
}

#[tokio::test]
async fn a_client_that_leaves_during_a_plain_response_is_metered_for_it() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let (half, _) = COMPLETION.split_at(COMPLETION.len() - 20);
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    app.stub.once(Script::raw(head).chunk(half).stall());
    let request = caller.send_only("/v1/chat/completions", chat("plain", ""));
    app.stub.wait_for_requests(1).await;
    // What the upstream has sent cannot be seen to arrive; responds to later questions come after it.
    for _ in 0..5 {
        assert_eq!(app.anonymous().get("/healthz").await.status, 200);
    }
    request.abort();
    app.stub.wait_until_left(1).await;
    let event = app.event(1).await;
    assert_eq!(event["end"], "client_closed");
    assert_eq!(
        event["counted_by"], "estimate",
        "the upstream had read the prompt and written a response: {event}"
    );
    assert!(event["input"].as_u64() > Some(0));
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_is_metered_for_what_was_received() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for (count, chunks) in [1usize, 2, 5].into_iter().enumerate() {
        app.stub
            .once(Script::open_stream(vec![delta("12345678"); chunks]).stall());
        let mut response = caller.open_chat(chat("plain", STREAM)).await;
        let mut seen = String::new();
        while seen.matches("12345678").count() < chunks {
            seen.push_str(&String::from_utf8_lossy(&response.next().await.unwrap()));
        }
        drop(response);
        app.stub.wait_until_left(count + 1).await;
        let event = app.event(count + 1).await;
        assert_eq!(
            (event["end"].as_str(), event["counted_by"].as_str()),
            (Some("client_closed"), Some("estimate"))
        );
        assert_eq!(event["input"], 7);
        assert_eq!(
            event["output"].as_u64(),
            Some(2 * chunks as u64),
            "{chunks} chunks"
        );
        assert_eq!(
            event["has_first_token"]
                .as_bool()
                .map_or(event["has_first_token"].as_u64(), |b| Some(b.into())),
            Some(1)
        );
    }
    assert_eq!(app.app.metrics.in_flight.get(), 0);
}

#[tokio::test]
async fn a_client_that_leaves_between_the_head_of_a_stream_and_its_first_event_pays_for_the_prompt()
{
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.once(Script::open_stream([""; 0]).stall());
    let request = caller.send_only("/v1/chat/completions", chat("plain", STREAM));
    app.stub.wait_for_requests(1).await;
    // What the upstream has sent cannot be seen to arrive; responds to later questions come after it.
    for _ in 0..5 {
        assert_eq!(app.anonymous().get("/healthz").await.status, 200);
    }
    request.abort();
    app.stub.wait_until_left(1).await;
    let event = app.event(1).await;
    assert_eq!(
        (event["end"].as_str(), event["counted_by"].as_str()),
        (Some("client_closed"), Some("estimate"))
    );
    assert_eq!(
        (event["input"].as_u64(), event["output"].as_u64()),
        (Some(7), Some(0))
    );
    assert_eq!(event["has_first_token"].as_u64(), Some(0));
}

#[tokio::test]
async fn a_client_that_leaves_after_the_end_has_completed() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a").as_str(), DONE]).stall());
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until(DONE).await;
    drop(response);
    assert_eq!(app.event(1).await["end"], "completed");
}

#[tokio::test]
async fn events_are_written_once_after_the_database_was_locked_or_failed() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    let mut lock = app.sql().await;
    lock.execute("BEGIN IMMEDIATE").await.unwrap();
    for _ in 0..3 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    assert!(app.stored_events().await.is_empty());
    lock.execute("COMMIT").await.unwrap();
    assert_eq!(app.events().await.len(), 3);

    app.execute("ALTER TABLE usage_rollups RENAME TO away")
        .await;
    for _ in 0..3 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    until("a failed batch", || {
        app.app.metrics.metering_failures.get() > 0
    })
    .await;
    app.execute("ALTER TABLE away RENAME TO usage_rollups")
        .await;
    assert_eq!(app.events().await.len(), 6);
    assert_eq!(caller.get("/v1/usage").await.json()["requests"], 6);
}

#[tokio::test]
async fn the_last_use_of_a_key_is_kept_without_a_write_per_request() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await.with("user-agent", "tester/1.0");
    let last_use = || async {
        api_keys::get_for_operator(&app.app.db, &caller.key)
            .await
            .unwrap()
            .last_use
    };
    assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    app.events().await;
    assert_eq!(
        last_use().await,
        None,
        "metering.last_use_interval_ms has not passed"
    );
    app.advance(std::time::Duration::from_secs(10)).await;
    let first_at_ms = app.now_ms() - 10_000;
    crate::support::soon("the last use", async {
        while last_use().await.is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    })
    .await;
    let last = last_use().await.unwrap();
    assert_eq!(
        (last.at_ms, last.address.as_str(), last.agent.as_str()),
        (first_at_ms, "127.0.0.1", "tester/1.0")
    );
}

#[tokio::test]
async fn usage_sums_what_the_key_used_and_only_that() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let other = app.new_key("free").of_account(&caller.account).make().await;
    assert_eq!(other.chat(chat("plain", "")).await.status, 200);
    for model in ["plain", "nick", "vendor/public"] {
        app.stub.once(Script::json(COMPLETION));
        assert_eq!(caller.chat(chat(model, "")).await.status, 200);
    }
    assert_eq!(caller.chat(chat("premium", "")).await.status, 403);
    assert_eq!(caller.chat(chat("nothing", "")).await.status, 404);
    app.stub.once(Script::status(500, "", ""));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 502);
    let response = caller.get("/v1/usage").await;
    assert_eq!(response.status, 200);
    assert_text!(response.json());
    app.advance(std::time::Duration::from_secs(86_400)).await;
    assert_eq!(caller.get("/v1/usage?days=1").await.json()["requests"], 0);
    assert_eq!(caller.get("/v1/usage?days=2").await.json()["requests"], 4);
    for wrong in ["0", "367", "x", "-1", "1&days=2"] {
        assert_eq!(
            caller.get(&format!("/v1/usage?days={wrong}")).await.status,
            400,
            "{wrong}"
        );
    }
}
