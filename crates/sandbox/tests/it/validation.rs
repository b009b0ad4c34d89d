//! Requests which OpenAI would refuse.

use http::Method;
use serde_json::{Value, json};

use crate::support::{TestSandbox, prompt};

fn with(field: &str, value: &Value) -> Value {
    let mut body = prompt("hello", false);
    body[field] = value.clone();
    body
}

#[tokio::test]
async fn bad_chat_requests_name_the_parameter() {
    let sandbox = TestSandbox::start().await;
    let message = |message: Value| with("messages", &json!([message]));
    let cases = [
        (
            json!({"messages": []}),
            "missing_required_parameter",
            "model",
        ),
        (
            json!({"model": "sandbox-small"}),
            "missing_required_parameter",
            "messages",
        ),
        (with("model", &json!(7)), "invalid_type", "model"),
        (with("messages", &json!([])), "empty_array", "messages"),
        (
            with("messages", &json!("hello")),
            "invalid_type",
            "messages",
        ),
        (
            with("messages", &json!(["hello"])),
            "invalid_type",
            "messages[0]",
        ),
        (
            message(json!({"role": 1, "content": "a"})),
            "invalid_type",
            "messages[0].role",
        ),
        (
            message(json!({"role": "user", "content": 1})),
            "invalid_type",
            "messages[0].content",
        ),
        (
            message(json!({"role": "king", "content": "a"})),
            "invalid_value",
            "messages[0].role",
        ),
        (
            message(json!({"role": "user"})),
            "missing_required_parameter",
            "messages[0].content",
        ),
        (
            message(json!({"content": "a"})),
            "missing_required_parameter",
            "messages[0].role",
        ),
        (with("n", &json!(9)), "integer_above_max_value", "n"),
        (with("n", &json!(0)), "integer_below_min_value", "n"),
        (
            with("max_tokens", &json!(0)),
            "integer_below_min_value",
            "max_tokens",
        ),
        (
            with("max_tokens", &json!("many")),
            "invalid_type",
            "max_tokens",
        ),
        (
            with("temperature", &json!(2.5)),
            "decimal_above_max_value",
            "temperature",
        ),
        (
            with("top_p", &json!(-1)),
            "decimal_below_min_value",
            "top_p",
        ),
        (with("stream", &json!("yes")), "invalid_type", "stream"),
        (
            with("stream_options", &json!({"include_usage": true})),
            "",
            "stream_options",
        ),
    ];
    for (body, code, param) in cases {
        sandbox.chat(&body).await.assert_error(400, code, param);
    }
}

#[tokio::test]
async fn a_body_which_is_not_json_is_refused() {
    let sandbox = TestSandbox::start().await;
    for body in ["", "{", "[]", "\"text\"", "\u{0}"] {
        let path = "/v1/chat/completions";
        let response = sandbox
            .send(Method::POST, path, &[], body.into())
            .await
            .unwrap();
        response.assert_error(400, "", "");
    }
}

#[tokio::test]
async fn the_context_has_an_end() {
    let sandbox = TestSandbox::start().await;
    let mut body = prompt(&"a ".repeat(127_900), false);
    assert_eq!(sandbox.chat(&body).await.status, 200);
    body["max_tokens"] = json!(96);
    assert_eq!(sandbox.chat(&body).await.status, 200);
    body["max_tokens"] = json!(97);
    sandbox
        .chat(&body)
        .await
        .assert_error(400, "context_length_exceeded", "messages");
    let body = prompt(&"a ".repeat(128_000), true);
    sandbox
        .chat(&body)
        .await
        .assert_error(400, "context_length_exceeded", "messages");
}

#[tokio::test]
async fn a_body_of_more_than_32_mib_is_refused() {
    let sandbox = TestSandbox::start().await;
    let stream = tokio::net::TcpStream::connect(sandbox.address)
        .await
        .unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    sandbox.tasks.spawn(connection);
    let request = http::Request::post("/v1/chat/completions")
        .header("content-length", (32 << 20) + 1)
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .unwrap();
    assert_eq!(sender.send_request(request).await.unwrap().status(), 413);
    let body = prompt(&"a".repeat((32 << 20) - 200), false);
    assert_eq!(sandbox.chat(&body).await.status, 200);
}
