//! Models that think for long: waits, comments meanwhile, and work that is not begun twice.

use crate::support::test_app::CATALOG;
use crate::support::upstream_stub::{COMPLETION, DONE, delta, finish};
use crate::support::{Gate, Script, TestApp, chat};

const STREAM: &str = r#","stream":true"#;
const COMMENT: &str = ": keep-alive\n\n";

/// The least that can be set: nothing is as fast.
fn impatient() -> crate::support::test_app::Builder {
    TestApp::builder()
        .set("upstream.first_byte_timeout_ms", 1)
        .set("upstream.gap_timeout_ms", 1)
}

fn hello() -> Script {
    Script::stream([delta("Hello"), finish(), DONE.to_owned()])
}

#[tokio::test]
async fn a_plain_response_may_take_until_the_total_timeout() {
    let app = impatient().start().await;
    let caller = app.key("enterprise").await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_json(COMPLETION));
    let asked = tokio::spawn({
        let caller = caller.clone();
        async move { caller.chat(chat("plain", "")).await.status }
    });
    app.stub.wait_for_requests(1).await;
    // What is answered meanwhile takes longer than a stream might be silent.
    assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    gate.open();
    assert_eq!(asked.await.unwrap(), 200);
}

#[tokio::test]
async fn a_model_says_how_long_its_streams_may_be_silent() {
    let patient = CATALOG.replacen(
        "id = \"plain\"\n",
        "id = \"plain\"\nstream_timeout_seconds = 60\n",
        1,
    );
    let app = impatient().catalog(&patient).start().await;
    let caller = app.key("enterprise").await;
    let gates = [Gate::new(), Gate::new()];
    let slow = Script::open_stream([""; 0])
        .wait(&gates[0])
        .chunk(delta("thought"))
        .wait(&gates[1])
        .chunk(finish())
        .chunk(DONE)
        .end();
    app.stub.once(slow);
    let asked = tokio::spawn({
        let caller = caller.clone();
        async move {
            let mut response = caller.open_chat(chat("plain", STREAM)).await;
            let status = response.status();
            let begun = response.read_until("thought").await;
            (status, begun, response)
        }
    });
    app.stub.wait_for_requests(1).await;
    assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    gates[0].open();
    let (status, _, mut response) = asked.await.unwrap();
    assert_eq!(status, 200);
    assert_eq!(caller.chat(chat("second-only", "")).await.status, 200);
    gates[1].open();
    response.read_until(DONE).await;
}

#[tokio::test]
async fn a_timeout_of_a_request_that_was_sent_is_not_begun_again_elsewhere() {
    let app = TestApp::builder()
        .set("upstream.first_byte_timeout_ms", 50)
        .start()
        .await;
    let caller = app.key("enterprise").await;
    let silent = [
        Script::nothing().stall(),
        Script::open_stream([""; 0]).stall(),
        Script::status(504, "", "{}"),
    ];
    for (count, script) in silent.into_iter().enumerate() {
        app.stub.once(script);
        let response = caller.chat(chat("pair", STREAM)).await;
        assert_eq!(
            (response.status, response.code().as_str()),
            (502, "upstream_timeout")
        );
        let event = app.event(count + 1).await;
        assert_eq!(
            (event["attempts"].as_u64(), event["end"].as_str()),
            (Some(1), Some("failed"))
        );
    }
    assert_eq!(app.second.requests().len(), 0);
    let health = app.app.catalog.load().model("pair").unwrap().deployments()[0]
        .health
        .state();
    assert_eq!((health.failed, health.is_failing), (3, Some(true)));
}

#[tokio::test]
async fn a_plain_request_is_begun_once_too() {
    let app = TestApp::builder()
        .set("upstream.connect_timeout_ms", 50)
        .set("upstream.first_byte_timeout_ms", 50)
        .set("upstream.gap_timeout_ms", 50)
        .set("upstream.total_timeout_ms", 300)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(Script::nothing().stall());
    let response = caller.chat(chat("pair", "")).await;
    assert_eq!(
        (response.status, response.code().as_str()),
        (502, "upstream_timeout")
    );
    assert_eq!(app.second.requests().len(), 0);
}

#[tokio::test]
async fn comments_are_sent_before_the_first_event() {
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 20)
        .start()
        .await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    let whole = hello();
    app.stub.once(Script::nothing().wait(&gate).and(whole));
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.header("x-ratelimit-used"), Some("1"));
    response.read_until(&COMMENT.repeat(2)).await;
    gate.open();
    let rest = response.read_until(DONE).await;
    assert!(rest.ends_with(&[delta("Hello"), finish(), DONE.to_owned()].concat()));
    // The head went out before the way was known.
    assert_eq!(response.header("x-yunxin-deployment"), None);
    for line in [
        ": x-yunxin-deployment: dep_",
        ": x-yunxin-attempts: 1\n",
        ": x-yunxin-route-reason: only\n",
    ] {
        assert!(rest.contains(line), "{rest}");
    }
    assert!(response.next().await.is_none());
    assert_eq!(app.event(1).await["end"], "completed");
}

#[tokio::test]
async fn a_failure_behind_comments_is_still_the_chance_of_another_deployment() {
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 20)
        .start()
        .await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_status(500));
    app.second.once(hello());
    let mut response = caller.open_chat(chat("pair", STREAM)).await;
    response.read_until(COMMENT).await;
    gate.open();
    response.read_until(DONE).await;
    let event = app.event(1).await;
    assert_eq!(
        (event["attempts"].as_u64(), event["end"].as_str()),
        (Some(2), Some("completed"))
    );
}

#[tokio::test]
async fn the_last_failure_behind_comments_is_an_event_and_costs_nothing() {
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 20)
        .start()
        .await;
    let caller = app.key("free").await;
    let gate = Gate::new();
    app.stub
        .once(Script::nothing().wait(&gate).then_status(500));
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until(COMMENT).await;
    gate.open();
    let rest = response.read_until("\"code\":\"upstream_error\"").await;
    assert!(rest.contains("data: {\"error\":{"), "{rest}");
    let event = app.event(1).await;
    assert_eq!(
        (
            event["status"].as_u64(),
            event["code"].as_str(),
            event["end"].as_str()
        ),
        (Some(200), Some("upstream_error"), Some("broken"))
    );
    assert_eq!(
        (event["input"].as_u64(), event["output"].as_u64()),
        (Some(0), Some(0))
    );
}

#[tokio::test]
async fn a_fast_failure_keeps_its_status() {
    let app = TestApp::new().await;
    let caller = app.key("free").await;
    app.stub
        .once(Script::status(400, "", r#"{"error":{"message":"No."}}"#));
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 400);
}

#[tokio::test]
async fn a_client_that_leaves_while_it_gets_comments_takes_the_request_along() {
    let app = TestApp::builder()
        .set("upstream.heartbeat_ms", 20)
        .start()
        .await;
    let caller = app.key("free").await;
    app.stub.once(Script::nothing().stall());
    let mut response = caller.open_chat(chat("plain", STREAM)).await;
    response.read_until(COMMENT).await;
    drop(response);
    app.stub.wait_until_left(1).await;
    assert_eq!(app.event(1).await["end"], "client_closed");
}
