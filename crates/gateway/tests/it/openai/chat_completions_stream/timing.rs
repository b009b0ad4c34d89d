//! Streams in time: heartbeats, gaps, and the whole of it.

use std::time::Duration;

use super::{STREAM, short};
use crate::support::upstream_stub::{DONE, delta};
use crate::support::{Gate, Script, TestApp, chat};

#[tokio::test]
async fn an_upstream_that_thinks_aloud_before_its_first_event_is_passed_on_in_time_for_a_heartbeat()
{
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 30)
        .set("upstream.first_byte_timeout_ms", 1000)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([""; 0]).trickle(": PROCESSING\n\n", Duration::from_millis(5)));
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until(": keep-alive\n\n").await;
}

#[tokio::test]
async fn each_event_is_passed_on_as_it_comes() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    let gates = [Gate::new(), Gate::new()];
    app.stub.once(
        Script::open_stream([delta("one")])
            .wait(&gates[0])
            .chunk(delta("two"))
            .wait(&gates[1])
            .chunk(DONE)
            .end(),
    );
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.header("x-ratelimit-used"),
        Some("1"),
        "the head goes out before the first event"
    );
    assert_eq!(response.read_until("\n\n").await, delta("one"));
    gates[0].open();
    assert_eq!(response.read_until("\n\n").await, delta("two"));
    gates[1].open();
    assert_eq!(response.read_until("\n\n").await, DONE);
    assert!(response.next().await.is_none());
}

#[tokio::test]
async fn done_reaches_the_client_even_if_the_upstream_never_closes() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a").as_str(), DONE]).stall());
    let response = caller.chat(chat("plain", STREAM)).await;
    assert_eq!(response.events().last().map(String::as_str), Some("[DONE]"));
    assert_eq!(app.event(1).await["end"], "completed");
    app.stub.wait_until_left(1).await;
}

#[tokio::test]
async fn a_silent_upstream_is_covered_by_heartbeats() {
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 20)
        .start()
        .await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub.once(
        Script::open_stream([delta("a")])
            .wait(&gate)
            .chunk(DONE)
            .end(),
    );
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response
        .read_until(": keep-alive\n\n: keep-alive\n\n")
        .await;
    gate.open();
    assert!(response.read_until(DONE).await.ends_with(DONE));
}

#[tokio::test]
async fn an_upstream_that_sends_only_comments_is_covered_by_heartbeats_too() {
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 30)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(
        Script::open_stream([delta("a")]).trickle(": PROCESSING\n\n", Duration::from_millis(5)),
    );
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until("data: ").await;
    let beat = tokio::time::timeout(Duration::from_secs(2), response.next()).await;
    assert!(
        beat.is_ok(),
        "nothing was sent for two seconds; upstream.heartbeat_ms is 30"
    );
}

#[tokio::test]
async fn a_stream_lasts_no_longer_than_the_total_timeout() {
    let app = short(TestApp::builder()).start().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a")]).trickle(&delta("b"), Duration::from_millis(10)));
    let response = caller.chat(chat("plain", STREAM)).await;
    assert!(
        response
            .events()
            .last()
            .unwrap()
            .contains("upstream_timeout"),
        "{}",
        response.text()
    );
    assert_eq!(app.event(1).await["end"], "broken");
}

#[tokio::test]
async fn an_upstream_faster_than_its_reader_does_not_outlast_the_total_timeout() {
    let app = short(TestApp::builder()).start().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::open_stream([delta("a")]).flood(&delta(&"b".repeat(30_000))));
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    let read = async {
        while response.next().await.is_some() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let is_over = tokio::time::timeout(Duration::from_secs(3), read)
        .await
        .is_ok();
    assert!(
        is_over,
        "the stream went on for three seconds; upstream.total_timeout_ms is 200"
    );
    assert_eq!(app.event(1).await["code"], "upstream_timeout");
}
