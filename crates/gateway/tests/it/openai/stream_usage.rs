//! Usage of streams, and providers that do not know the option.

use std::time::Duration;

use crate::support::test_app::CATALOG;
use crate::support::upstream_stub::{DONE, delta, finish};
use crate::support::{Script, TestApp, chat};

const STREAM: &str = r#","stream":true"#;
const STREAM_WITH_USAGE: &str = r#","stream":true,"stream_options":{"include_usage":true}"#;
const REFUSALS: [(u16, &str); 2] = [
    (
        400,
        r#"{"error":{"message":"Unknown parameter: 'stream_options'.","param":"stream_options"}}"#,
    ),
    (
        422,
        r#"{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}"#,
    ),
];

fn hello() -> Script {
    Script::stream([delta("12345678"), finish(), DONE.to_owned()])
}

fn refusal() -> Script {
    Script::status(REFUSALS[0].0, "", REFUSALS[0].1)
}

fn asked(app: &TestApp) -> Vec<bool> {
    let requests = app.stub.requests();
    let asks = |body: &str| body.contains("stream_options");
    requests.iter().map(|one| asks(&one.body)).collect()
}

/// The catalogue with this said of the first provider.
fn with(stream_usage: &str) -> String {
    let said = format!("name = \"first\"\nstream_usage = \"{stream_usage}\"\n");
    CATALOG.replacen("name = \"first\"\n", &said, 1)
}

#[tokio::test]
async fn a_provider_that_refuses_the_option_is_asked_without_it_for_an_hour() {
    for (status, reason) in REFUSALS {
        let app = TestApp::new().await;
        let caller = app.key("enterprise").await;
        app.stub.once(Script::status(status, "", reason));
        app.stub.always(hello());
        for more in [STREAM, STREAM, STREAM_WITH_USAGE] {
            let response = caller.chat(chat("plain", more)).await;
            assert_eq!(response.status, 200, "{reason}");
            assert_eq!(response.events().last().unwrap(), "[DONE]");
        }
        assert_eq!(asked(&app), [true, false, false, false], "{reason}");
        let event = app.event(3).await;
        assert_eq!(
            (event["output"].as_u64(), event["counted_by"].as_str()),
            (Some(2), Some("estimate"))
        );
        assert_eq!(event["attempts"], 1);
        app.advance(Duration::from_secs(3600)).await;
        caller.chat(chat("plain", STREAM)).await;
        assert_eq!(asked(&app).last(), Some(&true));
    }
}

#[tokio::test]
async fn a_refusal_for_another_reason_is_passed_on_and_nothing_is_learned() {
    let app = TestApp::new().await;
    let caller = app.key("enterprise").await;
    app.stub
        .once(Script::status(400, "", r#"{"error":{"message":"No."}}"#));
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 400);
    // It quotes the request, and is meant otherwise: without the option it refuses too.
    app.stub.once(refusal());
    app.stub
        .once(Script::status(400, "", r#"{"error":{"message":"No."}}"#));
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 400);
    app.stub.once(hello());
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 200);
    assert_eq!(asked(&app), [true, true, false, true]);
}

#[tokio::test]
async fn an_operator_can_say_that_a_provider_is_always_or_never_asked() {
    let app = TestApp::builder().catalog(&with("never")).start().await;
    let caller = app.key("enterprise").await;
    app.stub.always(hello());
    for more in [STREAM, STREAM_WITH_USAGE] {
        assert_eq!(caller.chat(chat("plain", more)).await.status, 200);
    }
    assert_eq!(asked(&app), [false, false]);

    let app = TestApp::builder().catalog(&with("ask")).start().await;
    let caller = app.key("enterprise").await;
    app.stub.always(refusal());
    assert_eq!(caller.chat(chat("plain", STREAM)).await.status, 400);
    assert_eq!(asked(&app), [true]);
}
