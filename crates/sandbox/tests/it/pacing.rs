//! Delays, by a clock which the tests own: it moves on when everybody waits.

use std::time::Duration;

use http_body_util::BodyExt;
use tokio::time::Instant;

use crate::support::{TestResponse, TestSandbox, prompt};

/// Timers tick in milliseconds and are never early.
#[track_caller]
fn assert_took(start: Instant, expected_ms: u64) {
    let took = start.elapsed();
    let expected = Duration::from_millis(expected_ms);
    assert!(
        took >= expected && took < expected + Duration::from_millis(20),
        "took {took:?}"
    );
}

async fn timed(directives: &str, stream: bool, expected_ms: u64) -> TestResponse {
    let sandbox = TestSandbox::start().await;
    let start = Instant::now();
    let response = sandbox.say(directives, stream).await;
    assert_took(start, expected_ms);
    response
}

#[tokio::test(start_paused = true)]
async fn nothing_is_paced_by_default() {
    timed("wps=0", true, 0).await;
    timed("wps=0", false, 0).await;
}

#[tokio::test(start_paused = true)]
async fn words_per_second_pace_streams_and_plain_responses_alike() {
    let response = timed("wps=50 words=100", true, 2000).await;
    assert_eq!(response.events().len(), 102);
    timed("wps=50 words=100", false, 2000).await;
}

#[tokio::test(start_paused = true)]
async fn ttft_delays_the_first_event_of_a_stream_but_not_its_head() {
    timed("ttft_ms=700 wps=10 words=3", true, 1000).await;
    let sandbox = TestSandbox::start().await;
    let start = Instant::now();
    let mut open = sandbox.open_chat("ttft_ms=700").await;
    assert_took(start, 0);
    open.body.frame().await.unwrap().unwrap();
    assert_took(start, 700);
}

#[tokio::test(start_paused = true)]
async fn ttft_delays_a_plain_response_as_a_whole() {
    timed("ttft_ms=700 wps=10 words=3", false, 1000).await;
    timed("ttft_ms=700 status=500", false, 700).await;
}

#[tokio::test(start_paused = true)]
async fn slow_headers_delay_the_head_of_a_stream() {
    let sandbox = TestSandbox::start().await;
    let start = Instant::now();
    let _open = sandbox.open_chat("slow_headers_ms=400 ttft_ms=100").await;
    assert_took(start, 400);
    timed("slow_headers_ms=400 ttft_ms=100", true, 500).await;
    timed("slow_headers_ms=400 ttft_ms=100", false, 500).await;
}

#[tokio::test(start_paused = true)]
async fn every_word_of_a_paced_stream_is_a_frame_in_its_time() {
    let sandbox = TestSandbox::start().await;
    let start = Instant::now();
    let mut open = sandbox.open_chat("wps=10 words=5").await;
    let mut times = Vec::new();
    while let Some(frame) = open.body.frame().await {
        let data = frame.unwrap().into_data().unwrap_or_default();
        let events = String::from_utf8_lossy(&data).matches("data: {").count();
        times.extend(std::iter::repeat_n(
            start.elapsed().as_millis() / 100,
            events,
        ));
    }
    assert_eq!(times, [0, 1, 2, 3, 4, 5, 5]);
}

#[tokio::test(start_paused = true)]
async fn choices_are_spoken_side_by_side() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt("hello [[sandbox: wps=10 words=10]]", true);
    body["n"] = serde_json::json!(4);
    let start = Instant::now();
    sandbox.chat(&body).await;
    assert_took(start, 1000);
}
