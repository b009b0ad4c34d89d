//! Requests in the journal: what a kill leaves, a journal that is full, and syncs before the first and the last byte.

use store::usage_events::EndReason;

use crate::support::upstream_stub::{COMPLETION, DONE, delta};
use crate::support::{Script, TestApp, chat, soon, until};

const STREAM: &str = r#","stream":true"#;

#[tokio::test]
async fn a_stream_that_runs_when_the_server_is_killed_is_settled_at_what_was_delivered() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    for chunks in [1usize, 3] {
        let text = delta(&"x".repeat(256));
        app.stub
            .once(Script::open_stream(vec![text; chunks]).stall());
    }
    let mut responses = vec![];
    for chunks in [1usize, 3] {
        let mut response = caller.open_chat(chat("plain", STREAM)).await;
        let mut seen = String::new();
        while seen.matches("xxxx").count() < chunks * 64 {
            seen.push_str(&String::from_utf8_lossy(&response.next().await.unwrap()));
        }
        responses.push(response);
    }
    let next = app.killed().await;
    let events = next.events().await;
    assert_eq!(events.len(), 2, "{events:?}");
    for (event, chunks) in events.iter().zip([1, 3]) {
        assert_eq!(event["end"], EndReason::ServerCrashed.as_str());
        assert_eq!(
            (event["status"].as_u64(), event["provider"].as_str()),
            (Some(200), Some("first"))
        );
        assert_eq!(
            (event["input"].as_u64(), event["output"].as_u64()),
            (Some(7), Some(chunks * 64))
        );
        assert_eq!(event["counted_by"], "estimate");
    }
    let usage = next.caller(&caller).get("/v1/usage").await.json();
    assert_eq!(usage["requests"], 2);
    drop(responses);
}

#[tokio::test]
async fn a_request_that_no_provider_answered_yet_when_the_server_is_killed_is_there_and_costs_nothing()
 {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub.always(Script::nothing().stall());
    let requests =
        ["", STREAM].map(|more| caller.send_only("/v1/chat/completions", chat("plain", more)));
    app.stub.wait_for_requests(2).await;
    let next = app.killed().await;
    let events = next.events().await;
    assert_eq!(events.len(), 2, "{events:?}");
    for event in &events {
        assert_eq!(
            (event["end"].as_str(), event["status"].as_u64()),
            (Some("server_crashed"), Some(500))
        );
        assert_eq!(
            (event["counted_by"].as_str(), event["admitted"].as_u64()),
            (Some("none"), Some(1))
        );
    }
    for request in requests {
        request.abort();
    }
    assert_eq!(next.killed().await.events().await.len(), 2, "settled once");
}

#[tokio::test]
async fn a_request_that_has_ended_when_the_server_is_killed_is_there_once_though_no_database_took_it()
 {
    let app = TestApp::builder()
        .set("metering.flush_interval_ms", 600_000)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    for _ in 0..3 {
        assert_eq!(caller.chat(chat("plain", "")).await.status, 200);
    }
    app.stub.once(Script::stream([delta("a").as_str(), DONE]));
    caller
        .open_chat(chat("plain", STREAM))
        .await
        .read_until(DONE)
        .await;
    assert!(app.stored_events().await.is_empty());
    let next = app.killed().await;
    let events = next.stored_events().await;
    assert_eq!(events.len(), 4, "written before the next server serves");
    assert!(events.iter().all(|event| event["end"] == "completed"));
}

#[tokio::test]
async fn a_journal_that_the_database_takes_nothing_of_refuses_requests_before_anything_is_lost_and_service_returns()
 {
    let app = TestApp::builder()
        .set("journal.segment_bytes", 4_096)
        .set("journal.bytes_max", 16_384)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    app.execute("ALTER TABLE usage_rollups RENAME TO away")
        .await;
    let mut served = 0;
    let refused = loop {
        let response = caller.chat(chat("plain", "")).await;
        if response.status != 200 {
            break response;
        }
        served += 1;
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("retry-after").is_some());
    assert!(served > 1, "{served}");
    let asked = app.stub.requests().len();
    assert_eq!(asked, served, "no provider is asked for what is refused");
    app.execute("ALTER TABLE away RENAME TO usage_rollups")
        .await;
    let events = app.events().await;
    let ended = events.iter().filter(|event| event["status"] == 200).count();
    assert_eq!(ended, served);
    let refused = events.iter().filter(|event| event["status"] == 503);
    assert!(refused.into_iter().all(|event| event["admitted"] == 0));
    soon("service", async {
        while caller.chat(chat("plain", "")).await.status != 200 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let used = caller.get("/v1/models").await.number("x-ratelimit-used");
    assert_eq!(
        used,
        served as u64 + 1,
        "what was refused counts against no limit"
    );
}

#[tokio::test]
async fn with_a_sync_before_its_first_and_last_byte_a_response_is_what_it_is_without() {
    let app = TestApp::builder().set("journal.sync", "full").start().await;
    let caller = app.key("enterprise").await;
    app.stub.once(Script::json(COMPLETION));
    let whole = caller.chat(chat("plain", "")).await;
    assert_eq!((whole.status, whole.text()), (200, COMPLETION.to_owned()));
    app.stub.once(Script::stream([
        delta("a").as_str(),
        delta("b").as_str(),
        DONE,
    ]));
    let mut stream = caller.open_chat(chat("plain", STREAM)).await;
    let text = stream.read_until(DONE).await;
    assert!(
        text.contains(&delta("a")) && text.contains(&delta("b")),
        "{text}"
    );
    app.stub.once(Script::status(400, "", "{}"));
    assert_eq!(caller.chat(chat("plain", "")).await.status, 400);
    let requests: Vec<_> = (0..20)
        .map(|_| caller.chat(chat("second-only", "")))
        .collect();
    for response in futures_util::future::join_all(requests).await {
        assert_eq!(response.status, 200);
    }
    until("syncs", || {
        app.app
            .metrics
            .encode()
            .contains("journal_sync_seconds_count")
    })
    .await;
    assert_eq!(app.events().await.len(), 23);
    assert_eq!(app.metric("yunxin_journal_failures_total").await, 0.0);
}
