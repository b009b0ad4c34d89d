//! Streams where none was asked for, and whole responses where a stream was.

use bytes::Bytes;
use llm::UpstreamError;
use llm::language::PassthroughFace;
use llm::languages::OPENAI;
use llm::sse::Decoder;
use proptest::prelude::*;
use serde_json::{Value, json};

fn passthrough() -> &'static dyn PassthroughFace {
    OPENAI.passthrough.unwrap()
}

fn stream_of(events: &[Value]) -> Bytes {
    let data = events.iter().map(|event| format!("data: {event}\n\n"));
    let text: String = data.chain(["data: [DONE]\n\n".to_owned()]).collect();
    text.into()
}

fn fold(events: &[Value]) -> Value {
    let folded = passthrough().fold_stream(&stream_of(events), "m");
    let folded = folded.unwrap().unwrap();
    serde_json::from_slice(&folded).unwrap()
}

fn unfold(whole: &Value) -> Vec<Value> {
    let mut text = passthrough()
        .unfold_response(whole.to_string().as_bytes())
        .unwrap();
    let mut decoder = Decoder::new(text.len());
    let mut events = Vec::new();
    while let Some(event) = decoder.next(&mut text).unwrap() {
        events.push(event.data);
    }
    assert_eq!(events.pop().unwrap(), "[DONE]");
    let read = |data: &Bytes| serde_json::from_slice(data).unwrap();
    events.iter().map(read).collect()
}

fn chunk(choices: &Value) -> Value {
    json!({"id": "c1", "object": "chat.completion.chunk", "created": 7, "model": "m", "choices": choices})
}

fn delta(delta: &Value) -> Value {
    chunk(&json!([{"index": 0, "delta": delta, "finish_reason": null}]))
}

fn end(reason: &str) -> Value {
    chunk(&json!([{"index": 0, "delta": {}, "finish_reason": reason}]))
}

fn message(events: &[Value]) -> Value {
    fold(events)["choices"][0]["message"].clone()
}

#[test]
fn pieces_of_a_stream_are_the_response_that_was_asked_for() {
    let usage = json!({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5});
    let mut last = chunk(&json!([]));
    last["usage"] = usage.clone();
    let folded = fold(&[
        delta(&json!({"role": "assistant", "content": ""})),
        delta(&json!({"reasoning_content": "Think"})),
        delta(&json!({"reasoning_content": "ing."})),
        delta(&json!({"content": "Hel"})),
        delta(&json!({"role": "assistant", "content": "lo"})),
        end("stop"),
        last,
    ]);
    let expected = json!({
        "id": "c1", "object": "chat.completion", "created": 7, "model": "m",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "reasoning_content": "Thinking."},
            "finish_reason": "stop",
        }],
        "usage": usage,
    });
    assert_eq!(folded, expected);
}

#[test]
fn calls_of_tools_are_put_together_by_index_and_by_id() {
    let call = |call: Value| delta(&json!({"tool_calls": [call]}));
    let made = |id: &str, name: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let expected = json!([made("a", "f", "{\"x\":1}"), made("b", "g", "{}")]);
    let by_index = [
        call(
            json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}),
        ),
        call(json!({"index": 0, "function": {"arguments": "{\"x\""}})),
        call(
            json!({"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}}),
        ),
        call(json!({"index": 0, "id": "", "function": {"name": "", "arguments": ":1}"}})),
        end("tool_calls"),
    ];
    let all_zero = [
        call(
            json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}),
        ),
        call(
            json!({"index": 0, "id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}}),
        ),
        end("tool_calls"),
    ];
    let without_index = [
        call(made("a", "f", "{\"x\":1}")),
        call(made("b", "g", "{}")),
        end("tool_calls"),
    ];
    for events in [&by_index[..], &all_zero[..], &without_index[..]] {
        let message = message(events);
        assert_eq!(message["tool_calls"], expected, "{events:?}");
        assert_eq!(message["content"], Value::Null);
    }
}

#[test]
fn choices_probabilities_and_parts_are_kept_apart_and_together() {
    let of = |index: u64, text: &str| {
        chunk(
            &json!([{"index": index, "delta": {"content": text}, "finish_reason": null,
            "logprobs": {"content": [{"token": text, "logprob": -0.5}]}}]),
        )
    };
    let ends = chunk(&json!([
        {"index": 1, "delta": {}, "finish_reason": "length"},
        {"index": 0, "delta": {}, "finish_reason": "stop"},
    ]));
    let folded = fold(&[of(1, "b"), of(0, "a"), of(1, "d"), of(0, "c"), ends]);
    let choices = folded["choices"].as_array().unwrap();
    for (choice, (text, reason)) in choices.iter().zip([("ac", "stop"), ("bd", "length")]) {
        assert_eq!(choice["message"]["content"], text);
        assert_eq!(choice["finish_reason"], reason);
        assert_eq!(choice["logprobs"]["content"].as_array().unwrap().len(), 2);
    }
    let parts = message(&[
        delta(&json!({"content": [{"type": "thinking", "thinking": "hm"}]})),
        delta(&json!({"content": "so"})),
        end("stop"),
    ]);
    let expected = json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "so"}]);
    assert_eq!(parts["content"], expected);
}

#[test]
fn what_an_event_repeats_of_all_that_was_said_is_not_said_twice() {
    let so_far = |text: &str, piece: &str, reason: Value| {
        chunk(&json!([{"index": 0, "finish_reason": reason,
            "message": {"role": "assistant", "content": text},
            "delta": {"role": "assistant", "content": piece}}]))
    };
    let mut done = chunk(
        &json!([{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]),
    );
    done["object"] = "chat.completion.done".into();
    let folded = fold(&[
        so_far("Hel", "Hel", Value::Null),
        so_far("Hello", "lo", json!("stop")),
        done,
    ]);
    assert_eq!(folded["choices"][0]["message"]["content"], "Hello");
    assert_eq!(folded["object"], "chat.completion");
}

#[test]
fn what_a_stream_says_elsewhere_stands_where_a_whole_response_has_it() {
    let usage = json!({"prompt_tokens": 3, "completion_tokens": 2});
    let twice =
        json!([{"index": 0, "text": "Hi", "delta": {"content": "Hi"}, "finish_reason": "stop"}]);
    let folded = fold(&[json!({"choices": twice, "x_groq": {"id": "r", "usage": usage}})]);
    let expected = json!({
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
        "x_groq": {"id": "r", "usage": usage}, "usage": usage, "model": "m",
    });
    assert_eq!(folded, expected);
}

#[test]
fn a_stream_of_a_text_completion_is_folded_too() {
    let part = |text: &str, reason: Value| {
        json!({"id": "c", "object": "text_completion", "model": "m",
            "choices": [{"index": 0, "text": text, "finish_reason": reason}]})
    };
    let folded = fold(&[part("Hel", Value::Null), part("lo", json!("stop"))]);
    assert_eq!(folded, part("Hello", json!("stop")));
}

#[test]
fn a_stream_that_is_not_complete_or_reports_a_failure_is_no_response() {
    let text = |events: &[Value]| {
        let text = String::from_utf8(stream_of(events).to_vec()).unwrap();
        text.replace("data: [DONE]\n\n", "")
    };
    let hello = delta(&json!({"content": "Hello"}));
    for body in [
        text(std::slice::from_ref(&hello)),
        "data: [DONE]\n\n".to_owned(),
        text(&[
            hello.clone(),
            json!({"error": {"message": "overloaded", "code": 503}}),
        ]),
        format!("{}data: <html>\n\n", text(std::slice::from_ref(&hello))),
    ] {
        let folded = passthrough().fold_stream(&body.clone().into(), "m");
        assert!(folded.unwrap().is_err(), "{body}");
    }
    // A reason for the end of every choice is an end, with or without its empty line.
    for body in [
        text(&[hello.clone(), end("stop")]),
        text(&[hello, end("stop")]).trim_end().to_owned(),
    ] {
        let folded = passthrough().fold_stream(&body.clone().into(), "m");
        assert!(folded.unwrap().is_ok(), "{body}");
    }
}

#[test]
fn what_does_not_begin_as_events_do_is_not_folded() {
    for body in ["", "{\"a\":1}", "[]", "<html>", "database is down"] {
        let body = Bytes::copy_from_slice(body.as_bytes());
        assert!(passthrough().fold_stream(&body, "m").is_none());
    }
    let marked = [b"\xef\xbb\xbf\r\n: hm\n", &stream_of(&[end("stop")])[..]].concat();
    assert!(
        passthrough()
            .fold_stream(&marked.into(), "m")
            .unwrap()
            .is_ok()
    );
}

#[test]
fn a_whole_response_is_streamed_thoughts_first() {
    let whole = json!({
        "id": "c1", "object": "chat.completion", "created": 7, "model": "m",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "reasoning_content": "Hm.", "refusal": null,
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            "logprobs": null,
            "finish_reason": "tool_calls",
        }],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    });
    let deltas: Vec<Value> = unfold(&whole)
        .iter()
        .map(|event| event["choices"][0].clone())
        .map(|choice| json!([choice["delta"], choice["finish_reason"]]))
        .collect();
    let call = json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let expected = [
        json!([{"role": "assistant", "reasoning_content": "Hm."}, null]),
        json!([{"content": "Hello"}, null]),
        json!([{"tool_calls": [call]}, null]),
        json!([{}, "tool_calls"]),
        json!([null, null]),
    ];
    assert_eq!(deltas, expected);
    let events = unfold(&whole);
    assert!(
        events
            .iter()
            .all(|event| event["object"] == "chat.completion.chunk" && event["id"] == "c1")
    );
    assert_eq!(events.last().unwrap()["usage"], whole["usage"]);
}

#[test]
fn what_is_no_response_with_choices_is_not_streamed() {
    for body in [
        "{}",
        r#"{"object":"list","data":[]}"#,
        r#"{"error":{"message":"no"}}"#,
        "<html>",
        "[]",
    ] {
        let unfolded = passthrough().unfold_response(body.as_bytes());
        assert!(unfolded.is_err(), "{body}");
        assert!(!matches!(unfolded, Err(UpstreamError::Connect { .. })));
    }
}

fn any_choice(index: usize) -> impl Strategy<Value = Value> {
    let text = || proptest::option::of(".{0,12}");
    let calls = proptest::collection::vec((".{1,8}", ".{0,8}"), 0..3);
    (
        text(),
        proptest::option::of(".{1,12}"),
        calls,
        "stop|length",
    )
        .prop_map(move |(content, reasoning, calls, reason)| {
            let mut message = json!({"role": "assistant", "content": content});
            if let Some(reasoning) = reasoning {
                message["reasoning_content"] = reasoning.into();
            }
            let calls: Vec<Value> = calls
                .iter()
                .enumerate()
                .map(|(place, (name, arguments))| {
                    json!({"id": format!("call_{place}"), "type": "function",
                        "function": {"name": name, "arguments": arguments}})
                })
                .collect();
            if !calls.is_empty() {
                message["tool_calls"] = calls.into();
            }
            json!({"index": index, "message": message, "finish_reason": reason})
        })
}

proptest! {
    #[test]
    fn what_is_streamed_and_folded_again_is_the_same(
        first in any_choice(0),
        second in any_choice(1),
        tokens in 0u64..1_000_000,
    ) {
        let whole = json!({
            "id": "c1", "object": "chat.completion", "created": 1_790_000_000, "model": "m",
            "choices": [first, second],
            "usage": {"prompt_tokens": tokens, "completion_tokens": 1, "total_tokens": tokens + 1},
        });
        prop_assert_eq!(fold(&unfold(&whole)), whole);
    }
}
