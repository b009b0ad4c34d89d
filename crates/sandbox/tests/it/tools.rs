//! Tool calls.

use serde_json::{Value, json};

use crate::support::{TestResponse, TestSandbox, content, prompt};

fn with_tools(text: &str, stream: bool) -> Value {
    let mut body = prompt(text, stream);
    let weather = json!({
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer", "minimum": 1, "maximum": 7},
            "unit": {"enum": ["celsius", "fahrenheit"]},
        },
        "required": ["city", "unit"],
    });
    body["tools"] = json!([
        {"type": "function", "function": {"name": "get_time"}},
        {"type": "function", "function": {"name": "get_weather", "parameters": weather}},
    ]);
    body
}

fn called(response: &TestResponse) -> Vec<String> {
    let response = response.json();
    let calls = response["choices"][0]["message"]["tool_calls"]
        .as_array()
        .cloned();
    let names = calls.unwrap_or_default();
    names
        .iter()
        .filter_map(|call| call["function"]["name"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_prompt_can_ask_for_a_call() {
    let sandbox = TestSandbox::start().await;
    let response = sandbox
        .chat(&with_tools("please call get_weather, for Rome", false))
        .await;
    insta::assert_json_snapshot!(response.json());
    let arguments =
        response.json()["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
            .as_str()
            .and_then(|arguments| serde_json::from_str::<Value>(arguments).ok())
            .unwrap();
    assert!(arguments["city"].is_string());
    assert!((1..=7).contains(&arguments["days"].as_i64().unwrap()));
}

#[tokio::test]
async fn a_call_is_streamed_as_argument_deltas() {
    let sandbox = TestSandbox::start().await;
    let plain = sandbox
        .chat(&with_tools("call get_weather", false))
        .await
        .json();
    let response = sandbox.chat(&with_tools("call get_weather", true)).await;
    let deltas: Vec<Value> = response
        .events()
        .iter()
        .map(|event| event["choices"][0]["delta"]["tool_calls"][0].clone())
        .filter(|call| !call.is_null())
        .collect();
    let call = &plain["choices"][0]["message"]["tool_calls"][0];
    assert_eq!(deltas[0]["id"], call["id"]);
    assert_eq!(
        deltas[0]["function"],
        json!({"name": "get_weather", "arguments": ""})
    );
    let arguments: String = deltas
        .iter()
        .filter_map(|call| call["function"]["arguments"].as_str())
        .collect();
    assert_eq!(arguments, call["function"]["arguments"].as_str().unwrap());
    assert!(deltas.len() > 3);
    assert_eq!(response.finish_reason().as_deref(), Some("tool_calls"));
}

#[tokio::test]
async fn tool_choice_decides() {
    let sandbox = TestSandbox::start().await;
    let named = json!({"type": "function", "function": {"name": "get_weather"}});
    let cases = [
        (json!("required"), "hello", vec!["get_time"]),
        (json!("required"), "call get_weather", vec!["get_weather"]),
        (named, "hello", vec!["get_weather"]),
        (json!("auto"), "hello", vec![]),
        (json!("none"), "call get_weather", vec![]),
    ];
    for (choice, text, expected) in cases {
        let mut body = with_tools(text, false);
        body["tool_choice"] = choice;
        assert_eq!(called(&sandbox.chat(&body).await), expected);
    }
}

#[tokio::test]
async fn several_tools_can_be_called_at_once() {
    let sandbox = TestSandbox::start().await;
    let mut body = with_tools("call get_time and call get_weather.", false);
    assert_eq!(
        called(&sandbox.chat(&body).await),
        ["get_time", "get_weather"]
    );
    body["parallel_tool_calls"] = json!(false);
    assert_eq!(called(&sandbox.chat(&body).await), ["get_time"]);
}

#[tokio::test]
async fn a_directive_can_call_any_tool() {
    let sandbox = TestSandbox::start().await;
    assert_eq!(
        called(&sandbox.say("tool=anything", false).await),
        ["anything"]
    );
}

#[tokio::test]
async fn a_tool_result_is_answered_in_text_which_quotes_it() {
    let sandbox = TestSandbox::start().await;
    let mut body = with_tools("call get_weather [[sandbox: tool=get_weather]]", false);
    body["tool_choice"] = json!("required");
    let messages = body["messages"].as_array_mut().unwrap();
    let call = json!({"id": "call_1", "type": "function",
                      "function": {"name": "get_weather", "arguments": "{}"}});
    messages.push(json!({"role": "assistant", "content": null, "tool_calls": [call]}));
    messages.push(json!({"role": "tool", "tool_call_id": "call_1", "content": "12 degrees"}));
    let response = sandbox.chat(&body).await;
    assert!(called(&response).is_empty());
    assert!(content(&response.json()).starts_with("The tool answered: 12 degrees. "));
    assert_eq!(response.json()["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn a_choice_of_an_unknown_tool_is_refused() {
    let sandbox = TestSandbox::start().await;
    let mut body = with_tools("hello", false);
    body["tool_choice"] = json!({"type": "function", "function": {"name": "nothing"}});
    sandbox
        .chat(&body)
        .await
        .assert_error(400, "", "tool_choice");
    let mut body = prompt("hello", false);
    body["tool_choice"] = json!("required");
    sandbox
        .chat(&body)
        .await
        .assert_error(400, "", "tool_choice");
}
